// What one person contributes to the figures: net orders with their worth, and answers to the loyalty question. From the
// stored events, by the same definitions as rules: net is not fully refunded and above zero, days are the workspace's.
import type { Definition } from '../definition.ts';
import type { EventFact } from '../input.ts';
import { minorDigits } from '../lib/currency.ts';
import type { Decimal } from '../lib/decimal.ts';
import { compareDecimals, parseDecimal, readDecimal, shifted, subtract, ZERO } from '../lib/decimal.ts';
import type { Instant, LocalDay } from '../lib/instant.ts';
import type { Zone } from '../lib/zone.ts';
import { localDay } from '../lib/zone.ts';
import { isNet, ledgerOf, NO_SPEND } from '../memory/orders.ts';
import type { Order } from '../memory/slot.ts';
import { compileSelector } from '../rules/selector.ts';

export interface FigureOrder {
  readonly day: LocalDay;
  readonly at: Instant;
  /** In minor units after discounts, refunds, tax and shipping; null: unknown, or in another currency. */
  readonly worth: number | null;
}

export interface FigureAnswer {
  readonly day: LocalDay;
  readonly at: Instant;
  /** 0 to 10. */
  readonly score: number;
  /** Asked about one order, not about the relationship. */
  readonly postPurchase: boolean;
}

export interface FigureFacts {
  /** Oldest first. */
  readonly orders: readonly FigureOrder[];
  readonly answers: readonly FigureAnswer[];
}

export type ReadFacts = (events: readonly EventFact[]) => FigureFacts;

/** The names of the events that figures look at; null: any. */
export function figureEvents(definition: Definition, zone: Zone): readonly string[] | null {
  const names = [definition.purchase, definition.refund].map((each) => compileSelector(each, zone).names);
  if (names.some((each) => each === null)) return null;
  return [...new Set([...names.flatMap((each) => each ?? []), ANSWERED])].sort();
}

/** What counts as a visit: the names of such events, whether a name and a time are enough, and the test itself. */
export function visitEvents(
  definition: Definition,
  zone: Zone,
): {
  readonly names: readonly string[] | null;
  readonly bare: boolean;
  readonly matches: (event: EventFact) => boolean;
} {
  const { names, bare, matches } = compileSelector(definition.visit, zone);
  return { names, bare, matches };
}

/** Reads all stored events of one person, in any order. */
export function compileFacts(definition: Definition, zone: Zone): ReadFacts {
  const purchase = compileSelector(definition.purchase, zone).matches;
  const refund = compileSelector(definition.refund, zone).matches;
  const ledger = { zone, currency: definition.currency, oldest: NO_SPEND };
  return (events) => {
    const purchases = events.filter(purchase);
    const refunds = events.filter((event) => !purchase(event) && refund(event));
    const { orders, told } = ledgerOf(purchases, refunds, ledger);
    const net = orders.filter((order) => isNet(order) && isAboveZero(order));
    return {
      orders: net.map((order) => ({
        day: localDay(zone, order[1]),
        at: order[1],
        worth: worthOf(order, told.get(order[0]), definition.currency),
      })),
      answers: answersOf(events, zone),
    };
  };
}

const ANSWERED = 'Survey Answered';

function isAboveZero([, , total]: Order): boolean {
  return total === null || compareDecimals(readDecimal(total), ZERO) > 0;
}

/** Segment's `revenue` has neither tax nor shipping; else they are taken off the total. Refunds are taken off in full. */
function worthOf([, , total, more]: Order, event: EventFact | undefined, currency: string): number | null {
  if (total === null || more?.currency !== undefined) return null;
  const major = (name: string): Decimal | null => {
    const amount = parseDecimal(event?.properties[name]);
    return amount === null ? null : shifted(amount, minorDigits(currency));
  };
  const net = ['tax', 'shipping'].reduce(
    (sum, name) => subtract(sum, major(name) ?? ZERO),
    readDecimal(total),
  );
  const kept = subtract(major('revenue') ?? net, readDecimal(more?.refunded ?? '0'));
  return Math.max(0, toNumber(kept));
}

function toNumber(amount: Decimal): number {
  return Math.round(Number(amount.units) / 10 ** amount.scale);
}

function answersOf(events: readonly EventFact[], zone: Zone): readonly FigureAnswer[] {
  return events.flatMap((event) => {
    if (event.name !== ANSWERED) return [];
    const { metric, score, kind, order_id } = event.properties;
    if (metric !== 'nps' || typeof score !== 'number' || score < 0 || score > 10) return [];
    const postPurchase = kind === 'post_purchase' || (order_id !== undefined && order_id !== null);
    return [{ day: localDay(zone, event.at), at: event.at, score, postPurchase }];
  });
}
