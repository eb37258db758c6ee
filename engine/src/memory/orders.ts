// The ledger of orders: the newest 64 one by one, so that refunds, corrections and repetitions find them; older ones as
// sums. Whatever would change a sum needs history. The result is a function of the set of facts, never of their order.
import type { EventFact } from '../input.ts';
import { bloomAdd, bloomFrom, bloomMayHave, bloomText, emptyBloom } from '../lib/bloom.ts';
import type { BloomBits } from '../lib/bloom.ts';
import { minorDigits } from '../lib/currency.ts';
import {
  add,
  compareDecimals,
  decimalText,
  parseDecimal,
  readDecimal,
  shifted,
  subtract,
} from '../lib/decimal.ts';
import type { JsonObject } from '../lib/json.ts';
import { sha256Hex } from '../lib/sha256.ts';
import type { Zone } from '../lib/zone.ts';
import { localDay } from '../lib/zone.ts';
import type { Json } from '../rules/rule.ts';
import { gapLog, rhythmOf } from './rhythm.ts';
import type { Cell, NetOrders, Order, OrdersSlot, OrdersTail, PendingRefund, SpendCells } from './slot.ts';
import { pruneCells, withCell } from './cells.ts';
import { isLater } from './slots.ts';
import type { CellIndexes, Unit } from './units.ts';
import { cellIndex, UNITS } from './units.ts';

export const ORDERS_MAX = 64;
export const PENDING_MAX = 32;
const ORDER_ID_CHARS_MAX = 100;

/** What the ledger must know: the workspace's currency and the oldest cells whose spend a window still reaches. */
export interface LedgerScope {
  readonly zone: Zone;
  readonly currency: string;
  readonly oldest: CellIndexes;
}

/** Where nobody asks for spend. */
export const NO_SPEND: CellIndexes = { hour: Infinity, day: Infinity, month: Infinity, all: Infinity };

export function foldOrder(
  slot: OrdersSlot | undefined,
  event: EventFact,
  scope: LedgerScope,
): OrdersSlot | 'needs_history' {
  return addOrder(slot ?? EMPTY, orderOf(event, scope), scope);
}

/** A refund without an order's id refunds nothing that we know: the slot stays as it is. */
export function foldRefund(
  slot: OrdersSlot | undefined,
  event: EventFact,
  scope: LedgerScope,
): OrdersSlot | 'needs_history' | undefined {
  const refund = refundOf(event, scope);
  return refund === null ? slot : addRefund(slot ?? EMPTY, refund, scope);
}

export function mergeOrders(a: OrdersSlot, b: OrdersSlot, scope: LedgerScope): OrdersSlot | 'needs_history' {
  if (a.tail !== null && b.tail !== null) return 'needs_history';
  if (a.lost !== null || b.lost !== null) return 'needs_history';
  if (b.tail !== null) return mergeOrders(b, a, scope);

  let merged: OrdersSlot | 'needs_history' = a;
  for (const order of b.orders) {
    merged = addOrder(merged, order, scope);
    if (merged === 'needs_history') return merged;
  }
  for (const refund of b.pending) {
    merged = addRefund(merged, refund, scope);
    if (merged === 'needs_history') return merged;
  }
  return merged;
}

/** The ledger of a whole history, as far as it is kept. */
export function refoldOrders(
  purchases: readonly EventFact[],
  refunds: readonly EventFact[],
  scope: LedgerScope,
): OrdersSlot | undefined {
  const { orders, pending } = ledgerOf(purchases, refunds, scope);
  if (orders.length === 0 && pending.length === 0) return undefined;
  return assemble({ orders, tail: null, pending, lost: null }, scope);
}

