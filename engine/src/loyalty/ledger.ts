// A person's points as a fold of postings: balance and debt, what goes when, what was earned on which day, which orders
// earned what. Knows no program: what a fold needs stands in the posting.
import type { Posting } from '../decision.ts';
import { bloomAdd, bloomFrom, bloomText, emptyBloom } from '../lib/bloom.ts';
import { add, compareDecimals, decimalText, readDecimal } from '../lib/decimal.ts';
import type { Instant, LocalDay } from '../lib/instant.ts';
import type { EarnedOrder, PointsStanding } from '../person.ts';

/** A refund finds one of this many orders that earned; older ones are told as waiting and mended by hand. */
export const ORDERS_KEPT_MAX = 64;
const LOTS_MAX = 64;
const DAYS_MAX = 400;
const WAITING_MAX = 16;
const COMMANDS_MAX = 32;

export const NO_POINTS: PointsStanding = {
  balance: 0,
  debt: 0,
  earned: 0,
  spent: 0,
  expired: 0,
  expired_at: null,
  active_at: null,
  lots: [],
  days: [],
  orders: [],
  waiting: [],
  commands: [],
  caps: {},
};

export function post(before: PointsStanding, posting: Posting, at: Instant): PointsStanding {
  const { entry, from, to, points } = posting;
  if (from === to || !Number.isSafeInteger(points) || points <= 0)
    throw new Error(`a posting of ${points} points from ${from} to ${to}`);
  const balance = moved(before.balance, points, { taken: from === 'balance', given: to === 'balance' });
  const debt = moved(before.debt, points, { taken: to === 'debt', given: from === 'debt' });
  const expired = moved(before.expired, points, { taken: from === 'expired', given: to === 'expired' });
  const isEarned = entry === 'earned' || entry === 'awarded';
  const earned = isEarned ? points : entry === 'reversed' ? -points : 0;
  const isActive = isEarned || entry === 'opened' || entry === 'spent';
  return {
    ...before,
    balance,
    debt,
    earned: before.earned + earned,
    spent: before.spent + (to === 'spent' ? points : 0),
    expired,
    expired_at: to === 'expired' ? at : before.expired_at,
    active_at: isActive ? at : before.active_at,
    lots: lotsAfter(before, posting),
    days: earned === 0 || posting.day === undefined ? before.days : withDay(before.days, posting.day, earned),
    ...ordersAfter(before, posting, at),
    commands: commandsAfter(before.commands, posting.source),
    caps: capsAfter(before.caps, posting),
  };
}

export function countRefund(before: PointsStanding, key: string, amount: string | null): PointsStanding {
  const i = before.orders.findIndex((order) => order[0] === key);
  if (i < 0) return { ...before, waiting: withWaiting(before.waiting, [key, amount]) };
  return { ...before, orders: before.orders.with(i, refunded(before.orders[i]!, amount)) };
}

/**
 * Two people's points in one programme. Of an order that both were credited with the first one's stands, refunds of both
 * count; what that takes back, and what the one owes, is posted by whoever merges them.
 */
export function mergePoints(a: PointsStanding, b: PointsStanding): PointsStanding {
  const days = b.days.reduce((all, [day, points]) => withDay(all, day, points), a.days);
  const lots = b.lots.reduce((all, [at, points]) => withLot(all, at, points), a.lots);
  const mine = new Map(a.orders.map((order) => [order[0], order]));
  for (const other of b.orders) {
    const own = mine.get(other[0]);
    mine.set(other[0], own === undefined ? other : refunded(own, other[2]));
  }
  const waiting = a.waiting.reduce(withWaiting, b.waiting);
  const orders = [...mine.values()]
    .map((order) =>
      waiting.filter(([key]) => key === order[0]).reduce((to, [, of]) => refunded(to, of), order),
    )
    .sort((x, y) => x[3] - y[3] || (x[0] < y[0] ? -1 : 1));
  return {
    balance: a.balance + b.balance,
    debt: a.debt + b.debt,
    earned: a.earned + b.earned,
    spent: a.spent + b.spent,
    expired: a.expired + b.expired,
    expired_at: newest(a.expired_at, b.expired_at),
    active_at: newest(a.active_at, b.active_at),
    lots,
    days,
    ...keptOrders(orders, bothForgotten(a.forgotten, b.forgotten)),
    waiting: waiting.filter(([key]) => !mine.has(key)).slice(-WAITING_MAX),
    commands: [...b.commands, ...a.commands].slice(-COMMANDS_MAX),
    caps: { ...b.caps, ...a.caps },
  };
}

/** One place an order, however many refunds it has. */
function withWaiting(
  waiting: PointsStanding['waiting'],
  [key, amount]: PointsStanding['waiting'][number],
): PointsStanding['waiting'] {
  const known = waiting.find(([of]) => of === key);
  const before = known === undefined ? '0' : known[1];
  const sum =
    before === null || amount === null ? null : decimalText(add(readDecimal(before), readDecimal(amount)));
  return [...waiting.filter(([of]) => of !== key), [key, sum] as const].slice(-WAITING_MAX);
}

function newest(a: Instant | null, b: Instant | null): Instant | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

export function sourceOfCommand(key: string): string {
  return `${COMMAND}${key}`;
}

const COMMAND = 'command:';

function moved(
  account: number,
  points: number,
  { taken, given }: { readonly taken: boolean; readonly given: boolean },
): number {
  const next = account + (given ? points : 0) - (taken ? points : 0);
  if (next < 0) throw new Error(`${points} points of ${account} would leave less than nothing`);
  return next;
}

