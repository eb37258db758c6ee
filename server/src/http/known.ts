// What definitions may refer to, and what things are called: gathered from one reading, handed to the engine's parsers and
// sentences. Also finds what refers to a thing, so that nothing is deleted from under something else.
import type { Definition, JourneyKnown, Names } from '@rapport/engine';
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

export function namesIn(definition: Definition): Names {
  return {
    segments: new Map(definition.segments.map(({ key, name }) => [key, name])),
    models: new Map(definition.models.map(({ key, name }) => [key, name])),
    stages: new Map(
      definition.models.flatMap((model) =>
        model.stages.map((stage) => [`${model.key}/${stage.key}`, stage.name] as const),
      ),
    ),
    journeys: new Map(definition.journeys.map(({ key, name }) => [key, name])),
  };
}

export type Thing =
  | { readonly kind: 'segment'; readonly key: string }
  | { readonly kind: 'model'; readonly key: string }
  | { readonly kind: 'stage'; readonly model: string; readonly key: string }
  | { readonly kind: 'journey'; readonly key: string };

export interface Reference {
  readonly kind: 'segment' | 'model' | 'journey';
  readonly key: string;
  readonly name: string;
}

/** Everything that names the thing, except itself. */
export function findReferences(definition: Definition, thing: Thing): readonly Reference[] {
  const found: Reference[] = [];
  for (const { key, name, rule } of definition.segments) {
    if (thing.kind === 'segment' && thing.key === key) continue;
    if (mentions(rule, thing)) found.push({ kind: 'segment', key, name });
  }
  for (const { key, name, stages } of definition.models) {
    const own =
      (thing.kind === 'model' && thing.key === key) || (thing.kind === 'stage' && thing.model === key);
    if (!own && stages.some(({ rule }) => mentions(rule, thing))) found.push({ kind: 'model', key, name });
  }
  for (const { key, name, versions } of definition.journeys) {
    if (thing.kind === 'journey' && thing.key === key) continue;
    if (Object.values(versions).some((graph) => mentions(graph, thing)))
      found.push({ kind: 'journey', key, name });
  }
  return found;
}

/** Walks rules and graphs alike: every place that names a thing is an object with a `kind` and the thing's key. */
function mentions(json: unknown, thing: Thing): boolean {
  if (Array.isArray(json)) return json.some((item) => mentions(item, thing));
  if (typeof json !== 'object' || json === null) return false;
  return names(json, thing) || Object.values(json).some((value) => mentions(value, thing));
}

function names(json: object, thing: Thing): boolean {
  const field = (name: string): unknown => Object.entries(json).find(([key]) => key === name)?.[1];
  const kind = field('kind');
  switch (thing.kind) {
    case 'segment':
      return (
        (kind === 'segment' || kind === 'segment_joined' || kind === 'segment_left') &&
        field('segment') === thing.key
      );
    case 'model':
      return (kind === 'stage' || kind === 'stage_reached') && field('model') === thing.key;
    case 'stage': {
      if ((kind !== 'stage' && kind !== 'stage_reached') || field('model') !== thing.model) return false;
      const stage = field('stage');
      return Array.isArray(stage) ? stage.includes(thing.key) : stage === thing.key;
    }
    case 'journey':
      return kind === 'in_journey' && field('journey') === thing.key;
  }
}

/** "the model Five phases and the journey Welcome". */
export function referenceWords(references: readonly Reference[]): string {
  const shown = references.slice(0, 5).map(({ kind, name }) => `the ${kind} ${name}`);
  const more = references.length - shown.length;
  if (more > 0) shown.push(`${more} more`);
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}
