// Segments in an order in which each comes after those it refers to; a ring is found and named.
import type { SegmentDefinition } from '../definition.ts';
import type { Rule } from '../rules/rule.ts';

/** Throws when segments refer to each other in a ring; `findSegmentRing` says so beforehand, in words. */
export function orderSegments(segments: readonly SegmentDefinition[]): readonly SegmentDefinition[] {
  const ring = findSegmentRing(segments);
  if (ring !== null) throw new Error(`segments refer to each other in a ring: ${ring.join(' → ')}`);
  const byKey = new Map(segments.map((s) => [s.key, s]));
  const done = new Set<string>();
  const ordered: SegmentDefinition[] = [];
  const place = (segment: SegmentDefinition): void => {
    if (done.has(segment.key)) return;
    done.add(segment.key);
    for (const key of segmentsIn(segment.rule)) {
      const other = byKey.get(key);
      if (other !== undefined) place(other);
    }
    ordered.push(segment);
  };
  for (const segment of [...segments].sort((a, b) => (a.key < b.key ? -1 : 1))) place(segment);
  return ordered;
}

/** The keys of a ring of segments (first repeated at the end), or null. */
export function findSegmentRing(segments: readonly SegmentDefinition[]): readonly string[] | null {
  const byKey = new Map(segments.map((s) => [s.key, s]));
  const clear = new Set<string>();
  const follow = (key: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(key)) return [...path.slice(path.indexOf(key)), key];
    const segment = byKey.get(key);
    if (segment === undefined || clear.has(key)) return null;
    for (const next of segmentsIn(segment.rule)) {
      const ring = follow(next, [...path, key]);
      if (ring !== null) return ring;
    }
    clear.add(key);
    return null;
  };
  for (const key of [...byKey.keys()].sort()) {
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
