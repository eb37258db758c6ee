// When Rapport was off, and what became of all that came due meanwhile.
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import { pages, type PageOf } from './page.ts';

export type Fate = 'sent' | 'too_late' | 'not_sent' | 'waiting' | 'failed';

export interface Outage {
  /** The instant at which it began, in milliseconds. */
  readonly id: string;
  readonly from: string;
  readonly until: string;
  readonly settled: boolean;
  readonly moments: number;
  readonly people: number;
  readonly moved: number;
  readonly entered: number;
  readonly messages: { readonly [fate in Fate]: number };
}

export interface OutagePerson {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly due_at: string;
  readonly happened: readonly { readonly due_at: string; readonly sentence: string }[];
  readonly messages: readonly {
    readonly id: string;
    readonly due_at: string;
    readonly template: string | null;
    readonly fate: Fate;
    readonly reason: string | null;
  }[];
}

export const outagesQuery = queryOptions({
  queryKey: ['outages'],
  queryFn: () => get<{ readonly items: readonly Outage[] }>('/api/outages'),
  refetchInterval: ({ state }) => (state.data?.items.some((one) => !one.settled) ? 5_000 : 60_000),
});

export const outageQuery = (id: string) =>
  queryOptions({
    queryKey: ['outages', id],
    queryFn: () => get<Outage>(`/api/outages/${encodeURIComponent(id)}`),
    refetchInterval: ({ state }) => (state.data?.settled === false ? 5_000 : 60_000),
  });

export const outagePeopleQuery = (id: string) =>
  pages<PageOf<OutagePerson>>(`/api/outages/${encodeURIComponent(id)}/people`);
