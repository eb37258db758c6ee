// What is to be expected of one person from now on: the chance of an order within a time, how many, when the next one, what
// they will bring. Rules ask on a fixed grid of instants, so that they know exactly when an answer may change.
import { DAY_MS, HOUR_MS } from '../lib/instant.ts';
import type { DurationMs, Instant } from '../lib/instant.ts';
import { roundStored } from '../lib/round.ts';
import type { PurchaseModel } from './purchase-model.ts';
import { aliveOf, comesWithin, purchasesWithin, purchaseWithin } from './purchase-model.ts';
import type { Spending, SpendingModel } from './spending.ts';
import { expectedSpending } from './spending.ts';
import type { Statistics } from './statistics.ts';

type Known = Pick<Statistics, 'x' | 'tx'>;

const GRID_RATIO = 1.3;
const GRID_SIZE = 32;

/**
 * Rules about chances, values and next orders are answered at these silences and stand until the next: at once, after a
 * day, and then at each 1.3 times the one before, for seven years.
 */
export const GRID_MS: readonly DurationMs[] = Array.from({ length: GRID_SIZE }, (_, i) =>
  i === 0 ? 0 : Math.round(DAY_MS * GRID_RATIO ** (i - 1)),
);

/** The newest place of the grid at or before `now`. */
export function gridPlace(lastAt: Instant, now: Instant): number {
  const silence = now - lastAt;
  let place = 0;
  while (place + 1 < GRID_SIZE && GRID_MS[place + 1]! <= silence) place += 1;
  return place;
}

/** What a model knows of someone after so much silence, in days. */
export function seenAfter({ x, tx }: Known, silenceDays: number): Known & { readonly age: number } {
  return { x, tx, age: tx + Math.max(0, silenceDays) };
}

/** The chance of at least one purchase within so many days from then on, rounded. */
export function purchaseChance(model: PurchaseModel, known: Known, silence: number, days: number): number {
  return bounded(purchaseWithin(model, seenAfter(known, silence), days));
}

/** So long from then on, in whole hours, given that there is another one. */
export interface NextOrder {
  /** As likely before as after. */
  readonly median: DurationMs;
  /** Eight in ten fall between these. */
  readonly low: DurationMs;
  readonly high: DurationMs;
}

/** When the next purchase of someone who is still a customer is to be expected. Moves with silence, never lies in the past. */
export function nextOrder(model: PurchaseModel, known: Known, silence: number): NextOrder {
  const cameWithin = comesWithin(model, seenAfter(known, silence));
  return {
    median: timeUntil(cameWithin, 0.5),
    low: timeUntil(cameWithin, 0.1),
    high: timeUntil(cameWithin, 0.9),
  };
}

/** The first whole hour by which a purchase has come with this chance. */
function timeUntil(cameWithin: (days: number) => number, chance: number): DurationMs {
  const hasCome = (hours: number): boolean => cameWithin(hours / 24) >= chance;
  let high = 1;
  while (high < HOURS_MAX && !hasCome(high)) high *= 2;
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (hasCome(middle)) high = middle;
    else low = middle;
  }
  return Math.min(high, HOURS_MAX) * HOUR_MS;
}

/** A hundred years: what is further off is never. */
const HOURS_MAX = 876_000;

/** Expected purchases in the next so many days. */
export function purchasesExpected(model: PurchaseModel, known: Known, silence: number, days: number): number {
  const expected = purchasesWithin(model, seenAfter(known, silence), days);
  return Number.isFinite(expected) ? roundStored(Math.max(0, expected)) : 0;
}

/** What the years to come are worth today: 10 % less a year. */
const YEARLY_DISCOUNT = 1.1;
const QUARTER_DAYS = 365 / 4;

/** Purchases of the next 365 days, each worth less the later it comes: a quarter's count as of its middle. */
export function purchasesDiscounted(model: PurchaseModel, known: Known, silence: number): number {
  return purchasesAhead(model, known, { silence, days: 365 }).discounted;
}

/** How many of the next so many days, and what they count for today. */
function purchasesAhead(
  model: PurchaseModel,
  known: Known,
  { silence, days }: { readonly silence: number; readonly days: number },
): { readonly count: number; readonly discounted: number } {
  const quarters = Math.max(1, Math.round(days / QUARTER_DAYS));
  let count = 0;
  let sum = 0;
  for (let quarter = 1; quarter <= quarters; quarter += 1) {
    const until = purchasesExpected(model, known, silence, (quarter * days) / quarters);
    sum += Math.max(0, until - count) / YEARLY_DISCOUNT ** (((quarter - 0.5) * days) / quarters / 365);
    count = until;
  }
  return { count, discounted: roundStored(sum) };
}

export interface Worth {
  /** Net orders so far, in minor units. */
  readonly soFar: number;
  /** Of the next 365 days, discounted, in minor units. */
  readonly expected: number;
  /** Per order to come. */
  readonly perOrder: number;
}

export interface WorthBasis {
  readonly model: PurchaseModel;
  readonly spending: SpendingModel;
}

/** `spent`: orders with a known amount, and their mean, in minor units. */
export function worthOf(basis: WorthBasis, known: Known, spent: Spending, silence: number): Worth {
  const perOrder = orderWorth(basis.spending, spent);
  const expected = purchasesDiscounted(basis.model, known, silence) * perOrder;
  return {
    soFar: roundStored(Math.max(0, spent.orders * spent.mean)),
    expected: roundStored(expected),
    perOrder: roundStored(perOrder),
  };
}

/** In minor units: what one is expected to bring, discounted, and how far single ones are from it, squared. */
export interface WorthAhead {
  readonly expected: number;
  readonly variance: number;
}

/**
 * How many orders come is a negative binomial of what is known of their rate, or none if they are lost; what each brings varies by
 * gamma-gamma, and their own mean is known only as well as their orders so far tell.
 */
export function worthAhead(
  { model, spending }: WorthBasis,
  known: Known,
  spent: Spending,
  ahead: { readonly silence: number; readonly days: number },
): WorthAhead {
  const perOrder = orderWorth(spending, spent);
  const { count: mean, discounted } = purchasesAhead(model, known, ahead);
  if (!(mean > 0)) return { expected: 0, variance: 0 };
  const alive = Math.max(aliveOf(model, seenAfter(known, ahead.silence)), 1e-12);
  const ifAlive = mean / alive;
  const shape = model.r + model.k * known.x;
  const counts = mean + (alive * ifAlive * ifAlive) / shape + alive * (1 - alive) * ifAlive * ifAlive;
  const trust = spending.p * spent.orders + spending.q - 2;
  const ofMean = trust > 0 ? 1 / trust : 1;
  const relative = counts + mean / spending.p + (counts + mean * mean) * ofMean;
  const each = (perOrder * discounted) / mean;
  const variance = each * each * relative;
  return { expected: discounted * perOrder, variance: Number.isFinite(variance) ? variance : 0 };
}

/** Orders that brought nothing or less say nothing of the next; q ≤ 1 has no mean of its own. */
function orderWorth(spending: SpendingModel, { orders, mean }: Spending): number {
  const counted = mean > 0 ? orders : 0;
  const worth = expectedSpending(spending, { orders: counted, mean: counted === 0 ? 0 : mean });
  return Number.isFinite(worth) && worth > 0 ? worth : Math.max(0, mean);
}

function bounded(chance: number): number {
  return Number.isFinite(chance) ? roundStored(Math.min(1, Math.max(0, chance))) : 0;
}
