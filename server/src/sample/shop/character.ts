// Who somebody is: how they came, how often they buy and how regularly, what they like, how easily they are put off.
// Drawn once for each person; everything they do follows from it.
import type { Shelf } from './catalogue.ts';
import type { Random } from './random.ts';
import type { Season } from './season.ts';

export type Speed = 'fast' | 'middle' | 'slow';

export interface Habit {
  readonly speed: Speed;
  /** Shop days between two orders, on average. */
  readonly gap: number;
  /** Next gap in relation to the average one. */
  readonly draw: (random: Random) => number;
  readonly regular: boolean;
}

export interface Character {
  readonly kind: 'passer_by' | 'reader' | 'buyer';
  /** Shop time of the first sign of them. */
  readonly arrives: number;
  readonly habit: Habit;
  /** 0 is put off by anything, 1 by nothing. */
  readonly patience: number;
  readonly likes: readonly (readonly [Shelf, number])[];
  /** Visits without an order, a shop day. */
  readonly curiosity: number;
  readonly answers: boolean;
  readonly letters: boolean;
  readonly shares: boolean;
}

/** A third each, in shop days. Fast: a household of coffee drinkers; slow: a tea lover, or a gift now and then. */
const GAPS: { readonly [speed in Speed]: readonly [number, number] } = {
  fast: [12, 23],
  middle: [28, 52],
  slow: [58, 130],
};

export function characterOf(random: Random, season: Season): Character {
  const kind = random.weighted([
    ['buyer', 76],
    ['reader', 13],
    ['passer_by', 11],
  ] as const);
  const speed = random.pick(['fast', 'middle', 'slow'] as const);
  const gap = random.between(...GAPS[speed]) * (0.9 + 0.2 * random.next());
  return {
    kind,
    arrives: arrivalOf(kind, random, season),
    habit: { speed, gap, ...rhythmOf(random) },
    patience: Math.min(1, 0.35 + 0.65 * random.next() ** 0.6),
    likes: random.weighted([
      [tastes(8, 1, 1, 1), 46],
      [tastes(1, 8, 1, 1), 30],
      [tastes(4, 4, 1, 1), 14],
      [tastes(1, 2, 2, 5), 10],
    ]),
    curiosity: (0.5 + random.next()) * (kind === 'buyer' ? 0.35 / gap + 0.006 : 0.03),
    answers: random.chance(0.34),
    letters: random.chance(kind === 'reader' ? 0.96 : 0.68),
    shares: random.chance(0.16),
  };
}

/** Some were there when the story begins; the others came with a growing shop, most before Christmas. */
function arrivalOf(kind: Character['kind'], random: Random, season: Season): number {
  if (kind === 'passer_by') return season.length * random.next() ** 0.5;
  if (random.chance(0.22)) return 1 + 40 * random.next();
  return 1 + (season.length - 2) * random.next() ** 0.8;
}

/** Gaps that scatter little (gamma, shape 5 to 12), much (shape 1), or mostly short with some very long (log-normal). */
function rhythmOf(random: Random): Pick<Habit, 'draw' | 'regular'> {
  const shape = 5 + 7 * random.next();
  const sigma = 0.5 + 0.4 * random.next();
  return random.weighted<Pick<Habit, 'draw' | 'regular'>>([
    [{ regular: true, draw: (r) => r.gamma(shape) }, 50],
    [{ regular: false, draw: (r) => r.gamma(1.4) }, 28],
    [{ regular: false, draw: (r) => r.logNormal(sigma) / Math.exp((sigma * sigma) / 2) }, 22],
  ]);
}

function tastes(coffee: number, tea: number, brewing: number, gifts: number): Character['likes'] {
  return [
    ['coffee', coffee],
    ['tea', tea],
    ['brewing', brewing],
    ['gifts', gifts],
  ];
}
