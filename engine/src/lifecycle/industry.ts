// What ships speaks of "Order Completed". Where a business calls a purchase otherwise as well (a renewal, a booking), shipped rules
// and journeys are said in its words. Pure; what somebody has edited is the caller's to leave alone.
import type { Json } from '../rules/rule.ts';

export const shippedPurchase = 'Order Completed';

/** The same definition, with every place that awaits or counts the shipped purchase awaiting or counting these events. */
export function inPurchaseWords<T>(definition: T, events: readonly string[]): T {
  if (events.length === 1 && events[0] === shippedPurchase) return definition;
  // The shape stays: only values under `event` change, from one name or a list to a list.
  return rewrite(definition as Json, events) as T;
}

function rewrite(value: Json, events: readonly string[]): Json {
  if (Array.isArray(value)) return value.map((one: Json) => rewrite(one, events));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, of]) => [
      key,
      key === 'event' ? eventsOf(of, events) : rewrite(of, events),
    ]),
  );
}

function eventsOf(value: Json, events: readonly string[]): Json {
  if (typeof value === 'string') return value === shippedPurchase ? [...events] : value;
  if (!Array.isArray(value)) return rewrite(value, events);
  const names = value.flatMap((name: Json) => (name === shippedPurchase ? [...events] : [name]));
  return [...new Set(names)];
}
