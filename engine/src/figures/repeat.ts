// Repeat purchases: customers of the last 365 days who ordered on two or more local days, and how many come back within 90
// days of their first order.
import type { LocalDay } from '../lib/instant.ts';
import type { FigureFacts, FigureOrder } from './facts.ts';
import type { Rate } from './rate.ts';
import { rate } from './rate.ts';

const YEAR = 365;
const SECOND_WITHIN = 90;

export interface Repeat {
  readonly now: Rate;
  /** The 365 days before; null: nobody had ordered by then. */
  readonly before: Rate | null;
  /** Of those whose first order is at least 90 days old: a second order day within 90 days of it. */
  readonly second_within_90: Rate;
}

export class RepeatFigure {
  readonly #today: LocalDay;
  readonly #now = { once: 0, twice: 0 };
  readonly #before = { once: 0, twice: 0 };
  readonly #second = { first: 0, second: 0 };

  constructor(today: LocalDay) {
    this.#today = today;
  }

  add({ orders }: FigureFacts): void {
    const tally = (into: { once: number; twice: number }, to: LocalDay): void => {
      const n = orderDaysInYear(orders, to);
      if (n >= 1) into.once += 1;
      if (n >= 2) into.twice += 1;
    };
    tally(this.#now, this.#today);
    tally(this.#before, this.#today - YEAR);

    const second = secondWithin90(orders, this.#today);
    if (second === null) return;
    this.#second.first += 1;
    if (second) this.#second.second += 1;
  }

  result(): Repeat {
    return {
      now: rate(this.#now.twice, this.#now.once),
      before: this.#before.once === 0 ? null : rate(this.#before.twice, this.#before.once),
      second_within_90: rate(this.#second.second, this.#second.first),
    };
  }
}

/** On how many local days of the 365 up to `to`. */
export function orderDaysInYear(orders: readonly FigureOrder[], to: LocalDay): number {
  return new Set(orders.map(({ day }) => day).filter((day) => day > to - YEAR && day <= to)).size;
}

/** Whether a second order day came within 90 days of the first; null: the first is not 90 days old yet, or there is none. */
export function secondWithin90(orders: readonly FigureOrder[], today: LocalDay): boolean | null {
  const [first, second] = new Set(orders.map(({ day }) => day).filter((day) => day <= today));
  if (first === undefined || first > today - SECOND_WITHIN) return null;
  return second !== undefined && second - first <= SECOND_WITHIN;
}
