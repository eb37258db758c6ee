// What can happen to a person: the inputs of step. Data only.
import type { Instant } from './lib/instant.ts';
import type { Json } from './rules/rule.ts';
import type { ConsentStatus } from './person.ts';

/** Who said it. What a browser says never outranks what a server said. */
export type Trust = 'server' | 'browser' | 'import';

export type EventType = 'identify' | 'track' | 'page' | 'screen' | 'group' | 'alias';

/**
 * A stored fact. `at` is its own, skew-corrected time; `id` the sender's messageId (first accepted stands).
 * `name` is the track's event name; for the others `Page Viewed`, `Screen Viewed`, `Identified`, `Grouped`, `Aliased`.
 */
export interface EventFact {
  readonly id: string;
  readonly at: Instant;
  readonly type: EventType;
  readonly name: string;
  readonly trust: Trust;
  /** Track, page and screen. */
  readonly properties: { readonly [key: string]: Json };
  /** Identify and group (also context.traits of others). */
  readonly traits: { readonly [key: string]: Json };
  /** The identities it came with: `[kind, value]`, normalised (e-mail in lower case). */
  readonly identities: readonly (readonly [string, string])[];
}

export interface ConsentChange {
  /** email, sms, push, … or `*` for all channels. */
  readonly channel: string;
  /** A topic's key or `*` for all topics. */
  readonly topic: string;
  readonly status: ConsentStatus;
  /** opted_in, existing_customer, double_opt_in, unsubscribe, complaint, preference_page, api … */
  readonly basis: string;
  readonly source: string;
}

export type SendOutcome =
  | { readonly kind: 'sent'; readonly provider_id: string | null; readonly via: string }
  | { readonly kind: 'failed'; readonly permanent: boolean; readonly code: string; readonly detail: string }
  | { readonly kind: 'uncertain'; readonly detail: string };

export interface PointsCommand {
  readonly programme: string;
  /** `award`: given; `spend`: for a reward; `correct`: taken back, given by mistake; `open`: brought along from elsewhere. */
  readonly do: 'award' | 'spend' | 'correct' | 'open';
  readonly points: number;
  readonly key: string;
  readonly reason: string;
}

export type Input =
  | { readonly kind: 'event'; readonly event: EventFact }
  /** Nothing but the time: an appointment, or a look. */
  | { readonly kind: 'time' }
  | { readonly kind: 'consent'; readonly changes: readonly ConsentChange[] }
  /** Someone who qualifies today is let into a journey; `start` names the entry: `activation:<id>` or `api:<idempotency key>`. */
  | { readonly kind: 'enrol'; readonly journey: string; readonly start: string }
  /** Take a person out of a journey (by hand, or because it was switched off and its runs are to leave). */
  | { readonly kind: 'leave'; readonly journey: string; readonly reason: string }
  /** A new version is on: take the person's run of this journey over to it, to the node of the same key; where there is none it leaves. */
  | { readonly kind: 'move'; readonly journey: string; readonly version: number }
  /** The governor's last look at a queued message, inside the transaction that would make it `handing`. */
  | {
      readonly kind: 'look';
      readonly message: string;
      readonly suppressed: boolean;
      /** After a restored backup: what was asked for before this instant may have gone out already, and does not go again. */
      readonly not_before?: Instant;
    }
  /** What came of a hand-off. `attempt` guards against a result told twice. */
  | { readonly kind: 'result'; readonly message: string; readonly outcome: SendOutcome }
  /** Points given, taken or spent by hand. `key`: an idempotency key, so that it counts once. */
  | ({ readonly kind: 'points' } & PointsCommand)
  /** Definitions changed: re-establish memberships and stages silently. */
  | { readonly kind: 'definition' }
  /** Bring someone imported as of an earlier day to today: the gap is lived through silently. */
  | { readonly kind: 'thaw' };
