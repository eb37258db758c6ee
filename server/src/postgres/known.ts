// What journeys and rules may refer to: segments, stages, journeys, templates, topics.
import type { Definition, JourneyKnown } from '@rapport/engine';
import { listTemplateKeys, listTopics } from './content-keys.ts';
import type { Queryable } from './pool.ts';

export async function loadJourneyKnown(db: Queryable, definition: Definition): Promise<JourneyKnown> {
  const { workspace } = definition;
  const templates = await listTemplateKeys(db, workspace);
  const topics = await listTopics(db, workspace);
  return {
    segments: new Set(definition.segments.map(({ key }) => key)),
    models: new Map(
      definition.models.map(({ key, stages }) => [key, new Set(stages.map((stage) => stage.key))]),
    ),
    journeys: new Set(definition.journeys.map(({ key }) => key)),
    templates: new Set(templates),
    topics: new Set(topics.map(({ key }) => key)),
  };
}
