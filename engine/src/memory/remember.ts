// Memory: the fold of a person's facts under a plan. The same facts give the same bytes in any order of arrival; what
// cannot be folded exactly says so and is folded again from history. Decides nothing.
import type { EventFact } from '../input.ts';
import type { Instant } from '../lib/instant.ts';
import { compareText } from '../lib/json.ts';
import type { Memory } from '../person.ts';
import { refoldAccounts } from './accounts.ts';
import { foldSlot, ledgerScope, mergeSlot, pruneSlot } from './fold.ts';
import { refoldOrders } from './orders.ts';
import type { Plan } from './plan.ts';
import { slotsFor } from './plan.ts';
import { refoldSequence } from './sequences.ts';
import type { Slot } from './slot.ts';
import { foldIdentities, foldTraits, mergeIdentities, mergeTraits } from './traits.ts';
import type { CellIndexes } from './units.ts';
import { cellIndexes } from './units.ts';

/** A fact older than what memory keeps one by one: the stored events must be folded again. */
export interface NeedsHistory {
  readonly needs_history: true;
  /** The slot that asks, for the log. */
  readonly reason: string;
}

export function needsHistory(result: Memory | NeedsHistory): result is NeedsHistory {
  return 'needs_history' in result;
}

export function emptyMemory(_plan: Plan): Memory {
  return { first_at: null, last_at: null, events: 0, identities: {}, traits: {}, slots: {} };
}

/** Folds one fact in. */
export function remember(plan: Plan, memory: Memory, event: EventFact, now: Instant): Memory | NeedsHistory {
  const current = cellIndexes(plan.zone, now);
  const changed = new Map<string, Slot | undefined>();
  for (const planned of slotsFor(plan, event.name)) {
    const before = memory.slots[planned.key];
    const after = foldSlot(plan, planned, before, event, current);
    if (after === 'needs_history') return { needs_history: true, reason: planned.key };
    if (after !== before) changed.set(planned.key, after);
  }
  return withFact(memory, event, withSlots(memory.slots, changed));
}

/** Folds a whole history, in whatever order it comes. */
export function refoldMemory(plan: Plan, events: readonly EventFact[], now: Instant): Memory {
  const current = cellIndexes(plan.zone, now);
  const sorted = [...events].sort((a, b) => a.at - b.at || compareText(a.id, b.id));
  const slots = new Map<string, Slot | undefined>();
  const purchases: EventFact[] = [];
  const refunds: EventFact[] = [];
  const gathered = new Map<string, EventFact[]>();
  let memory = emptyMemory(plan);

  for (const event of sorted) {
    for (const planned of slotsFor(plan, event.name)) {
      if (planned.kind === 'orders') {
        if (planned.purchase(event)) purchases.push(event);
        else if (planned.refund(event)) refunds.push(event);
        continue;
      }
      if (planned.kind === 'sequence' || planned.kind === 'accounts') {
        const known = gathered.get(planned.key);
        if (known === undefined) gathered.set(planned.key, [event]);
        else known.push(event);
        continue;
      }
      const after = foldSlot(plan, planned, slots.get(planned.key), event, current);
      if (after === 'needs_history') throw new Error(`Facts in order asked for history (${planned.key}).`);
      slots.set(planned.key, after);
    }
    memory = withFact(memory, event, memory.slots);
  }

  for (const planned of plan.slots) {
    if (planned.kind === 'orders')
      slots.set(planned.key, refoldOrders(purchases, refunds, ledgerScope(plan, planned, current)));
    const events = gathered.get(planned.key) ?? [];
    if (planned.kind === 'accounts') slots.set(planned.key, refoldAccounts(events));
    if (planned.kind === 'sequence') {
      const parts = events.map(planned.part).filter((part) => part !== null);
      slots.set(planned.key, refoldSequence(parts, planned.perKey));
    }
  }
  return pruneMemory(plan, { ...memory, slots: sortedSlots(slots) }, now);
}

