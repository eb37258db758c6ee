// Would they have ordered anyway? Of those reached, whether an order came unprompted within 2 of their usual gaps, 30 to 180
// days. Reads history after the moment, which nothing else in the engine may do.
import type { Definition } from '../definition.ts';
import type { EventFact } from '../input.ts';
import { DAY_MS } from '../lib/instant.ts';
import type { DurationMs, Instant } from '../lib/instant.ts';
import { isNet, NO_SPEND, refoldOrders } from '../memory/orders.ts';
import type { LedgerScope } from '../memory/orders.ts';
import { GAP_DAYS_OTHERWISE } from '../rules/leaves/purchases.ts';
import { compileSelector } from '../rules/selector.ts';
import type { Zone } from '../lib/zone.ts';
import type { Anyway, PersonHistory } from './story.ts';

const GAPS = 2;
const TIME_MIN_MS = 30 * DAY_MS;
const TIME_MAX_MS = 180 * DAY_MS;

/** Which events are orders and their refunds, compiled once. */
export interface OrderTests {
  readonly purchase: (event: EventFact) => boolean;
  readonly refund: (event: EventFact) => boolean;
  readonly scope: LedgerScope;
  readonly gapOtherwiseMs: DurationMs;
}

export function compileOrderTests(definition: Definition, zone: Zone): OrderTests {
  return {
    purchase: compileSelector(definition.purchase, zone).matches,
    refund: compileSelector(definition.refund, zone).matches,
    scope: { zone, currency: definition.currency, oldest: NO_SPEND },
    gapOtherwiseMs: Math.round((definition.gap_days ?? GAP_DAYS_OTHERWISE) * DAY_MS),
  };
}

export interface OrderHistory {
  readonly purchases: readonly EventFact[];
  readonly refunds: readonly EventFact[];
}

export function orderHistory(tests: OrderTests, events: readonly EventFact[]): OrderHistory {
  return { purchases: events.filter(tests.purchase), refunds: events.filter(tests.refund) };
}

export function judgeAnyway(
  tests: OrderTests,
  orders: OrderHistory,
  history: Pick<PersonHistory, 'contacts' | 'knownUntil'>,
  at: Instant,
): Anyway {
  const until = at + timeOf(tests, orders, at);
  const orderedAt = firstOrder(tests, orders, at, until);
  const told = { until, orderedAt };
  if (until > history.knownUntil) return { verdict: 'undecided', ...told };
  const unprompted = orderedAt ?? until;
  if (history.contacts.some((contact) => contact >= at && contact < unprompted))
    return { verdict: 'contacted', ...told };
  return { verdict: orderedAt === null ? 'not_ordered' : 'ordered', ...told };
}

/** Two of the gaps that were usual at that moment. */
function timeOf(tests: OrderTests, orders: OrderHistory, at: Instant): DurationMs {
  const before = (event: EventFact): boolean => event.at <= at;
  const ledger = refoldOrders(orders.purchases.filter(before), orders.refunds.filter(before), tests.scope);
  const gapMs = ledger?.net.gap_ms ?? tests.gapOtherwiseMs;
  return Math.min(Math.max(Math.round(GAPS * gapMs), TIME_MIN_MS), TIME_MAX_MS);
}

/** The whole ledger is asked, so that an order told twice is no second order; what was refunded since does not count. */
function firstOrder(tests: OrderTests, orders: OrderHistory, after: Instant, until: Instant): Instant | null {
  const told = orders.purchases.filter((event) => event.at < until);
  if (!told.some((event) => event.at > after)) return null;
  const ledger = refoldOrders(told, orders.refunds, tests.scope);
  const times = (ledger?.orders ?? []).filter((o) => isNet(o) && o[1] > after).map(([, at]) => at);
  return times.length === 0 ? null : Math.min(...times);
}
