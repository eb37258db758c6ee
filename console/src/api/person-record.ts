// A person's record: stages over time, merged records, the state as stored.
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';

export interface StageSpan {
  readonly stage: string;
  readonly stage_name: string;
  readonly from: string;
  readonly to: string | null;
}

export interface StageHistory {
  readonly since: string | null;
  readonly until: string;
  readonly models: readonly {
    readonly model: string;
    readonly model_name: string;
    readonly spans: readonly StageSpan[];
  }[];
  readonly marks: readonly { readonly at: string; readonly name: string }[];
  readonly cut: boolean;
}

export interface MergedRecord {
  readonly id: string;
  readonly at: string;
  readonly event: string | null;
  readonly events: number;
  readonly first_at: string | null;
  readonly last_at: string | null;
  readonly identities: readonly { readonly kind: string; readonly value: string }[];
}

const of = (id: string, part: string): string => `/api/people/${encodeURIComponent(id)}/${part}`;

export const stageHistoryQuery = (id: string) =>
  queryOptions({ queryKey: ['person', id, 'stages'], queryFn: () => get<StageHistory>(of(id, 'stages')) });
export const mergesQuery = (id: string) =>
  queryOptions({
    queryKey: ['person', id, 'merges'],
    queryFn: () => get<{ readonly items: readonly MergedRecord[] }>(of(id, 'merges')),
  });
export const personState = (id: string) => get<unknown>(of(id, 'state'));
