// Where e-mail goes and who it is from: the switch that decides whether anything leaves at all.
import { queryOptions } from '@tanstack/react-query';
import { get, post, put } from './client.ts';

export type SendingMode = 'mailbox' | 'test' | 'live';

export interface Sending {
  readonly mode: SendingMode;
  readonly allow: readonly string[];
  readonly from: { readonly name: string; readonly address: string } | null;
  readonly reply_to: string | null;
  readonly postal_address: string | null;
  readonly smtp: { readonly configured: boolean; readonly host: string | null };
  readonly webhook_secret: string | null;
  readonly checklist: readonly {
    readonly key: string;
    readonly state: 'ok' | 'missing' | 'warning' | 'unknown';
    readonly note: string;
  }[];
}

export type SendingForm = Partial<Pick<Sending, 'mode' | 'allow' | 'from' | 'reply_to' | 'postal_address'>>;

export const sendingQuery = queryOptions({
  queryKey: ['sending'],
  queryFn: () => get<Sending>('/api/settings/sending'),
});
/** Also asks the domain's DNS; takes seconds, so only when wanted. */
export const checkSender = () => get<Sending>('/api/settings/sending', { check: 'dns' });
export const changeSending = (form: SendingForm) => put<Sending>('/api/settings/sending', form);

export interface SendingAnswer {
  readonly answer: 'send' | 'hold' | 'drop' | 'withheld';
  readonly text: string;
  readonly until: string | null;
  readonly questions: readonly {
    readonly key: string;
    readonly question: string;
    readonly answer: 'passes' | 'hold' | 'drop' | 'not_asked';
    readonly decides: boolean;
    readonly text: string;
  }[];
  readonly too_late_at: string;
  readonly sending: { readonly mode: string; readonly note: string };
}

export interface Supposed {
  readonly person: string;
  readonly journey?: string;
  readonly node?: string;
  readonly template?: string;
  readonly topic?: string;
  readonly marketing?: boolean;
}

/** What would happen now; asks, and changes nothing. */
export const sendingAnswerQuery = (supposed: Supposed) =>
  queryOptions({
    queryKey: ['sending', 'ask', supposed],
    queryFn: () => post<SendingAnswer>('/api/settings/sending/ask', supposed),
    staleTime: 0,
  });
