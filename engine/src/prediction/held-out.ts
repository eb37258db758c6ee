// How right a model is on time that it has not seen: fitted on what was known on a day, judged by what came after, beside the
// naive rule "as often as before".
import type { LocalDay } from '../lib/instant.ts';
import { historiesOf, knownOn } from './population.ts';
import type { Population } from './population.ts';
import type { PurchaseModel } from './purchase-model.ts';
import { purchasesWithin, purchaseWithin } from './purchase-model.ts';

export interface Errors {
  /** Predicted purchases of everyone together over the real ones, less 1. */
  readonly total: number | null;
  /** Of one customer: mean absolute error, and root of the mean squared one. */
  readonly mae: number;
  readonly rmse: number;
}

/** A tenth of the customers, by their predicted chance to come. */
export interface Tenth {
  readonly customers: number;
  readonly predicted: number;
  readonly came: number;
}

export interface HeldOut {
  /** The last day that the model knew, and the last that it was judged by. */
  readonly from: LocalDay;
  readonly until: LocalDay;
  readonly customers: number;
  readonly purchases: number;
  readonly model: Errors;
  readonly asBefore: Errors;
  /** Predicting nothing at all: what every error is to be seen beside. */
  readonly nothing: Errors;
  readonly tenths: readonly Tenth[];
  /** Of those past their lapse moment on the first day, how many did not come. */
  readonly atRisk: { readonly customers: number; readonly stayedAway: number };
}

/** `isAtRisk`: whether a silence so long, in days, was past the lapse moment. */
export function judgeHeldOut(
  model: PurchaseModel,
  population: Population,
  span: { readonly from: LocalDay; readonly until: LocalDay },
  isAtRisk: (seen: { readonly x: number; readonly tx: number }, silence: number) => boolean,
): HeldOut {
  const { from, until } = span;
  const days = until - from;
  const known = knownOn(population, from);
  const { x, tx, age } = historiesOf(known, from);
  const actual = purchasesBetween(population, from, until);
  const predicted = new Float64Array(known.count);
  const before = new Float64Array(known.count);
  const chances = new Float64Array(known.count);
  const memo = new Map<string, readonly [number, number]>();
  let risk = 0;
  let stayedAway = 0;
  for (let i = 0; i < known.count; i += 1) {
    const seen = { x: x[i]!, tx: tx[i]!, age: age[i]! };
    const key = `${seen.x}/${seen.tx}/${seen.age}`;
    let found = memo.get(key);
    if (found === undefined) {
      found = [purchasesWithin(model, seen, days), purchaseWithin(model, seen, days)];
      memo.set(key, found);
    }
    [predicted[i], chances[i]] = found;
    before[i] = seen.age > 0 ? (seen.x / seen.age) * days : 0;
    if (!isAtRisk(seen, seen.age - seen.tx)) continue;
    risk += 1;
    if (actual[i] === 0) stayedAway += 1;
  }
  return {
    from,
    until,
    customers: known.count,
    purchases: sumOf(actual),
    model: errorsOf(predicted, actual),
    asBefore: errorsOf(before, actual),
    nothing: errorsOf(new Float64Array(known.count), actual),
    tenths: tenthsOf(chances, actual),
    atRisk: { customers: risk, stayedAway },
  };
}

/** Of everyone known on the first day, in the order of `knownOn`. */
function purchasesBetween(
  { count, starts, days }: Population,
  from: LocalDay,
  until: LocalDay,
): Float64Array {
  const found: number[] = [];
  for (let i = 0; i < count; i += 1) {
    if (days[starts[i]!]! > from) continue;
    let purchases = 0;
    for (let at = starts[i]!; at < starts[i + 1]!; at += 1)
      if (days[at]! > from && days[at]! <= until) purchases += 1;
    found.push(purchases);
  }
  return Float64Array.from(found);
}

function errorsOf(predicted: Float64Array, actual: Float64Array): Errors {
  const n = Math.max(1, actual.length);
  let absolute = 0;
  let squared = 0;
  predicted.forEach((each, i) => {
    absolute += Math.abs(each - actual[i]!);
    squared += (each - actual[i]!) ** 2;
  });
  const all = sumOf(actual);
  return {
    total: all === 0 ? null : sumOf(predicted) / all - 1,
    mae: absolute / n,
    rmse: Math.sqrt(squared / n),
  };
}

function tenthsOf(chances: Float64Array, actual: Float64Array): readonly Tenth[] {
  const order = Array.from(chances.keys()).sort((a, b) => chances[a]! - chances[b]! || a - b);
  return Array.from({ length: 10 }, (_, tenth) => {
    const these = order.slice(
      Math.floor((tenth * order.length) / 10),
      Math.floor(((tenth + 1) * order.length) / 10),
    );
    const n = Math.max(1, these.length);
    return {
      customers: these.length,
      predicted: these.reduce((sum, i) => sum + chances[i]!, 0) / n,
      came: these.reduce((sum, i) => sum + (actual[i]! > 0 ? 1 : 0), 0) / n,
    };
  });
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const each of values) sum += each;
  return sum;
}