/** Every order of a whole history, oldest first, and the refunds that found none. */
export function ledgerOf(
  purchases: readonly EventFact[],
  refunds: readonly EventFact[],
  scope: LedgerScope,
): Pick<OrdersSlot, 'orders' | 'pending'> {
  const orders = new Map<string, Order>();
  for (const event of purchases) {
    const order = orderOf(event, scope);
    const known = orders.get(order.key);
    if (known === undefined || isLater(known.at, known.event, order.at, order.event))
      orders.set(order.key, order);
  }

  const pending: PendingRefund[] = [];
  for (const event of refunds) {
    const refund = refundOf(event, scope);
    if (refund === null) continue;
    const order = orders.get(refund.key);
    if (order === undefined) pending.push(refund);
    else orders.set(refund.key, refunded(order, refund));
  }
  return { orders: [...orders.values()].sort(byTime), pending };
}

/** Drops the spend that no window reaches any more. */
export function pruneOrders(slot: OrdersSlot, oldest: CellIndexes): OrdersSlot {
  if (slot.tail === null) return slot;
  const cells = pruneSpend(slot.tail.cells, oldest);
  return cells === slot.tail.cells ? slot : { ...slot, tail: { ...slot.tail, cells } };
}

/** Net spend and net orders by hour, day, month or in all, oldest first. Orders whose money does not count are left out. */
export function spendCells(slot: OrdersSlot, unit: Unit, zone: Zone): readonly Cell[] {
  let cells = slot.tail === null ? [] : slot.tail.cells[unit];
  for (const each of slot.orders) {
    const money = isNet(each) ? moneyOf(each) : null;
    if (money !== null) cells = withCell(cells, [cellIndex(unit, zone, each.at), money, 1]);
  }
  return cells;
}

/** Not fully refunded. */
export function isNet(order: Order): boolean {
  if (order.returned === true) return false;
  if (order.refunded === undefined || order.total === null) return true;
  return compareDecimals(readDecimal(order.refunded), readDecimal(order.total)) < 0;
}

const EMPTY: OrdersSlot = {
  kind: 'orders',
  orders: [],
  tail: null,
  pending: [],
  lost: null,
  net: { days: 0, first_at: null, last_at: null, gap_ms: null },
};

function addOrder(slot: OrdersSlot, order: Order, scope: LedgerScope): OrdersSlot | 'needs_history' {
  const { orders, tail, lost } = slot;
  if (tail !== null && !isLater(order.at, order.event, tail.newest[0], tail.newest[1]))
    return 'needs_history';

  const i = orders.findIndex((other) => other.key === order.key);
  if (i >= 0)
    return assemble({ ...slot, orders: orders.with(i, sameOrder(orders[i]!, order)).sort(byTime) }, scope);
  if (tail !== null && bloomMayHave(tail.keys, order.key)) return 'needs_history';

  const mine = slot.pending.filter((refund) => refund.key === order.key);
  if (lost !== null && (mine.length > 0 || bloomMayHave(lost, order.key))) return 'needs_history';

  const added = mine.reduce(refunded, order);
  const pending =
    mine.length === 0 ? slot.pending : slot.pending.filter((refund) => refund.key !== order.key);
  return assemble({ ...slot, orders: inserted(orders, added), pending }, scope);
}

function addRefund(
  slot: OrdersSlot,
  refund: PendingRefund,
  scope: LedgerScope,
): OrdersSlot | 'needs_history' {
  const i = slot.orders.findIndex((order) => order.key === refund.key);
  if (i >= 0)
    return assemble({ ...slot, orders: slot.orders.with(i, refunded(slot.orders[i]!, refund)) }, scope);
  if (slot.tail !== null && bloomMayHave(slot.tail.keys, refund.key)) return 'needs_history';
  return assemble({ ...slot, pending: [...slot.pending, refund] }, scope);
}

/** The same order told twice: the earliest (time, event) stands; refunds of both count. */
function sameOrder(a: Order, b: Order): Order {
  const [stands, other] = isLater(a.at, a.event, b.at, b.event) ? [b, a] : [a, b];
  const sum =
    stands.refunded === undefined || other.refunded === undefined
      ? (stands.refunded ?? other.refunded)
      : decimalText(add(readDecimal(stands.refunded), readDecimal(other.refunded)));
  return order(stands, sum, stands.returned === true || other.returned === true);
}

