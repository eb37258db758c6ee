// What came in under a key lately: asked again and again while somebody connects a site.
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';

export interface HeardRefused {
  readonly code: string;
  readonly count: number;
  readonly last_at: string;
  readonly origin: string | null;
  readonly message: string;
  readonly hint: string;
}

export interface Heard {
  readonly days: number;
  readonly stored: {
    readonly count: number;
    readonly last_at: string | null;
    readonly recent: readonly {
      readonly at: string;
      readonly name: string | null;
      readonly origin: string | null;
    }[];
  };
  readonly refused: readonly HeardRefused[];
  readonly unknown: HeardRefused | null;
}

export const heardQuery = (keyId: string) =>
  queryOptions({
    queryKey: ['heard', keyId],
    queryFn: () => get<Heard>(`/api/keys/${encodeURIComponent(keyId)}/heard`),
    refetchInterval: 2_000,
  });
