// What step decides: the append-only log that standing is a fold of. Each row says what, why, when due, when decided.
import type { Instant } from './lib/instant.ts';
import type { ConsentChange, SendOutcome } from './input.ts';
import type { OpenMessage, Run, Standing } from './person.ts';
import type { Json } from './rules/rule.ts';

/** Why: what set it off. `id` is the event's messageId, the rule, the import, the user's command. */
export interface Cause {
  readonly kind:
    | 'event'
    | 'time'
    | 'import'
    | 'definition'
    | 'command'
    | 'result'
    | 'merge'
    | 'thaw'
    | 'refit';
  readonly id: string | null;
}

/** Reasons a run ends; closed and ordered by precedence. */
export type RunEnd = 'goal' | 'exit_rule' | 'exit' | 'left' | 'merged' | 'withdrawn';

/** Why a message does not go now. Closed, in the governor's order of questions. */
export type HoldReason = 'open_complaint' | 'cap_day' | 'cap_week' | 'cap_channel' | 'quiet_hours' | 'rate';
export type DropReason =
  | 'restored'
  | 'goal_reached'
  | 'run_ended'
  | 'no_address'
  | 'no_consent'
  | 'suppressed'
  | 'open_complaint'
  | 'too_late'
  | 'journey_off';

export type Verdict =
  | { readonly verdict: 'send' }
  | { readonly verdict: 'hold'; readonly reason: HoldReason; readonly until: Instant }
  | { readonly verdict: 'drop'; readonly reason: DropReason };

export type Change =
  | {
      readonly kind: 'stage_changed';
      readonly model: string;
      readonly from: string | null;
      readonly to: string | null;
    }
  | { readonly kind: 'segment_joined'; readonly segment: string }
  | { readonly kind: 'segment_left'; readonly segment: string }
  | { readonly kind: 'episode_ended'; readonly n: number }
  | { readonly kind: 'episode_opened'; readonly n: number }
  | ({ readonly kind: 'consent_changed' } & ConsentChange)
  | { readonly kind: 'run_started'; readonly run: Run }
  | {
      readonly kind: 'run_moved';
      readonly run: string;
      readonly from: string;
      readonly to: string;
      readonly branch: string | null;
    }
  /** Goes on in another version, at the node of the same key: what it waited so far counts there too. */
  | { readonly kind: 'run_versioned'; readonly run: string; readonly version: number }
  | { readonly kind: 'goal_reached'; readonly run: string }
  | {
      readonly kind: 'run_ended';
      readonly run: string;
      readonly journey: string;
      readonly reason: RunEnd;
      readonly node: string;
    }
  /** A message to hand over: becomes a row of the send ledger. */
  | {
      readonly kind: 'message_requested';
      readonly message: OpenMessage;
      readonly template: string | null;
      readonly webhook: { readonly url: string } | null;
      readonly offer: { readonly [key: string]: Json } | null;
      readonly first_look: Verdict;
    }
  /** The control group's copy: decided, never sent. */
  | {
      readonly kind: 'message_withheld';
      readonly message: string;
      readonly run: string;
      readonly node: string;
      readonly template: string | null;
    }
  | { readonly kind: 'message_looked'; readonly message: string; readonly verdict: Verdict }
  | { readonly kind: 'message_result'; readonly message: string; readonly outcome: SendOutcome }
  | { readonly kind: 'thawed' }
  | { readonly kind: 'frozen'; readonly as_of: Instant }
  /** A later import re-established an import-only standing from scratch. */
  | { readonly kind: 'restated' }
  /** Carries the other side's standing, so that the survivor's log alone folds to the survivor's standing. */
  | { readonly kind: 'merged'; readonly person: string; readonly standing: Standing };

export type Decision = Change & {
  readonly seq: number;
  readonly due_at: Instant;
  readonly decided_at: Instant;
  readonly cause: Cause;
  readonly program: number;
};
