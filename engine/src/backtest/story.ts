// What a backtest tells of one person, and what it is given of them. Types only.
import type { ConsentChange, EventFact } from '../input.ts';
import type { DropReason, HoldReason, RunEnd } from '../decision.ts';
import type { Instant } from '../lib/instant.ts';

/** Half-open: `from` counts, `to` does not. */
export interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

export interface PersonHistory {
  readonly id: string;
  /** All stored events of the person and of those merged into them, by (own time, id). */
  readonly events: readonly EventFact[];
  /** Recorded otherwise than by an event (by hand, by an import, on the preference page), by time. */
  readonly consents: readonly { readonly at: Instant; readonly changes: readonly ConsentChange[] }[];
  /** When marketing messages of ours really went to them, by time. */
  readonly contacts: readonly Instant[];
  /** Nothing is known of them from here on: now, or just after the day as of which they were imported. */
  readonly knownUntil: Instant;
}

/** Joined the segment, moved into a stage, or entered the journey. */
export interface Reached {
  readonly at: Instant;
  /** The name of the event that brought it about; null: silence alone (or what was recorded by hand). */
  readonly event: string | null;
  /** Model: from one stage to another; null: in none. */
  readonly from: string | null;
  readonly to: string | null;
}

/** What was learnt anew put them into another place: nothing that they did, and it started nothing. */
export interface Moved {
  readonly at: Instant;
  readonly from: string | null;
  readonly to: string | null;
}

export type MessageEnd = 'sent' | 'dropped' | 'withheld' | 'waiting';

export interface MessageStory {
  readonly id: string;
  readonly journey: string;
  readonly node: string;
  readonly channel: string;
  readonly template: string | null;
  readonly askedAt: Instant;
  /** The first reason to wait, if any. */
  held: HoldReason | null;
  end: MessageEnd;
  endedAt: Instant | null;
  dropped: DropReason | null;
}

export interface RunStory {
  readonly id: string;
  readonly journey: string;
  readonly arm: 'treated' | 'control';
  readonly startedAt: Instant;
  /** Nodes in the order in which they were reached. */
  readonly nodes: string[];
  goalAt: Instant | null;
  endedAt: Instant | null;
  ended: RunEnd | null;
}

/** Whether they would have ordered anyway, and within what time. */
export interface Anyway {
  readonly verdict: 'ordered' | 'not_ordered' | 'contacted' | 'undecided';
  readonly until: Instant;
  /** The first order after, within that time, as far as is known. */
  readonly orderedAt: Instant | null;
}

export interface Outcome {
  readonly id: string;
  readonly events: number;
  readonly firstAt: Instant | null;
  /** Inputs on which the engine gave up (rules that feed each other); passed over. */
  readonly skipped: number;
  /** Segment: the key itself; model: the stage; null: none. */
  readonly atStart: string | null;
  readonly atEnd: string | null;
  readonly reached: readonly Reached[];
  readonly left: readonly Instant[];
  readonly refits: readonly Moved[];
  /** Of the tested journey and of others, by start. */
  readonly runs: readonly RunStory[];
  readonly messages: readonly MessageStory[];
  /** Of the first time reached; null for those who were not. */
  readonly anyway: Anyway | null;
  /** Model: of the first move into each stage. */
  readonly anywayByStage: { readonly [stage: string]: Anyway };
  /** Real orders of whoever was reached, for the picture of them. */
  readonly orders: readonly Instant[];
  readonly contacts: readonly Instant[];
}
