// What was deleted and can be put back: segments, journeys, templates, lifecycle models, loyalty programmes, all by the same doors.
import { queryOptions } from '@tanstack/react-query';
import { get, post, remove } from './client.ts';
import type { PageOf } from './page.ts';

/** As the doors call them; also the first part of the keys of what is asked about them. */
export type Kept = 'segments' | 'journeys' | 'templates' | 'lifecycle' | 'programmes';

export interface DeletedThing {
  readonly key: string;
  readonly name: string;
  readonly deleted_at: string;
  /** What tells it from others, whichever it has. */
  readonly sentence?: string;
  readonly description?: string;
  readonly subject?: string;
  readonly stages?: readonly string[];
}

export const deletedQuery = (of: Kept) =>
  queryOptions({
    queryKey: ['deleted', of],
    queryFn: () => get<PageOf<DeletedThing>>(`/api/deleted/${of}`),
  });
export const deleteThing = (of: Kept, key: string) => remove<null>(`/api/${of}/${encodeURIComponent(key)}`);
export const restoreThing = (of: Kept, key: string) =>
  post<unknown>(`/api/${of}/${encodeURIComponent(key)}/restore`, {});
