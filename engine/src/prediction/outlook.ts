// One person as a prediction sees them at an instant: still with us or not, when silence becomes unusual, what is to come,
// what they are worth. For pages and texts; rules ask their own leaves. Figures that nothing stands behind are null.
import { DAY_MS } from '../lib/instant.ts';
import type { DurationMs, Instant } from '../lib/instant.ts';
import { roundStored } from '../lib/round.ts';
import type { Person } from '../person.ts';
import type { Program } from '../program.ts';
import { nextOrder, purchaseChance, purchasesExpected, seenAfter, worthOf } from './forecast.ts';
import type { LapseBy } from './lapse.ts';
import { groupOf, lapseOf } from './lapse.ts';
import type { Budget, RhythmParameters, SpeedGroup, Verdict } from './parameters.ts';
import { BUDGETS } from './parameters.ts';
import type { PurchaseModel } from './purchase-model.ts';
import { aliveOf } from './purchase-model.ts';
import type { Comings, RhythmOf, Statistics } from './statistics.ts';
import { ownGapDays, spentOf, statisticsOf } from './statistics.ts';

export interface Outlook {
  /** Why there is a model, or none. `unlearnt`: nobody fitted one yet. */
  readonly verdict: Verdict | 'unlearnt';
  readonly days: number;
  /** Their own; null: fewer than three days. */
  readonly usualGapMs: DurationMs | null;
  readonly firstDaysAgo: number;
  readonly lastAt: Instant;
  readonly silenceMs: DurationMs;
  readonly pAlive: number | null;
  readonly speed: SpeedGroup | null;
  /** The lapse moment of each budget; without a learnt rhythm none. */
  readonly lapses: readonly { readonly one_in: Budget; readonly at: Instant; readonly by: LapseBy }[];
  readonly next: { readonly at: Instant; readonly from: Instant; readonly to: Instant } | null;
  /** Chance of at least one, and how many are expected, within so many days. */
  readonly within: readonly { readonly days: number; readonly chance: number; readonly expected: number }[];
  readonly worth: ExpectedWorth | null;
}

/** In minor units of the workspace's currency. */
export interface ExpectedWorth {
  readonly soFar: number;
  /** Of the next 365 days, discounted; eight in ten bring between low and high. */
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

const HORIZONS_DAYS = [30, 90, 365];

/** Null: never came. As of `now`, or of the as-of day of someone imported as of an earlier one. */
export function outlookOf(program: Program, person: Person, of: RhythmOf, now: Instant): Outlook | null {
  const { memory } = person;
  const known = statisticsOf(of, memory, program.zone);
  if (known === null) return null;
  const { prediction } = program.definition;
  const parameters = (of === 'orders' ? prediction?.purchases : prediction?.visits) ?? null;
  const silenceMs = Math.max(0, (person.frozen_at ?? now) - known.lastAt);
  const silence = silenceMs / DAY_MS;
  const model = parameters?.model ?? null;
  const spending = of === 'orders' ? (prediction?.spending ?? null) : null;
  return {
    verdict: parameters?.verdict ?? 'unlearnt',
    days: known.x + 1,
    usualGapMs: known.gapMs,
    firstDaysAgo: known.tx + silence,
    lastAt: known.lastAt,
    silenceMs,
    pAlive: model === null ? null : roundStored(aliveOf(model, seenAfter(known, silence))),
    speed: model === null || parameters === null ? null : groupOf(model, parameters.groups, known),
    lapses:
      parameters === null ? [] : lapsesOf(parameters, known, () => ownGapDays(of, memory, program.zone)),
    next: model === null ? null : nextOf(model, known, silenceMs),
    within:
      model === null
        ? []
        : HORIZONS_DAYS.map((days) => ({
            days,
            chance: purchaseChance(model, known, silence, days),
            expected: purchasesExpected(model, known, silence, days),
          })),
    worth:
      model === null || spending === null
        ? null
        : worthWithin(
            model,
            known,
            silence,
            worthOf({ model, spending }, known, spentOf(memory, program.zone), silence),
          ),
  };
}

export interface CurvePoint {
  readonly at: Instant;
  readonly pAlive: number;
}

/** P(alive) through every day on which somebody came, as far as those are kept one by one, and on to `until`. */
export function aliveCurve(
  model: PurchaseModel,
  { firstAt, earlier, times }: Comings,
  span: { readonly until: Instant; readonly points: number },
): readonly CurvePoint[] {
  const [begins] = times;
  if (begins === undefined) return [];
  const points: CurvePoint[] = [];
  const stepMs = Math.max(DAY_MS / 4, (span.until - begins) / span.points);
  times.forEach((at, i) => {
    const ends = Math.max(at, times[i + 1] ?? span.until);
    const x = earlier + i;
    const known = { x, tx: Math.max(x, Math.round((at - firstAt) / DAY_MS)) };
    const alive = (then: Instant): CurvePoint => ({
      at: Math.round(then),
      pAlive: roundStored(aliveOf(model, seenAfter(known, (then - at) / DAY_MS))),
    });
    for (let then = at; then < ends; then += stepMs) points.push(alive(then));
    points.push(alive(ends));
  });
  return points;
}

function lapsesOf(
  parameters: RhythmParameters,
  known: Statistics,
  ownGaps: () => readonly number[],
): Outlook['lapses'] {
  return BUDGETS.flatMap((budget) => {
    const lapse = lapseOf(parameters, known, budget, ownGaps);
    return lapse === null ? [] : [{ one_in: budget, at: known.lastAt + lapse.silenceMs, by: lapse.by }];
  });
}

function nextOf(model: PurchaseModel, known: Statistics, silenceMs: DurationMs): Outlook['next'] {
  const { median, low, high } = nextOrder(model, known, silenceMs / DAY_MS);
  const now = known.lastAt + silenceMs;
  return { at: now + median, from: now + low, to: now + high };
}

function worthWithin(
  model: PurchaseModel,
  known: Statistics,
  silence: number,
  { soFar, expected, perOrder }: { soFar: number; expected: number; perOrder: number },
): ExpectedWorth {
  const mean = purchasesExpected(model, known, silence, 365);
  const discount = mean > 0 ? Math.min(1, expected / (mean * perOrder || 1)) : 1;
  const chance = purchaseChance(model, known, silence, 365);
  const spread = { chance, mean, shape: model.r + model.k * known.x };
  const worth = (share: number): number => roundStored(ordersAt(spread, share) * perOrder * discount);
  return { soFar, expected, low: worth(0.1), high: worth(0.9) };
}

const ORDERS_MAX = 5_000;

/**
 * The number of orders that this share of such people stays within: none with the chance of none, else as a negative
 * binomial of the same mean, whose shape is what is known of the rate.
 */
function ordersAt(
  { chance, mean, shape }: { chance: number; mean: number; shape: number },
  share: number,
): number {
  if (chance <= 0 || share <= 1 - chance) return 0;
  const left = (share - (1 - chance)) / chance;
  const m = mean / chance;
  const p = m / (m + shape);
  let term = Math.exp(shape * Math.log1p(-p));
  const zero = term;
  let sum = 0;
  for (let n = 1; n < ORDERS_MAX; n += 1) {
    term *= ((shape + n - 1) / n) * p;
    sum += term;
    if (sum >= left * (1 - zero)) return n;
  }
  return ORDERS_MAX;
}
