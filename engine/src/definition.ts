// Everything a workspace has defined, as JSON: the source of the compiled program.
import type { Period } from './lib/calendar.ts';
import type { IsoDuration } from './lib/instant.ts';
import type { Prediction } from './prediction/parameters.ts';
import type { Amount, Json, Problem, Rule, Selector } from './rules/rule.ts';

export interface Unsound {
  readonly kind: 'segment' | 'stage' | 'journey' | 'programme';
  /** A segment's, a journey's, a programme's, or `model/stage`. */
  readonly key: string;
  readonly problems: readonly Problem[];
}

export interface SegmentDefinition {
  readonly key: string;
  readonly name: string;
  readonly rule: Rule;
  /** Shipped with Rapport (editable, restorable). */
  readonly shipped?: boolean;
  /** What is stored cannot be used (sound.ts): whoever is in it stays. */
  readonly at_rest?: boolean;
}

export interface StageDefinition {
  readonly key: string;
  readonly name: string;
  readonly rule: Rule;
  /** What it means to the picture: growing stages in order, `decline`, or `ended`. */
  readonly look: 'growing' | 'decline' | 'ended';
  readonly action?: string;
}

/** Stages in order of the relationship. The LAST that holds wins ("test the lowest row first") unless `tested_first` names one. */
export interface LifecycleDefinition {
  readonly key: string;
  readonly name: string;
  readonly stages: readonly StageDefinition[];
  readonly tested_first?: string;
}

export type Trigger =
  | ({ readonly kind: 'event' } & Selector)
  | { readonly kind: 'segment_joined'; readonly segment: string }
  | { readonly kind: 'segment_left'; readonly segment: string }
  | { readonly kind: 'stage_reached'; readonly model: string; readonly stage: string }
  | { readonly kind: 'api' }
  | { readonly kind: 'any'; readonly of: readonly Trigger[] };

export type JourneyNode =
  | {
      readonly kind: 'trigger';
      readonly on: Trigger;
      readonly where?: Rule;
      /** A property of the event that starts a run: what a `wait_until` with `by` compares with. */
      readonly key?: string;
      readonly next: string;
    }
  /** A duration, or an event or rule with a time-out. */
  | { readonly kind: 'wait'; readonly for: IsoDuration; readonly next: string }
  /** Until the clock shows this time where the person lives, on one of these weekdays (1 Monday to 7 Sunday; absent: any day). */
  | {
      readonly kind: 'wait_time';
      readonly at: string;
      readonly weekdays?: readonly number[];
      readonly next: string;
    }
  | {
      readonly kind: 'wait_until';
      readonly event?: Selector;
      /** The awaited event's property must equal the run's key: this cart, not another one. */
      readonly by?: string;
      readonly rule?: Rule;
      readonly within: IsoDuration;
      readonly next: string;
      readonly timeout: string;
    }
  | { readonly kind: 'branch'; readonly rule: Rule; readonly then: string; readonly else: string }
  | {
      readonly kind: 'email';
      readonly template: string;
      readonly topic: string;
      /** Default true; false: a service message that skips the marketing checks. */
      readonly marketing?: boolean;
      /** Was promised to the person (a welcome kit): never withheld from a control group. */
      readonly promised?: boolean;
      readonly shelf_life?: IsoDuration;
      readonly offer?: { readonly [key: string]: Json };
      readonly next: string;
    }
  | {
      readonly kind: 'webhook';
      readonly url: string;
      readonly promised?: boolean;
      readonly shelf_life?: IsoDuration;
      readonly next: string;
    }
  | { readonly kind: 'exit' };

/** An immutable version of a journey. */
export interface JourneyGraph {
  readonly entry: string;
  readonly nodes: { readonly [node: string]: JourneyNode };
  readonly goal?: { readonly rule: Rule; readonly exits: boolean };
  readonly exit_when?: Rule;
  /** Share of entrants kept as control group, 0 to 0.5. */
  readonly hold_out?: number;
  /** `once`: one entry ever; `after_exit`: again when no run is under way; or again this long after the last start. */
  readonly reentry: 'once' | 'after_exit' | { readonly after: IsoDuration };
}

