// What counts as an order here, as rules and triggers name events: one name, or several. A hotel's journeys are to begin with
// a booking, and to count one.
import type { Vocabulary } from '../api/vocabulary.ts';

export type EventNames = string | string[];

/** Undefined while nothing is known yet: what most shops send. */
export function purchaseEvent(seen: Pick<Vocabulary, 'purchase'> | undefined): EventNames {
  const [first = 'Order Completed', ...others] = seen?.purchase ?? [];
  return others.length === 0 ? first : [first, ...others];
}
