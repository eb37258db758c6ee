// The last seven days in sentences, and the moments of the seven to come.
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import { soonMs } from './overview.ts';

export interface Week {
  /** Some of it is minutes old, and counted afresh now. */
  readonly counting: boolean;
  readonly since: string;
  readonly orders_as_of: string | null;
  readonly sentences: readonly { readonly about: 'orders' | 'quiet' | 'messages'; readonly text: string }[];
  readonly reasons: readonly {
    readonly state: 'waiting' | 'not_sent';
    readonly reason: string;
    readonly text: string;
    readonly messages: number;
  }[];
}

export interface Moment {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly orders: number;
  readonly at: string;
  readonly reason: string;
}

export interface Moments {
  /** It is minutes old, and looked at afresh now. */
  readonly counting: boolean;
  readonly until: string;
  readonly whole: boolean;
  readonly people: number;
  readonly days: readonly { readonly day: string; readonly people: number }[];
  readonly items: readonly Moment[];
}

export const weekQuery = queryOptions({
  queryKey: ['week'],
  queryFn: () => get<Week>('/api/week'),
  refetchInterval: ({ state }) => (state.data?.counting === true ? soonMs : 60_000),
});

export const momentsQuery = queryOptions({
  queryKey: ['moments'],
  queryFn: () => get<Moments>('/api/moments', { days: 7, limit: 3 }),
  refetchInterval: ({ state }) => (state.data?.counting === true ? soonMs : 60_000),
});
