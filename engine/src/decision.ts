// What step decides: the append-only log that standing is a fold of. Each row says what, why, when due, when decided.
import type { Instant, LocalDay } from './lib/instant.ts';
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

/**
 * Accounts of one person in one programme; all of them together are always 0. `issued` is the shop's source, `balance` what
 * can be spent, `debt` what was spent and then taken back.
 */
export type PointsAccount = 'issued' | 'balance' | 'spent' | 'expired' | 'debt';

export type PointsEntry =
  | 'earned'
  | 'awarded'
  | 'opened'
  | 'spent'
  | 'corrected'
  | 'expired'
  | 'reversed'
  | 'settled'
  | 'restated';

export interface Posting {
  readonly programme: string;
  readonly entry: PointsEntry;
  readonly from: PointsAccount;
  readonly to: PointsAccount;
  /** Whole and above 0. */
  readonly points: number;
  /** What it rests on: `order:`, `event:`, `command:`, `expiry:`, `merge:`, `import:` and an id. */
  readonly source: string;
  /** The earning rule. */
  readonly rule?: string;
  /** The order it was earned by or taken back for. */
  readonly order?: { readonly key: string; readonly total: string };
  /** The local day for which it counts as earned. */
  readonly day?: LocalDay;
  /** When these points go, where each goes by itself. */
  readonly expires_at?: Instant;
  /** The first day of the period in which a capped rule earned; once for what one event earns. */
  readonly period?: LocalDay;
  /** Said by whoever posted it by hand. */
  readonly reason?: string;
}

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
  /** Points move from one account to another: never one without the other, so debits equal credits. */
  | ({ readonly kind: 'points_posted' } & Posting)
  /** A refund of an order, before what it takes back; of an order that is not known yet it waits for it. Null: all of it. */
  | {
      readonly kind: 'refund_counted';
      readonly programme: string;
      readonly order: string;
      readonly amount: string | null;
    }
  | {
      readonly kind: 'tier_changed';
      readonly programme: string;
      readonly from: string | null;
      readonly to: string | null;
    }
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
