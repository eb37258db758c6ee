// What memory keeps of the past, slot by slot. Each kind is bounded by the plan, never by the length of a history, and is
// the same whatever order its facts arrived in. An empty slot is absent.
import type { MonthIndex } from '../lib/calendar.ts';
import type { Instant, LocalDay } from '../lib/instant.ts';
import type { TraitValue } from '../person.ts';
import type { Json } from '../rules/rule.ts';
import type { Unit } from './units.ts';

export type Slot =
  | TimesSlot
  | DaysSlot
  | CellsSlot
  | ExtremesSlot
  | DistinctSlot
  | PeriodValuesSlot
  | MarksSlot
  | LatestSlot
  | FirstSlot
  | RecentSlot
  | SequenceSlot
  | AccountsSlot
  | ConversationsSlot
  | VisitsSlot
  | OrdersSlot;

/** How many events there were in all, and the newest times, newest first. */
export interface TimesSlot {
  readonly kind: 'times';
  readonly count: number;
  readonly at: readonly Instant[];
}

/** The newest distinct local days, each with its newest time, newest first. */
export interface DaysSlot {
  readonly kind: 'days';
  readonly days: readonly (readonly [LocalDay, Instant])[];
}

/** `[hour, day or month, exact sum, events]`: only cells still inside the longest window, oldest first. */
export type Cell = readonly [number, string, number];

export interface CellsSlot {
  readonly kind: 'cells';
  readonly cells: readonly Cell[];
}

/** `[hour, day or month, smallest amount, largest amount]`. */
export type ExtremeCell = readonly [number, string, string];

export interface ExtremesSlot {
  readonly kind: 'extremes';
  readonly cells: readonly ExtremeCell[];
}

/** The most recently seen values, each with its newest time, newest first: `[at, canonical text]`. */
export interface DistinctSlot {
  readonly kind: 'distinct';
  readonly values: readonly (readonly [Instant, string])[];
}

/** `[first day of a calendar period, canonical texts of values seen in it, sorted]`. */
export type ValuesCell = readonly [LocalDay, readonly string[]];

export interface PeriodValuesSlot {
  readonly kind: 'period_values';
  readonly cells: readonly ValuesCell[];
}

/** `[month, its days]`: bit 0 is the first of the month. */
export type MarkCell = readonly [MonthIndex, number];

/** The local days on which something happened, month by month, oldest first. */
export interface MarksSlot {
  readonly kind: 'marks';
  readonly cells: readonly MarkCell[];
}

/** The newest event and its value (null: absent or too long to keep). */
export interface LatestSlot {
  readonly kind: 'latest';
  readonly at: Instant;
  readonly id: string;
  readonly value: Json;
}

/** The first event and its value, as above. */
export interface FirstSlot {
  readonly kind: 'first';
  readonly at: Instant;
  readonly id: string;
  readonly value: Json;
}

/** `[at, event id, key or '', the first end at or after it or null]`. */
export type SequenceStart = readonly [Instant, string, string, Instant | null];

/** `[at, key or '']`. */
export type SequenceEnd = readonly [Instant, string];

/** The newest starts and ends of a sequence, newest first. */
export interface SequenceSlot {
  readonly kind: 'sequence';
  readonly starts: readonly SequenceStart[];
  readonly ends: readonly SequenceEnd[];
  /** The newest end that is no longer kept: a start that old and yet unknown needs history. */
  readonly dropped: Instant | null;
}

/** The newest events that carry a value, newest first: `[at, event id, canonical text of the value]`. */
export interface RecentSlot {
  readonly kind: 'recent';
  readonly seen: readonly (readonly [Instant, string, string])[];
}

/** The accounts that a person's group calls named last, newest first, each with what these said of it. */
export interface AccountsSlot {
  readonly kind: 'accounts';
  readonly accounts: readonly Account[];
  /** There were more: one that is named again needs history. */
  readonly more: boolean;
}

export interface Account {
  readonly id: string;
  /** The newest group call that named it. */
  readonly at: Instant;
  readonly event: string;
  readonly traits: { readonly [key: string]: TraitValue };
}

/** `[at, event id, key or '', whether it is a word that opens]`. */
export type ConversationWord = readonly [Instant, string, string, boolean];

/** The newest word on each of the conversations heard of last, newest first. */
export interface ConversationsSlot {
  readonly kind: 'conversations';
  readonly words: readonly ConversationWord[];
  /** The newest closing word that named none: all that began before it is closed. */
  readonly closed: readonly [Instant, string] | null;
}

/** Days older than those kept one by one: how many, the sum of the logarithms of the gaps between them, the first and the last. */
export interface DaysTail {
  readonly days: number;
  readonly gaps: number;
  readonly first_day: LocalDay;
  readonly last_day: LocalDay;
}

/** The rhythm of visits: the newest distinct days, newest first, and what they and the tail amount to. */
export interface VisitsSlot {
  readonly kind: 'visits';
  readonly last_at: Instant;
  readonly days: readonly LocalDay[];
  readonly tail: DaysTail | null;
  readonly all_days: number;
  /** Own typical gap: the geometric mean, from three days on. */
  readonly gap_ms: number | null;
}

/**
 * `[key, at, total, more]`. The key is `#` and the order's own id, or `~` and its event's id where it has none; the total
 * is in minor units of its currency, null: unknown. `more` only where there is more to say.
 */
export type Order =
  | readonly [string, Instant, string | null]
  | readonly [string, Instant, string | null, OrderMore];

export interface OrderMore {
  /** Only where it is not the workspace's. */
  readonly currency?: string;
  readonly refunded?: string;
  /** A refund without an amount: all of it. */
  readonly returned?: true;
}

export type SpendCells = { readonly [unit in Unit]: readonly Cell[] };

/** Orders older than those kept one by one. A late fact that touches one of them needs history. */
export interface OrdersTail {
  readonly orders: number;
  /** Distinct days of net orders, their first and last instants, and the logarithms of the gaps. */
  readonly days: number;
  readonly gaps: number;
  readonly first_at: Instant | null;
  readonly last_at: Instant | null;
  readonly last_day: LocalDay | null;
  /** The newest of them, net or not: `[at, key]`. */
  readonly newest: readonly [Instant, string];
  /** Spend by hours, days and months that windows still reach, and of all time: where a rule asks for spend. */
  readonly cells: SpendCells;
  /** The keys of these orders, as a set that answers "perhaps". */
  readonly keys: string;
}

/** A refund whose order has not been seen: `[the order's key, at, amount or null]`. */
export type PendingRefund = readonly [string, Instant, string | null];

/** The ledger of orders, oldest first, and what the net ones (not fully refunded) amount to. */
export interface OrdersSlot {
  readonly kind: 'orders';
  readonly orders: readonly Order[];
  readonly tail: OrdersTail | null;
  readonly pending: readonly PendingRefund[];
  /** Orders of refunds that no longer fitted into `pending`, as a set that answers "perhaps". */
  readonly lost: string | null;
  readonly net: NetOrders;
}

export interface NetOrders {
  /** Distinct local days. */
  readonly days: number;
  readonly first_at: Instant | null;
  readonly last_at: Instant | null;
  /** Own typical gap: the geometric mean, from three days on. */
  readonly gap_ms: number | null;
}
