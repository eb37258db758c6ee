// Numbers of the first page: who is unusually quiet and matters most, health of the data, what was sent. Reads only.
import type { PersonKey } from './bucket.ts';
import type { Queryable } from './pool.ts';
import { sampleIds } from './sample-ids.ts';

export interface QuietRow extends PersonKey {
  readonly since: Date;
  readonly orders: number;
}

export interface Quiet {
  /** Members of the segment who are not in `gone`. */
  readonly count: number;
  /** The first of them: most orders, then the newest. */
  readonly first: readonly QuietRow[];
}

/**
 * Who is in the segment and not gone for good. They are found before anybody's profile is read: joined at once, Postgres expects a
 * handful of them and looks up each apart.
 */
export async function findQuiet(
  db: Queryable,
  query: {
    readonly workspaceId: string;
    readonly segment: string;
    readonly gone: string;
    readonly limit: number;
  },
): Promise<Quiet> {
  const { rows } = await db.query<QuietRow & { readonly count: number }>(
    `with quiet as materialized (
       select m.bucket, m.person_id, m.since
         from memberships m
        where m.workspace_id = $1 and m.kind = 'segment' and m."of" = $2 and m.value = ''
          and not exists (
            select 1 from memberships g
            where g.bucket = m.bucket and g.workspace_id = m.workspace_id and g.person_id = m.person_id
              and g.kind = 'segment' and g."of" = $3)
     )
     select (select count(*)::int from quiet) as count, q.bucket, q.person_id as id, q.since, f.orders
       from quiet q
       join profiles f on f.bucket = q.bucket and f.workspace_id = $1 and f.person_id = q.person_id
      order by f.orders desc, q.since desc, q.person_id
      limit $4`,
    [query.workspaceId, query.segment, query.gone, query.limit],
  );
  return { count: rows[0]?.count ?? 0, first: rows.map(({ count: _count, ...row }) => row) };
}

export interface WaitingRow {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly user_id: string | null;
  readonly since: Date;
}

/** The members of a segment who have been in it longest. */
export async function listWaiting(
  db: Queryable,
  query: { readonly workspaceId: string; readonly segment: string; readonly limit: number },
): Promise<readonly WaitingRow[]> {
  const { rows } = await db.query<WaitingRow>(
    `select m.id, f.name, f.email, f.user_id, m.since
       from (
         select bucket, person_id as id, since
           from memberships
          where workspace_id = $1 and kind = 'segment' and "of" = $2 and value = ''
          order by since, person_id
          limit $3
       ) as m
       join profiles f on f.bucket = m.bucket and f.workspace_id = $1 and f.person_id = m.id
      order by m.since, m.id`,
    [query.workspaceId, query.segment, query.limit],
  );
  return rows;
}

/** Members of one segment who are not in another. */
export async function countApart(
  db: Queryable,
  query: { readonly workspaceId: string; readonly segment: string; readonly apart: string },
): Promise<number> {
  const { rows } = await db.query<{ people: number }>(
    `select count(*)::int as people
       from memberships m
      where m.workspace_id = $1 and m.kind = 'segment' and m."of" = $2 and m.value = ''
        and not exists (
          select 1 from memberships g
          where g.bucket = m.bucket and g.workspace_id = m.workspace_id and g.person_id = m.person_id
            and g.kind = 'segment' and g."of" = $3)`,
    [query.workspaceId, query.segment, query.apart],
  );
  return rows[0]?.people ?? 0;
}

export interface StateAt extends PersonKey {
  readonly state: string;
  readonly created_at: Date;
}

export async function loadStates(
  db: Queryable,
  workspaceId: string,
  keys: readonly PersonKey[],
): Promise<readonly StateAt[]> {
  if (keys.length === 0) return [];
  const { rows } = await db.query<StateAt>(
    `select p.bucket, p.id, p.state, p.created_at
       from unnest($2::int2[], $3::uuid[]) as u (bucket, id)
       join people p on p.bucket = u.bucket and p.workspace_id = $1 and p.id = u.id
      where p.state <> '{}'`,
    [workspaceId, keys.map(({ bucket }) => bucket), keys.map(({ id }) => id)],
  );
  return rows;
}

