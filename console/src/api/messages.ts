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
  readonly reason?: string | undefined;
  readonly journey?: string | undefined;
  readonly channel?: string | undefined;
  readonly days?: number | undefined;
  readonly person?: string | undefined;
}

export const messagesQuery = (filter: MessageFilter) =>
  pages<PageOf<MessageRow>>('/api/messages', { limit: 25, ...filter });
export interface MessageSummary {
  readonly days: number | null;
  readonly messages: number;
  readonly sent: number;
  readonly waiting: number;
  readonly not_sent: number;
  readonly failed: number;
  readonly uncertain: number;
  readonly parts: readonly {
    readonly state: string;
    readonly via: string | null;
    readonly reason: string | null;
    readonly text: string | null;
    readonly messages: number;
  }[];
}

export const messageSummaryQuery = ({ journey, channel, days }: MessageFilter) =>
  queryOptions({
    queryKey: ['/api/messages', 'summary', { journey, channel, days }],
    queryFn: () => get<MessageSummary>('/api/messages/summary', { journey, channel, days }),
    placeholderData: (before: MessageSummary | undefined) => before,
    refetchInterval: 15_000,
  });
export const messageQuery = (id: string) =>
  queryOptions({
    queryKey: ['message', id],
    queryFn: () => get<MessageStory>(`/api/messages/${encodeURIComponent(id)}`),
  });
/** What the sending rules would say to it now; `again`: it has ended and is asked as if it were decided now. */
export interface MessageNow {
  readonly at: string;
  readonly as: 'waiting' | 'again';
  readonly answer: 'send' | 'hold' | 'drop';
  readonly reason: string | null;
  readonly reason_text: string | null;
  readonly until: string | null;
  readonly checks: readonly {
    readonly check: string;
    readonly question: string;
    readonly against: 'send' | 'hold' | 'drop' | null;
    readonly until: string | null;
    readonly facts: string;
  }[];
}

export const messageNowQuery = (id: string) =>
  queryOptions({
    queryKey: ['message', id, 'now'],
    queryFn: () => get<MessageNow>(`/api/messages/${encodeURIComponent(id)}/now`),
    retry: false,
  });
export const resolveMessage = (id: string, as: 'sent' | 'failed') =>
  post<MessageStory>(`/api/messages/${encodeURIComponent(id)}/resolve`, { as });
