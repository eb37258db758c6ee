// What a purchase model needs to know of one customer, and of many at once in columns.
import type { LocalDay } from '../lib/instant.ts';

/** Time since the first purchase in one unit (weeks in most published fits, days in the product). */
export interface History {
  /** Repeat purchases: purchase days after the first. */
  readonly x: number;
  /** From the first purchase to the newest; 0 without a repeat. */
  readonly tx: number;
  /** From the first purchase to now. */
  readonly age: number;
  /** Sum of the logarithms of the gaps between purchases: what regularity is read from. */
  readonly lnGaps: number;
}

/** Histories in columns: a fit walks over them a hundred times. */
export interface Histories {
  readonly count: number;
  readonly x: Float64Array;
  readonly tx: Float64Array;
  readonly age: Float64Array;
  readonly lnGaps: Float64Array;
}

/** Distinct days of purchases, ascending, none after `today`. `unit` in days. */
export function historyOf(days: readonly LocalDay[], today: LocalDay, unit: number): History | null {
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined) return null;
  let lnGaps = 0;
  for (let i = 1; i < days.length; i += 1) lnGaps += Math.log((days[i]! - days[i - 1]!) / unit);
  return { x: days.length - 1, tx: (last - first) / unit, age: (today - first) / unit, lnGaps };
}

export function columnsOf(histories: readonly History[]): Histories {
  return {
    count: histories.length,
    x: Float64Array.from(histories, (h) => h.x),
    tx: Float64Array.from(histories, (h) => h.tx),
    age: Float64Array.from(histories, (h) => h.age),
    lnGaps: Float64Array.from(histories, (h) => h.lnGaps),
  };
}
