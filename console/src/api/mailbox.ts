// The built-in mailbox: what would have been sent.
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import { pages, type PageOf } from './page.ts';

export interface MailRow {
  readonly id: string;
  readonly at: string;
  readonly to: string;
  readonly subject: string;
  readonly person: { readonly id: string; readonly name: string | null };
  /** Sent by somebody of the team to themselves, as it would read to this person. */
  readonly test: boolean;
}

export interface Mail extends MailRow {
  readonly html: string;
  readonly text: string;
  readonly headers: { readonly [name: string]: string };
}

export const mailboxQuery = () => pages<PageOf<MailRow>>('/api/mailbox');
export const mailQuery = (id: string) =>
  queryOptions({
    queryKey: ['mail', id],
    queryFn: () => get<Mail>(`/api/mailbox/${encodeURIComponent(id)}`),
  });