export interface JourneyDefinition {
  readonly key: string;
  readonly name: string;
  /** Version that takes new entrants, or null when switched off. */
  readonly active: number | null;
  /** Deleted: kept for what its runs did. */
  readonly archived?: boolean;
  /** All versions that runs may still be on. */
  readonly versions: { readonly [version: string]: JourneyGraph };
}

/** The sending rules (PRODUCT.md section 5). */
export interface PolicyDefinition {
  readonly marketing_per_day: number;
  readonly marketing_per_week: number;
  readonly per_week_by_channel: { readonly [channel: string]: number };
  /** Local hours during which nothing leaves, per channel: `[from, to)` in whole hours. */
  readonly quiet_hours: { readonly [channel: string]: readonly [number, number] };
  readonly shelf_life: IsoDuration;
  /** Promotions wait this long for an open complaint to be solved. */
  readonly complaint_wait: IsoDuration;
}

/** What earns points. `key` tells its postings apart and stays when the name of things changes. */
export type EarningRule =
  /** So many points for so much money of an order (major units of the workspace's currency), rounded per order. */
  | {
      readonly kind: 'spend';
      readonly key: string;
      readonly points: number;
      readonly per: Amount;
      readonly rounding: Rounding;
      /** Only people of whom this holds, asked when they order. */
      readonly who?: Rule;
    }
  | ({
      readonly kind: 'event';
      readonly key: string;
      readonly points: number;
      /** At most so often in one calendar period of the workspace. */
      readonly cap?: { readonly times: number; readonly per: Period };
      readonly who?: Rule;
    } & Selector);

export type Rounding = 'down' | 'nearest' | 'up';

/** `inactivity`: all of them, so long after the newest earning or spending. `earned`: each, so long after it was earned. */
export interface Expiry {
  readonly kind: 'inactivity' | 'earned';
  readonly after: IsoDuration;
}

export interface TierDefinition {
  readonly key: string;
  readonly name: string;
  readonly rule: Rule;
}

/** A loyalty programme: what earns points, when they go, and the tiers, lowest first; the highest that holds is the person's. */
export interface ProgrammeDefinition {
  readonly key: string;
  readonly name: string;
  /** What its points are called. */
  readonly unit: { readonly one: string; readonly many: string };
  /** Orders and events of before this instant (ISO 8601) earn nothing. */
  readonly counts_from: string;
  readonly earn: readonly EarningRule[];
  readonly expiry?: Expiry;
  readonly tiers: readonly TierDefinition[];
  /** Nobody falls to a lower tier sooner than this after they reached theirs. */
  readonly keep_tier_for?: IsoDuration;
  /** What is stored cannot be used (sound.ts): nothing earns or goes, tiers stay. */
  readonly at_rest?: boolean;
}

export interface Definition {
  readonly workspace: string;
  readonly version: number;
  /** When this version was made (ms): older states are established silently as of then, later silences are lived through. */
  readonly changed_at: number;
  readonly time_zone: string;
  readonly currency: string;
  /** What counts as a purchase, its refund, and a visit. */
  readonly purchase: Selector;
  readonly refund: Selector;
  readonly visit: Selector;
  /** The workspace's typical gap in days; null until known (then 60). */
  readonly gap_days: number | null;
  readonly visit_gap_days: number | null;
  /** What was learnt of everyone's rhythm; absent until something was. */
  readonly prediction?: Prediction;
  /** The oldest version from which this one differs by refits alone: what these move carries their cause. */
  readonly refits_since?: number;
  readonly segments: readonly SegmentDefinition[];
  readonly models: readonly LifecycleDefinition[];
  readonly journeys: readonly JourneyDefinition[];
  /** What of these is stored otherwise and cannot be used: put to rest here (sound.ts). */
  readonly unsound?: readonly Unsound[];
  readonly policy: PolicyDefinition;
  /** Absent where there is none. */
  readonly programmes?: readonly ProgrammeDefinition[];
}
