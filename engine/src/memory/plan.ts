// Which slots of memory a set of compiled rules needs, and which events touch which slot. Leaves that look at the same
// events share a slot; a slot is as large as its most demanding leaf asks.
import { canonicalText, compareText } from '../lib/json.ts';
import { sha256Hex } from '../lib/sha256.ts';
import type { Zone } from '../lib/zone.ts';
import type { Definition } from '../definition.ts';
import type { EventFact } from '../input.ts';
import type { Json, Selector } from '../rules/rule.ts';
import type { CompiledSelector } from '../rules/selector.ts';
import { compileSelector, propertyReader } from '../rules/selector.ts';

/** What one leaf asks of memory. `size`: newest times or days to keep one by one; days back for cells and spend. */
export type Need =
  | {
      readonly kind: 'times' | 'days';
      readonly key: string;
      readonly selector: CompiledSelector;
      readonly size: number;
    }
  | {
      readonly kind: 'cells';
      readonly key: string;
      readonly selector: CompiledSelector;
      readonly property: string | null;
      readonly size: number;
    }
  | {
      readonly kind: 'latest' | 'recent';
      readonly key: string;
      readonly selector: CompiledSelector;
      readonly property: string;
    }
  | { readonly kind: 'visits' }
  | { readonly kind: 'orders'; readonly spend_days: number };

/** A slot of the plan, ready to fold events. */
export type PlannedSlot =
  | {
      readonly kind: 'times' | 'days';
      readonly key: string;
      readonly matches: Matches;
      readonly size: number;
    }
  | {
      readonly kind: 'cells';
      readonly key: string;
      readonly matches: Matches;
      readonly read: Reader | null;
      readonly size: number;
    }
  | {
      readonly kind: 'latest' | 'recent';
      readonly key: string;
      readonly matches: Matches;
      readonly read: Reader;
    }
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
}

/** What a plan (and the compiler of rules) must know of the workspace. */
export interface Scope {
  readonly zone: Zone;
  readonly definition: Pick<
    Definition,
    'purchase' | 'refund' | 'visit' | 'currency' | 'gap_days' | 'visit_gap_days'
  >;
}

export const ORDERS_KEY = 'orders';
export const VISITS_KEY = 'visits';

/** The slot that serves a need. */
export function needKey(need: Need): string {
  if (need.kind === 'orders') return ORDERS_KEY;
  return need.kind === 'visits' ? VISITS_KEY : need.key;
}

export function slotKey(kind: Need['kind'], selector: CompiledSelector, property?: string | null): string {
  const text =
    property === undefined || property === null ? selector.text : canonicalText([selector.text, property]);
  return `${kind}.${sha256Hex(text).slice(0, 12)}`;
}

/** The slots an event of this name may touch. */
export function slotsFor(plan: Plan, name: string): readonly PlannedSlot[] {
  return plan.byEvent.get(name) ?? plan.always;
}

/** The plan of all rules of a program. */
export function planMemory(rules: Iterable<{ readonly needs: readonly Need[] }>, scope: Scope): Plan {
  const drafts = new Map<string, Draft>();
  for (const rule of rules) for (const need of rule.needs) merge(drafts, draftOf(need, scope));

  const sorted = [...drafts.values()].sort((a, b) => compareText(a.slot.key, b.slot.key));
  const byEvent = new Map<string, PlannedSlot[]>();
  const always = sorted.filter((draft) => draft.names === null).map((draft) => draft.slot);
  for (const name of new Set(sorted.flatMap((draft) => draft.names ?? []))) {
    byEvent.set(
      name,
      sorted.filter((draft) => draft.names === null || draft.names.includes(name)).map((draft) => draft.slot),
    );
  }

  const described = sorted.map(({ slot, text }) => [slot.key, text, 'size' in slot ? slot.size : 0]);
  return {
    signature: sha256Hex(canonicalText([FORMAT, scope.zone.name, described])).slice(0, 16),
    zone: scope.zone,
    slots: sorted.map((draft) => draft.slot),
    byKey: new Map(sorted.map((draft) => [draft.slot.key, draft.slot])),
    byEvent,
    always,
  };
}

/** Counts up when the meaning or shape of a slot changes, so that stored memories are folded again. */
const FORMAT = 1;

interface Draft {
  readonly slot: PlannedSlot;
  /** Null: any event. */
  readonly names: readonly string[] | null;
  /** What makes the slot this slot; two slots of one key must agree. */
  readonly text: string;
}

function draftOf(need: Need, scope: Scope): Draft {
  switch (need.kind) {
    case 'times':
    case 'days':
      return {
        slot: { kind: need.kind, key: need.key, matches: need.selector.matches, size: need.size },
        names: need.selector.names,
        text: need.selector.text,
      };
    case 'cells': {
      const read = need.property === null ? null : propertyReader(need.property);
      return {
        slot: { kind: 'cells', key: need.key, matches: need.selector.matches, read, size: need.size },
        names: need.selector.names,
        text: canonicalText([need.selector.text, need.property]),
      };
    }
    case 'latest':
    case 'recent':
      return {
        slot: {
          kind: need.kind,
          key: need.key,
          matches: need.selector.matches,
          read: propertyReader(need.property),
        },
        names: need.selector.names,
        text: canonicalText([need.selector.text, need.property]),
      };
    case 'visits': {
      const visit = compile(scope.definition.visit, scope);
      return {
        slot: { kind: 'visits', key: VISITS_KEY, matches: visit.matches },
        names: visit.names,
        text: visit.text,
      };
    }
    case 'orders': {
      const purchase = compile(scope.definition.purchase, scope);
      const refund = compile(scope.definition.refund, scope);
      const { currency } = scope.definition;
      const names =
        purchase.names === null || refund.names === null ? null : [...purchase.names, ...refund.names];
      return {
        slot: {
          kind: 'orders',
          key: ORDERS_KEY,
          purchase: purchase.matches,
          refund: refund.matches,
          currency,
          size: need.spend_days,
        },
        names,
        text: canonicalText([purchase.text, refund.text, currency]),
      };
    }
  }
}

function compile(selector: Selector, scope: Scope): CompiledSelector {
  return compileSelector(selector, scope.zone);
}

function merge(drafts: Map<string, Draft>, draft: Draft): void {
  const other = drafts.get(draft.slot.key);
  if (other === undefined) {
    drafts.set(draft.slot.key, draft);
    return;
  }
  if (other.text !== draft.text) throw new Error(`Two needs of memory share the key ${draft.slot.key}.`);
  if ('size' in draft.slot && 'size' in other.slot && draft.slot.size > other.slot.size) {
    drafts.set(draft.slot.key, draft);
  }
}
