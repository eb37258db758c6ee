// What customers were worth so far: per customer the orders after discounts, refunds, tax and shipping; mean and median.
import type { LocalDay } from '../lib/instant.ts';
import type { FigureFacts } from './facts.ts';

export interface Worth {
  readonly customers: number;
  /** In minor units; null without customers, the median also where it was not asked for. */
  readonly mean: number | null;
  readonly median: number | null;
  readonly total: number;
  /** A year ago, over the customers there were then. Null: none. */
  readonly mean_last_year: number | null;
  /** Orders whose money is not known or in another currency: they add nothing. */
  readonly orders_without_money: number;
}

export class WorthFigure {
  readonly #today: LocalDay;
  /** Of each customer; only where the median is asked for, because a million numbers are not nothing. */
  readonly #worths: number[] | null;
  #customers = 0;
  #total = 0;
  readonly #lastYear = { customers: 0, total: 0 };
  #withoutMoney = 0;

  constructor(today: LocalDay, { median }: { readonly median: boolean }) {
    this.#today = today;
    this.#worths = median ? [] : null;
  }

  add({ orders }: FigureFacts): void {
    const [first] = orders;
    if (first === undefined || first.day > this.#today) return;
    const yearAgo = this.#today - 365;
    let worth = 0;
    let then = 0;
    for (const order of orders) {
      if (order.day > this.#today) continue;
      if (order.worth === null) this.#withoutMoney += 1;
      worth += order.worth ?? 0;
      if (order.day <= yearAgo) then += order.worth ?? 0;
    }
    this.#worths?.push(worth);
    this.#customers += 1;
    this.#total += worth;
    if (first.day > yearAgo) return;
    this.#lastYear.customers += 1;
    this.#lastYear.total += then;
  }

  result(): Worth {
    const sorted = Float64Array.from(this.#worths ?? []).sort();
    const n = this.#customers;
    const total = this.#total;
    const middle = sorted.length === 0 ? null : (sorted[(n - 1) >> 1]! + sorted[n >> 1]!) / 2;
    const { customers, total: then } = this.#lastYear;
    return {
      customers: n,
      mean: n === 0 ? null : total / n,
      median: middle,
      total,
      mean_last_year: customers === 0 ? null : then / customers,
      orders_without_money: this.#withoutMoney,
    };
  }
}
