// What the System page says of the database: schema, program upgrade, lag of appointments and sending, size.
// Reads only; every statement is bounded by an index or by the planner's own statistics.
import type { Queryable } from './pool.ts';

/** Names of the migrations that ran; empty when none did. */
export async function listApplied(db: Queryable): Promise<readonly string[]> {
  const { rows } = await db.query<{ name: string }>('select name from migrations order by name collate "C"');
  return rows.map(({ name }) => name);
}

export interface Upgrade {
  readonly version: number;
  /** States still of an older program, counted up to 100,000. */
  readonly behind: number;
  /** The planner's estimate: exact enough for a bar. */
  readonly people: number;
}

const behindMax = 100_000;

export async function loadUpgrade(db: Queryable, workspaceId: string): Promise<Upgrade> {
  const { rows } = await db.query<Upgrade>(
    `select
       w.program_version::int as version,
       (select count(*)::int
          from (select 1
                  from people p
                 where p.workspace_id = $1 and p.merged_into is null and p.program_version < w.program_version
                 limit ${behindMax}) as older) as behind,
       (select greatest(reltuples, 0)::int from pg_class where oid = 'people'::regclass) as people
       from workspaces w
      where w.id = $1`,
    [workspaceId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`workspace ${workspaceId} does not exist`);
  return row;
}

export interface Lag {
  readonly due: number;
  readonly oldest_due_at: Date | null;
  readonly next_at: Date | null;
}

/** Appointments whose time has come, and the next one. */
export async function loadAppointments(db: Queryable, now: Date): Promise<Lag> {
  const { rows } = await db.query<Lag>(
    `select
       (select count(*)::int
          from (select 1 from people where wake_at <= $1 and merged_into is null limit ${behindMax}) as due) as due,
       (select min(wake_at) from people where wake_at <= $1 and merged_into is null) as oldest_due_at,
       (select min(wake_at) from people where wake_at > $1 and merged_into is null) as next_at`,
    [now],
  );
  return rows[0] ?? { due: 0, oldest_due_at: null, next_at: null };
}

export interface SendingLag {
  readonly queued: number;
  readonly oldest_due_at: Date | null;
  readonly uncertain: number;
}

export async function loadSendingLag(db: Queryable, workspaceId: string, now: Date): Promise<SendingLag> {
  const { rows } = await db.query<SendingLag>(
    `select
       count(*) filter (where state in ('queued', 'claimed'))::int as queued,
       min(next_at) filter (where state in ('queued', 'claimed') and next_at <= $2) as oldest_due_at,
       count(*) filter (where state = 'uncertain')::int as uncertain
       from messages
      where workspace_id = $1 and state in ('queued', 'claimed', 'handing', 'uncertain')`,
    [workspaceId, now],
  );
  return rows[0] ?? { queued: 0, oldest_due_at: null, uncertain: 0 };
}

export async function loadServer(
  db: Queryable,
): Promise<{ readonly version: string; readonly database_bytes: number }> {
  const { rows } = await db.query<{ version: string; database_bytes: number }>(
    `select current_setting('server_version') as version, pg_database_size(current_database()) as database_bytes`,
  );
  return rows[0] ?? { version: 'unknown', database_bytes: 0 };
}
