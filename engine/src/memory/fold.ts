// What each kind of slot does with a fact, with another slot of its kind, and with the passing of time.
import type { EventFact } from '../input.ts';
import type { Period } from '../lib/calendar.ts';
import { periodStart } from '../lib/calendar.ts';
import { decimalText, parseDecimal } from '../lib/decimal.ts';
import type { LocalDay } from '../lib/instant.ts';
import { localDay } from '../lib/zone.ts';
import { foldAccount, mergeAccounts } from './accounts.ts';
import { foldConversation, mergeConversations } from './conversations.ts';
import { foldInto, markOf, pruneSlotCells, withCell, withExtreme, withMark, withValues } from './cells.ts';
import type { LedgerScope } from './orders.ts';
import { foldOrder, foldRefund, mergeOrders, NO_SPEND, pruneOrders } from './orders.ts';
import type { Plan, PlannedSlot } from './plan.ts';
import { foldSequence, mergeSequences } from './sequences.ts';
import type { Slot } from './slot.ts';
import {
  foldDay,
  foldFirst,
  foldDistinct,
  foldLatest,
  foldRecent,
  foldTime,
  mergeDays,
  mergeFirst,
  mergeDistinct,
  mergeLatest,
  mergeRecent,
  mergeTimes,
  recentValue,
} from './slots.ts';
import type { CellIndexes, Unit } from './units.ts';
import { cellIndex, HOURS_MAX, MONTHS_MAX } from './units.ts';
import { foldVisit, mergeVisits } from './visits.ts';

/** `current`: the cells in which now lies. Undefined: an empty slot. */
export function foldSlot(
  plan: Plan,
  planned: PlannedSlot,
  before: Slot | undefined,
  event: EventFact,
  current: CellIndexes,
): Slot | undefined | 'needs_history' {
  switch (planned.kind) {
    case 'times':
      if (!planned.matches(event)) return before;
      return foldTime(before?.kind === 'times' ? before : undefined, event.at, planned.size);
    case 'days': {
      if (!planned.matches(event)) return before;
      const slot = before?.kind === 'days' ? before : undefined;
      return foldDay(slot, localDay(plan.zone, event.at), event.at, planned.size);
    }
    case 'marks': {
      if (!planned.matches(event)) return before;
      const slot = before?.kind === 'marks' ? before : undefined;
      const how = { oldest: oldestOf(current, 'month', planned.size), put: withMark };
      return foldInto('marks', slot, markOf(localDay(plan.zone, event.at)), how);
    }
    case 'cells': {
      if (!planned.matches(event)) return before;
      const amount = planned.read === null ? null : parseDecimal(planned.read(event));
      if (planned.read !== null && amount === null) return before;
      const slot = before?.kind === 'cells' ? before : undefined;
      const index = cellIndex(planned.unit, plan.zone, event.at);
      const how = { oldest: oldestOf(current, planned.unit, planned.size), put: withCell };
      return foldInto('cells', slot, [index, amount === null ? '0' : decimalText(amount), 1], how);
    }
    case 'extremes': {
      const amount = planned.matches(event) ? parseDecimal(planned.read(event)) : null;
      if (amount === null) return before;
      const slot = before?.kind === 'extremes' ? before : undefined;
      const index = cellIndex(planned.unit, plan.zone, event.at);
      const how = { oldest: oldestOf(current, planned.unit, planned.size), put: withExtreme };
      const text = decimalText(amount);
      return foldInto('extremes', slot, [index, text, text], how);
    }
    case 'distinct': {
      const value = planned.matches(event) ? recentValue(planned.read(event)) : undefined;
      if (value === undefined) return before;
      return foldDistinct(before?.kind === 'distinct' ? before : undefined, event.at, value, planned.size);
    }
    case 'period_values': {
      const value = planned.matches(event) ? recentValue(planned.read(event)) : undefined;
      if (value === undefined) return before;
      const slot = before?.kind === 'period_values' ? before : undefined;
      const start = periodStart(planned.period, localDay(plan.zone, event.at));
      const how = { oldest: oldestPeriod(current, planned.period), put: withValues(planned.size) };
      return foldInto('period_values', slot, [start, [value]], how);
    }
    case 'latest':
      if (!planned.matches(event)) return before;
      return foldLatest(before?.kind === 'latest' ? before : undefined, event, planned.read(event));
    case 'first':
      if (!planned.matches(event)) return before;
      return foldFirst(before?.kind === 'first' ? before : undefined, event, planned.read(event));
    case 'sequence': {
      const part = planned.part(event);
      if (part === null) return before;
      return foldSequence(before?.kind === 'sequence' ? before : undefined, part, planned.perKey);
    }
    case 'accounts':
      return foldAccount(before?.kind === 'accounts' ? before : undefined, event);
    case 'conversations':
      return foldConversation(before?.kind === 'conversations' ? before : undefined, event);
    case 'recent': {
      const value = planned.matches(event) ? recentValue(planned.read(event)) : undefined;
      if (value === undefined) return before;
      return foldRecent(before?.kind === 'recent' ? before : undefined, event, value);
    }
    case 'visits':
      if (!planned.matches(event)) return before;
      return foldVisit(
        before?.kind === 'visits' ? before : undefined,
        localDay(plan.zone, event.at),
        event.at,
      );
    case 'orders': {
      const slot = before?.kind === 'orders' ? before : undefined;
      if (planned.purchase(event)) return foldOrder(slot, event, ledgerScope(plan, planned, current));
      if (planned.refund(event)) return foldRefund(slot, event, ledgerScope(plan, planned, current));
      return before;
    }
  }
}

