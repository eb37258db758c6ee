// A law of the engine as checks over random worlds. Nothing here knows a test runner: the same checks run for half a minute in
// CI and for as long as someone likes by `npm run sim`.
import fc from 'fast-check';

/** One statement that holds in every random world. `World` is what is drawn; it is told again when the statement breaks. */
export interface Check {
  readonly says: string;
  readonly property: fc.IProperty<[unknown]>;
  /** Of the law's time, in parts; 1 unless said. */
  readonly share: number;
}

export interface Law {
  /** As in `npm run sim -- --law wakes`. */
  readonly name: string;
  readonly checks: readonly Check[];
}

export function check<World>(
  says: string,
  world: fc.Arbitrary<World>,
  holds: (world: World) => void,
  share = 1,
): Check {
  return { says, share, property: fc.property(world, holds) as unknown as fc.IProperty<[unknown]> };
}

/** Leaves a drawn world out: rules that feed each other without end have no story to compare. */
export function leaveOut(): never {
  fc.pre(false);
  throw new Error('unreachable');
}

/** What a law expected and what it got instead. */
export class Disagreement extends Error {
  readonly about: string;
  readonly expected: unknown;
  readonly got: unknown;

  constructor(about: string, expected: unknown, got: unknown) {
    super(about);
    this.about = about;
    this.expected = expected;
    this.got = got;
  }
}

/** Byte for byte, as JSON: what is stored is compared, and the first place where the two part is told. */
export function agree(about: string, expected: unknown, got: unknown): void {
  if (JSON.stringify(expected) === JSON.stringify(got)) return;
  const [place, one, other] = firstDifference(plain(expected), plain(got), '');
  throw new Disagreement(place === '' ? about : `${about}, at ${place}`, one, other);
}

export function isAtMost(about: string, most: number, got: number): void {
  if (got > most) throw new Disagreement(about, `at most ${most}`, got);
}

/** The first place where two values differ: into lists and records as long as both are one. */
function firstDifference(one: unknown, other: unknown, place: string): readonly [string, unknown, unknown] {
  if (Array.isArray(one) && Array.isArray(other)) {
    for (let i = 0; i < Math.max(one.length, other.length); i++) {
      if (JSON.stringify(one[i]) === JSON.stringify(other[i])) continue;
      // Two decisions are told whole: what they are matters more than the field in which they part.
      return place.endsWith('decisions')
        ? [`${place}/${i}`, one[i], other[i]]
        : firstDifference(one[i], other[i], `${place}/${i}`);
    }
  }
  if (isRecord(one) && isRecord(other)) {
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
      if (JSON.stringify(one[key]) === JSON.stringify(other[key])) continue;
      return firstDifference(one[key], other[key], `${place}/${key}`);
    }
    return [`${place} (the order of keys)`, Object.keys(one), Object.keys(other)];
  }
  return [place, one, other];
}

/** As it would be read again from storage. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
