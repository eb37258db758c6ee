// When Rapport was off, and what became of all that came due meanwhile: moments from the decisions log, by the time at which
// they were due and the time at which they were noticed; messages from the send ledger.
import type { Decision } from '@rapport/engine';
import { int2Array, uuidArray } from './binary-array.ts';
import type { PersonKey } from './bucket.ts';
import { inTransaction } from './pool.ts';
import type { Pool, Queryable } from './pool.ts';

export interface Span {
  readonly from: number;
  readonly until: number;
}

export interface OutageRow {
  readonly from_at: Date;
  readonly until_at: Date;
  readonly settled_at: Date | null;
  readonly counts: OutageCounts | null;
}

export interface OutageCounts {
  /** Instants at which silence alone changed something, each once a person. */
  readonly moments: number;
  readonly people: number;
  /** People who moved between stages, and who entered a journey. */
  readonly moved: number;
  readonly entered: number;
}

export interface OutageMessages {
  readonly sent: number;
  readonly too_late: number;
  readonly not_sent: number;
  readonly waiting: number;
  readonly failed: number;
}

/** What silence alone brings about. */
const KINDS: readonly Decision['kind'][] = [
  'stage_changed',
  'segment_joined',
  'segment_left',
  'episode_ended',
  'run_started',
  'run_moved',
  'run_ended',
  'goal_reached',
  'message_requested',
  'message_withheld',
  'points_posted',
  'tier_changed',
];

/** $1 workspace, $2 kinds, $3 from, $4 until, $5 noticed up to: by the index on kind and time of deciding. */
const DUE = `d.workspace_id = $1 and d.kind = any($2) and d.decided_at >= $4 and d.decided_at <= $5
  and d.due_at >= $3 and d.due_at < $4 and d.body::jsonb -> 'cause' ->> 'kind' = 'time'`;

/** Messages that came due in it, or waited through it. Withheld ones are no messages. */
const MESSAGES_DUE = `m.workspace_id = $1 and (m.outage_at = $2
  or (m.requested_at >= $3 and m.requested_at <= $4 and m.due_at >= $2 and m.due_at < $3))`;

/** Once for each workspace; a second end of the same outage (it died again before anything was judged) makes it longer. */
export async function recordOutage(pool: Pool, { from, until }: Span): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(
      `insert into outages (workspace_id, from_at, until_at)
       select id, $1, $2 from workspaces
       on conflict (workspace_id, from_at)
         do update set until_at = greatest(outages.until_at, excluded.until_at), settled_at = null, counts = null`,
      [new Date(from), new Date(until)],
    );
    await client.query(
      `update messages set outage_at = $1
        where state in ('queued', 'claimed') and next_at < $2 and workspace_id in (select id from workspaces)`,
      [new Date(from), new Date(until)],
    );
  });
}

/** Newest first. */
export async function listOutages(
  db: Queryable,
  query: { readonly workspaceId: string; readonly since: Date; readonly limit: number },
): Promise<readonly OutageRow[]> {
  const { rows } = await db.query<OutageRow>(
    `select from_at, until_at, settled_at, counts
       from outages
      where workspace_id = $1 and until_at >= $2
      order by from_at desc
      limit $3`,
    [query.workspaceId, query.since, query.limit],
  );
  return rows;
}

export async function findOutage(
  db: Queryable,
  workspaceId: string,
  from: Date,
): Promise<OutageRow | undefined> {
  const { rows } = await db.query<OutageRow>(
    `select from_at, until_at, settled_at, counts from outages where workspace_id = $1 and from_at = $2`,
    [workspaceId, from],
  );
  return rows[0];
}

export async function listUnsettled(
  db: Queryable,
): Promise<readonly (OutageRow & { readonly workspace_id: string })[]> {
  const { rows } = await db.query<OutageRow & { readonly workspace_id: string }>(
    `select workspace_id, from_at, until_at, settled_at, counts from outages where settled_at is null`,
  );
  return rows;
}

/** Whether anybody's appointment of before this is still to be noticed. */
export async function isBehind(db: Queryable, workspaceId: string, until: Date): Promise<boolean> {
  const { rows } = await db.query<{ behind: boolean }>(
    `select exists (
       select 1 from people where wake_at < $2 and merged_into is null and workspace_id = $1
     ) as behind`,
    [workspaceId, until],
  );
  return rows[0]?.behind ?? false;
}

export async function settleOutage(
  db: Queryable,
  outage: {
    readonly workspaceId: string;
    readonly from: Date;
    /** As it was counted: one that became longer meanwhile is counted anew. */
    readonly until: Date;
    readonly at: Date;
    readonly counts: OutageCounts;
  },
): Promise<void> {
  await db.query(
    `update outages set settled_at = $4, counts = $5
      where workspace_id = $1 and from_at = $2 and until_at = $3`,
    [outage.workspaceId, outage.from, outage.until, outage.at, JSON.stringify(outage.counts)],
  );
}

export interface OutageQuery {
  readonly workspaceId: string;
  readonly from: Date;
  readonly until: Date;
  /** Noticed no later than this. */
  readonly upTo: Date;
}