/** Customers whose appointment comes next: among them is whoever falls silent next. */
export async function listNextAppointments(
  db: Queryable,
  query: { readonly workspaceId: string; readonly now: Date; readonly limit: number },
): Promise<readonly StateAt[]> {
  const { rows } = await db.query<StateAt>(
    `select p.bucket, p.id, p.state, p.created_at
       from people p
       join profiles f on f.bucket = p.bucket and f.workspace_id = p.workspace_id and f.person_id = p.id
      where p.workspace_id = $1 and p.merged_into is null and p.wake_at > $2 and f.orders > 0
      order by p.wake_at
      limit $3`,
    [query.workspaceId, query.now, query.limit],
  );
  return rows;
}

export interface DataHealth {
  readonly events_today: number;
  readonly last_event_at: Date | null;
  readonly quarantined_7d: number;
  readonly parked: number;
  readonly oldest_due_at: Date | null;
  readonly imports_running: number;
  readonly imports_done: number;
  readonly live_events: boolean;
  readonly people_as_of: number;
  readonly newest_as_of: Date | null;
}

const countedMax = 100_000;
/** Clocks of senders that run ahead. */
const aheadMs = 2 * 86_400_000;

/**
 * Times of events are bounded above as well: with an open end Postgres reads all of the partition that holds the past before
 * the installation, too, since the far future would lie there.
 */
export async function loadDataHealth(
  db: Queryable,
  query: {
    readonly workspaceId: string;
    readonly now: Date;
    readonly dayStart: Date;
    readonly weekStart: Date;
  },
): Promise<DataHealth> {
  const { rows } = await db.query<DataHealth>(
    `select
       (select count(*)::int from (
          select 1 from events
           where workspace_id = $1 and at >= $3 and at < $7 and received_at >= $3 limit ${countedMax}) e) as events_today,
       (select max(last_order_at) from (
          select last_order_at from profiles where workspace_id = $1 and last_order_at <= $2
           order by last_order_at desc limit 1) f) as last_event_at,
       (select count(*)::int from (
          select 1 from quarantine where workspace_id = $1 and at >= $4 limit ${countedMax}) q) as quarantined_7d,
       (select count(*)::int from parked where workspace_id = $1 and resolved_at is null) as parked,
       (select min(wake_at) from people
         where workspace_id = $1 and merged_into is null and wake_at <= $2) as oldest_due_at,
       (select count(*)::int from imports where workspace_id = $1 and status in ('storing', 'establishing')) as imports_running,
       (select count(*)::int from imports where workspace_id = $1 and status = 'done') as imports_done,
       exists (
         select 1 from events
         where workspace_id = $1 and at >= $4 and at < $7 and received_at >= $4
           and (person_id < $5 or person_id > $6)) as live_events,
       told.people_as_of, told.newest_as_of
     from (
       select count(as_of)::int as people_as_of, max(as_of) as newest_as_of from profiles where workspace_id = $1
     ) told`,
    [
      query.workspaceId,
      query.now,
      query.dayStart,
      query.weekStart,
      ...sampleIds,
      new Date(query.now.getTime() + aheadMs),
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the overview gave no row');
  return row;
}

export interface SentNumbers {
  readonly sent: number;
  readonly waiting: number;
  readonly not_sent: number;
  readonly failed: number;
  readonly uncertain: number;
}

export async function loadSent(
  db: Queryable,
  query: { readonly workspaceId: string; readonly since: Date },
): Promise<SentNumbers & { readonly withheld: number }> {
  const [messages, withheld] = await Promise.all([
    db.query<SentNumbers>(
      `select
         count(*) filter (where state = 'sent')::int as sent,
         count(*) filter (where state in ('queued', 'claimed', 'handing'))::int as waiting,
         count(*) filter (where state = 'dropped')::int as not_sent,
         count(*) filter (where state = 'failed')::int as failed,
         count(*) filter (where state = 'uncertain')::int as uncertain
         from messages
        where workspace_id = $1 and requested_at >= $2`,
      [query.workspaceId, query.since],
    ),
    db.query<{ withheld: number }>(
      `select count(*)::int as withheld
         from decisions
        where workspace_id = $1 and kind = 'message_withheld' and decided_at >= $2`,
      [query.workspaceId, query.since],
    ),
  ]);
  const [row] = messages.rows;
  return {
    ...(row ?? { sent: 0, waiting: 0, not_sent: 0, failed: 0, uncertain: 0 }),
    withheld: withheld.rows[0]?.withheld ?? 0,
  };
}
