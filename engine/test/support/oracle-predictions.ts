// What the naive evaluator says of silences and expectations: from the definitions of the models, term by term, whole hours
// tried one by one between bounds. Shares no code with the engine (types only).
import type { Definition } from '../../src/definition.ts';
import type { CountingModel } from '../../src/prediction/counting.ts';
import type { RhythmParameters } from '../../src/prediction/parameters.ts';
import type { SpendingModel } from '../../src/prediction/spending.ts';
import type { Rule } from '../../src/rules/rule.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** When somebody came: each time, each day, the days that memory keeps one by one, what was paid in minor units. */
export interface Comings {
  readonly times: readonly number[];
  readonly days: readonly number[];
  readonly keptDays: readonly number[];
  readonly spends: readonly number[];
}

/** Pareto/NBD is held against its published form elsewhere. */
function countingOf({ model }: RhythmParameters): CountingModel | null {
  if (model !== null && 's' in model) throw new Error('Here only models that count are known.');
  return model;
}

/** The silence that is no longer usual, in whole hours; null: the plain rule decides. */
export function lapseHours(
  definition: Definition,
  rule: Extract<Rule, { kind: 'quiet' }>,
  came: Comings,
): number | null {
  const learnt = rule.of === 'orders' ? definition.prediction?.purchases : definition.prediction?.visits;
  if (learnt === undefined || learnt === null || rule.one_in === undefined) return null;
  const budget = rule.one_in === 3 ? 'one_in_3' : 'one_in_10';
  const model = countingOf(learnt);
  if (model !== null) {
    const gap = (model.k * (model.alpha + spanOf(came))) / (model.r + model.k * (came.days.length - 1));
    const speed = gap <= learnt.groups[0] ? 'fast' : gap <= learnt.groups[1] ? 'middle' : 'slow';
    const group = came.days.length === 1 ? 'new' : speed;
    const threshold = learnt.thresholds[budget][group];
    if (threshold > 0)
      return firstHour(24, 3_650 * 24, (hours) => stillSilent(model, came, hours / 24) <= threshold);
  }
  const gaps = came.keptDays
    .slice(1)
    .map((day, i) => day - came.keptDays[i]!)
    .sort((a, b) => a - b);
  const rank =
    rule.one_in === 3 ? Math.ceil((2 * (gaps.length + 1)) / 3) : Math.ceil((9 * (gaps.length + 1)) / 10);
  if (gaps.length >= 4 && rank <= gaps.length) return inBounds(gaps[rank - 1]! * 24);
  const pooled = learnt.pooled_gap_days[budget];
  return pooled === null ? null : inBounds(Math.ceil(Number((pooled * 24).toFixed(6))));
}

/** Chances, values and next orders: as of the newest of the fixed silences. */
export function expected(
  definition: Definition,
  rule: Extract<Rule, { kind: 'order_chance' | 'next_order' | 'lifetime_value' }>,
  came: Comings,
  now: number,
): boolean {
  const { prediction } = definition;
  const model = prediction === undefined ? null : countingOf(prediction.purchases);
  const last = came.times.at(-1);
  if (model === null || last === undefined) return false;
  const silences = [0, ...Array.from({ length: 31 }, (_, i) => Math.round(DAY * 1.3 ** i))];
  const silence = silences.findLast((ms) => last + ms <= now)! / DAY;
  if (rule.kind === 'order_chance') {
    const days = Temporal.Duration.from(rule.within).total({ unit: 'hours' }) / 24;
    return compare(chance(model, came, silence, days), rule.op, rule.share);
  }
  if (rule.kind === 'next_order') {
    const hours = hoursUntilNext(model, came, silence);
    const within = Temporal.Duration.from(rule.within).total({ unit: 'milliseconds' });
    return now >= Math.round(last + silence * DAY) + hours * HOUR - within;
  }
  const spending = prediction?.spending ?? null;
  if (spending === null) return false;
  const digits = definition.currency === 'JPY' ? 0 : 2;
  return compare(worth({ model, spending }, came, silence), rule.op, Number(rule.value) * 10 ** digits);
}

/** Of an order within so many days. */
export function chance(model: CountingModel, came: Comings, silence: number, days: number): number {
  const none = stillSilent(model, came, silence + days) / stillSilent(model, came, silence);
  return alive(model, came, silence) * (1 - none);
}