function lotsAfter(
  before: PointsStanding,
  { from, to, points, expires_at }: Posting,
): PointsStanding['lots'] {
  if (to === 'balance')
    return expires_at === undefined ? before.lots : withLot(before.lots, expires_at, points);
  if (from !== 'balance') return before.lots;
  // Taken back from what was earned by it, where that is still there; else what goes soonest is used first.
  const own = before.lots.findIndex(([at]) => at === expires_at);
  const fromOwn = own < 0 ? 0 : Math.min(before.lots[own]![1], points);
  const rest = own < 0 ? before.lots : without(before.lots, own, fromOwn);
  return usedSoonest(rest, points - fromOwn);
}

function usedSoonest(lots: PointsStanding['lots'], points: number): PointsStanding['lots'] {
  let next = lots;
  let left = points;
  while (left > 0 && next.length > 0) {
    const used = Math.min(left, next[0]![1]);
    next = without(next, 0, used);
    left -= used;
  }
  return next;
}

function without(lots: PointsStanding['lots'], i: number, points: number): PointsStanding['lots'] {
  const [at, all] = lots[i]!;
  return points === all ? lots.toSpliced(i, 1) : lots.with(i, [at, all - points]);
}

/** Too many: the two that go soonest become one that goes with the later of them, never sooner than was promised. */
function withLot(lots: PointsStanding['lots'], at: Instant, points: number): PointsStanding['lots'] {
  const i = lots.findIndex((lot) => lot[0] >= at);
  const found = i < 0 ? undefined : lots[i];
  if (found !== undefined && found[0] === at) return lots.with(i, [at, found[1] + points]);
  const next = lots.toSpliced(i < 0 ? lots.length : i, 0, [at, points]);
  if (next.length <= LOTS_MAX) return next;
  const [first, second, ...rest] = next;
  return [[second![0], first![1] + second![1]], ...rest];
}

function withDay(days: PointsStanding['days'], day: LocalDay, points: number): PointsStanding['days'] {
  const i = days.findIndex((each) => each[0] >= day);
  const found = i < 0 ? undefined : days[i];
  if (found === undefined || found[0] !== day)
    return days.toSpliced(i < 0 ? days.length : i, 0, [day, points]).slice(-DAYS_MAX);
  const sum = found[1] + points;
  return sum === 0 ? days.toSpliced(i, 1) : days.with(i, [day, sum]);
}

type Orders = Pick<PointsStanding, 'orders' | 'waiting' | 'forgotten'>;

function ordersAfter(before: PointsStanding, posting: Posting, at: Instant): Orders {
  const { orders, waiting, forgotten } = before;
  const { order, rule, entry } = posting;
  if (order === undefined || rule === undefined)
    return { orders, waiting, ...(forgotten === undefined ? {} : { forgotten }) };
  const i = orders.findIndex(([key]) => key === order.key);
  const known = i < 0 ? newOrder(before, order, at) : orders[i]!;
  const next = withPart(known, rule, { ...posting, sign: entry === 'reversed' ? 'back' : 'on' });
  const all = i < 0 ? [...orders, next] : orders.with(i, next);
  return { ...keptOrders(all, forgotten), waiting: waiting.filter(([key]) => key !== order.key) };
}

/** What was refunded before the order came is counted at once. */
function newOrder(
  { waiting }: PointsStanding,
  { key, total }: { readonly key: string; readonly total: string },
  at: Instant,
): EarnedOrder {
  const mine = waiting.filter(([of]) => of === key);
  const fresh: EarnedOrder = [key, total, '0', at, []];
  return mine.reduce((order, [, amount]) => refunded(order, amount), fresh);
}

function refunded([key, total, before, at, parts]: EarnedOrder, amount: string | null): EarnedOrder {
  const sum = amount === null ? readDecimal(total) : add(readDecimal(before), readDecimal(amount));
  const most = compareDecimals(sum, readDecimal(total)) > 0 ? total : decimalText(sum);
  return [key, total, most, at, parts];
}

function withPart(
  [key, total, back, at, parts]: EarnedOrder,
  rule: string,
  { points, sign, expires_at }: Posting & { readonly sign: 'on' | 'back' },
): EarnedOrder {
  const i = parts.findIndex((part) => part[0] === rule);
  const [, earned, reversed, goes] = parts[i] ?? [rule, 0, 0, expires_at ?? null];
  const part =
    sign === 'on'
      ? ([rule, earned + points, reversed, goes] as const)
      : ([rule, earned, reversed + points, goes] as const);
  return [key, total, back, at, i < 0 ? [...parts, part] : parts.with(i, part)];
}

function keptOrders(
  orders: readonly EarnedOrder[],
  forgotten: string | undefined,
): Pick<Orders, 'orders' | 'forgotten'> {
  const excess = orders.length - ORDERS_KEPT_MAX;
  if (excess <= 0) return { orders, ...(forgotten === undefined ? {} : { forgotten }) };
  const bits = forgotten === undefined ? emptyBloom() : bloomFrom(forgotten);
  for (const [key] of orders.slice(0, excess)) bloomAdd(bits, key);
  return { orders: orders.slice(excess), forgotten: bloomText(bits) };
}

function bothForgotten(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const [left, right] = [bloomFrom(a), bloomFrom(b)];
  return bloomText(left.map((byte, i) => byte | right[i]!));
}

function commandsAfter(commands: readonly string[], source: string): readonly string[] {
  if (!source.startsWith(COMMAND)) return commands;
  const key = source.slice(COMMAND.length);
  return commands.includes(key) ? commands : [...commands, key].slice(-COMMANDS_MAX);
}

function capsAfter(caps: PointsStanding['caps'], { rule, period }: Posting): PointsStanding['caps'] {
  if (rule === undefined || period === undefined) return caps;
  const before = caps[rule];
  return { ...caps, [rule]: [period, before?.[0] === period ? before[1] + 1 : 1] };
}
