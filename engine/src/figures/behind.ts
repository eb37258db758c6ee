// The people behind the figures: where one person stands in each, by the very functions that count them. A figure that is clicked
// shows these people, so their number must be the figure's.
import type { LocalDay } from '../lib/instant.ts';
import type { FigureFacts } from './facts.ts';
import { groupOf, newestRelationship } from './promoters.ts';
import { orderDaysInYear, secondWithin90 } from './repeat.ts';
import { RETENTION_PERIODS, returnedOf } from './retention.ts';

/** Every part of every figure. `of` is the denominator, `yes` the numerator, `no` the rest. */
export const FIGURE_PARTS = {
  retention: ['of', 'yes', 'no'],
  repeat: ['of', 'yes', 'no'],
  second: ['of', 'yes', 'no'],
  nps: ['of', 'promoters', 'passives', 'detractors'],
  customer_value: ['of'],
  expected: ['of'],
} as const;

export type FigureWithPeople = keyof typeof FIGURE_PARTS;

export interface FigurePlace {
  readonly figure: FigureWithPeople;
  readonly part: string;
  /** The larger, the earlier in the list: the newest order or answer; for what customers are worth or expected to bring, the amount. */
  readonly rank: number;
  /** Of the retention rate: over periods of so many days. Which of them is shown is known only when everyone was read. */
  readonly days?: number;
}

/** What somebody is expected to bring is worked out with the figure itself: it is not among these. */
export function placesOf(facts: FigureFacts, day: LocalDay): readonly FigurePlace[] {
  const places: FigurePlace[] = [];
  const orders = facts.orders.filter((order) => order.day <= day);
  const newest = orders.at(-1)?.at ?? 0;
  const add = (figure: FigureWithPeople, part: string, rank = newest): void => {
    places.push({ figure, part: 'of', rank }, { figure, part, rank });
  };
  for (const each of RETENTION_PERIODS) {
    const returned = returnedOf(orders, { to: day, days: each });
    if (returned === null) continue;
    for (const part of ['of', returned ? 'yes' : 'no'])
      places.push({ figure: 'retention', part, rank: newest, days: each });
  }
  const days = orderDaysInYear(orders, day);
  if (days > 0) add('repeat', days > 1 ? 'yes' : 'no');
  const second = secondWithin90(orders, day);
  if (second !== null) add('second', second ? 'yes' : 'no');
  const answer = newestRelationship(facts.answers, day);
  if (answer !== null) add('nps', groupOf(answer), answer.at);
  if (orders.length > 0) {
    const worth = orders.reduce((sum, order) => sum + (order.worth ?? 0), 0);
    places.push({ figure: 'customer_value', part: 'of', rank: worth });
  }
  return places;
}