function refunded(to: Order, refund: PendingRefund): Order {
  if (refund.amount === null) return order(to, to.refunded, true);
  const sum =
    to.refunded === undefined
      ? refund.amount
      : decimalText(add(readDecimal(to.refunded), readDecimal(refund.amount)));
  return order(to, sum, to.returned === true);
}

/** Fields always in one order: equal orders have equal bytes. */
function order(from: Order, refundedSum: string | undefined, returned: boolean): Order {
  return {
    key: from.key,
    at: from.at,
    event: from.event,
    day: from.day,
    total: from.total,
    ...(from.currency === undefined ? {} : { currency: from.currency }),
    ...(refundedSum === undefined ? {} : { refunded: refundedSum }),
    ...(returned ? { returned: true as const } : {}),
  };
}

function inserted(orders: readonly Order[], added: Order): readonly Order[] {
  let i = orders.length;
  while (i > 0 && byTime(orders[i - 1]!, added) > 0) i--;
  return orders.toSpliced(i, 0, added);
}

/** Moves what is too much to the tail and to `lost`, and works out what all of it amounts to. */
function assemble(draft: Omit<OrdersSlot, 'kind' | 'net'>, scope: LedgerScope): OrdersSlot {
  const { orders, tail } = withTail(draft.orders, draft.tail, scope);
  const { pending, lost } = withLost(draft.pending, draft.lost);
  return { kind: 'orders', orders, tail, pending, lost, net: netOf(orders, tail) };
}

function withTail(
  all: readonly Order[],
  before: OrdersTail | null,
  scope: LedgerScope,
): Pick<OrdersSlot, 'orders' | 'tail'> {
  const excess = all.length - ORDERS_MAX;
  if (excess <= 0) return { orders: all, tail: before };

  const keys: BloomBits = before === null ? emptyBloom() : bloomFrom(before.keys);
  let tail: OrdersTail = before ?? { ...EMPTY_TAIL };
  for (const old of all.slice(0, excess)) {
    bloomAdd(keys, old.key);
    tail = withOrder(tail, old, scope);
  }
  return { orders: all.slice(excess), tail: { ...tail, keys: bloomText(keys) } };
}

const EMPTY_TAIL: OrdersTail = {
  orders: 0,
  days: 0,
  gaps: 0,
  first_at: null,
  last_at: null,
  last_day: null,
  newest: [0, ''],
  cells: { hour: [], day: [], month: [], all: [] },
  keys: '',
};

function withOrder(tail: OrdersTail, old: Order, scope: LedgerScope): OrdersTail {
  const next: OrdersTail = { ...tail, orders: tail.orders + 1, newest: [old.at, old.event] };
  if (!isNet(old)) return next;

  const isNewDay = tail.last_day === null || old.day > tail.last_day;
  const gap = isNewDay && tail.last_day !== null ? gapLog(old.day - tail.last_day) : 0;
  return {
    ...next,
    days: tail.days + (isNewDay ? 1 : 0),
    gaps: tail.gaps + gap,
    first_at: tail.first_at ?? old.at,
    last_at: old.at,
    last_day: old.day,
    cells: withSpend(tail.cells, old, scope),
  };
}

function withLost(
  all: readonly PendingRefund[],
  before: string | null,
): Pick<OrdersSlot, 'pending' | 'lost'> {
  const pending = [...all].sort(byTime);
  const excess = pending.length - PENDING_MAX;
  if (excess <= 0) return { pending, lost: before };

  const keys = before === null ? emptyBloom() : bloomFrom(before);
  for (const refund of pending.slice(0, excess)) bloomAdd(keys, refund.key);
  return { pending: pending.slice(excess), lost: bloomText(keys) };
}

