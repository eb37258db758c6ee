// The workspace's own settings, and the keys that others connect with.
import { queryOptions } from '@tanstack/react-query';
import { get, post, put, remove } from './client.ts';
import type { PageOf } from './page.ts';
import type { Json } from './rules.ts';

export interface Settings {
  readonly name: string;
  readonly time_zone: string;
  readonly currency: string;
  readonly industry: string;
  readonly purchase: Json;
  readonly refund: Json;
  readonly visit: Json;
  readonly gap_days: number | null;
  readonly visit_gap_days: number | null;
  readonly strict_linking: boolean;
  readonly policy: {
    readonly marketing_per_day: number;
    readonly marketing_per_week: number;
    readonly per_week_by_channel: { readonly [channel: string]: number };
    readonly quiet_hours: { readonly [channel: string]: readonly [number, number] };
    readonly shelf_life: string;
    readonly complaint_wait: string;
  };
  readonly program_version: number;
}

export interface Key {
  readonly id: string;
  readonly kind: 'server' | 'browser';
  readonly name: string;
  readonly prefix: string;
  readonly created_at: string;
  /** To five minutes or so; null: never. */
  readonly last_used_at: string | null;
  /** A browser's; a server's only in the answer that made it. */
  readonly key?: string | null;
}

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: () => get<Settings>('/api/settings'),
});
export const changeSettings = (form: Partial<Settings>) => put<Settings>('/api/settings', form);
export const keysQuery = queryOptions({ queryKey: ['keys'], queryFn: () => get<PageOf<Key>>('/api/keys') });
export const createKey = (form: { kind: 'server' | 'browser'; name: string }) => post<Key>('/api/keys', form);
/** Another of the same kind and name; the old one works until it is revoked. */
export const rotateKey = (id: string) => post<Key>(`/api/keys/${encodeURIComponent(id)}/rotate`);
export const revokeKey = (id: string) => remove<null>(`/api/keys/${encodeURIComponent(id)}`);
