// The rule language as JSON: one shape in wire, storage and engine. Types only; parse.ts is the way in.
import type { Period } from '../lib/calendar.ts';
import type { IsoDuration } from '../lib/instant.ts';
import type { Budget } from '../prediction/parameters.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Comparisons on one value. A text is never comparable with a number; null is unknown. */
export type Comparison =
  | 'is'
  | 'is_not'
  | 'one_of'
  | 'none_of'
  | 'contains'
  | 'not_contains'
  | 'starts_with'
  | 'ends_with'
  | 'matches'
  | 'over'
  | 'at_least'
  | 'under'
  | 'at_most'
  | 'before'
  | 'after'
  | 'known'
  | 'unknown';

/** Where a trait's value came from, strongest first. */
export type Provenance = 'declared' | 'observed' | 'imported' | 'predicted';

/** A condition on a property of an event: dotted path, comparison, value (absent for known/unknown). */
export interface Where {
  readonly property: string;
  readonly op: Comparison;
  readonly value?: Json;
}

/** Which events count: one name or several, `*` for any, narrowed by properties. Page views are named `Page Viewed`, screens `Screen Viewed`. */
export interface Selector {
  readonly event: string | readonly string[];
  readonly where?: readonly Where[];
}

/** Where a window begins. Events strictly after the anchor count; a missing anchor makes the leaf false. */
export type Anchor =
  | { readonly kind: 'run' }
  | { readonly kind: 'episode' }
  | { readonly kind: 'last_order' }
  | { readonly kind: 'stage'; readonly model: string };

/** `last`: t ≤ now < t + w. `since`: anchor < t ≤ now. Absent: all time. */
export type Window = { readonly last: IsoDuration } | { readonly since: Anchor } | CalendarWindow;

/** The calendar period in which now lies, or the one before it, in the workspace's zone. */
export type CalendarWindow = { readonly this: Period } | { readonly previous: Period };

export type PointsWindow = Exclude<Window, { readonly since: Anchor }>;

/** Two events in a row; the window is about the first. */
export interface Sequence {
  readonly first: Selector;
  readonly then: Selector;
  readonly within: IsoDuration;
  readonly by?: string;
  readonly window?: Window;
}

/** A date of one person. A trait is a date as text: a day, or an instant on one. */
export type DateOf =
  | { readonly kind: 'trait'; readonly path: string }
  | { readonly kind: 'first_order' }
  | { readonly kind: 'last_order' }
  | { readonly kind: 'first_seen' };

export interface DateSpan {
  readonly of: DateOf;
  readonly from: number;
  /** As `from` where it is left out. */
  readonly to?: number;
}

export type CountOp = 'at_least' | 'at_most' | 'exactly';
export type AmountOp = 'over' | 'at_least' | 'under' | 'at_most';

/** A number exactly as a decimal text (`"12.50"`), or a JSON number. */
export type Amount = number | string;

/** The amounts of those events that carry one. The last n days are the current local day and the n − 1 before it, hours likewise; since an anchor is from its local day on, at most 400 days back. */
export interface AmountOf {
  readonly property: string;
  readonly window?: Window;
  readonly op: AmountOp;
  readonly value: Amount;
}

