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
  /** Null: any. */
  readonly states: readonly string[] | null;
  readonly reason: string | null;
  readonly journey: string | null;
  readonly channel: string | null;
  /** Asked for from then on. */
  readonly since: Date | null;
  readonly before: { readonly at: Date; readonly id: string } | null;
  readonly limit: number;
}

/**
 * Newest first. Only what is asked for stands in the statement, so that its index can serve it: by time, by journey, and one over the
 * few that were not sent. Of 1 M messages each filter that exists in number answers from an index.
 */
export async function listMessages(db: Queryable, filter: MessageFilter): Promise<readonly MessageRow[]> {
  const values: unknown[] = [filter.workspaceId];
  const conditions = ['m.workspace_id = $1'];
  const ask = (condition: (...places: string[]) => string, ...asked: readonly unknown[]): void => {
    conditions.push(condition(...asked.map((_one, i) => `$${values.length + i + 1}`)));
    values.push(...asked);
  };
  if (filter.people !== null)
    ask(
      (buckets, ids) => `m.bucket = any(${buckets}::int2[]) and m.person_id = any(${ids}::uuid[])`,
      filter.people.map((person) => person.bucket),
      filter.people.map((person) => person.id),
    );
  if (filter.states !== null) ask((states) => `m.state = any(${states}::text[])`, filter.states);
  if (filter.reason !== null) ask((reason) => `m.reason = ${reason}`, filter.reason);
  if (filter.journey !== null) ask((journey) => `m.journey_key = ${journey}`, filter.journey);
  if (filter.channel !== null) ask((channel) => `m.channel = ${channel}`, filter.channel);
  if (filter.since !== null) ask((since) => `m.requested_at >= ${since}`, filter.since);
  if (filter.before !== null)
    ask(
      (at, id) => `(m.requested_at, m.id) < (${at}::timestamptz, ${id}::uuid)`,
      filter.before.at,
      filter.before.id,
    );
  values.push(filter.limit);
  const { rows } = await db.query<MessageRow>(
    `select ${columns}
     from ${joined}
     where ${conditions.join(' and ')}
     order by m.requested_at desc, m.id desc
     limit $${values.length}`,
    values,
  );
  return rows;
}

export interface CountedMessages {
  readonly workspaceId: string;
  readonly journey: string | null;
  readonly channel: string | null;
  /** An instant, or null: ever. */
  readonly since: string | null;
}

export interface MessagePart {
  readonly state: string;
  /** How it went, where it was sent. */
  readonly via: string | null;
  readonly reason: string | null;
  readonly messages: number;
}

/** What became of all that were asked for, most first. */
export async function countMessages(db: Queryable, of: CountedMessages): Promise<readonly MessagePart[]> {
  const { rows } = await db.query<MessagePart>(
    `select state, case when state = 'sent' then via end as via, case when state <> 'sent' then reason end as reason,
            count(*)::int as messages
     from messages
     where workspace_id = $1
       and ($2::text is null or journey_key = $2)
       and ($3::text is null or channel = $3)
       and ($4::timestamptz is null or requested_at >= $4)
     group by 1, 2, 3
     order by 4 desc, 1, 2, 3`,
    [of.workspaceId, of.journey, of.channel, of.since],
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
