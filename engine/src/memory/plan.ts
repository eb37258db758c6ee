// Which slots of memory a set of compiled rules needs, and which events touch which slot. Leaves that look at the same
// events share a slot; a slot is as large as its most demanding leaf asks.
import { canonicalText, compareText } from '../lib/json.ts';
import { sha256Hex } from '../lib/sha256.ts';
import type { Period } from '../lib/calendar.ts';
import type { Zone } from '../lib/zone.ts';
import type { Definition } from '../definition.ts';
import type { EventFact } from '../input.ts';
import type { Json, Selector } from '../rules/rule.ts';
import type { CompiledSelector } from '../rules/selector.ts';
import { compileSelector, propertyReader, saysProperty } from '../rules/selector.ts';
import { CONVERSATION_EVENTS } from './conversations.ts';
import type { SequencePart } from './sequences.ts';
import { recentValue } from './slots.ts';
import type { Unit } from './units.ts';

/** What one leaf asks of memory. `size`: newest times or days to keep one by one, or so many cells of `unit` (of months for marks); `spend_days`: days of spend, 0 where no rule asks for spend. */
export type Need =
  | {
      readonly kind: 'times' | 'days' | 'marks';
      readonly key: string;
      readonly selector: CompiledSelector;
      readonly size: number;
    }
  | {
      readonly kind: 'cells';
      readonly key: string;
      readonly selector: CompiledSelector;
      readonly property: string | null;
      readonly unit: Unit;
      readonly size: number;
    }
  | {
      readonly kind: 'extremes';
      readonly key: string;
      readonly selector: CompiledSelector;
      readonly property: string;
      readonly unit: Unit;
      readonly size: number;
    }
  | {
      readonly kind: 'distinct';
      readonly key: string;
      readonly selector: CompiledSelector;
      readonly property: string;
      readonly size: number;
    }
  | {
      readonly kind: 'period_values';
      readonly key: string;
      readonly selector: CompiledSelector;
      readonly property: string;
      readonly period: Period;
      readonly size: number;
    }
  | {
      readonly kind: 'latest' | 'first' | 'recent';
      readonly key: string;
      readonly selector: CompiledSelector;
      readonly property: string;
    }
  | {
      readonly kind: 'sequence';
      readonly key: string;
      readonly first: CompiledSelector;
      readonly then: CompiledSelector;
      /** A property that has to be equal in both. */
      readonly by: string | null;
      /** Of each value of it only the newest start. */
      readonly per_key: boolean;
    }
  | { readonly kind: 'accounts' | 'conversations' | 'visits' }
  | { readonly kind: 'orders'; readonly spend_days: number };

/** A slot of the plan, ready to fold events. */
export type PlannedSlot =
  | {
      readonly kind: 'times' | 'days' | 'marks';
      readonly key: string;
      readonly matches: Matches;
      readonly size: number;
    }
  | {
      readonly kind: 'cells';
      readonly key: string;
      readonly matches: Matches;
      readonly read: Reader | null;
      readonly unit: Unit;
      readonly size: number;
    }
  | {
      readonly kind: 'extremes';
      readonly key: string;
      readonly matches: Matches;
      readonly read: Reader;
      readonly unit: Unit;
      readonly size: number;
    }
  | {
      readonly kind: 'distinct';
      readonly key: string;
      readonly matches: Matches;
      readonly read: Reader;
      readonly size: number;
    }
  | {
      readonly kind: 'period_values';
      readonly key: string;
      readonly matches: Matches;
      readonly read: Reader;
      readonly period: Period;
      readonly size: number;
    }
  | {
      readonly kind: 'latest' | 'first' | 'recent';
      readonly key: string;
      readonly matches: Matches;
      readonly read: Reader;
    }
  | {
      readonly kind: 'sequence';
      readonly key: string;
      /** Null: the event is no part of the sequence. */
      readonly part: (event: EventFact) => SequencePart | null;
      readonly perKey: boolean;
    }
  | { readonly kind: 'accounts' | 'conversations'; readonly key: string }
  | { readonly kind: 'visits'; readonly key: string; readonly matches: Matches }
  | {
      readonly kind: 'orders';
      readonly key: string;
      readonly purchase: Matches;
      readonly refund: Matches;
      readonly currency: string;
      readonly size: number;
    };

type Matches = (event: EventFact) => boolean;
type Reader = (event: EventFact) => Json | undefined;