export type Rule =
  | { readonly kind: 'all'; readonly rules: readonly Rule[] }
  | { readonly kind: 'any'; readonly rules: readonly Rule[] }
  | { readonly kind: 'not'; readonly rule: Rule }
  /** A fact about the person, by dotted path. */
  | {
      readonly kind: 'trait';
      readonly path: string;
      readonly op: Comparison;
      readonly value?: Json;
      /** Only what was said in one of these ways: of what stands, not of what it outranked. */
      readonly said_by?: readonly Provenance[];
      /** Only while what was said is younger than this. */
      readonly said_within?: IsoDuration;
    }
  /** The account (company, household) that the newest group call put them into: its id, or by `path` what was said of it in their group calls. */
  | {
      readonly kind: 'account';
      readonly path?: string;
      readonly op: Comparison;
      readonly value?: Json;
    }
  /** A conversation or complaint was begun and not yet closed. */
  | { readonly kind: 'open_conversation' }
  /** Has at least one identity of these kinds. */
  | { readonly kind: 'identity'; readonly has: readonly string[] }
  /** How many events. `at_most 0` and "never" are the same. */
  | ({
      readonly kind: 'count';
      readonly window?: Window;
      readonly op: CountOp;
      readonly n: number;
    } & Selector)
  /** On how many distinct local days. */
  | ({
      readonly kind: 'days';
      readonly window?: Window;
      readonly op: 'at_least' | 'at_most';
      readonly n: number;
    } & Selector)
  /** Exact amounts of a property. An empty sum is 0; an empty average, minimum or maximum fails every comparison. */
  | ({ readonly kind: 'sum' } & AmountOf & Selector)
  | ({ readonly kind: 'average' } & AmountOf & Selector)
  | ({ readonly kind: 'minimum' } & AmountOf & Selector)
  | ({ readonly kind: 'maximum' } & AmountOf & Selector)
  /** How many distinct values of a property. */
  | ({
      readonly kind: 'distinct';
      readonly property: string;
      readonly window?: Window;
      readonly op: CountOp;
      readonly n: number;
    } & Selector)
  /** One window of local days against the one before it: sum (or count, without `property`) of the last `days` compared with `share` × that of the `days` before; false when the two together hold fewer than `count_at_least` events, or the earlier window is not above 0. */
  | ({
      readonly kind: 'trend';
      readonly property?: string;
      readonly days: number;
      readonly op: 'under' | 'over';
      readonly share: number;
      readonly count_at_least?: number;
    } & Selector)
  /** The newest event's property (or its name, with property `$event`) compared with a value. */
  | ({
      readonly kind: 'latest';
      readonly property: string;
      readonly window?: Window;
      readonly op: Comparison;
      readonly value?: Json;
    } & Selector)
  /** As `latest`, of the first event ever: a window asks whether that one lies in it. */
  | ({
      readonly kind: 'first';
      readonly property: string;
      readonly window?: Window;
      readonly op: Comparison;
      readonly value?: Json;
    } & Selector)
  /** The value seen most often in the window, among the newest 64 events that carry one, compared; of several seen as often, the one seen last. */
  | ({
      readonly kind: 'most_frequent';
      readonly property: string;
      readonly window?: Window;
      readonly op: Comparison;
      readonly value?: Json;
    } & Selector)
  /** One of the newest 32 of `first` in the window was followed by another event, of `then`: a ≤ b < a + within. `by`: a property that is equal in both. */
  | ({ readonly kind: 'sequence' } & Sequence)
  /** One of the newest 32 of `first` in the window was not followed in time: a + within ≤ now. With `by`: of the newest of each of the newest 32 values. */
  | ({ readonly kind: 'unfollowed' } & Sequence)
  /** Some value of a property was seen at least n times in the window, among the newest 64 such events. */
  | ({
      readonly kind: 'per_value';
      readonly property: string;
      readonly window?: Window;
      readonly n: number;
    } & Selector)
  /** Distinct local days with a net order (not fully refunded), all time. */
  | { readonly kind: 'orders'; readonly op: CountOp; readonly n: number }
  /** First and last net order lie at least this far apart. */
  | { readonly kind: 'order_span'; readonly at_least: IsoDuration }
  /** The last net order is younger than this. */
  | { readonly kind: 'last_order'; readonly within: IsoDuration }
  /** Money of net orders, refunds taken off, in major units of the workspace's currency: all of it, or the average per order. Orders in another currency or of unknown total are left out. */
  | {
      readonly kind: 'spend';
      readonly per: 'all' | 'order';
      readonly window?: Window;
      readonly op: AmountOp;
      readonly value: Amount;
    }
  /** Spend (net of refunds) of the last `days` local days against the `days` before, as `trend`, over net orders. */
  | {
      readonly kind: 'spend_trend';
      readonly days: number;
      readonly op: 'under' | 'over';
      readonly share: number;
      readonly orders_at_least?: number;
    }
  /** Silent for `gaps` times the person's own gap since the last net order or visit day, bounded below and above. Holds from last + clamp(gaps × gap) on. With `one_in`, where a rhythm was learnt: from the person's lapse moment on. */
  | {
      readonly kind: 'quiet';
      readonly of: 'orders' | 'visits';
      /** Of the silences that end by themselves, at most one in so many is called unusual. */
      readonly one_in?: Budget;
      readonly gaps: number;
      readonly min: IsoDuration;
      readonly max: IsoDuration;
      /** Only people with at least this many distinct days (3 for visitors). */
      readonly days_at_least?: number;
    }
  /** A model of the workspace's orders stands. The three kinds below hold of nobody without one, nor of those who never ordered. */
  | { readonly kind: 'predicted' }
  /** The chance of an order within so long, 0 to 1: as of the newest of 32 fixed silences after the last order (1 day, and each 1.3 times longer). */
  | {
      readonly kind: 'order_chance';
      readonly within: IsoDuration;
      readonly op: AmountOp;
      readonly share: number;
    }
  /** The next order, if there is one, is expected within so long or overdue; expected anew at those silences. */
  | { readonly kind: 'next_order'; readonly within: IsoDuration }
  /** What they spent so far and are expected to spend in 365 days, 10 % less a year, in major units; expected anew at those silences. */
  | { readonly kind: 'lifetime_value'; readonly op: AmountOp; readonly value: Amount }
  /** On the local days of the person's own zone from so many days after a date (negative: before) to so many, both included. */
  | ({ readonly kind: 'date' } & DateSpan)
  /** As `date`, around each of its anniversaries, from the first on. */
  | ({ readonly kind: 'anniversary' } & DateSpan)
  /** In one of these stages, and for at least `for` if given. */
  | {
      readonly kind: 'stage';
      readonly model: string;
      readonly stage: string | readonly string[];
      readonly for?: IsoDuration;
    }
  | { readonly kind: 'segment'; readonly segment: string }
  /** Consent given: for this channel (or any) and this topic (or any). */
  | { readonly kind: 'consent'; readonly channel?: string; readonly topic?: string }
  | { readonly kind: 'episode'; readonly op: CountOp; readonly n: number }
  /** In one of these tiers of a loyalty programme, and for at least `for` if given. */
  | {
      readonly kind: 'tier';
      readonly programme: string;
      readonly tier: string | readonly string[];
      readonly for?: IsoDuration;
    }
  /** Points of a loyalty programme. `balance`: what can be spent now; `owed`: what was spent and then taken back; `expiring`: of the balance, what goes within `within` if nothing is done; `earned`: in all, or by the local days of a window (whole days or calendar periods), without what was taken back. */
  | {
      readonly kind: 'points';
      readonly programme: string;
      readonly of: 'balance' | 'owed' | 'expiring' | 'earned';
      readonly within?: IsoDuration;
      readonly window?: PointsWindow;
      readonly op: AmountOp;
      readonly value: number;
    }
  /** In a run of this journey now. */
  | { readonly kind: 'in_journey'; readonly journey: string }
  /** A stable random share (0 to 1) of people: a hash of person and salt, never chance. */
  | { readonly kind: 'share'; readonly of: number; readonly salt: string };

export type LeafRule = Exclude<Rule, { kind: 'all' | 'any' | 'not' }>;

/** What a rule answers: whether it holds, and the earliest instant at which that may change by itself (NEVER when it cannot). */
export interface Answer {
  readonly holds: boolean;
  readonly until: number;
}

/** Something wrong with a definition, found before it is used. `path` is a JSON pointer into what was sent. */
export interface Problem {
  readonly code: string;
  readonly path: string;
  readonly message: string;
  readonly hint: string;
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };
