// What journeys and rules may refer to: segments, stages, journeys, templates, topics.
import type { Definition, JourneyKnown } from '@rapport/engine';
import { listTemplateKeys, listTopics } from './content-keys.ts';
import type { Queryable } from './pool.ts';
import { listArchivedSegments } from './segments.ts';

/** Of older ones it is only said that they are not there. */
const DELETED_MAX = 200;

export async function loadJourneyKnown(db: Queryable, definition: Definition): Promise<JourneyKnown> {
  const { workspace } = definition;
  const templates = await listTemplateKeys(db, workspace);
  const topics = await listTopics(db, workspace);
  const deleted = await listArchivedSegments(db, workspace, DELETED_MAX);
  const journeys = definition.journeys.map(({ key }) => key);
  return {
    segments: new Set(definition.segments.map(({ key }) => key)),
    deleted_segments: new Set(deleted.map(({ key }) => key)),
    models: new Map(
      definition.models.map(({ key, stages }) => [key, new Set(stages.map((stage) => stage.key))]),
    ),
    programmes: new Map(
      definition.programmes?.map(({ key, tiers }) => [key, new Set(tiers.map((tier) => tier.key))]),
    ),
    journeys: new Set(journeys),
    archived_journeys: new Set(definition.journeys.filter((one) => one.archived).map(({ key }) => key)),
    templates: new Set(templates),
    topics: new Set(topics.map(({ key }) => key)),
  };
}
