// The figures of Home: worked out beside while the page is looked at; asked again soon while they are.
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import { pages, type PageOf } from './page.ts';
import type { PersonRow } from './people.ts';

export type FigureUnit = 'share' | 'points' | 'minor_units';

export interface FigureBeside {
  readonly name: string;
  readonly unit: FigureUnit;
  readonly value?: number | null;
  readonly numerator?: number | null;
  readonly denominator?: number | null;
  readonly definition?: string;
  /** Eight in ten fall between. */
  readonly low?: number | null;
  readonly high?: number | null;
  /** The last day that is known of most people. */
  readonly as_of?: string;
  /** Why there is no value. */
  readonly empty?: string;
  /** Of the people behind it. */
  readonly key?: string;
}

export interface FigureCard {
  readonly key: string;
  readonly name: string;
  readonly definition: string;
  readonly unit: FigureUnit;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly empty: string | null;
  readonly before: { readonly label: string; readonly value: number | null } | null;
  readonly last_year: number | null;
  readonly beside: readonly FigureBeside[];
  readonly trend: readonly { readonly day: string; readonly value: number | null }[];
}

export interface Figures {
  readonly worked_out_at: string | null;
  readonly running: boolean;
  readonly settling_from: string | null;
  readonly currency: string;
  readonly cards: readonly FigureCard[];
}

const soonMs = 1_500;
const laterMs = 60_000;

export const figuresQuery = queryOptions({
  queryKey: ['figures'],
  queryFn: () => get<Figures>('/api/figures'),
  refetchInterval: ({ state }) =>
    state.data?.running === true || state.data?.worked_out_at === null ? soonMs : laterMs,
});

export interface FigurePeople extends PageOf<PersonRow> {
  readonly worked_out_at: string | null;
  readonly listed: number;
  readonly parts: readonly { readonly part: string; readonly name: string; readonly people: number }[];
}

export const figurePeopleQuery = (key: string, part: string | undefined) =>
  pages<FigurePeople>(`/api/figures/${encodeURIComponent(key)}/people`, { part });
