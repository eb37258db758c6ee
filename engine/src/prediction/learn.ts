// Everything a fit learns of a workspace at once: rhythm of orders and of visits, money per order, season and trend. Pure: what
// was known on a day goes in, parameters for the program and a report for people come out.
import type { Instant, LocalDay } from '../lib/instant.ts';
import { roundStored } from '../lib/round.ts';
import type { RhythmReport } from './learn-rhythm.ts';
import { learnRhythm } from './learn-rhythm.ts';
import type { Prediction } from './parameters.ts';
import type { Population } from './population.ts';
import type { Season } from './season.ts';
import { seasonOf } from './season.ts';
import type { Spending, SpendingModel } from './spending.ts';
import { fitSpending } from './spending.ts';

export interface KnownOfAll {
  readonly orders: Population;
  readonly visits: Population;
  /** Of each customer with an order of a known amount, in minor units. */
  readonly spent: readonly Spending[];
}

export interface FitReport {
  readonly orders: RhythmReport;
  readonly visits: RhythmReport;
  readonly spending: {
    readonly customers: number;
    readonly meanMinor: number | null;
    readonly fitted: boolean;
    /** How customers' means go with how often they order: the model takes the two to have nothing to do with each other. */
    readonly correlation: number | null;
  };
  readonly season: Season;
}

export function learn(
  known: KnownOfAll,
  at: { readonly now: Instant; readonly today: LocalDay },
): { readonly prediction: Prediction; readonly report: FitReport } {
  const orders = learnRhythm(known.orders, at.today);
  const visits = learnRhythm(known.visits, at.today);
  const { customers: spent, model: spending } = learnSpending(known.spent);
  return {
    prediction: {
      fitted_at: at.now,
      purchases: orders.parameters,
      visits: visits.parameters,
      spending: orders.parameters.model === null ? null : spending,
    },
    report: {
      orders: orders.report,
      visits: visits.report,
      spending: {
        customers: spent.length,
        meanMinor:
          spent.length === 0
            ? null
            : roundStored(spent.reduce((sum, { mean }) => sum + mean, 0) / spent.length),
        fitted: spending !== null,
        correlation: correlationOf(spent),
      },
      season: seasonOf(known.orders, at.today),
    },
  };
}

/** What customers spend on an order: those of whom it is known, and the model; null where it says nothing. */
export function learnSpending(known: readonly Spending[]): {
  readonly customers: readonly Spending[];
  readonly model: SpendingModel | null;
} {
  const customers = known.filter(({ orders: n, mean }) => n > 0 && mean > 0 && Number.isFinite(mean));
  const fit = customers.length < SPENDERS_MIN ? null : fitSpending(sampled(customers));
  if (fit === null || !fit.converged) return { customers, model: null };
  const { p, q, v } = fit.model;
  // q ≤ 1: no customer has an expected amount of their own.
  if (!(q > 1) || ![p, q, v].every(isParameter)) return { customers, model: null };
  return { customers, model: { p: roundStored(p), q: roundStored(q), v: roundStored(v) } };
}

const SPENDERS_MIN = 50;
/** Three parameters are known well enough from so many. */
const SPENDERS_MAX = 20_000;

function sampled(spent: readonly Spending[]): readonly Spending[] {
  const step = Math.max(1, Math.ceil(spent.length / SPENDERS_MAX));
  return step === 1 ? spent : spent.filter((_, i) => i % step === 0);
}

function isParameter(value: number): boolean {
  return Number.isFinite(value) && value > 1e-8 && value < 1e12;
}

function correlationOf(spent: readonly Spending[]): number | null {
  const n = spent.length;
  if (n < 3) return null;
  const meanX = spent.reduce((sum, { orders }) => sum + orders, 0) / n;
  const meanY = spent.reduce((sum, { mean }) => sum + mean, 0) / n;
  let [xx, yy, xy] = [0, 0, 0];
  for (const { orders, mean } of spent) {
    xx += (orders - meanX) ** 2;
    yy += (mean - meanY) ** 2;
    xy += (orders - meanX) * (mean - meanY);
  }
  return xx === 0 || yy === 0 ? null : roundStored(xy / Math.sqrt(xx * yy));
}
