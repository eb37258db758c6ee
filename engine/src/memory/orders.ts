// The ledger of orders: the newest 32 one by one, so that refunds, corrections and repetitions find them; older ones as
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
import { compareText } from '../lib/json.ts';
import { sha256Hex } from '../lib/sha256.ts';
import type { Zone } from '../lib/zone.ts';
import { localDay } from '../lib/zone.ts';
import type { Json } from '../rules/rule.ts';
import { gapLog, rhythmOf } from './rhythm.ts';
import type {
  Cell,
  NetOrders,
  Order,
  OrderMore,
  OrdersSlot,
  OrdersTail,
  PendingRefund,
  SpendCells,
} from './slot.ts';
import { pruneCells, withCell } from './cells.ts';
import { isLater } from './slots.ts';
import type { CellIndexes, Unit } from './units.ts';
import { cellIndex, UNITS } from './units.ts';

export const ORDERS_MAX = 32;
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

export interface Ledger extends Pick<OrdersSlot, 'orders' | 'pending'> {
  /** The purchase that each order stands by, by its key. */
  readonly told: ReadonlyMap<string, EventFact>;
}

/** Every order of a whole history, oldest first, and the refunds that found none. */
export function ledgerOf(
  purchases: readonly EventFact[],
  refunds: readonly EventFact[],
  scope: LedgerScope,
): Ledger {
  const orders = new Map<string, Order>();
  const told = new Map<string, EventFact>();
  for (const event of purchases) {
    const order = orderOf(event, scope);
    const known = orders.get(order[0]);
    if (known !== undefined && stands(known, order)) continue;
    orders.set(order[0], order);
    told.set(order[0], event);
  }

  const pending: PendingRefund[] = [];
  for (const event of refunds) {
    const refund = refundOf(event, scope);
    if (refund === null) continue;
    const order = orders.get(refund[0]);
    if (order === undefined) pending.push(refund);
    else orders.set(refund[0], refunded(order, refund));
  }
  return { orders: [...orders.values()].sort(byTime), pending, told };
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
    if (money !== null) cells = withCell(cells, [cellIndex(unit, zone, each[1]), money, 1]);
  }
  return cells;
}

/** Not fully refunded. */
export function isNet([, , total, more]: Order): boolean {
  if (more?.returned === true) return false;
  if (more?.refunded === undefined || total === null) return true;
  return compareDecimals(readDecimal(more.refunded), readDecimal(total)) < 0;
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
  const [key, at] = order;
  if (tail !== null && !isLater(at, key, tail.newest[0], tail.newest[1])) return 'needs_history';

  const i = orders.findIndex((other) => other[0] === key);
  if (i >= 0)
    return assemble({ ...slot, orders: orders.with(i, sameOrder(orders[i]!, order)).sort(byTime) }, scope);
  if (tail !== null && bloomMayHave(tail.keys, key)) return 'needs_history';

  const mine = slot.pending.filter((refund) => refund[0] === key);
  if (lost !== null && (mine.length > 0 || bloomMayHave(lost, key))) return 'needs_history';

  const added = mine.reduce(refunded, order);
  const pending = mine.length === 0 ? slot.pending : slot.pending.filter((refund) => refund[0] !== key);
  return assemble({ ...slot, orders: inserted(orders, added), pending }, scope);
}

function addRefund(
  slot: OrdersSlot,
  refund: PendingRefund,
  scope: LedgerScope,
): OrdersSlot | 'needs_history' {
  const [key] = refund;
  const i = slot.orders.findIndex((order) => order[0] === key);
  if (i >= 0)
    return assemble({ ...slot, orders: slot.orders.with(i, refunded(slot.orders[i]!, refund)) }, scope);
  if (slot.tail !== null && bloomMayHave(slot.tail.keys, key)) return 'needs_history';
  return assemble({ ...slot, pending: [...slot.pending, refund] }, scope);
}

/** The same order told twice: the earliest stands; refunds of both count. */
function sameOrder(a: Order, b: Order): Order {
  const [first, other] = stands(a, b) ? [a, b] : [b, a];
  const [mine, its] = [first[3]?.refunded, other[3]?.refunded];
  return order(first, {
    refunded: mine === undefined || its === undefined ? (mine ?? its) : sum(mine, its),
    returned: first[3]?.returned === true || other[3]?.returned === true,
  });
}

/** Of two tellings at one instant, told from each other by what they say alone: no id has to be kept for that. */
function stands(a: Order, b: Order): boolean {
  const [, atA, totalA, moreA] = a;
  const [, atB, totalB, moreB] = b;
  const [currencyA, currencyB] = [moreA?.currency ?? '', moreB?.currency ?? ''];
  if (atA !== atB) return atA < atB;
  if (currencyA !== currencyB) return currencyA < currencyB;
  if (totalA === null || totalB === null) return totalB === null;
  return compareDecimals(readDecimal(totalA), readDecimal(totalB)) <= 0;
}

