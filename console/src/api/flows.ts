// How people moved between the stages of a model.
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import { soonMs } from './overview.ts';
import type { Look } from './rules.ts';

export interface FlowStage {
  readonly key: string;
  readonly name: string;
  readonly look: Look;
  readonly before: number;
  readonly now: number;
}

export interface Flow {
  /** Null: came in. */
  readonly from: string | null;
  /** Null: outside every stage now. */
  readonly to: string | null;
  readonly people: number;
}

export interface Flows {
  readonly model: string;
  readonly days: number;
  readonly since: string;
  /** It is minutes old, and counted afresh now. */
  readonly counting: boolean;
  readonly stages: readonly FlowStage[];
  readonly flows: readonly Flow[];
}

export const flowsQuery = (model: string, days: number) =>
  queryOptions({
    queryKey: ['flows', model, days],
    queryFn: () => get<Flows>(`/api/flows?model=${encodeURIComponent(model)}&days=${days}`),
    staleTime: 60_000,
    refetchInterval: ({ state }) => (state.data?.counting === true ? soonMs : false),
  });
