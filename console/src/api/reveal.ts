// The first meeting after a history came in, and the message that would help.
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';

export interface MetPerson {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly user_id: string | null;
  readonly reason: string;
}

export interface Reveal {
  readonly customers: number;
  readonly once: number;
  readonly rhythmic: number;
  readonly with_email: number;
  readonly with_name: number;
  readonly frozen: number;
  readonly last_order_at: string | null;
  readonly gap_days: number | null;
  readonly little_history: boolean;
  readonly people: readonly MetPerson[];
}

export interface FirstMessage {
  readonly journey: {
    readonly key: string;
    readonly name: string;
    readonly description: string;
    readonly version: number;
    readonly active_version: number | null;
    readonly enters: string;
    readonly hold_out: number;
  };
  readonly why: string;
  readonly templates: readonly { readonly key: string; readonly name: string }[];
  readonly others: readonly { readonly key: string; readonly name: string; readonly why: string }[];
  readonly backtest: { readonly id: string; readonly state: string } | null;
  readonly customers: number;
  readonly frozen: number;
  readonly mailable: { readonly customers: number; readonly quiet: number };
  readonly needs: {
    readonly permission: boolean;
    readonly sender: boolean;
    readonly mode: 'mailbox' | 'test' | 'live';
    readonly import: { readonly id: string; readonly file_name: string } | null;
  };
}

export const revealQuery = queryOptions({
  queryKey: ['reveal'],
  queryFn: () => get<Reveal>('/api/reveal'),
});
export const firstMessageQuery = (journey: string | undefined) =>
  queryOptions({
    queryKey: ['reveal', 'message', journey ?? null],
    queryFn: () => get<FirstMessage>('/api/first-message', { journey }),
  });
