// Inputs that were bad, and inputs on which the engine failed: both kept, with the reason.
import { post } from './client.ts';
import { pages, type PageOf } from './page.ts';
import type { Json } from './rules.ts';

export interface BadInput {
  readonly id: string;
  readonly at: string;
  readonly source: string;
  readonly code: string;
  readonly field: string | null;
  readonly message: string;
  readonly hint: string;
  readonly message_id: string | null;
  readonly body: string;
}

export interface QuarantinePage extends PageOf<BadInput> {
  readonly codes?: readonly { readonly code: string; readonly count: number }[];
}

export interface Parked {
  readonly id: string;
  readonly person_id: string;
  readonly at: string;
  readonly reason: string;
  readonly detail: string;
  readonly retries: number;
  readonly resolved_at: string | null;
  readonly input: Json;
}

export const quarantineQuery = (code?: string) => pages<QuarantinePage>('/api/quarantine', { code });
export const parkedQuery = () => pages<PageOf<Parked>>('/api/parked');
export const retryParked = (id: string) =>
  post<{ resolved: boolean; reason?: string }>(`/api/parked/${encodeURIComponent(id)}/retry`);
