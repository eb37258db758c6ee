// What a new workspace starts with, put together from the engine's definitions and the content's templates. Data only; the
// first lifecycle model is the one that is switched on.
import { lifecyclePresets, readyJourneys, shippedSegments } from '@rapport/engine';
import { READY_TEMPLATES } from './content/ready.ts';
import type { Shipped } from './postgres/definitions.ts';

export const shipped: Shipped = {
  segments: shippedSegments,
  models: lifecyclePresets,
  journeys: readyJourneys,
  topics: [
    { key: 'offers', name: 'Offers', description: 'What is on better terms, and codes of your own.' },
    { key: 'news', name: 'News', description: 'What is new with us, now and then.' },
    { key: 'surveys', name: 'Questions', description: 'Short questions about how we are doing.' },
  ],
  templates: READY_TEMPLATES.map(({ key, name, channel, version: _version, body_mjml: _made, ...body }) => ({
    key,
    name,
    channel,
    body,
  })),
};
