// Reading the send ledger: the list, one message with its story, and what a person says about an uncertain one.
import type { PersonKey } from './bucket.ts';
import type { Queryable } from './pool.ts';

export interface MessageRow {
  readonly bucket: number;
  readonly id: string;
  readonly person_id: string;
  readonly channel: string;
  readonly topic: string;
  readonly marketing: boolean;
  readonly template: string | null;
  readonly webhook: { readonly url?: string } | null;
  readonly offer: { readonly [key: string]: unknown } | null;
  readonly state: string;
  readonly reason: string | null;
  readonly via: string | null;
  readonly sent_to: string | null;
  readonly subject: string | null;
  readonly provider_id: string | null;
  readonly attempt: number;
  readonly journey_key: string | null;
  readonly journey_version: number | null;
  readonly node: string | null;
  readonly run_id: string | null;
  readonly requested_at: Date;
  readonly due_at: Date;
  readonly next_at: Date;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
  readonly person_name: string | null;
  readonly person_email: string | null;
}

const columns = `m.bucket, m.id, m.person_id, m.channel, m.topic, m.marketing, m.template, m.webhook, m.offer, m.state, m.reason,
  m.via, m.sent_to, m.subject, m.provider_id, m.attempt, m.journey_key, m.journey_version, m.node, m.run_id, m.requested_at,
  m.due_at, m.next_at, m.expires_at, m.ended_at, p.name as person_name, p.email as person_email`;
const joined = `messages m
  left join profiles p on p.bucket = m.bucket and p.workspace_id = m.workspace_id and p.person_id = m.person_id`;

export interface MessageFilter {
  readonly workspaceId: string;
  /** The person and those merged into them; null: everyone. */
  readonly people: readonly PersonKey[] | null;
  readonly state: string | null;
  readonly journey: string | null;
  readonly before: { readonly at: Date; readonly id: string } | null;
  readonly limit: number;
}

/** Newest first. */
export async function listMessages(db: Queryable, filter: MessageFilter): Promise<readonly MessageRow[]> {
  const { rows } = await db.query<MessageRow>(
    `select ${columns}
     from ${joined}
     where m.workspace_id = $1
       and ($2::int2[] is null or (m.bucket = any($2) and m.person_id = any($3::uuid[])))
       and ($4::text is null or m.state = $4)
       and ($5::text is null or m.journey_key = $5)
       and ($6::timestamptz is null or (m.requested_at, m.id) < ($6, $7::uuid))
     order by m.requested_at desc, m.id desc
     limit $8`,
    [
      filter.workspaceId,
      filter.people?.map((person) => person.bucket) ?? null,
      filter.people?.map((person) => person.id) ?? null,
      filter.state,
      filter.journey,
      filter.before?.at ?? null,
      filter.before?.id ?? null,
      filter.limit,
    ],
  );
  return rows;
}

export async function findMessage(
  db: Queryable,
  workspaceId: string,
  id: string,
): Promise<MessageRow | undefined> {
  const { rows } = await db.query<MessageRow>(
    `select ${columns} from ${joined} where m.workspace_id = $1 and m.id = $2`,
    [workspaceId, id],
  );
  return rows[0];
}

/** Decisions about one message, oldest first, wherever its person's log stands. */
export async function listMessageStory(
  db: Queryable,
  story: { readonly workspaceId: string; readonly people: readonly PersonKey[]; readonly messageId: string },
): Promise<readonly string[]> {
  const { rows } = await db.query<{ body: string }>(
    `select body
     from decisions
     where workspace_id = $1 and bucket = any($2::int2[]) and person_id = any($3::uuid[])
       and kind in ('message_requested', 'message_looked', 'message_result')
       and position($4 in body) > 0
     order by decided_at, seq
     limit 200`,
    [
      story.workspaceId,
      story.people.map((person) => person.bucket),
      story.people.map((person) => person.id),
      story.messageId,
    ],
  );
  return rows.map((row) => row.body);
}

/** Someone asked the provider. False when it is not uncertain (any more). */
export async function resolveUncertain(
  db: Queryable,
  resolve: {
    readonly workspaceId: string;
    readonly bucket: number;
    readonly id: string;
    readonly as: 'sent' | 'failed';
  },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update messages
     set state = $4, reason = case when $4 = 'failed' then 'said_by_hand' end
     where workspace_id = $1 and bucket = $2 and id = $3 and state = 'uncertain'`,
    [resolve.workspaceId, resolve.bucket, resolve.id, resolve.as],
  );
  return rowCount === 1;
}