export interface Plan {
  /** Equal signatures fold equal memories; a stored memory with another one must be folded again. */
  readonly signature: string;
  readonly zone: Zone;
  /** By key. */
  readonly slots: readonly PlannedSlot[];
  readonly byKey: ReadonlyMap<string, PlannedSlot>;
  readonly byEvent: ReadonlyMap<string, readonly PlannedSlot[]>;
  /** The slots that any event may touch; `byEvent` lists contain them too. */
  readonly always: readonly PlannedSlot[];
  /** The same slots with what they came from. */
  readonly parts: readonly PlannedPart[];
}

export interface PlannedPart {
  readonly slot: PlannedSlot;
  /** The events it looks at; null: any event. */
  readonly names: readonly string[] | null;
  /** What makes the slot this slot; two slots of one key must agree. */
  readonly text: string;
  /** Folds an event's name and time alone: neither its id nor anything of its body is read. */
  readonly bare: boolean;
  /** An event whose JSON lacks one of these leaves the slot as it is. */
  readonly says: readonly string[];
}

/** What a plan (and the compiler of rules) must know of the workspace. */
export interface Scope {
  readonly zone: Zone;
  readonly definition: Pick<
    Definition,
    'purchase' | 'refund' | 'visit' | 'currency' | 'gap_days' | 'visit_gap_days' | 'prediction' | 'programmes'
  >;
}

export const ORDERS_KEY = 'orders';
export const VISITS_KEY = 'visits';
export const ACCOUNTS_KEY = 'accounts';
export const CONVERSATIONS_KEY = 'conversations';

/** The slot that serves a need. */
export function needKey(need: Need): string {
  switch (need.kind) {
    case 'orders':
      return ORDERS_KEY;
    case 'visits':
      return VISITS_KEY;
    case 'accounts':
      return ACCOUNTS_KEY;
    case 'conversations':
      return CONVERSATIONS_KEY;
    default:
      return need.key;
  }
}

/** `parts`: what else tells slots of one kind over the same events apart, such as a property or a unit. */
export function slotKey(
  kind: Need['kind'],
  selector: CompiledSelector,
  ...parts: readonly (string | null)[]
): string {
  const text = parts.length === 0 ? selector.text : canonicalText([selector.text, ...parts]);
  return `${kind}.${sha256Hex(text).slice(0, 12)}`;
}

export type SequenceNeed = Extract<Need, { readonly kind: 'sequence' }>;

export function sequenceNeed(parts: Omit<SequenceNeed, 'kind' | 'key'>): SequenceNeed {
  return { kind: 'sequence', key: `sequence.${sha256Hex(sequenceText(parts)).slice(0, 12)}`, ...parts };
}

/** The slots an event of this name may touch. */
export function slotsFor(plan: Plan, name: string): readonly PlannedSlot[] {
  return plan.byEvent.get(name) ?? plan.always;
}

/** The plan of all rules of a program. */
export function planMemory(rules: Iterable<{ readonly needs: readonly Need[] }>, scope: Scope): Plan {
  const parts = new Map<string, PlannedPart>();
  for (const rule of rules) for (const need of rule.needs) merge(parts, partOf(need, scope));
  return planOf([...parts.values()], scope.zone);
}

/** A plan of these slots alone. */
export function planOf(parts: readonly PlannedPart[], zone: Zone): Plan {
  const sorted = parts.toSorted((a, b) => compareText(a.slot.key, b.slot.key));
  const byEvent = new Map<string, PlannedSlot[]>();
  const always = sorted.filter((part) => part.names === null).map((part) => part.slot);
  for (const name of new Set(sorted.flatMap((part) => part.names ?? []))) {
    byEvent.set(
      name,
      sorted.filter((part) => part.names === null || part.names.includes(name)).map((part) => part.slot),
    );
  }

  const described = sorted.map(({ slot, text }) => [slot.key, text, sizeOf(slot)]);
  return {
    signature: sha256Hex(canonicalText([FORMAT, zone.name, described])).slice(0, 16),
    zone,
    slots: sorted.map((part) => part.slot),
    byKey: new Map(sorted.map((part) => [part.slot.key, part.slot])),
    byEvent,
    always,
    parts: sorted,
  };
}

/** 0: the slot has no size. */
export function sizeOf(slot: PlannedSlot): number {
  return 'size' in slot ? slot.size : 0;
}

/** What a group call is stored as. */
const GROUP_EVENT = 'Grouped';

/** Counts up when the meaning or shape of a slot changes, so that stored memories are folded again. */
export const FORMAT = 5;