function refunded(to: Order, [, , amount]: PendingRefund): Order {
  const { refunded: before, returned = false } = to[3] ?? {};
  if (amount === null) return order(to, { refunded: before, returned: true });
  return order(to, { refunded: before === undefined ? amount : sum(before, amount), returned });
}

function sum(a: string, b: string): string {
  return decimalText(add(readDecimal(a), readDecimal(b)));
}

/** Fields always in one order: equal orders have equal bytes. */
function order(
  [key, at, total, more]: Order,
  back: { readonly refunded: string | undefined; readonly returned: boolean },
): Order {
  const next: OrderMore = {
    ...(more?.currency === undefined ? {} : { currency: more.currency }),
    ...(back.refunded === undefined ? {} : { refunded: back.refunded }),
    ...(back.returned ? { returned: true as const } : {}),
  };
  return Object.keys(next).length === 0 ? [key, at, total] : [key, at, total, next];
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
  return { kind: 'orders', orders, tail, pending, lost, net: netOf(orders, tail, scope.zone) };
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
    bloomAdd(keys, old[0]);
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
  const [key, at] = old;
  const next: OrdersTail = { ...tail, orders: tail.orders + 1, newest: [at, key] };
  if (!isNet(old)) return next;

  const day = localDay(scope.zone, at);
  const isNewDay = tail.last_day === null || day > tail.last_day;
  const gap = isNewDay && tail.last_day !== null ? gapLog(day - tail.last_day) : 0;
  return {
    ...next,
    days: tail.days + (isNewDay ? 1 : 0),
    gaps: tail.gaps + gap,
    first_at: tail.first_at ?? at,
    last_at: at,
    last_day: day,
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
  for (const refund of pending.slice(0, excess)) bloomAdd(keys, refund[0]);
  return { pending: pending.slice(excess), lost: bloomText(keys) };
}

function netOf(orders: readonly Order[], tail: OrdersTail | null, zone: Zone): NetOrders {
  const net = orders.filter(isNet);
  const rhythm = rhythmOf(
    tail ?? EMPTY_TAIL,
    net.map(([, at]) => localDay(zone, at)),
  );
  return {
    days: rhythm.days,
    first_at: tail?.first_at ?? net[0]?.[1] ?? null,
    last_at: net.at(-1)?.[1] ?? tail?.last_at ?? null,
    gap_ms: rhythm.gap_ms,
  };
}

/** What was paid and not refunded; null: unknown, or in another currency than the workspace's. */
function moneyOf([, , total, more]: Order): string | null {
  if (total === null || more?.currency !== undefined) return null;
  if (more?.refunded === undefined) return total;
  return decimalText(subtract(readDecimal(total), readDecimal(more.refunded)));
}

function withSpend(cells: SpendCells, old: Order, { zone, oldest }: LedgerScope): SpendCells {
  const money = moneyOf(old);
  if (money === null) return pruneSpend(cells, oldest);
  return eachUnit((unit) => {
    const kept = pruneCells(cells[unit], oldest[unit]);
    const index = cellIndex(unit, zone, old[1]);
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

/** By time, then by key; several refunds of one order at one instant by their amounts. */
function byTime(a: Order | PendingRefund, b: Order | PendingRefund): number {
  return a[1] - b[1] || compareText(a[0], b[0]) || compareText(a[2] ?? '', b[2] ?? '');
}

function orderOf(event: EventFact, scope: LedgerScope): Order {
  const { key, total, currency } = readPurchase(event, scope.currency);
  return currency === scope.currency ? [key, event.at, total] : [key, event.at, total, { currency }];
}

function refundOf(event: EventFact, scope: LedgerScope): PendingRefund | null {
  const refund = readRefund(event, scope.currency);
  return refund === null ? null : [refund.key, event.at, refund.amount];
}

/** What a purchase says by itself: its order and money in minor units; null: unknown. */
export function readPurchase(
  { id, properties }: EventFact,
  usual: string,
): { readonly key: string; readonly total: string | null; readonly currency: string } {
  const currency = currencyOf(properties, usual);
  const key = orderKey(properties['order_id']) ?? `~${id}`;
  return { key, total: amountOf(properties, ORDER_AMOUNTS, currency), currency };
}

/** Null without an order's id. An amount of null: all of it. */
export function readRefund(
  { properties }: EventFact,
  usual: string,
): { readonly key: string; readonly amount: string | null } | null {
  const key = orderKey(properties['order_id']);
  if (key === null) return null;
  return { key, amount: amountOf(properties, REFUND_AMOUNTS, currencyOf(properties, usual)) };
}

function orderKey(id: Json | undefined): string | null {
  if (typeof id !== 'string' && typeof id !== 'number') return null;
  const text = String(id);
  if (text === '') return null;
  return text.length <= ORDER_ID_CHARS_MAX ? `#${text}` : `#sha256:${sha256Hex(text)}`;
}

function currencyOf(properties: JsonObject, usual: string): string {
  const { currency } = properties;
  return typeof currency === 'string' && /^[A-Za-z]{3}$/.test(currency) ? currency.toUpperCase() : usual;
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