export function mergeSlot(
  plan: Plan,
  planned: PlannedSlot,
  a: Slot,
  b: Slot,
  current: CellIndexes,
): Slot | 'needs_history' {
  if (planned.kind === 'times' && a.kind === 'times' && b.kind === 'times')
    return mergeTimes(a, b, planned.size);
  if (planned.kind === 'days' && a.kind === 'days' && b.kind === 'days') return mergeDays(a, b, planned.size);
  if (a.kind === 'marks' && b.kind === 'marks')
    return { kind: 'marks', cells: b.cells.reduce(withMark, a.cells) };
  if (a.kind === 'cells' && b.kind === 'cells')
    return { kind: 'cells', cells: b.cells.reduce(withCell, a.cells) };
  if (a.kind === 'extremes' && b.kind === 'extremes')
    return { kind: 'extremes', cells: b.cells.reduce(withExtreme, a.cells) };
  if (planned.kind === 'distinct' && a.kind === 'distinct' && b.kind === 'distinct')
    return mergeDistinct(a, b, planned.size);
  if (planned.kind === 'period_values' && a.kind === 'period_values' && b.kind === 'period_values')
    return { kind: 'period_values', cells: b.cells.reduce(withValues(planned.size), a.cells) };
  if (a.kind === 'latest' && b.kind === 'latest') return mergeLatest(a, b);
  if (a.kind === 'first' && b.kind === 'first') return mergeFirst(a, b);
  if (planned.kind === 'sequence' && a.kind === 'sequence' && b.kind === 'sequence')
    return mergeSequences(a, b, planned.perKey);
  if (a.kind === 'accounts' && b.kind === 'accounts') return mergeAccounts(a, b);
  if (a.kind === 'conversations' && b.kind === 'conversations') return mergeConversations(a, b);
  if (a.kind === 'recent' && b.kind === 'recent') return mergeRecent(a, b);
  if (a.kind === 'visits' && b.kind === 'visits') return mergeVisits(a, b);
  if (planned.kind === 'orders' && a.kind === 'orders' && b.kind === 'orders') {
    return mergeOrders(a, b, ledgerScope(plan, planned, current));
  }
  throw new Error(`Slot ${planned.key} holds ${a.kind} and ${b.kind}, not ${planned.kind}.`);
}

/** Forgets what no window reaches any more; the same slot when there is nothing to forget. */
export function pruneSlot(planned: PlannedSlot, slot: Slot, current: CellIndexes): Slot | undefined {
  if (planned.kind === 'orders' && slot.kind === 'orders')
    return pruneOrders(slot, oldestSpend(planned.size, current));
  if (planned.kind === 'cells' && slot.kind === 'cells')
    return pruneSlotCells(slot, oldestOf(current, planned.unit, planned.size));
  if (planned.kind === 'extremes' && slot.kind === 'extremes')
    return pruneSlotCells(slot, oldestOf(current, planned.unit, planned.size));
  if (planned.kind === 'period_values' && slot.kind === 'period_values')
    return pruneSlotCells(slot, oldestPeriod(current, planned.period));
  if (planned.kind === 'marks' && slot.kind === 'marks')
    return pruneSlotCells(slot, oldestOf(current, 'month', planned.size));
  return slot;
}

export function ledgerScope(
  plan: Plan,
  planned: Extract<PlannedSlot, { kind: 'orders' }>,
  current: CellIndexes,
): LedgerScope {
  return { zone: plan.zone, currency: planned.currency, oldest: oldestSpend(planned.size, current) };
}

/** Where any rule asks for spend, months and hours are kept as far back as any window reaches: they are few. */
function oldestSpend(days: number, current: CellIndexes): CellIndexes {
  if (days === 0) return NO_SPEND;
  return {
    hour: oldestOf(current, 'hour', HOURS_MAX),
    day: oldestOf(current, 'day', days),
    month: oldestOf(current, 'month', MONTHS_MAX),
    all: 0,
  };
}

/** The first day of the previous period. */
function oldestPeriod(current: CellIndexes, period: Period): LocalDay {
  return periodStart(period, periodStart(period, current.day) - 1);
}

/** The oldest cell that is kept. */
function oldestOf(current: CellIndexes, unit: Unit, size: number): number {
  return current[unit] - size + 1;
}
