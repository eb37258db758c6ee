// Backtests: what a segment, a model or a journey would have done. Asked again while one is under way.
import { queryOptions } from '@tanstack/react-query';
import { get, post, remove } from './client.ts';

export type BacktestOf =
  | { readonly kind: 'segment'; readonly key: string }
  | { readonly kind: 'model'; readonly key: string }
  | { readonly kind: 'journey'; readonly key: string; readonly version?: number };

export interface Anyway {
  readonly people: number;
  readonly of: number;
  readonly share: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly undecided: number;
  readonly contacted: number;
}

interface ToldPerson {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
}

export interface Reason {
  readonly reason: string;
  readonly words: string;
  readonly messages: number;
  readonly examples: readonly { readonly person: ToldPerson; readonly at: string }[];
}

export interface BacktestResult {
  readonly title: string;
  readonly history: { readonly people: number; readonly events: number; readonly first_at?: string | null };
  readonly consent: 'history' | 'assumed';
  readonly reached: {
    readonly people: number;
    readonly times: number;
    readonly already: number;
    readonly at_end: number;
  };
  readonly series: {
    readonly unit: 'day' | 'week';
    readonly points: readonly { readonly from: string; readonly times: number; readonly messages: number }[];
  };
  readonly stages:
    | readonly {
        readonly stage: string;
        readonly name: string;
        readonly at_start: number;
        readonly at_end: number;
        readonly times: number;
      }[]
    | null;
  readonly moves:
    | readonly { readonly from: string | null; readonly to: string | null; readonly times: number }[]
    | null;
  readonly journey: {
    readonly runs: number;
    readonly control: number;
    readonly goals: number;
    readonly under_way: number;
    readonly ends: readonly { readonly reason: string; readonly words: string; readonly runs: number }[];
    readonly nodes: readonly { readonly node: string; readonly label: string; readonly visits: number }[];
  } | null;
  readonly messages: {
    readonly by_node: readonly {
      readonly node: string;
      readonly label: string;
      readonly asked: number;
      readonly sent: number;
      readonly held: number;
      readonly dropped: number;
      readonly withheld: number;
    }[];
    readonly asked: number;
    readonly sent: number;
    readonly held: number;
    readonly dropped: number;
    readonly withheld: number;
    readonly waiting: number;
    readonly held_reasons: readonly Reason[];
    readonly dropped_reasons: readonly Reason[];
  } | null;
  readonly overlap: {
    readonly days: number;
    readonly any: number;
    readonly journeys: readonly {
      readonly key: string;
      readonly name: string;
      readonly in_run: number;
      readonly message: number;
    }[];
  };
  readonly ordered_anyway: Anyway;
  readonly sample: readonly {
    readonly person: ToldPerson;
    readonly sentence: string;
    readonly timeline: readonly { readonly at: string; readonly kind: string; readonly words: string }[];
  }[];
  readonly learnt: {
    readonly kind: 'not_asked' | 'monthly' | 'failed' | 'unknown';
    readonly fits: readonly {
      readonly at: string;
      readonly verdict: 'fits' | 'degenerate' | 'not_converged' | 'too_little';
      readonly customers: number;
    }[];
  };
  readonly notes: readonly string[];
}

export interface Backtest {
  readonly id: string;
  readonly of: { readonly kind: string; readonly key?: string };
  readonly name: string;
  readonly sentence: string;
  readonly state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';
  readonly from: string;
  readonly to: string;
  readonly assume_consent: boolean;
  readonly progress: {
    readonly phase?: 'learning' | 'living';
    readonly share: number;
    readonly people: number;
    readonly events: number;
  };
  readonly problem: { readonly message?: string; readonly hint?: string } | null;
  readonly result: BacktestResult | null;
}

const soonMs = 700;

export const isUnderWay = ({ state }: Backtest): boolean => state === 'queued' || state === 'running';

export const backtestQuery = (id: string) =>
  queryOptions({
    queryKey: ['backtests', id],
    queryFn: () => get<Backtest>(`/api/backtests/${encodeURIComponent(id)}`),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? soonMs : false),
  });

export const startBacktest = (asked: {
  readonly of: BacktestOf;
  readonly from?: string;
  readonly to?: string;
  readonly assume_consent: boolean;
}): Promise<Backtest> => post('/api/backtests', asked);

/** The same question once more. */
export const repeatBacktest = (id: string): Promise<Backtest> =>
  post(`/api/backtests/${encodeURIComponent(id)}/again`, {});

export const cancelBacktest = (id: string): Promise<unknown> =>
  remove(`/api/backtests/${encodeURIComponent(id)}`);
