// What definitions may refer to, and what things are called: gathered from one reading, handed to the engine's parsers and
// sentences.
import type { Definition, JourneyKnown, Names, Selector } from '@rapport/engine';
import { listTopics } from '../postgres/content-keys.ts';
import { loadJourneyKnown } from '../postgres/known.ts';
import type { Queryable } from '../postgres/pool.ts';

export interface KnownThings {
  readonly known: JourneyKnown;
  readonly names: Names;
}

export async function loadKnown(
  db: Queryable,
  workspaceId: string,
  definition: Definition,
): Promise<KnownThings> {
  const topics = await listTopics(db, workspaceId);
  return {
    known: await loadJourneyKnown(db, definition),
    names: { ...namesIn(definition), topics: new Map(topics.map(({ key, name }) => [key, name])) },
  };
}

/** The names of the events that a selector means, as it has them; none: any event. */
export function eventsNamed({ event }: Selector): string[] {
  return [event].flat().filter((name) => name !== '*');
}

const namesKept = new WeakMap<Definition, Names>();

/** Made once of each definition. */
export function namesIn(definition: Definition): Names {
  const kept = namesKept.get(definition);
  if (kept !== undefined) return kept;
  const names: Names = {
    segments: new Map(definition.segments.map(({ key, name }) => [key, name])),
    models: new Map(definition.models.map(({ key, name }) => [key, name])),
    stages: new Map(
      definition.models.flatMap((model) =>
        model.stages.map((stage) => [`${model.key}/${stage.key}`, stage.name] as const),
      ),
    ),
    journeys: new Map(definition.journeys.map(({ key, name }) => [key, name])),
    programmes: new Map(definition.programmes?.map(({ key, name }) => [key, name])),
    tiers: new Map(
      definition.programmes?.flatMap((programme) =>
        programme.tiers.map((tier) => [`${programme.key}/${tier.key}`, tier.name] as const),
      ),
    ),
  };
  namesKept.set(definition, names);
  return names;
}
