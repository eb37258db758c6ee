// What a new plan asks beyond an older one: only these slots are folded from stored events, what memory keeps already is
// kept. The result has the same bytes as a whole refold under the new plan.
import { sha256Hex } from '../lib/sha256.ts';
import type { EventFact } from '../input.ts';
import type { Person } from '../person.ts';
import type { Plan, PlannedPart, PlannedSlot } from './plan.ts';
import { FORMAT, planOf, sizeOf } from './plan.ts';
import { pruneMemory, rememberSlots, sortedSlots } from './remember.ts';
import type { Slot } from './slot.ts';

/** What a plan keeps, to be stored and compared with later ones. */
export interface PlanShape {
  readonly signature: string;
  readonly format: number;
  readonly zone: string;
  /** Key, a digest of what the slot means, size. */
  readonly slots: readonly (readonly [string, string, number])[];
}

/** What is to be folded. Without a slot: nothing has to be read. */
export interface Delta {
  /** Of the plan under which memory was folded so far. */
  readonly from: string;
  /** The new and the larger slots alone. */
  readonly plan: Plan;
  /** The events that these look at; null: any. */
  readonly names: readonly string[] | null;
  /** Names and times are enough. */
  readonly bare: boolean;
  /** Events whose JSON holds all texts of one of these lists change something; none: any event may. */
  readonly says: readonly (readonly string[])[];
}

/** New slots of one person under way. */
export type NewSlots = Map<string, Slot>;

export function shapeOf(plan: Plan): PlanShape {
  return {
    signature: plan.signature,
    format: FORMAT,
    zone: plan.zone.name,
    slots: plan.parts.map(({ slot, text }) => [slot.key, digest(text), sizeOf(slot)]),
  };
}

/** Null: nothing of the older memory can be kept. */
export function deltaOf(plan: Plan, before: PlanShape): Delta | null {
  if (before.format !== FORMAT || before.zone !== plan.zone.name) return null;
  const known = new Map(before.slots.map(([key, text, size]) => [key, { text, size }]));
  const parts = plan.parts.filter(({ slot, text }) => {
    const old = known.get(slot.key);
    if (old === undefined || old.text !== digest(text)) return true;
    return old.size !== sizeOf(slot) && !(old.size > sizeOf(slot) && canNarrow(slot));
  });
  return {
    from: before.signature,
    plan: planOf(parts, plan.zone),
    names: parts.some((part) => part.names === null)
      ? null
      : [...new Set(parts.flatMap((part) => part.names ?? []))].sort(),
    bare: parts.every((part) => part.bare),
    says: saysOf(parts),
  };
}

/** More lists than this are not worth looking for. */
const SAYS_MAX = 8;

function saysOf(parts: readonly PlannedPart[]): Delta['says'] {
  if (parts.some(({ says }) => says.length === 0)) return [];
  const lists = [...new Map(parts.map(({ says }) => [JSON.stringify(says), says])).values()];
  return lists.length > SAYS_MAX ? [] : lists;
}

/** Folds one event. False: this person needs the whole history, in order. */
export function foldDelta(delta: Delta, slots: NewSlots, event: EventFact): boolean {
  return rememberSlots(delta.plan, slots, event);
}

/**
 * The person with memory under the new plan; nothing is decided. `slots` hold every stored event of the person that
 * the delta asks for, and memory was folded under the plan that the delta starts from.
 */
export function adopt(plan: Plan, person: Person, delta: Delta, slots: NewSlots): Person {
  if (person.plan !== delta.from) throw new Error(`memory of plan ${person.plan}, not ${delta.from}`);
  const kept = new Map<string, Slot | undefined>();
  for (const planned of plan.slots) {
    const folded = delta.plan.byKey.has(planned.key);
    const slot = folded ? slots.get(planned.key) : person.memory.slots[planned.key];
    kept.set(planned.key, slot === undefined ? undefined : narrowed(planned, slot));
  }
  const memory = { ...person.memory, slots: sortedSlots(kept) };
  return { ...person, plan: plan.signature, memory: pruneMemory(plan, memory, person.advanced_to) };
}

/** Slots that hold more than is asked for can be cut; those by cells are pruned. */
function canNarrow({ kind }: PlannedSlot): boolean {
  return CAN_NARROW.has(kind);
}

const CAN_NARROW: ReadonlySet<PlannedSlot['kind']> = new Set([
  'times',
  'days',
  'cells',
  'extremes',
  'marks',
  'distinct',
  'orders',
]);

function narrowed(planned: PlannedSlot, slot: Slot): Slot {
  if (planned.kind === 'times' && slot.kind === 'times' && slot.at.length > planned.size)
    return { ...slot, at: slot.at.slice(0, planned.size) };
  if (planned.kind === 'days' && slot.kind === 'days' && slot.days.length > planned.size)
    return { ...slot, days: slot.days.slice(0, planned.size) };
  if (planned.kind === 'distinct' && slot.kind === 'distinct' && slot.values.length > planned.size)
    return { ...slot, values: slot.values.slice(0, planned.size) };
  return slot;
}

function digest(text: string): string {
  return sha256Hex(text).slice(0, 12);
}
