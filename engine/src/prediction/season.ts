// Whether a shop's orders have a season or a trend, by month: detected and told, not modelled. A model of rhythm takes both for
// chance, so whoever reads its figures should know of them.
import type { LocalDay } from '../lib/instant.ts';
import { monthOf, monthStart } from '../lib/calendar.ts';
import { roundStored } from '../lib/round.ts';
import type { Population } from './population.ts';
import { spanOf } from './population.ts';

export interface Season {
  /** Whole months looked at; the first and the last are left out unless whole. */
  readonly months: number;
  /** Orders of customers who had ordered before, by month. */
  readonly orders: readonly number[];
  readonly firstMonth: number | null;
  /** Change per year as a share, with the t-value of its slope; null: under two years. */
  readonly trend: { readonly perYear: number; readonly t: number; readonly shows: boolean } | null;
  /** Months of the year (0 is January) that bring most and least against the year around them; null: under two years. */
  readonly season: {
    readonly high: number;
    readonly low: number;
    /** Of the high month over the usual one. */
    readonly swing: number;
    readonly shows: boolean;
  } | null;
}

/** A young shop grows by new customers month after month: that is no trend yet. */
const TREND_MONTHS_MIN = 24;
const SEASON_MONTHS_MIN = 24;
const T_MIN = 3;
/** A month counts as seasonal when it differs this much both years. */
const SWING_MIN = 0.2;

export function seasonOf(population: Population, today: LocalDay): Season {
  const span = spanOf(population);
  if (span === null) return { months: 0, orders: [], firstMonth: null, trend: null, season: null };
  const first = monthOf(span.first) + (span.first === monthStart(monthOf(span.first)) ? 0 : 1);
  const months = Math.max(0, monthOf(today) - first);
  const orders = new Array<number>(months).fill(0);
  for (let i = 0; i < population.count; i += 1) {
    for (let at = population.starts[i]! + 1; at < population.starts[i + 1]!; at += 1) {
      const month = monthOf(population.days[at]!) - first;
      if (month >= 0 && month < months) orders[month] = orders[month]! + 1;
    }
  }
  return {
    months,
    orders,
    firstMonth: months === 0 ? null : first,
    trend: trendOf(orders),
    season: swingOf(orders, first),
  };
}

/** Least squares on logarithms, from the first month with orders on. */
function trendOf(rates: readonly number[]): Season['trend'] {
  const seen = rates.slice(rates.findIndex((each) => each > 0));
  const n = seen.length;
  if (n < TREND_MONTHS_MIN || seen.some((each) => each <= 0)) return null;
  const y = seen.map(Math.log);
  const middle = (n - 1) / 2;
  const mean = y.reduce((sum, each) => sum + each, 0) / n;
  const spread = y.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  const slope = y.reduce((sum, each, i) => sum + (i - middle) * (each - mean), 0) / spread;
  const rest = y.reduce((sum, each, i) => sum + (each - mean - slope * (i - middle)) ** 2, 0);
  const error = Math.sqrt(rest / (n - 2) / spread);
  const t = error > 0 ? slope / error : 0;
  return { perYear: roundStored(Math.expm1(12 * slope)), t: roundStored(t), shows: Math.abs(t) >= T_MIN };
}

/** Each month against the twelve around it, by month of the year. */
function swingOf(rates: readonly number[], first: number): Season['season'] {
  if (rates.length < SEASON_MONTHS_MIN) return null;
  const ratios: number[][] = Array.from({ length: 12 }, () => []);
  for (let i = 6; i + 6 < rates.length; i += 1) {
    let around = (rates[i - 6]! + rates[i + 6]!) / 2;
    for (let j = i - 5; j <= i + 5; j += 1) around += rates[j]!;
    if (around > 0) ratios[(((first + i) % 12) + 12) % 12]!.push((12 * rates[i]!) / around);
  }
  const usual = ratios.map((each) =>
    each.length === 0 ? null : each.reduce((a, b) => a + b, 0) / each.length,
  );
  const seen = usual.flatMap((ratio, month) => (ratio === null ? [] : [{ month, ratio }]));
  if (seen.length < 12) return null;
  const high = seen.reduce((best, each) => (each.ratio > best.ratio ? each : best));
  const low = seen.reduce((best, each) => (each.ratio < best.ratio ? each : best));
  const swing = high.ratio - 1;
  return { high: high.month, low: low.month, swing: roundStored(swing), shows: swing >= SWING_MIN };
}
