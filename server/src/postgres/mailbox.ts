// The built-in mailbox: messages as they would have been sent, while no SMTP server may be used.
import { instantArray, int2Array, textArray, uuidArray } from './binary-array.ts';
import type { PersonKey } from './bucket.ts';
import type { Queryable } from './pool.ts';

export interface MailboxInsert {
  readonly bucket: number;
  readonly messageId: string;
  readonly person: PersonKey;
  readonly at: number;
  readonly sentTo: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly headers: { readonly [name: string]: string };
}

export async function insertMailbox(
  db: Queryable,
  workspaceId: string,
  rows: readonly MailboxInsert[],
): Promise<void> {
  if (rows.length === 0) return;
  await db.query({
    name: 'mailbox_insert',
    text: `insert into mailbox (bucket, workspace_id, message_id, person_id, at, sent_to, subject, html, text, headers)
           select u.bucket, $1, u.id, u.person_id, u.at, u.sent_to, u.subject, u.html, u.text, u.headers::jsonb
           from unnest($2::int2[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
             u(bucket, id, person_id, at, sent_to, subject, html, text, headers)
           on conflict (bucket, workspace_id, message_id) do nothing`,
    values: [
      workspaceId,
      int2Array(rows.map((r) => r.bucket)),
      uuidArray(rows.map((r) => r.messageId)),
      uuidArray(rows.map((r) => r.person.id)),
      instantArray(rows.map((r) => r.at)),
      textArray(rows.map((r) => r.sentTo)),
      textArray(rows.map((r) => r.subject)),
      textArray(rows.map((r) => r.html)),
      textArray(rows.map((r) => r.text)),
      textArray(rows.map((r) => JSON.stringify(r.headers))),
    ],
  });
}

export interface MailboxRow {
  readonly message_id: string;
  readonly person_id: string;
  readonly at: Date;
  readonly sent_to: string;
  readonly subject: string;
  readonly person_name: string | null;
  /** Sent by somebody of the team to themselves. */
  readonly test: boolean;
}

/** Newest first. */
export async function listMailbox(
  db: Queryable,
  page: {
    readonly workspaceId: string;
    readonly before: { readonly at: Date; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<readonly MailboxRow[]> {
  const { rows } = await db.query<MailboxRow>(
    `select b.message_id, b.person_id, b.at, b.sent_to, b.subject, p.name as person_name,
            b.headers ? 'X-Rapport-Test' as test
     from mailbox b
     left join profiles p on p.bucket = b.bucket and p.workspace_id = b.workspace_id and p.person_id = b.person_id
     where b.workspace_id = $1 and ($2::timestamptz is null or (b.at, b.message_id) < ($2, $3::uuid))
     order by b.at desc, b.message_id desc
     limit $4`,
    [page.workspaceId, page.before?.at ?? null, page.before?.id ?? null, page.limit],
  );
  return rows;
}

export interface MailboxMessage extends MailboxRow {
  readonly html: string;
  readonly text: string;
  readonly headers: { readonly [name: string]: string };
}

export async function findMailboxMessage(
  db: Queryable,
  workspaceId: string,
  messageId: string,
): Promise<MailboxMessage | undefined> {
  const { rows } = await db.query<MailboxMessage>(
    `select b.message_id, b.person_id, b.at, b.sent_to, b.subject, b.html, b.text, b.headers, p.name as person_name,
            b.headers ? 'X-Rapport-Test' as test
     from mailbox b
     left join profiles p on p.bucket = b.bucket and p.workspace_id = b.workspace_id and p.person_id = b.person_id
     where b.workspace_id = $1 and b.message_id = $2`,
    [workspaceId, messageId],
  );
  return rows[0];
}
