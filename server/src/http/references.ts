// What refers to what: so that nothing is deleted from under something else, and everything says what it is used by. Each definition
// is walked once, however many things ask. Of a journey counts what may still run: the version that is on, the newest one, and those
// with people under way; older ones, and deleted journeys, hold nothing back.
import type { Definition } from '@rapport/engine';
import type { Queryable } from '../postgres/pool.ts';
import { listVersionsUnderWay } from '../postgres/runs.ts';

export type Thing =
  | { readonly kind: 'segment'; readonly key: string }
  | { readonly kind: 'model'; readonly key: string }
  | { readonly kind: 'stage'; readonly model: string; readonly key: string }
  | { readonly kind: 'template'; readonly key: string }
  | { readonly kind: 'journey'; readonly key: string }
  | { readonly kind: 'programme'; readonly key: string }
  | { readonly kind: 'tier'; readonly programme: string; readonly key: string };

export interface Reference {
  readonly kind: 'segment' | 'model' | 'journey' | 'programme';
  readonly key: string;
  readonly name: string;
}

/** A reference with the journey's versions that make it; none: not a journey. */
interface Mention extends Reference {
  readonly versions: readonly number[];
}

type Index = ReadonlyMap<string, readonly Mention[]>;

function placeOf(thing: Thing): string {
  if (thing.kind === 'stage') return `stage ${thing.model}/${thing.key}`;
  if (thing.kind === 'tier') return `tier ${thing.programme}/${thing.key}`;
  return `${thing.kind} ${thing.key}`;
}

/** A stage's own model may name it, a tier's own programme, and a journey itself. */
function ownerOf(thing: Thing): string {
  if (thing.kind === 'stage') return `model ${thing.model}`;
  return thing.kind === 'tier' ? `programme ${thing.programme}` : `${thing.kind} ${thing.key}`;
}

/** Everything that names the thing, except itself. */
export function findReferences(definition: Definition, thing: Thing): readonly Reference[] {
  return mentionsOf(definition, thing)
    .filter((mention) => isCurrent(definition, mention))
    .map(({ kind, key, name }) => ({ kind, key, name }));
}

/** As `findReferences`, and journeys whose people are still under way on an older version that names it: to be asked before deleting. */
export async function loadReferences(
  db: Queryable,
  definition: Definition,
  thing: Thing,
): Promise<readonly Reference[]> {
  const mentions = mentionsOf(definition, thing);
  const older = mentions.filter((mention) => !isCurrent(definition, mention)).map(({ key }) => key);
  const underWay = older.length === 0 ? [] : await listVersionsUnderWay(db, definition.workspace, older);
  return mentions
    .filter(
      (mention) =>
        isCurrent(definition, mention) ||
        underWay.some((run) => run.journey === mention.key && mention.versions.includes(run.version)),
    )
    .map(({ kind, key, name }) => ({ kind, key, name }));
}

/** "the model Five phases and the journey Welcome". */
export function referenceWords(references: readonly Reference[]): string {
  const shown = references.slice(0, 5).map(({ kind, name }) => `the ${kind} ${name}`);
  const more = references.length - shown.length;
  if (more > 0) shown.push(`${more} more`);
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}

function mentionsOf(definition: Definition, thing: Thing): readonly Mention[] {
  const all = indexOf(definition).get(placeOf(thing)) ?? [];
  const owner = ownerOf(thing);
  return all.filter(({ kind, key }) => `${kind} ${key}` !== owner);
}

function isCurrent(definition: Definition, mention: Mention): boolean {
  if (mention.kind !== 'journey') return true;
  const journey = definition.journeys.find(({ key }) => key === mention.key);
  if (journey === undefined || journey.archived === true) return false;
  const newest = Math.max(...Object.keys(journey.versions).map(Number));
  return mention.versions.some((version) => version === newest || version === journey.active);
}

const indexes = new WeakMap<Definition, Index>();

function indexOf(definition: Definition): Index {
  const known = indexes.get(definition);
  if (known !== undefined) return known;
  const index = new Map<string, Mention[]>();
  const add = (places: ReadonlySet<string>, reference: Reference, version: number | null): void => {
    for (const place of places) {
      const mentions = index.get(place) ?? [];
      const before = mentions.at(-1);
      const versions = version === null ? [] : [version];
      if (before?.kind === reference.kind && before.key === reference.key)
        mentions[mentions.length - 1] = { ...before, versions: [...before.versions, ...versions] };
      else mentions.push({ ...reference, versions });
      index.set(place, mentions);
    }
  };
  for (const { key, name, rule } of definition.segments)
    add(placesIn(rule), { kind: 'segment', key, name }, null);
  for (const { key, name, stages } of definition.models)
    add(placesIn(stages.map(({ rule }) => rule)), { kind: 'model', key, name }, null);
  for (const { key, name, tiers, earn } of definition.programmes ?? [])
    add(placesIn([tiers, earn]), { kind: 'programme', key, name }, null);
  for (const { key, name, versions } of definition.journeys)
    for (const [version, graph] of Object.entries(versions))
      add(placesIn(graph), { kind: 'journey', key, name }, Number(version));
  indexes.set(definition, index);
  return index;
}

/** Walks rules and graphs alike: every place that names a thing is an object with a `kind` and the thing's key. */
function placesIn(json: unknown, into: Set<string> = new Set()): ReadonlySet<string> {
  if (Array.isArray(json)) for (const item of json) placesIn(item, into);
  else if (typeof json === 'object' && json !== null) {
    for (const thing of namedBy(json)) into.add(placeOf(thing));
    for (const value of Object.values(json)) placesIn(value, into);
  }
  return into;
}

function namedBy(json: object): readonly Thing[] {
  const field = (name: string): unknown => Object.entries(json).find(([key]) => key === name)?.[1];
  const text = (name: string): string => String(field(name) ?? '');
  switch (field('kind')) {
    case 'segment':
    case 'segment_joined':
    case 'segment_left':
      return [{ kind: 'segment', key: text('segment') }];
    case 'stage':
    case 'stage_reached': {
      const [model, stage] = [text('model'), field('stage')];
      const keys: readonly unknown[] = Array.isArray(stage) ? stage : [stage];
      return [
        { kind: 'model', key: model },
        ...keys.map((key): Thing => ({ kind: 'stage', model, key: String(key) })),
      ];
    }
    case 'points':
      return [{ kind: 'programme', key: text('programme') }];
    case 'tier': {
      const [programme, tier] = [text('programme'), field('tier')];
      const keys: readonly unknown[] = Array.isArray(tier) ? tier : [tier];
      return [
        { kind: 'programme', key: programme },
        ...keys.map((key): Thing => ({ kind: 'tier', programme, key: String(key) })),
      ];
    }
    case 'in_journey':
      return [{ kind: 'journey', key: text('journey') }];
    case 'email':
      return [{ kind: 'template', key: text('template') }];
    default:
      return [];
  }
}