function netOf(orders: readonly Order[], tail: OrdersTail | null): NetOrders {
  const net = orders.filter(isNet);
  const rhythm = rhythmOf(
    tail ?? EMPTY_TAIL,
    net.map((each) => each.day),
  );
  return {
    days: rhythm.days,
    first_at: tail?.first_at ?? net[0]?.at ?? null,
    last_at: net.at(-1)?.at ?? tail?.last_at ?? null,
    gap_ms: rhythm.gap_ms,
  };
}

/** What was paid and not refunded; null: unknown, or in another currency than the workspace's. */
function moneyOf(each: Order): string | null {
  if (each.total === null || each.currency !== undefined) return null;
  if (each.refunded === undefined) return each.total;
  return decimalText(subtract(readDecimal(each.total), readDecimal(each.refunded)));
}

function withSpend(cells: SpendCells, old: Order, { zone, oldest }: LedgerScope): SpendCells {
  const money = moneyOf(old);
  if (money === null) return pruneSpend(cells, oldest);
  return eachUnit((unit) => {
    const kept = pruneCells(cells[unit], oldest[unit]);
    const index = cellIndex(unit, zone, old.at);
    return index < oldest[unit] ? kept : withCell(kept, [index, money, 1]);
  });
}

/** The same when there is nothing to drop. */
function pruneSpend(cells: SpendCells, oldest: CellIndexes): SpendCells {
  const pruned = eachUnit((unit) => pruneCells(cells[unit], oldest[unit]));
  return UNITS.every((unit) => pruned[unit] === cells[unit]) ? cells : pruned;
}

function eachUnit(cellsOf: (unit: Unit) => readonly Cell[]): SpendCells {
  return { hour: cellsOf('hour'), day: cellsOf('day'), month: cellsOf('month'), all: cellsOf('all') };
}

function byTime(a: Order | PendingRefund, b: Order | PendingRefund): number {
  return a.at - b.at || (a.event < b.event ? -1 : a.event > b.event ? 1 : 0);
}

function orderOf(event: EventFact, scope: LedgerScope): Order {
  const { properties } = event;
  const currency = currencyOf(properties, scope);
  return {
    key: orderKey(properties['order_id']) ?? `~${event.id}`,
    at: event.at,
    event: event.id,
    day: localDay(scope.zone, event.at),
    total: amountOf(properties, ORDER_AMOUNTS, currency),
    ...(currency === scope.currency ? {} : { currency }),
  };
}

function refundOf(event: EventFact, scope: LedgerScope): PendingRefund | null {
  const key = orderKey(event.properties['order_id']);
  if (key === null) return null;
  const amount = amountOf(event.properties, REFUND_AMOUNTS, currencyOf(event.properties, scope));
  return { key, at: event.at, event: event.id, amount };
}

function orderKey(id: Json | undefined): string | null {
  if (typeof id !== 'string' && typeof id !== 'number') return null;
  const text = String(id);
  if (text === '') return null;
  return text.length <= ORDER_ID_CHARS_MAX ? `#${text}` : `#sha256:${sha256Hex(text)}`;
}

function currencyOf(properties: JsonObject, scope: LedgerScope): string {
  const { currency } = properties;
  return typeof currency === 'string' && /^[A-Za-z]{3}$/.test(currency)
    ? currency.toUpperCase()
    : scope.currency;
}

/** The first of these that holds an amount. Those ending in `_minor` are minor units, the others major ones. */
const ORDER_AMOUNTS = ['total_minor', 'total', 'revenue', 'value'];
const REFUND_AMOUNTS = ['amount_minor', 'total_minor', 'amount', 'total', 'revenue', 'value'];

function amountOf(properties: JsonObject, names: readonly string[], currency: string): string | null {
  for (const name of names) {
    const amount = Object.hasOwn(properties, name) ? parseDecimal(properties[name]) : null;
    if (amount === null) continue;
    return decimalText(name.endsWith('_minor') ? amount : shifted(amount, minorDigits(currency)));
  }
  return null;
}
