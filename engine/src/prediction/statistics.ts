// What a purchase model needs of one person, read from memory: on how many days they came, the first and the last of them.
// The one place where prediction looks into slots.
import { DAY_MS } from '../lib/instant.ts';
import type { Instant, LocalDay } from '../lib/instant.ts';
import type { Zone } from '../lib/zone.ts';
import { dayStart, localDay } from '../lib/zone.ts';
import { isNet, spendCells } from '../memory/orders.ts';
import { ORDERS_KEY, VISITS_KEY } from '../memory/plan.ts';
import type { Memory } from '../person.ts';
import type { Spending } from './spending.ts';

/** Sufficient statistics of net order days, or of visit days. */
export interface Statistics {
  /** Days after the first one. */
  readonly x: number;
  /** From the first day to the last, in days. */
  readonly tx: number;
  /** The last time itself: silence counts from here. */
  readonly lastAt: Instant;
  /** Own typical gap in milliseconds, from three days on. */
  readonly gapMs: number | null;
}

export type RhythmOf = 'orders' | 'visits';

/** Null: never came. */
export function statisticsOf(of: RhythmOf, memory: Memory, zone: Zone): Statistics | null {
  return of === 'orders' ? orderStatistics(memory, zone) : visitStatistics(memory);
}

/** The person's own gaps in days between the days that are kept one by one, oldest first. */
export function ownGapDays(of: RhythmOf, memory: Memory, zone: Zone): readonly number[] {
  const days = of === 'orders' ? orderDays(memory, zone) : visitDays(memory);
  return days.slice(1).map((day, i) => day - days[i]!);
}

/** When somebody came, day by day: the days kept one by one, and how many there were before them. */
export interface Comings {
  readonly firstAt: Instant;
  readonly earlier: number;
  /** Ascending. */
  readonly times: readonly Instant[];
}

export function comingsOf(of: RhythmOf, memory: Memory, zone: Zone): Comings | null {
  const known = statisticsOf(of, memory, zone);
  if (known === null) return null;
  const times = of === 'orders' ? orderTimes(memory, zone) : visitTimes(memory, zone);
  const first = times[0] ?? known.lastAt;
  const earlier = Math.max(0, known.x + 1 - times.length);
  const orders = memory.slots[ORDERS_KEY];
  const firstAt = of === 'orders' && orders?.kind === 'orders' ? orders.net.first_at : null;
  return { firstAt: firstAt ?? (earlier === 0 ? first : known.lastAt - known.tx * DAY_MS), earlier, times };
}

/** The first net order of each day. */
function orderTimes(memory: Memory, zone: Zone): readonly Instant[] {
  const slot = memory.slots[ORDERS_KEY];
  if (slot?.kind !== 'orders') return [];
  const times = slot.orders.filter(isNet).map(([, at]) => at);
  return times.filter((at, i) => i === 0 || localDay(zone, times[i - 1]!) < localDay(zone, at));
}

/** Of days the beginning is known, of the last one the very time. */
function visitTimes(memory: Memory, zone: Zone): readonly Instant[] {
  const slot = memory.slots[VISITS_KEY];
  if (slot?.kind !== 'visits') return [];
  const days = slot.days.toReversed();
  return days.map((day, i) => (i === days.length - 1 ? slot.last_at : dayStart(zone, day)));
}

function orderStatistics(memory: Memory, zone: Zone): Statistics | null {
  const slot = memory.slots[ORDERS_KEY];
  if (slot?.kind !== 'orders') return null;
  const { days, first_at, last_at, gap_ms } = slot.net;
  if (days === 0 || first_at === null || last_at === null) return null;
  const x = days - 1;
  return { x, tx: localDay(zone, last_at) - localDay(zone, first_at), lastAt: last_at, gapMs: gap_ms };
}

function visitStatistics(memory: Memory): Statistics | null {
  const slot = memory.slots[VISITS_KEY];
  if (slot?.kind !== 'visits') return null;
  const first = slot.tail?.first_day ?? slot.days.at(-1);
  const last = slot.days[0] ?? slot.tail?.last_day;
  if (first === undefined || last === undefined) return null;
  return { x: slot.all_days - 1, tx: last - first, lastAt: slot.last_at, gapMs: slot.gap_ms };
}

/** Distinct days of the net orders that are kept one by one, ascending. */
function orderDays(memory: Memory, zone: Zone): readonly LocalDay[] {
  const slot = memory.slots[ORDERS_KEY];
  if (slot?.kind !== 'orders') return [];
  return [...new Set(slot.orders.filter(isNet).map(([, at]) => localDay(zone, at)))].sort((a, b) => a - b);
}

function visitDays(memory: Memory): readonly LocalDay[] {
  const slot = memory.slots[VISITS_KEY];
  return slot?.kind === 'visits' ? slot.days.toReversed() : [];
}

/** Net orders of a known amount in the workspace's currency, and their mean, in minor units. Needs the spend of all time. */
export function spentOf(memory: Memory, zone: Zone): Spending {
  const slot = memory.slots[ORDERS_KEY];
  const cell = slot?.kind === 'orders' ? spendCells(slot, 'all', zone)[0] : undefined;
  if (cell === undefined || cell[2] === 0) return { orders: 0, mean: 0 };
  const sum = Number(cell[1]);
  return Number.isFinite(sum) ? { orders: cell[2], mean: sum / cell[2] } : { orders: 0, mean: 0 };
}
