// Home: one answer with everything the first page shows.
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import type { Arming, Look, RuleJson } from './rules.ts';

/** When numbers that are being counted afresh are asked for again. */
export const soonMs = 2_500;

export interface OverviewStage {
  readonly key: string;
  readonly name: string;
  readonly look: Look;
  readonly people: number;
  readonly share: number;
}

export interface QuietPerson {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly last_order_at: string | null;
  readonly orders: number;
  readonly reason: string;
  readonly since: string;
  readonly as_of: string | null;
}

export interface Overview {
  /** Some of it is minutes old, and counted afresh now. */
  readonly counting: boolean;
  readonly people: number;
  readonly customers: number;
  readonly known: number;
  readonly as_of: string | null;
  readonly title: string;
  readonly models: readonly {
    readonly key: string;
    readonly name: string;
    readonly is_default: boolean;
    readonly arming: Arming | null;
    readonly stages: readonly OverviewStage[];
  }[];
  readonly quiet: {
    /** Lists whom it counts. */
    readonly rule: RuleJson;
    readonly count: number;
    readonly items: readonly QuietPerson[];
    readonly next: { readonly id: string; readonly name: string | null; readonly at: string } | null;
  };
  readonly waiting: {
    readonly count: number;
    readonly items: readonly {
      readonly id: string;
      readonly name: string | null;
      readonly email: string | null;
      readonly user_id: string | null;
      readonly since: string;
    }[];
  };
  readonly data_health: {
    readonly events_today: number;
    readonly last_event_at: string | null;
    readonly quarantined_7d: number;
    readonly parked: number;
    readonly lag_ms: number;
    readonly imports_running: number;
  };
  readonly sent_7d: {
    readonly sent: number;
    readonly waiting: number;
    readonly not_sent: number;
    readonly failed: number;
    readonly uncertain: number;
    readonly withheld: number;
  };
  readonly checklist: readonly { readonly key: string; readonly done: boolean }[];
}

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: () => get<Overview>('/api/overview'),
  refetchInterval: ({ state }) => (state.data?.counting === true ? soonMs : 30_000),
});
