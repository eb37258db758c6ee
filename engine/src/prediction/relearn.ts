// What would have been learnt at one day after another, each time of what was known until then: for backtests, which may not
// know on a day what only came later. Judges nothing; pure.
import type { Instant, LocalDay } from '../lib/instant.ts';
import { localDay } from '../lib/zone.ts';
import type { Zone } from '../lib/zone.ts';
import type { AskedPredictions } from './asked.ts';
import { keptGood } from './kept.ts';
import { learnSpending } from './learn.ts';
import { fitRhythm } from './learn-rhythm.ts';
import { movedMaterially } from './moved.ts';
import type { Prediction, RhythmParameters, Verdict } from './parameters.ts';
import type { Population } from './population.ts';
import { everyNth, knownOn } from './population.ts';
import type { PurchaseModel } from './purchase-model.ts';
import type { Spending } from './spending.ts';

/** Net orders of a known amount, one customer after the other. */
export interface Amounts {
  readonly count: number;
  /** Where each customer's orders begin; one more than customers. */
  readonly starts: Uint32Array;
  readonly days: Int32Array;
  /** In minor units, above zero. */
  readonly worths: Float64Array;
}

/** Everything that is known now, from which what was known on any day can be told. */
export interface KnownOverTime {
  readonly orders: Population;
  readonly visits: Population;
  readonly amounts: Amounts;
}

export interface Relearnt {
  readonly at: Instant;
  /** Of orders, as it came out that day. */
  readonly verdict: Verdict;
  readonly customers: number;
  /** In use from then on; the same as before where nothing moved. */
  readonly prediction: Prediction;
  readonly moved: boolean;
}

/** Parameters are known well enough from so many customers; more would make a backtest wait. */
const LEARNT_FROM_MAX = 5_000;
/** Which model, and how regular, is chosen anew once there are so many times as many customers; else only its parameters are. */
const CHOSEN_ANEW_AT = 2;

/** `instants` ascending. Only days that were over at an instant count as known then; money only where it is asked for. */
export function* relearn(
  known: KnownOverTime,
  instants: readonly Instant[],
  how: { readonly zone: Zone; readonly needs: Pick<AskedPredictions, 'spending'> },
): Generator<Relearnt, void> {
  let inUse: Prediction | null = null;
  const ordersOn = rhythmOver(known.orders);
  const visitsOn = rhythmOver(known.visits);
  for (const at of instants) {
    const today = localDay(how.zone, at) - 1;
    const orders = ordersOn(today);
    const visits = visitsOn(today);
    const isAsked = how.needs.spending && orders.parameters.model !== null;
    const spending = isAsked ? learnSpending(spentOn(known.amounts, today)).model : null;
    const next: Prediction = keptGood(inUse, {
      fitted_at: at,
      purchases: orders.parameters,
      visits: visits.parameters,
      spending,
    });
    const moved: boolean = inUse === null || movedMaterially(inUse, next);
    if (moved) inUse = next;
    const { verdict } = orders.parameters;
    yield { at, verdict, customers: orders.customers, prediction: inUse ?? next, moved };
  }
}

/** Ask with days that ascend. */
function rhythmOver(population: Population) {
  let chosen: PurchaseModel | null = null;
  let chosenOn = 0;
  let stood = false;
  return (today: LocalDay): { readonly parameters: RhythmParameters; readonly customers: number } => {
    const known = knownOn(population, today);
    const customers = known.count;
    const step = Math.ceil(customers / LEARNT_FROM_MAX);
    const sample = step <= 1 ? known : everyNth(known, step, 0);
    const isKept = stood && customers < CHOSEN_ANEW_AT * chosenOn;
    const { parameters } = fitRhythm(sample, today, chosen === null ? undefined : { model: chosen, isKept });
    if (!isKept || parameters.model === null) chosenOn = customers;
    stood = parameters.model !== null;
    chosen = parameters.model ?? chosen;
    return { parameters, customers };
  };
}

/** Of each customer with an order of a known amount by then: how many, and their mean. */
export function spentOn({ count, starts, days, worths }: Amounts, today: LocalDay): readonly Spending[] {
  const spent: Spending[] = [];
  for (let i = 0; i < count; i += 1) {
    let orders = 0;
    let sum = 0;
    for (let at = starts[i]!; at < starts[i + 1]!; at += 1) {
      if (days[at]! > today) continue;
      orders += 1;
      sum += worths[at]!;
    }
    if (orders > 0) spent.push({ orders, mean: sum / orders });
  }
  return spent;
}

export function amountsOf(
  customers: readonly (readonly { readonly day: LocalDay; readonly worth: number }[])[],
): Amounts {
  const starts = new Uint32Array(customers.length + 1);
  customers.forEach((orders, i) => (starts[i + 1] = starts[i]! + orders.length));
  const days = new Int32Array(starts.at(-1)!);
  const worths = new Float64Array(days.length);
  customers.forEach((orders, i) =>
    orders.forEach(({ day, worth }, j) => {
      days[starts[i]! + j] = day;
      worths[starts[i]! + j] = worth;
    }),
  );
  return { count: customers.length, starts, days, worths };
}
