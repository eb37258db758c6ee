// The last seven days against the seven before: who ordered, who for the first time, for how much.
import type { LocalDay } from '../lib/instant.ts';
import type { FigureFacts, FigureOrder } from './facts.ts';

const WEEK = 7;

export interface WeekNumbers {
  /** People with an order. */
  readonly people: number;
  /** Of them, whose first order it was. */
  readonly first: number;
  readonly orders: number;
  /** In minor units, after discounts, refunds, tax and shipping. */
  readonly worth: number;
}

export interface Week {
  readonly now: WeekNumbers;
  readonly before: WeekNumbers;
}

type Tally = { -readonly [key in keyof WeekNumbers]: number };

export class WeekFigure {
  readonly #today: LocalDay;
  readonly #now: Tally = { people: 0, first: 0, orders: 0, worth: 0 };
  readonly #before: Tally = { people: 0, first: 0, orders: 0, worth: 0 };

  constructor(today: LocalDay) {
    this.#today = today;
  }

  add({ orders }: FigureFacts): void {
    tally(this.#now, orders, this.#today);
    tally(this.#before, orders, this.#today - WEEK);
  }

  result(): Week {
    return { now: { ...this.#now }, before: { ...this.#before } };
  }
}

function tally(into: Tally, orders: readonly FigureOrder[], to: LocalDay): void {
  const inWeek = orders.filter(({ day }) => day > to - WEEK && day <= to);
  const [first] = inWeek;
  if (first === undefined) return;
  into.people += 1;
  if (first === orders[0]) into.first += 1;
  into.orders += inWeek.length;
  into.worth += inWeek.reduce((sum, order) => sum + (order.worth ?? 0), 0);
}
