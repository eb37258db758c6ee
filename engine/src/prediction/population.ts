// Everyone's days in two columns: a hundred thousand customers are walked over many times, so nothing is an object a customer.
import type { LocalDay } from '../lib/instant.ts';
import type { Histories } from './history.ts';

/** Distinct days of each customer, ascending, one customer after the other. */
export interface Population {
  readonly count: number;
  /** Where each customer's days begin; one more than customers. */
  readonly starts: Uint32Array;
  readonly days: Int32Array;
}

export function populationOf(customers: readonly (readonly LocalDay[])[]): Population {
  const starts = new Uint32Array(customers.length + 1);
  customers.forEach((days, i) => (starts[i + 1] = starts[i]! + days.length));
  const days = new Int32Array(starts.at(-1)!);
  customers.forEach((each, i) => days.set(each, starts[i]!));
  return { count: customers.length, starts, days };
}

/** As it was known on a day: nobody who came later, no day that came later. */
export function knownOn({ count, starts, days }: Population, today: LocalDay): Population {
  const keptStarts = new Uint32Array(count + 1);
  const kept = new Int32Array(days.length);
  let customers = 0;
  let used = 0;
  for (let i = 0; i < count; i += 1) {
    const before = used;
    for (let at = starts[i]!; at < starts[i + 1]! && days[at]! <= today; at += 1) {
      kept[used] = days[at]!;
      used += 1;
    }
    if (used === before) continue;
    customers += 1;
    keptStarts[customers] = used;
  }
  return { count: customers, starts: keptStarts.slice(0, customers + 1), days: kept.slice(0, used) };
}

/** Who had come by a day, with all that is known of them since. */
export function cameBy({ count, starts, days }: Population, day: LocalDay): Population {
  const customers: Int32Array[] = [];
  for (let i = 0; i < count; i += 1)
    if (days[starts[i]!]! <= day) customers.push(days.subarray(starts[i]!, starts[i + 1]!));
  return joined(customers);
}

/** Every `step`-th customer from `from` on: the same ones each time. */
export function everyNth({ count, starts, days }: Population, step: number, from: number): Population {
  const customers: Int32Array[] = [];
  for (let i = from; i < count; i += step) customers.push(days.subarray(starts[i]!, starts[i + 1]!));
  return joined(customers);
}

function joined(customers: readonly Int32Array[]): Population {
  const keptStarts = new Uint32Array(customers.length + 1);
  customers.forEach((each, i) => (keptStarts[i + 1] = keptStarts[i]! + each.length));
  const kept = new Int32Array(keptStarts.at(-1)!);
  customers.forEach((each, i) => kept.set(each, keptStarts[i]!));
  return { count: customers.length, starts: keptStarts, days: kept };
}

/** In days. */
export function historiesOf({ count, starts, days }: Population, today: LocalDay): Histories {
  const x = new Float64Array(count);
  const tx = new Float64Array(count);
  const age = new Float64Array(count);
  const lnGaps = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    const first = days[starts[i]!]!;
    const end = starts[i + 1]!;
    x[i] = end - starts[i]! - 1;
    tx[i] = days[end - 1]! - first;
    age[i] = today - first;
    for (let at = starts[i]! + 1; at < end; at += 1)
      lnGaps[i] = lnGaps[i]! + Math.log(days[at]! - days[at - 1]!);
  }
  return { count, x, tx, age, lnGaps };
}

export function spanOf({ days }: Population): { readonly first: LocalDay; readonly last: LocalDay } | null {
  if (days.length === 0) return null;
  let [first, last] = [days[0]!, days[0]!];
  for (const day of days) {
    if (day < first) first = day;
    if (day > last) last = day;
  }
  return { first, last };
}

/** A silence after one of somebody's days: it ended by itself with the next one, or it is still going on. */
export type VisitSilence = (silence: {
  readonly customer: number;
  readonly x: number;
  readonly tx: number;
  readonly began: LocalDay;
  readonly length: number;
  readonly ended: boolean;
}) => void;

export function eachSilence({ count, starts, days }: Population, today: LocalDay, visit: VisitSilence): void {
  for (let customer = 0; customer < count; customer += 1) {
    const start = starts[customer]!;
    const end = starts[customer + 1]!;
    for (let at = start; at < end; at += 1) {
      const began = days[at]!;
      const ended = at + 1 < end;
      const length = (ended ? days[at + 1]! : today) - began;
      visit({ customer, x: at - start, tx: began - days[start]!, began, length, ended });
    }
  }
}

/** Who came more than once. */
export function repeatingOf({ count, starts }: Population): number {
  let repeating = 0;
  for (let i = 0; i < count; i += 1) if (starts[i + 1]! - starts[i]! > 1) repeating += 1;
  return repeating;
}

/** The value that this share of sorted ones stays below; null of none. */
export function quantile(sorted: ArrayLike<number>, share: number): number | null {
  if (sorted.length === 0) return null;
  const place = Math.min(sorted.length - 1, Math.max(0, Math.floor(share * sorted.length)));
  return sorted[place]!;
}

export function sortedNumbers(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}
