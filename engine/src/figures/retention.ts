// Retention: of those who ordered in the N days before the last N, the share who ordered in the last N as well.
import type { LocalDay } from '../lib/instant.ts';
import type { FigureFacts, FigureOrder } from './facts.ts';
import type { Rate } from './rate.ts';
import { rate } from './rate.ts';

/** N is the largest of these for which the history is twice as long. */
export const RETENTION_PERIODS = [365, 180, 90, 30] as const;
const YEAR = 365;

export interface Retention {
  /** N. */
  readonly days: number;
  readonly now: Rate;
  /** The same, N days earlier. Null: the history does not reach back that far. */
  readonly before: Rate | null;
  readonly last_year: Rate | null;
}

interface Tally {
  readonly days: number;
  /** Back from today. */
  readonly ago: number;
  ordered: number;
  returned: number;
}

export class RetentionFigure {
  readonly #today: LocalDay;
  readonly #tallies: readonly Tally[];
  #first: LocalDay | null = null;

  constructor(today: LocalDay) {
    this.#today = today;
    this.#tallies = RETENTION_PERIODS.flatMap((days) =>
      [...new Set([0, days, YEAR])].map((ago) => ({ days, ago, ordered: 0, returned: 0 })),
    );
  }

  add({ orders }: FigureFacts): void {
    const first = orders[0];
    if (first === undefined) return;
    if (this.#first === null || first.day < this.#first) this.#first = first.day;
    for (const tally of this.#tallies) {
      const returned = returnedOf(orders, { to: this.#today - tally.ago, days: tally.days });
      if (returned === null) continue;
      tally.ordered += 1;
      if (returned) tally.returned += 1;
    }
  }

  /** Null: not even thirty days fit twice. */
  result(): Retention | null {
    const days = RETENTION_PERIODS.find((each) => this.#reaches(2 * each));
    if (days === undefined) return null;
    const now = this.over(days) ?? rate(0, 0);
    return { days, now, before: this.over(days, days), last_year: this.over(days, YEAR) };
  }

  /** Over periods of this many days, so many days ago. Null: the history does not reach back that far. */
  over(days: number, ago = 0): Rate | null {
    const tally = this.#tallies.find((each) => each.days === days && each.ago === ago);
    if (tally === undefined || !this.#reaches(ago + 2 * days)) return null;
    return rate(tally.returned, tally.ordered);
  }

  #reaches(days: number): boolean {
    return this.#first !== null && this.#first <= this.#today - days + 1;
  }
}

/** Whether who ordered in the earlier of two periods ordered in the later one, which ends with `to`; null: not among those asked. */
export function returnedOf(
  orders: readonly FigureOrder[],
  { to, days }: { readonly to: LocalDay; readonly days: number },
): boolean | null {
  const middle = to - days;
  const from = middle - days;
  if (!orders.some(({ day }) => day > from && day <= middle)) return null;
  return orders.some(({ day }) => day > middle && day <= to);
}
