// Cursor pages: the shape of every long list, and how a query walks it.
import { infiniteQueryOptions } from '@tanstack/react-query';
import { get } from './client.ts';

export interface PageOf<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

type Filter = { readonly [key: string]: string | number | undefined };

/** A list asked for page by page. `P` may carry more than the items (counts by code, …). */
export function pages<P extends PageOf<unknown>>(path: string, filter: Filter = {}) {
  return infiniteQueryOptions({
    queryKey: [path, 'pages', filter],
    queryFn: ({ pageParam }) => get<P>(path, { limit: 50, ...filter, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
}

export function itemsOf<T>(data: { readonly pages: readonly PageOf<T>[] }): readonly T[] {
  return data.pages.flatMap((page) => page.items);
}
