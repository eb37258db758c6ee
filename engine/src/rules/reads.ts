// What an answer rests on besides the time: slots of memory, traits, identities, parts of standing. When none of these
// changed and the answer's `until` has not come, the answer is the same, so nobody needs to ask again.
import type { Change } from '../decision.ts';
import type { Need, Plan } from '../memory/plan.ts';
import { needKey, slotsFor } from '../memory/plan.ts';
import { TRAITS_MAX } from '../memory/traits.ts';
import type { EventFact } from '../input.ts';
import type { Memory } from '../person.ts';
import type { Window } from './rule.ts';

/** `trait` names the first part of a path; `traits` any; `first_seen` the first event's time. */
export type Read =
  | `slot:${string}`
  | `trait:${string}`
  | `stage:${string}`
  | `segment:${string}`
  | `journey:${string}`
  | `points:${string}`
  | `tier:${string}`
  | 'identities'
  | 'consents'
  | 'episode'
  | 'first_seen';

export function readsOfNeeds(needs: readonly Need[]): readonly Read[] {
  return needs.map((need) => `slot:${needKey(need)}` as const);
}

/** What a window's anchor looks at in standing; a run's start never moves, orders are a slot. */
export function windowReads(window: Window | undefined): readonly Read[] {
  if (window === undefined || !('since' in window)) return [];
  const { since } = window;
  switch (since.kind) {
    case 'stage':
      return [`stage:${since.model}`];
    case 'episode':
      return ['episode'];
    case 'run':
    case 'last_order':
      return [];
  }
}

/** What folding one event into memory changed. */
export function readsOfEvent(plan: Plan, before: Memory, after: Memory, event: EventFact): readonly Read[] {
  const reads: Read[] = [];
  for (const { key } of slotsFor(plan, event.name)) {
    if (before.slots[key] !== after.slots[key]) reads.push(`slot:${key}`);
  }
  if (before.traits !== after.traits) {
    for (const key of Object.keys(event.traits)) reads.push(`trait:${key}`);
    for (const key of forgotten(before.traits, after.traits)) reads.push(`trait:${key}`);
  }
  if (before.identities !== after.identities) reads.push('identities');
  if (before.first_at !== after.first_at) reads.push('first_seen');
  return reads;
}

/** Traits that gave way to others: only where there are as many as are kept. */
function forgotten(before: Memory['traits'], after: Memory['traits']): readonly string[] {
  const keys = Object.keys(before);
  return keys.length < TRAITS_MAX ? [] : keys.filter((key) => !Object.hasOwn(after, key));
}

/** What a decision changes of standing, as far as rules can ask for it. */
export function readsOfChange(change: Change): readonly Read[] | 'everything' {
  switch (change.kind) {
    case 'stage_changed':
      return [`stage:${change.model}`];
    case 'segment_joined':
    case 'segment_left':
      return [`segment:${change.segment}`];
    case 'episode_ended':
    case 'episode_opened':
      return ['episode'];
    case 'consent_changed':
      return ['consents'];
    case 'run_started':
      return [`journey:${change.run.journey}`];
    case 'run_ended':
      return [`journey:${change.journey}`];
    case 'points_posted':
      return [`points:${change.programme}`];
    case 'tier_changed':
      return [`tier:${change.programme}`];
    case 'refund_counted':
    case 'run_moved':
    case 'run_versioned':
    case 'goal_reached':
    case 'message_requested':
    case 'message_withheld':
    case 'message_looked':
    case 'message_result':
      return [];
    case 'thawed':
    case 'frozen':
    case 'restated':
    case 'merged':
      return 'everything';
  }
}
