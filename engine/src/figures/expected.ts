// What all customers together are expected to bring in the time to come, discounted, with an interval: each one's expectation added
// up, by the model that was learnt. Nobody's own expectation is certain, but together chance evens out; what is left is how far off
// the model was on days that it had not seen, and that is most of the interval.
import type { LocalDay } from '../lib/instant.ts';
import { worthAhead } from '../prediction/forecast.ts';
import type { WorthAhead, WorthBasis } from '../prediction/forecast.ts';
import type { FigureFacts } from './facts.ts';

export interface Expected {
  /** The last day that is known of most people: silence counts to here. */
  readonly day: LocalDay;
  readonly customers: number;
  readonly within: readonly ExpectedWithin[];
}

/** In minor units. Eight in ten such sums fall between low and high; null where nothing could be held out to learn how far off it is. */
export interface ExpectedWithin {
  readonly days: number;
  readonly total: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface ExpectedBasis extends WorthBasis {
  readonly day: LocalDay;
  /** Predicted orders of days held out over the real ones, less 1; null: none could be held out. */
  readonly heldOutError: number | null;
}

const HORIZONS_DAYS = [90, 365];
/** One look back that was right by luck does not make the next one right. */
const ERROR_MIN = 0.05;
/** Of a normal distribution, eight in ten. */
const EIGHT_IN_TEN = 1.281_551_6;
/** Many came once and not since: of these it is worked out once. */
const REMEMBERED_MAX = 50_000;

export class ExpectedFigure {
  readonly #basis: ExpectedBasis;
  readonly #sums = HORIZONS_DAYS.map((days) => ({ days, total: 0, variance: 0 }));
  readonly #remembered = new Map<string, readonly WorthAhead[]>();
  #customers = 0;

  constructor(basis: ExpectedBasis) {
    this.#basis = basis;
  }

  /** What this one is expected to bring in a year, in minor units; null: did not order by that day. */
  add(facts: FigureFacts): number | null {
    const { day } = this.#basis;
    const orders = facts.orders.filter((order) => order.day <= day);
    const [first] = orders;
    const last = orders.at(-1);
    if (first === undefined || last === undefined) return null;
    const x = new Set(orders.map((order) => order.day)).size - 1;
    const worths = orders.flatMap(({ worth }) => (worth === null || worth <= 0 ? [] : [worth]));
    const sum = worths.reduce((all, each) => all + each, 0);
    const spent = { orders: worths.length, mean: worths.length === 0 ? 0 : sum / worths.length };
    const known = { x, tx: last.day - first.day };
    const ahead = this.#aheadOf(known, day - last.day, spent);
    this.#customers += 1;
    ahead.forEach(({ expected, variance }, i) => {
      const into = this.#sums[i]!;
      into.total += expected;
      into.variance += variance;
    });
    return ahead.at(-1)!.expected;
  }

  result(): Expected {
    const { day, heldOutError } = this.#basis;
    const within = this.#sums.map(({ days, total, variance }) => {
      if (heldOutError === null) return { days, total, low: null, high: null };
      const off = total * Math.max(Math.abs(heldOutError), ERROR_MIN);
      const spread = EIGHT_IN_TEN * Math.sqrt(variance + off * off);
      return { days, total, low: Math.max(0, total - spread), high: total + spread };
    });
    return { day, customers: this.#customers, within };
  }

  #aheadOf(
    known: { readonly x: number; readonly tx: number },
    silence: number,
    spent: { readonly orders: number; readonly mean: number },
  ): readonly WorthAhead[] {
    const key = `${known.x}/${known.tx}/${silence}/${spent.orders}/${spent.mean}`;
    const found = this.#remembered.get(key);
    if (found !== undefined) return found;
    const ahead = HORIZONS_DAYS.map((days) => worthAhead(this.#basis, known, spent, { silence, days }));
    if (this.#remembered.size < REMEMBERED_MAX) this.#remembered.set(key, ahead);
    return ahead;
  }
}