/** Folds one fact into slots alone, nothing pruned: for whoever reads many histories at once. False: history is needed. */
export function rememberSlots(plan: Plan, slots: Map<string, Slot>, event: EventFact): boolean {
  for (const planned of slotsFor(plan, event.name)) {
    const after = foldSlot(plan, planned, slots.get(planned.key), event, LONG_AGO);
    if (after === 'needs_history') return false;
    if (after !== undefined) slots.set(planned.key, after);
  }
  return true;
}

/** No window is over yet: whoever takes the slots prunes them as of their own time. */
const LONG_AGO: CellIndexes = { hour: 0, day: 0, month: 0, all: 0 };

/** Two people who turn out to be one; both folded under this plan, no fact in both. */
export function mergeMemory(plan: Plan, a: Memory, b: Memory, now: Instant): Memory | NeedsHistory {
  const current = cellIndexes(plan.zone, now);
  const slots = new Map<string, Slot | undefined>();
  for (const planned of plan.slots) {
    const left = a.slots[planned.key];
    const right = b.slots[planned.key];
    const merged =
      left === undefined || right === undefined
        ? (left ?? right)
        : mergeSlot(plan, planned, left, right, current);
    if (merged === 'needs_history') return { needs_history: true, reason: planned.key };
    slots.set(planned.key, merged);
  }

  const merged: Memory = {
    first_at: earlier(a.first_at, b.first_at),
    last_at: later(a.last_at, b.last_at),
    events: a.events + b.events,
    identities: mergeIdentities(a.identities, b.identities),
    traits: mergeTraits(a.traits, b.traits),
    slots: sortedSlots(slots),
  };
  return pruneMemory(plan, merged, now);
}

/** Forgets what no window reaches any more. The same memory when there is nothing to forget. */
export function pruneMemory(plan: Plan, memory: Memory, now: Instant): Memory {
  const current = cellIndexes(plan.zone, now);
  const changed = new Map<string, Slot | undefined>();
  for (const key in memory.slots) {
    const planned = plan.byKey.get(key);
    const before = memory.slots[key];
    if (planned === undefined || before === undefined) continue;
    const after = pruneSlot(planned, before, current);
    if (after !== before) changed.set(planned.key, after);
  }
  return changed.size === 0 ? memory : { ...memory, slots: withSlots(memory.slots, changed) };
}

function withFact(memory: Memory, event: EventFact, slots: Memory['slots']): Memory {
  return {
    first_at: earlier(memory.first_at, event.at),
    last_at: later(memory.last_at, event.at),
    events: memory.events + 1,
    identities: foldIdentities(memory.identities, event),
    traits: foldTraits(memory.traits, event),
    slots,
  };
}

function earlier(a: Instant | null, b: Instant | null): Instant | null {
  return a === null || (b !== null && b < a) ? b : a;
}

function later(a: Instant | null, b: Instant | null): Instant | null {
  return a === null || (b !== null && b > a) ? b : a;
}

/** Keys in order, empty slots absent: equal contents have equal bytes. */
export function sortedSlots(slots: ReadonlyMap<string, Slot | undefined>): Memory['slots'] {
  const next: { [key: string]: Slot } = {};
  for (const key of [...slots.keys()].sort(compareText)) {
    const slot = slots.get(key);
    if (slot !== undefined) next[key] = slot;
  }
  return next;
}

/** A copy with these slots replaced. */
function withSlots(before: Memory['slots'], changed: ReadonlyMap<string, Slot | undefined>): Memory['slots'] {
  if (changed.size === 0) return before;

  let isSameKeys = true;
  for (const [key, slot] of changed) isSameKeys &&= slot !== undefined && Object.hasOwn(before, key);
  if (!isSameKeys) return sortedSlots(new Map([...Object.entries(before), ...changed]));

  const next: { [key: string]: Slot } = { ...before };
  for (const [key, slot] of changed) if (slot !== undefined) next[key] = slot;
  return next;
}
