// Messages with their whole story.
import { queryOptions } from '@tanstack/react-query';
import { get, post } from './client.ts';
import { pages, type PageOf } from './page.ts';
import type { Json } from './rules.ts';

export interface MessageRow {
  readonly id: string;
  readonly channel: string;
  readonly template: string | null;
  readonly subject: string | null;
  readonly topic: string;
  readonly marketing: boolean;
  readonly state: string;
  readonly reason: string | null;
  readonly reason_text: string | null;
  readonly at: string;
  readonly due_at: string;
  readonly next_at: string | null;
  readonly expires_at: string;
  readonly ended_at: string | null;
  readonly attempt: number;
  readonly via: string | null;
  readonly sent_to: string | null;
  readonly journey: string | null;
  readonly journey_name: string | null;
  readonly version: number | null;
  readonly node: string | null;
  readonly run: string | null;
  readonly person: { readonly id: string; readonly name: string | null; readonly email: string | null };
}

export interface MessageStory extends MessageRow {
  readonly story: readonly {
    readonly kind: string;
    readonly at: string;
    readonly decided_at: string;
    readonly sentence: string;
    readonly because: { readonly kind: string; readonly id: string | null };
    readonly program_version: number;
  }[];
  readonly offer: { readonly [key: string]: Json } | null;
  readonly webhook: { readonly url: string } | null;
  readonly provider_id: string | null;
  readonly in_mailbox: boolean;
}

export interface MessageFilter {
  readonly state?: string | undefined;
  readonly journey?: string | undefined;
  readonly person?: string | undefined;
}

export const messagesQuery = (filter: MessageFilter) =>
  pages<PageOf<MessageRow>>('/api/messages', { ...filter });
export const messageQuery = (id: string) =>
  queryOptions({
    queryKey: ['message', id],
    queryFn: () => get<MessageStory>(`/api/messages/${encodeURIComponent(id)}`),
  });
export const resolveMessage = (id: string, as: 'sent' | 'failed') =>
  post<MessageStory>(`/api/messages/${encodeURIComponent(id)}/resolve`, { as });
