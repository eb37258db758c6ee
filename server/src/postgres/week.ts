// What the last seven days brought, beside orders: who became quiet and who came back, which messages went and which did not.
import type { Queryable } from './pool.ts';

export interface Turns {
  /** People, not turns: who became so twice counts once. */
  readonly joined: number;
  readonly left: number;
}

/** Who joined and who left a segment since then by what they did or by silence, not by a changed rule; by when it was true. Over the index decisions_segments. */
export async function countTurns(
  db: Queryable,
  query: { readonly workspaceId: string; readonly segment: string; readonly since: Date },
): Promise<Turns> {
  const { rows } = await db.query<Turns>(
    `select count(distinct d.person_id) filter (where d.kind = 'segment_joined')::int as joined,
            count(distinct d.person_id) filter (where d.kind = 'segment_left')::int as "left"
       from decisions d
      where d.workspace_id = $1 and d.kind in ('segment_joined', 'segment_left')
        and (d.body::jsonb) ->> 'segment' = $2 and d.due_at > $3
        and d.body::jsonb -> 'cause' ->> 'kind' in ('event', 'time')`,
    [query.workspaceId, query.segment, query.since],
  );
  return rows[0] ?? { joined: 0, left: 0 };
}

export interface SentReason {
  readonly state: 'waiting' | 'not_sent';
  readonly reason: string;
  readonly messages: number;
}

/** Why messages asked for since then wait or were not sent, the commonest first. */
export async function listSentReasons(
  db: Queryable,
  query: { readonly workspaceId: string; readonly since: Date },
): Promise<readonly SentReason[]> {
  const { rows } = await db.query<SentReason>(
    `select case when state = 'dropped' then 'not_sent' else 'waiting' end as state, reason, count(*)::int as messages
       from messages
      where workspace_id = $1 and requested_at >= $2 and reason is not null
        and state in ('queued', 'claimed', 'dropped')
      group by 1, reason
      order by messages desc, reason`,
    [query.workspaceId, query.since],
  );
  return rows;
}

/** Unique people whom a promotional message reached since then, by channel. */
export async function countReached(
  db: Queryable,
  query: { readonly workspaceId: string; readonly since: Date },
): Promise<readonly { readonly channel: string; readonly people: number }[]> {
  const { rows } = await db.query<{ channel: string; people: number }>(
    `select channel, count(distinct person_id)::int as people
       from messages
      where workspace_id = $1 and requested_at >= $2 and state = 'sent' and marketing
      group by channel
      order by people desc, channel`,
    [query.workspaceId, query.since],
  );
  return rows;
}