export async function countOutage(db: Queryable, query: OutageQuery): Promise<OutageCounts> {
  const { rows } = await db.query<OutageCounts>(
    `select count(distinct (d.person_id, d.due_at))::int as moments,
       count(distinct d.person_id)::int as people,
       (count(distinct d.person_id) filter (where d.kind = 'stage_changed'))::int as moved,
       (count(distinct d.person_id) filter (where d.kind = 'run_started'))::int as entered
     from decisions d
     where ${DUE}`,
    values(query),
  );
  return rows[0] ?? { moments: 0, people: 0, moved: 0, entered: 0 };
}

export async function countOutageMessages(db: Queryable, query: OutageQuery): Promise<OutageMessages> {
  const { rows } = await db.query<OutageMessages>(
    `select (count(*) filter (where m.state = 'sent'))::int as sent,
       (count(*) filter (where m.state = 'dropped' and m.reason = 'too_late'))::int as too_late,
       (count(*) filter (where m.state = 'dropped' and m.reason is distinct from 'too_late'))::int as not_sent,
       (count(*) filter (where m.state in ('queued', 'claimed', 'handing')))::int as waiting,
       (count(*) filter (where m.state in ('failed', 'uncertain')))::int as failed
     from messages m
     where ${MESSAGES_DUE}`,
    [query.workspaceId, query.from, query.until, query.upTo],
  );
  return rows[0] ?? { sent: 0, too_late: 0, not_sent: 0, waiting: 0, failed: 0 };
}

export interface OutagePersonRow extends PersonKey {
  /** The first instant at which something came due for them. */
  readonly due_at: Date;
  readonly name: string | null;
  readonly email: string | null;
}

/** Whoever had something come due, in the order in which it did. */
export async function listOutagePeople(
  db: Queryable,
  query: OutageQuery & {
    readonly after: { readonly at: Date; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<readonly OutagePersonRow[]> {
  const { rows } = await db.query<OutagePersonRow>(
    `with due as (
       select d.bucket, d.person_id, d.due_at
         from decisions d
        where ${DUE}
       union all
       select m.bucket, m.person_id, m.due_at
         from messages m
        where m.workspace_id = $1 and m.outage_at = $3
     ), firsts as (
       select bucket, person_id, min(due_at) as due_at from due group by bucket, person_id
     )
     select x.bucket, x.person_id as id, x.due_at, f.name, f.email
       from firsts x
       left join profiles f on f.bucket = x.bucket and f.workspace_id = $1 and f.person_id = x.person_id
      where $6::timestamptz is null or (x.due_at, x.person_id) > ($6, $7::uuid)
      order by x.due_at, x.person_id
      limit $8`,
    [...values(query), query.after?.at ?? null, query.after?.id ?? null, query.limit],
  );
  return rows;
}

export interface OutageDecisionRow {
  readonly person_id: string;
  readonly seq: number;
  readonly kind: string;
  readonly due_at: Date;
  readonly body: string;
}

/** What came due for these people, as it came. */
export async function listOutageDecisions(
  db: Queryable,
  query: OutageQuery & { readonly people: readonly PersonKey[] },
): Promise<readonly OutageDecisionRow[]> {
  const { rows } = await db.query<OutageDecisionRow>(
    `select d.person_id, d.seq, d.kind, d.due_at, d.body
       from unnest($6::int2[], $7::uuid[]) u(bucket, id)
       join decisions d on d.bucket = u.bucket and d.workspace_id = $1 and d.person_id = u.id
      where ${DUE}
      order by d.person_id, d.seq`,
    [
      ...values(query),
      int2Array(query.people.map(({ bucket }) => bucket)),
      uuidArray(query.people.map(({ id }) => id)),
    ],
  );
  return rows;
}

export interface OutageMessageRow {
  readonly id: string;
  readonly person_id: string;
  readonly due_at: Date;
  readonly state: string;
  readonly reason: string | null;
  readonly template: string | null;
  readonly channel: string;
}

export async function listOutageMessages(
  db: Queryable,
  query: OutageQuery & { readonly people: readonly PersonKey[] },
): Promise<readonly OutageMessageRow[]> {
  const { rows } = await db.query<OutageMessageRow>(
    `select m.id, m.person_id, m.due_at, m.state, m.reason, m.template, m.channel
       from unnest($5::int2[], $6::uuid[]) u(bucket, id)
       join messages m on m.bucket = u.bucket and m.workspace_id = $1 and m.person_id = u.id
      where ${MESSAGES_DUE}
      order by m.person_id, m.due_at, m.id`,
    [
      query.workspaceId,
      query.from,
      query.until,
      query.upTo,
      int2Array(query.people.map(({ bucket }) => bucket)),
      uuidArray(query.people.map(({ id }) => id)),
    ],
  );
  return rows;
}

export interface OutageRunRow {
  readonly id: string;
  readonly journey_key: string;
  readonly version: number;
}

/** Every run of these people: which journey it is of. */
export async function listRunsOfPeople(
  db: Queryable,
  workspaceId: string,
  people: readonly PersonKey[],
): Promise<readonly OutageRunRow[]> {
  const { rows } = await db.query<OutageRunRow>(
    `select r.id, r.journey_key, r.version
       from unnest($2::int2[], $3::uuid[]) u(bucket, id)
       join runs r on r.bucket = u.bucket and r.workspace_id = $1 and r.person_id = u.id`,
    [workspaceId, int2Array(people.map(({ bucket }) => bucket)), uuidArray(people.map(({ id }) => id))],
  );
  return rows;
}

function values({ workspaceId, from, until, upTo }: OutageQuery): unknown[] {
  return [workspaceId, KINDS, from, until, upTo];
}
