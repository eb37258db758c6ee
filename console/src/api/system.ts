// How this installation is doing.
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';

export interface System {
  readonly version: string;
  readonly node: string;
  readonly time_zone_data: string;
  readonly postgres: string;
  readonly migrations: readonly string[];
  readonly program: { readonly version: number; readonly people: number; readonly behind: number };
  readonly appointments: { readonly due: number; readonly lag_ms: number; readonly next_at: string | null };
  readonly sending: {
    readonly queued: number;
    readonly oldest_due_at: string | null;
    readonly uncertain: number;
  };
  readonly pools: readonly {
    readonly name: string;
    readonly total: number;
    readonly idle: number;
    readonly waiting: number;
  }[];
  readonly workers: { readonly [name: string]: { readonly state: string; readonly detail?: string } };
  readonly clock: { readonly offset_ms: number; readonly paused: boolean };
  readonly disk: { readonly free_bytes: number; readonly total_bytes: number } | null;
  readonly database_bytes: number;
}

export const systemQuery = queryOptions({
  queryKey: ['system'],
  queryFn: () => get<System>('/api/system'),
  refetchInterval: 5_000,
});
