// Saved views of the people list and the columns one sees.
import { queryOptions } from '@tanstack/react-query';
import { get, post, put, remove } from './client.ts';
import type { RuleJson } from './rules.ts';

export type PeopleSort = 'last_order' | 'orders';

/** What the address of the list says. */
export interface PeopleLook {
  readonly search?: string | undefined;
  readonly stage?: string | undefined;
  readonly segment?: string | undefined;
  readonly rule?: RuleJson | undefined;
  readonly sort?: PeopleSort | undefined;
  readonly columns?: readonly string[] | undefined;
}

export interface PeopleViewDraft {
  readonly name: string;
  readonly shared: boolean;
  readonly view: PeopleLook;
}

export interface PeopleView extends PeopleViewDraft {
  readonly id: string;
}

export const peopleViewsQuery = queryOptions({
  queryKey: ['people-views'],
  queryFn: () =>
    get<{ readonly items: readonly PeopleView[]; readonly columns: readonly string[] | null }>(
      '/api/people-views',
    ),
});

export const keepPeopleView = (draft: PeopleViewDraft) => post<PeopleView>('/api/people-views', draft);
export const changePeopleView = (id: string, draft: PeopleViewDraft) =>
  put<PeopleView>(`/api/people-views/${encodeURIComponent(id)}`, draft);
export const deletePeopleView = (id: string) => remove<null>(`/api/people-views/${encodeURIComponent(id)}`);
export const restorePeopleView = (id: string) =>
  post<null>(`/api/people-views/${encodeURIComponent(id)}/restore`);
export const savePeopleColumns = (columns: readonly string[]) =>
  put<{ readonly columns: readonly string[] }>('/api/people-columns', { columns });

/** The file of what is shown. */
export function exportAddress(look: PeopleLook, columns: readonly string[]): string {
  const params = new URLSearchParams({ columns: columns.join(',') });
  for (const key of ['search', 'stage', 'segment', 'sort'] as const) {
    const value = look[key];
    if (value !== undefined) params.set(key, value);
  }
  if (look.rule !== undefined) params.set('rule', JSON.stringify(look.rule));
  return `/api/people/export?${params}`;
}
