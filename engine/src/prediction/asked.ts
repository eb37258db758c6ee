// Which learnt figures a definition's rules ask for: what a backtest needs to learn again, and whom a refit may move.
import type { Definition } from '../definition.ts';

export interface AskedPredictions {
  readonly orders: boolean;
  readonly visits: boolean;
  /** What an order is worth. */
  readonly spending: boolean;
}

export function asksAny({ orders, visits }: AskedPredictions): boolean {
  return orders || visits;
}

export function predictionsAsked(
  definition: Pick<Definition, 'segments' | 'models' | 'journeys' | 'programmes'>,
): AskedPredictions {
  const { segments, models, journeys, programmes } = definition;
  return predictionsIn([segments, models, journeys, programmes]);
}

/** In a rule, or in anything that holds rules: each is an object with a `kind`. */
export function predictionsIn(json: unknown): AskedPredictions {
  let asked: AskedPredictions = { orders: false, visits: false, spending: false };
  const follow = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { kind, of, one_in } = value as { readonly [field: string]: unknown };
    if (kind === 'quiet' && one_in !== undefined)
      asked = of === 'visits' ? { ...asked, visits: true } : { ...asked, orders: true };
    if (kind === 'lifetime_value') asked = { ...asked, spending: true };
    if (typeof kind === 'string' && OF_ORDERS.has(kind)) asked = { ...asked, orders: true };
    for (const inner of Object.values(value)) follow(inner);
  };
  follow(json);
  return asked;
}

const OF_ORDERS: ReadonlySet<string> = new Set(['predicted', 'order_chance', 'next_order', 'lifetime_value']);
