// Segments in an order in which each comes after those it refers to; a ring is found and named, also one that leads
// through a lifecycle model.
import type { LifecycleDefinition, ProgrammeDefinition, SegmentDefinition } from '../definition.ts';
import type { Rule } from '../rules/rule.ts';

/** Throws when segments refer to each other in a ring; `findDefinitionRing` says so beforehand, in words. */
export function orderSegments(segments: readonly SegmentDefinition[]): readonly SegmentDefinition[] {
  const ring = findSegmentRing(segments);
  if (ring !== null) throw new Error(`segments refer to each other in a ring: ${ring.join(' → ')}`);
  const byKey = new Map(segments.map((s) => [s.key, s]));
  const done = new Set<string>();
  const ordered: SegmentDefinition[] = [];
  const place = (segment: SegmentDefinition): void => {
    if (done.has(segment.key)) return;
    done.add(segment.key);
    for (const key of askedBy(segment)) {
      const other = byKey.get(key);
      if (other !== undefined) place(other);
    }
    ordered.push(segment);
  };
  for (const segment of [...segments].sort((a, b) => (a.key < b.key ? -1 : 1))) place(segment);
  return ordered;
}

/** One that was put to rest asks for itself alone, which is no ring. */
const askedBy = ({ rule, at_rest }: SegmentDefinition): readonly string[] =>
  at_rest === true ? [] : segmentsIn(rule);

/** The keys of a ring of segments (first repeated at the end), or null. */
export function findSegmentRing(segments: readonly SegmentDefinition[]): readonly string[] | null {
  const asks = new Map(segments.map((segment) => [segment.key, askedBy(segment)]));
  return findRing(asks);
}

/**
 * What would feed itself for ever: segments, lifecycle models and tiers of programmes that ask for each other, as words,
 * first repeated at the end; or null. A model may ask for its own stages.
 */
export function findDefinitionRing(definition: {
  readonly segments: readonly SegmentDefinition[];
  readonly models: readonly LifecycleDefinition[];
  readonly programmes?: readonly ProgrammeDefinition[];
}): readonly string[] | null {
  const asks = new Map<string, readonly string[]>();
  const words = new Map<string, string>();
  const add = (place: string, name: string, rules: readonly Rule[]): void => {
    words.set(place, name);
    const asked = [
      ...rules.flatMap(segmentsIn).map((key) => `segment ${key}`),
      ...rules.flatMap((rule) => namedIn(rule, 'stage', 'model')).map((key) => `model ${key}`),
      ...rules.flatMap((rule) => namedIn(rule, 'tier', 'programme')).map((key) => `programme ${key}`),
    ];
    asks.set(
      place,
      [...new Set(asked)].filter((each) => each !== place || !place.startsWith('model ')).sort(),
    );
  };
  for (const { key, name, rule, at_rest } of definition.segments)
    add(`segment ${key}`, `segment ${name}`, at_rest === true ? [] : [rule]);
  for (const { key, name, stages } of definition.models)
    add(
      `model ${key}`,
      `lifecycle model ${name}`,
      stages.map(({ rule }) => rule),
    );
  // What earns is asked once an event and feeds nothing back.
  for (const { key, name, tiers, at_rest } of definition.programmes ?? [])
    add(`programme ${key}`, `tiers of ${name}`, at_rest === true ? [] : tiers.map(({ rule }) => rule));
  return findRing(asks)?.map((place) => words.get(place) ?? place) ?? null;
}

/** Follows what each asks for, in the order of the keys. */
function findRing(asks: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const clear = new Set<string>();
  const follow = (key: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(key)) return [...path.slice(path.indexOf(key)), key];
    const next = asks.get(key);
    if (next === undefined || clear.has(key)) return null;
    for (const each of next) {
      const ring = follow(each, [...path, key]);
      if (ring !== null) return ring;
    }
    clear.add(key);
    return null;
  };
  for (const key of [...asks.keys()].sort()) {
    const ring = follow(key, []);
    if (ring !== null) return ring;
  }
  return null;
}

/** The segments a rule asks about. */
export function segmentsIn(rule: Rule): readonly string[] {
  switch (rule.kind) {
    case 'all':
    case 'any':
      return [...new Set(rule.rules.flatMap(segmentsIn))].sort();
    case 'not':
      return segmentsIn(rule.rule);
    case 'segment':
      return [rule.segment];
    default:
      return [];
  }
}

/** The models (or programmes) whose stages (or tiers) a rule asks about, also by "since entering the stage": every such place names them. */
function namedIn(json: unknown, kind: 'stage' | 'tier', field: 'model' | 'programme'): readonly string[] {
  if (Array.isArray(json)) return json.flatMap((each) => namedIn(each, kind, field));
  if (typeof json !== 'object' || json === null) return [];
  const named = (json as { readonly [field: string]: unknown })[field];
  const own = 'kind' in json && json.kind === kind && typeof named === 'string' ? [named] : [];
  return [...own, ...Object.values(json).flatMap((each) => namedIn(each, kind, field))];
}
