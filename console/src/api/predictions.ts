// What was learnt of the rhythm of orders and visits, how right it was, and one person's prediction.
import { queryOptions } from '@tanstack/react-query';
import { get, post } from './client.ts';

export type FitVerdict = 'fits' | 'degenerate' | 'not_converged' | 'too_little';
export type SpeedGroup = 'new' | 'fast' | 'middle' | 'slow';

interface HeldOutErrors {
  readonly total: number | null;
  readonly mae: number;
  readonly rmse: number;
}

export interface HeldOut {
  readonly words: { readonly risk: string; readonly total: string };
  readonly from: string;
  readonly until: string;
  readonly customers: number;
  readonly purchases: number;
  readonly model: HeldOutErrors;
  readonly as_before: HeldOutErrors;
  readonly nothing: HeldOutErrors;
  readonly tenths: readonly {
    readonly customers: number;
    readonly predicted: number;
    readonly came: number;
  }[];
  readonly at_risk: { readonly customers: number; readonly stayed_away: number };
}

export interface AlarmRow {
  readonly group: SpeedGroup | 'everyone';
  readonly ended: number;
  readonly ended_alarmed: number;
  readonly judged: number;
  readonly returned: number;
  readonly lost: number;
  readonly lost_alarmed: number;
  readonly days_median: number | null;
  readonly days_weighted: number | null;
}

export interface AlarmRule {
  readonly kind: 'personal' | 'fixed' | 'personal_pooled' | 'fixed_pooled';
  readonly days: number | null;
  readonly rows: readonly AlarmRow[];
}

export interface Alarms {
  readonly cap: number;
  readonly words: string | null;
  readonly rules: readonly AlarmRule[];
}

export interface LearntRhythm {
  readonly verdict: FitVerdict;
  readonly words: string;
  readonly customers: number;
  readonly usual_gap_days: number | null;
  readonly tried: {
    readonly words: string | null;
    readonly models: readonly {
      readonly name: string;
      readonly ln_likelihood: number;
      readonly held_out: number | null;
    }[];
  };
  readonly held_out: HeldOut | null;
  readonly alarms: readonly Alarms[];
}

export interface FitInList {
  readonly id: string;
  readonly state: 'queued' | 'running' | 'done' | 'failed' | 'interrupted';
  readonly asked_by: string | null;
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly progress: { readonly phase: 'waiting' | 'reading' | 'learning'; readonly share: number };
  readonly verdict: FitVerdict | null;
  readonly problem: { readonly message: string; readonly hint: string } | null;
  readonly program_version: number | null;
  readonly took_ms: number | null;
}

export interface Fit extends FitInList {
  readonly orders: LearntRhythm | null;
  readonly visits: LearntRhythm | null;
  readonly spending: {
    readonly customers: number;
    readonly mean_minor: number | null;
    readonly fitted: boolean;
  } | null;
  readonly season: { readonly words: readonly string[] } | null;
}

export interface Predictions {
  readonly in_use: {
    readonly fitted_at: string;
    readonly orders: FitVerdict;
    readonly visits: FitVerdict | null;
    readonly model: string | null;
  } | null;
  readonly newest: Fit | null;
  readonly items: readonly FitInList[];
}

export interface PersonPrediction {
  readonly verdict: FitVerdict | 'unlearnt';
  readonly as_of: string;
  readonly currency: string;
  readonly sentence: string;
  readonly ordered_days: number;
  readonly last_order_at: string;
  readonly p_alive: number | null;
  readonly speed: SpeedGroup | null;
  readonly lapses: readonly {
    readonly one_in: number;
    readonly at: string;
    readonly by: 'model' | 'own_gaps' | 'pooled_gap';
  }[];
  readonly next_order: { readonly at: string; readonly from: string; readonly to: string } | null;
  readonly within: readonly { readonly days: number; readonly chance: number; readonly expected: number }[];
  readonly worth: {
    readonly so_far: number;
    readonly expected: number;
    readonly low: number;
    readonly high: number;
  } | null;
  readonly curve: readonly { readonly at: string; readonly p_alive: number }[];
  readonly orders: readonly string[];
  readonly visits: readonly string[];
}

const soonMs = 1_000;

export const isFitting = ({ state }: FitInList): boolean => state === 'queued' || state === 'running';

export const predictionsQuery = queryOptions({
  queryKey: ['predictions'],
  queryFn: () => get<Predictions>('/api/predictions'),
  refetchInterval: ({ state }) => (state.data?.items.some(isFitting) === true ? soonMs : false),
});

export const personPredictionQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', id, 'prediction'],
    queryFn: () =>
      get<{ readonly prediction: PersonPrediction | null }>(
        `/api/people/${encodeURIComponent(id)}/prediction`,
      ),
  });

export const learnAgain = (): Promise<Fit> => post('/api/predictions');
