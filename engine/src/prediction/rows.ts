// What every fit of a purchase model begins with and ends in: customers with the same history are one row with a weight, what
// depends on the number of purchases alone is worked out once per number, and a report says whether it came to rest.
import type { Histories } from './history.ts';
import type { Minimum } from './minimise.ts';
import { digamma, lnGamma } from './special.ts';

export interface Fit<Model> {
  readonly model: Model;
  readonly lnLikelihood: number;
  readonly converged: boolean;
  readonly evaluations: number;
}

export function reportOf(
  found: Minimum,
  customers: number,
): Pick<Fit<never>, 'lnLikelihood' | 'converged' | 'evaluations'> {
  return {
    lnLikelihood: -found.value * customers,
    converged: found.converged,
    evaluations: found.evaluations,
  };
}

/** Histories with equal ones put together. */
export interface Rows {
  readonly count: number;
  readonly customers: number;
  readonly repeats: number;
  /** The numbers of purchases that occur. */
  readonly counts: readonly number[];
  readonly xMax: number;
  readonly x: Float64Array;
  readonly tx: Float64Array;
  readonly age: Float64Array;
  readonly weight: Float64Array;
  /** Σ of the logarithms of all gaps: the only place where single gaps matter. */
  readonly lnGaps: number;
}

/** Of the same histories worked out once: each model that is tried asks for them. */
export function rowsOf(histories: Histories): Rows {
  const found = known.get(histories) ?? together(histories);
  known.set(histories, found);
  return found;
}

const known = new WeakMap<Histories, Rows>();

function together(histories: Histories): Rows {
  const places = new Map<string | number, number>();
  const kept: number[] = [];
  const weights: number[] = [];
  let repeats = 0;
  let lnGaps = 0;
  let xMax = 0;
  const counts = new Set<number>();
  for (let i = 0; i < histories.count; i += 1) {
    const x = histories.x[i]!;
    repeats += x;
    lnGaps += histories.lnGaps[i]!;
    xMax = Math.max(xMax, x);
    counts.add(x);
    const key = keyOf(x, histories.tx[i]!, histories.age[i]!);
    const place = places.get(key);
    if (place === undefined) {
      places.set(key, kept.length);
      kept.push(i);
      weights.push(1);
    } else {
      weights[place] = weights[place]! + 1;
    }
  }
  const column = (from: Float64Array): Float64Array => Float64Array.from(kept, (i) => from[i]!);
  return {
    count: kept.length,
    customers: histories.count,
    repeats,
    counts: [...counts],
    xMax,
    x: column(histories.x),
    tx: column(histories.tx),
    age: column(histories.age),
    weight: Float64Array.from(weights),
    lnGaps,
  };
}

/** Whole days in one number, which is found faster than a text; anything else as a text. */
function keyOf(x: number, tx: number, age: number): string | number {
  const isWhole = Number.isInteger(tx) && Number.isInteger(age) && tx >= 0;
  return isWhole && x < PACKED && tx < PACKED && age < PACKED
    ? (age * PACKED + tx) * PACKED + x
    : `${x}/${tx}/${age}`;
}

const PACKED = 2 ** 17;

/** Repeat purchases of everybody over all of their time. */
export function rateOf(rows: Rows): number {
  let time = 0;
  for (let i = 0; i < rows.count; i += 1) time += rows.weight[i]! * rows.age[i]!;
  return rows.repeats / Math.max(time, 1e-9);
}

interface ByPurchases {
  readonly ln: Float64Array;
  readonly slope: Float64Array;
}

/** ln Γ(r + kx) − ln Γ(r) and its slope in r, for each number of purchases. */
export function ratesOf(rows: Pick<Rows, 'xMax' | 'counts'>, r: number, k: number): ByPurchases {
  const ln = new Float64Array(rows.xMax + 1);
  const slope = new Float64Array(rows.xMax + 1);
  const lnBase = lnGamma(r);
  const slopeBase = digamma(r);
  for (const x of rows.counts) {
    ln[x] = lnGamma(r + k * x) - lnBase;
    slope[x] = digamma(r + k * x) - slopeBase;
  }
  return { ln, slope };
}