export function hoursUntilNext(model: CountingModel, came: Comings, silence: number): number {
  const half = stillSilent(model, came, silence) / 2;
  return firstHour(1, 876_000, (each) => stillSilent(model, came, silence + each / 24) <= half);
}

/** So far and in the year to come, in minor units. */
export function worth(
  { model, spending }: { readonly model: CountingModel; readonly spending: SpendingModel },
  came: Comings,
  silence: number,
): number {
  const total = came.spends.reduce((a, b) => a + b, 0);
  const n = total > 0 ? came.spends.length : 0;
  const { p, q, v } = spending;
  const shrunk = (p * (v + (n === 0 ? 0 : total))) / (p * n + q - 1);
  const mean = came.spends.length === 0 ? 0 : total / came.spends.length;
  const perOrder = Number.isFinite(shrunk) && shrunk > 0 ? shrunk : Math.max(0, mean);
  const counts = [0, 1, 2, 3, 4].map((quarter) => purchases(model, came, silence, (quarter * 365) / 4));
  const coming = [1, 2, 3, 4].reduce(
    (sum, quarter) => sum + (counts[quarter]! - counts[quarter - 1]!) * 1.1 ** -((quarter - 0.5) / 4),
    0,
  );
  return Math.max(0, total) + coming * perOrder;
}

/** The chance that someone still with us is silent for so many days: fewer than k steps of a Gamma-mixed Poisson. */
export function stillSilent({ k, r, alpha }: CountingModel, came: Comings, days: number): number {
  const shape = r + k * (came.days.length - 1);
  const known = alpha + spanOf(came);
  let sum = 0;
  for (let steps = 0; steps < k; steps += 1) {
    let ways = 1;
    for (let i = 1; i <= steps; i += 1) ways *= (shape + i - 1) / i;
    sum += ways * (days / (known + days)) ** steps;
  }
  return sum * (known / (known + days)) ** shape;
}

function alive(model: CountingModel, came: Comings, days: number): number {
  const chances = model.modified ? came.days.length : came.days.length - 1;
  if (chances === 0) return 1;
  const left = model.a / (model.b + chances - 1);
  const here = stillSilent(model, came, days);
  return here / (here + left);
}

/** Each purchase to come: reached in time, and not lost before it. */
function purchases(model: CountingModel, came: Comings, silence: number, days: number): number {
  if (days === 0) return 0;
  const { k, r, alpha, a, b } = model;
  const x = came.days.length - 1;
  const chances = model.modified ? x + 1 : x;
  const known = alpha + spanOf(came) + silence;
  const weights = Array.from({ length: k }, (_, phase) => {
    let ways = 1;
    for (let i = 1; i <= phase; i += 1) ways *= (r + k * x + i - 1) / i;
    return ways * (silence / known) ** phase;
  });
  const whole = weights.reduce((sum, each) => sum + each, 0);
  let sum = 0;
  weights.forEach((weight, phase) => {
    const shape = r + k * x + phase;
    const steps: number[] = [(known / (known + days)) ** shape];
    while (steps.length < 6_000) {
      const n = steps.length;
      steps.push((steps[n - 1]! * ((shape + n - 1) / n) * days) / (known + days));
    }
    let kept = 1;
    let below = 0;
    let n = 0;
    for (let purchase = 1; purchase <= 1_000; purchase += 1) {
      for (; n < k - phase + (purchase - 1) * k; n += 1) below += steps[n] ?? 0;
      sum += (weight / whole) * kept * Math.max(0, 1 - below);
      kept *= (b + chances + purchase - 1) / (a + b + chances + purchase - 1);
    }
  });
  return alive(model, came, silence) * sum;
}

function spanOf({ days }: Comings): number {
  return days.at(-1)! - days[0]!;
}

/** The first whole hour from which on it is so, no later than the last. */
function firstHour(from: number, to: number, isSo: (hours: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isSo(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function inBounds(hours: number): number {
  return Math.min(Math.max(hours, 24), 3_650 * 24);
}

function compare(value: number, op: 'over' | 'at_least' | 'under' | 'at_most', limit: number): boolean {
  return { over: value > limit, at_least: value >= limit, under: value < limit, at_most: value <= limit }[op];
}
