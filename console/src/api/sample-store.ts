// The sample store: is there one, put one in, take it out again.
import { queryOptions } from '@tanstack/react-query';
import { get, post, remove } from './client.ts';

export interface SampleStore {
  readonly state: 'none' | 'loading' | 'ready' | 'removing' | 'failed';
  readonly people: { readonly done: number; readonly of: number };
  readonly problem: { readonly message: string; readonly hint: string } | null;
  /** Somebody who was not made up is here. */
  readonly real_people: boolean;
}

export const isMoving = (store: SampleStore | undefined): boolean =>
  store?.state === 'loading' || store?.state === 'removing';

export const sampleStoreQuery = queryOptions({
  queryKey: ['sample-store'],
  queryFn: () => get<SampleStore>('/api/sample-store'),
  refetchInterval: (query) => (isMoving(query.state.data) ? 700 : false),
});

export const loadSampleStore = (): Promise<SampleStore> => post<SampleStore>('/api/sample-store');
export const removeSampleStore = (): Promise<SampleStore> => remove<SampleStore>('/api/sample-store');
