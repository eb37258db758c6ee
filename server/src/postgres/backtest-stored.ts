// What is stored of a backtest: what was asked, what it goes by while it is under way, what is done, and what came out. Snake case
// where it is shown as it is. Types only.
import type { BacktestResult, Definition, Prediction, Refit, Tally, Tested } from '@rapport/engine';
import type { BucketRange } from './backtest-histories.ts';

/** What was asked, as it was sent. */
export type BacktestOf =
  | { readonly kind: 'rule'; readonly rule: unknown }
  | { readonly kind: 'segment'; readonly key: string }
  | { readonly kind: 'model'; readonly key: string }
  | { readonly kind: 'model'; readonly model: unknown }
  | { readonly kind: 'journey'; readonly key: string; readonly version: number }
  | { readonly kind: 'journey'; readonly graph: unknown };

export interface BacktestAsked {
  readonly of: BacktestOf;
  /** As it was defined when it was asked. */
  readonly tested: Tested;
  readonly name: string;
  /** Milliseconds, half-open. */
  readonly from: number;
  readonly to: number;
  readonly assume_consent: boolean;
  readonly others: boolean;
  readonly hold_out: boolean;
  readonly sample: number;
}

export interface BacktestProgress {
  /** Absent of those that ran before there were any. */
  readonly phase?: 'learning' | 'living';
  /** 0 to 1. */
  readonly share: number;
  readonly people: number;
  readonly events: number;
  readonly events_per_second: number | null;
}

/** How the parameters of predictions were come by. */
export type Learnt =
  /** No rule asks for what is learnt of everyone's rhythm. */
  | { readonly kind: 'not_asked' }
  /** At each instant of what was known until then; `moved`: other parameters are in use from then on. */
  | {
      readonly kind: 'monthly';
      readonly fits: readonly {
        readonly at: number;
        readonly verdict: Prediction['purchases']['verdict'];
        readonly customers: number;
        readonly moved: boolean;
      }[];
    }
  /** Today's were used all along. */
  | { readonly kind: 'failed'; readonly why: string };

/** What it goes by from its beginning to its end, whatever changes meanwhile. */
export interface Plan {
  readonly format: number;
  readonly definition: Definition;
  readonly known_until: number;
  readonly parts: readonly BucketRange[];
  readonly refits: readonly Refit[];
  readonly learnt: Learnt;
}

/** What came of some of the people. */
export interface Sums {
  readonly tally: Tally;
  /** The engine failed on them; the first reason. */
  readonly failedPeople: number;
  readonly failure: string | null;
  readonly asOfPeople: number;
}

/** The places of the parts that are done, and what came of them. */
export interface Checkpoint {
  readonly done: readonly number[];
  readonly sums: Sums;
}

/** What came out, with what only the shell knows of. */
export interface StoredResult extends BacktestResult {
  /** The day up to which history is known; people known up to an earlier day of their own. */
  readonly until: number;
  readonly as_of_people: number;
  /** The engine failed on them: left out. `failure`: the first reason. */
  readonly failed_people: number;
  readonly failure: string | null;
  readonly usual_gap_days: number;
  /** Absent of those that ran before parameters were learnt month by month. */
  readonly learnt?: Learnt;
}
