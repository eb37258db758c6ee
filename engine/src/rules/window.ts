// Windows of time over kept instants: "the last w" (t ≤ now < t + w) and "since an anchor" (anchor < t). Half-open.
import { parseDuration } from '../lib/duration.ts';
import type { DurationMs, Instant } from '../lib/instant.ts';
import { NEVER } from '../lib/instant.ts';
import type { Need } from '../memory/plan.ts';
import { ORDERS_KEY } from '../memory/plan.ts';
import type { Memory } from '../person.ts';
import type { EvaluationContext } from './evaluate.ts';
import type { Anchor, CalendarWindow, Window } from './rule.ts';

/** `all`: every instant is inside. `none`: the anchor is missing. */
export type View =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'last'; readonly ms: DurationMs; readonly now: Instant }
  | { readonly kind: 'since'; readonly after: Instant };

export type Look = (context: EvaluationContext) => View;

const ALL: View = { kind: 'all' };
const NONE: View = { kind: 'none' };

/** Calendar windows are periods.ts's matter. */
export function compileWindow(window: Exclude<Window, CalendarWindow> | undefined): Look {
  if (window === undefined) return () => ALL;
  if ('last' in window) {
    const ms = durationOf(window.last);
    return ({ now }) => ({ kind: 'last', ms, now });
  }
  const { since } = window;
  return (context) => {
    const after = anchorOf(since, context);
    return after === null ? NONE : { kind: 'since', after };
  };
}

/** What a window asks of memory besides the events it looks at. */
export function windowNeeds(window: Window | undefined): readonly Need[] {
  const needsOrders = window !== undefined && 'since' in window && window.since.kind === 'last_order';
  return needsOrders ? [{ kind: 'orders', spend_days: 0 }] : [];
}

export function isInside(view: View, at: Instant): boolean {
  switch (view.kind) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'last':
      return view.now < at + view.ms;
    case 'since':
      return at > view.after;
  }
}

/** When an instant that is inside leaves by itself. */
export function leavesAt(view: View, at: Instant): Instant {
  return view.kind === 'last' ? at + view.ms : NEVER;
}

/** The newest order that counts: not fully refunded. */
export function lastOrderAt(memory: Memory): Instant | null {
  const slot = memory.slots[ORDERS_KEY];
  return slot?.kind === 'orders' ? slot.net.last_at : null;
}

/** A duration that the parser has seen. */
export function durationOf(text: string): DurationMs {
  const ms = parseDuration(text);
  if (ms === null) throw new Error(`"${text}" is no duration.`);
  return ms;
}

/** When the anchor was; null: it is missing. */
export function anchorOf(
  anchor: Anchor,
  { memory, standing, runStartedAt }: EvaluationContext,
): Instant | null {
  switch (anchor.kind) {
    case 'run':
      return runStartedAt;
    case 'episode':
      return standing.episode.since;
    case 'last_order':
      return lastOrderAt(memory);
    case 'stage':
      return standing.stages[anchor.model]?.since ?? null;
  }
}