function partOf(need: Need, scope: Scope): PlannedPart {
  switch (need.kind) {
    case 'times':
    case 'days':
    case 'marks':
      return {
        slot: { kind: need.kind, key: need.key, matches: need.selector.matches, size: need.size },
        names: need.selector.names,
        text: need.selector.text,
        bare: need.selector.bare,
        says: need.selector.says,
      };
    case 'cells': {
      const read = need.property === null ? null : propertyReader(need.property);
      const { unit, size } = need;
      return {
        slot: { kind: 'cells', key: need.key, matches: need.selector.matches, read, unit, size },
        names: need.selector.names,
        text: canonicalText([need.selector.text, need.property, unit]),
        bare: need.selector.bare && read === null,
        says: [...need.selector.says, ...(need.property === null ? [] : saysProperty(need.property))],
      };
    }
    case 'extremes':
      return ofProperty(need, need.unit, (common) => {
        const { kind, unit, size } = need;
        return { kind, ...common, unit, size };
      });
    case 'distinct':
      return ofProperty(need, null, (common) => ({ kind: need.kind, ...common, size: need.size }));
    case 'period_values':
      return ofProperty(need, need.period, (common) => {
        const { kind, period, size } = need;
        return { kind, ...common, period, size };
      });
    case 'latest':
    case 'first':
      // Here an event without the property counts too: its value is unknown.
      return {
        ...ofProperty(need, null, (common) => ({ kind: need.kind, ...common })),
        says: need.selector.says,
      };
    case 'recent':
      return ofProperty(need, null, (common) => ({ kind: need.kind, ...common }));
    case 'sequence':
      return {
        slot: { kind: 'sequence', key: need.key, part: partReader(need), perKey: need.per_key },
        names: bothNames(need.first.names, need.then.names),
        text: sequenceText(need),
        bare: false,
        says: need.by === null ? [] : saysProperty(need.by),
      };
    case 'accounts':
      return {
        slot: { kind: 'accounts', key: ACCOUNTS_KEY },
        names: [GROUP_EVENT],
        text: GROUP_EVENT,
        bare: false,
        says: [],
      };
    case 'conversations':
      return {
        slot: { kind: 'conversations', key: CONVERSATIONS_KEY },
        names: CONVERSATION_EVENTS,
        text: canonicalText(CONVERSATION_EVENTS),
        bare: false,
        says: [],
      };
    case 'visits': {
      const visit = compile(scope.definition.visit, scope);
      return {
        slot: { kind: 'visits', key: VISITS_KEY, matches: visit.matches },
        names: visit.names,
        text: visit.text,
        bare: visit.bare,
        says: visit.says,
      };
    }
    case 'orders': {
      const purchase = compile(scope.definition.purchase, scope);
      const refund = compile(scope.definition.refund, scope);
      const { currency } = scope.definition;
      return {
        slot: {
          kind: 'orders',
          key: ORDERS_KEY,
          purchase: purchase.matches,
          refund: refund.matches,
          currency,
          size: need.spend_days,
        },
        names: bothNames(purchase.names, refund.names),
        text: canonicalText([purchase.text, refund.text, currency]),
        bare: false,
        says: [],
      };
    }
  }
}

function bothNames(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  return a === null || b === null ? null : [...a, ...b];
}

function sequenceText(need: Pick<SequenceNeed, 'first' | 'then' | 'by' | 'per_key'>): string {
  return canonicalText([need.first.text, need.then.text, need.by, need.per_key]);
}

function partReader({ first, then, by }: SequenceNeed): (event: EventFact) => SequencePart | null {
  const read = by === null ? null : propertyReader(by);
  return (event) => {
    const starts = first.matches(event);
    const ends = then.matches(event);
    if (!starts && !ends) return null;
    // An event that does not carry the property belongs to no sequence.
    const key = read === null ? '' : recentValue(read(event));
    return key === undefined ? null : { at: event.at, id: event.id, key, starts, ends };
  };
}

/** The part of a slot that reads a property; `more` tells it from others over the same property. */
function ofProperty(
  need: { readonly key: string; readonly selector: CompiledSelector; readonly property: string },
  more: string | null,
  slot: (common: { readonly key: string; readonly matches: Matches; readonly read: Reader }) => PlannedSlot,
): PlannedPart {
  const { key, selector, property } = need;
  return {
    slot: slot({ key, matches: selector.matches, read: propertyReader(property) }),
    names: selector.names,
    text: canonicalText([selector.text, property, more]),
    bare: false,
    says: [...selector.says, ...saysProperty(property)],
  };
}

function compile(selector: Selector, scope: Scope): CompiledSelector {
  return compileSelector(selector, scope.zone);
}

function merge(parts: Map<string, PlannedPart>, part: PlannedPart): void {
  const other = parts.get(part.slot.key);
  if (other === undefined) {
    parts.set(part.slot.key, part);
    return;
  }
  if (other.text !== part.text) throw new Error(`Two needs of memory share the key ${part.slot.key}.`);
  if (sizeOf(part.slot) > sizeOf(other.slot)) parts.set(part.slot.key, part);
}
