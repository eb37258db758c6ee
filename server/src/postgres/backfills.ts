// Whose state is of an older program, and how far it is to bring them to the newest. Locks nobody.
import type { PersonKey } from './bucket.ts';
import type { Connection, Queryable } from './pool.ts';

/** Whose upgrade failed waits for the next program, parked under their own id; an import lives through its people itself. */
const WAITING = `p.merged_into is null and not p.establish and not exists (
  select 1 from parked k
  where k.bucket = p.bucket and k.workspace_id = p.workspace_id and k.id = p.id and k.resolved_at is null)`;

/** People of one older program. */
export interface Cohort {
  readonly version: number;
  readonly people: number;
}

/** Oldest first. */
export async function listCohorts(
  client: Queryable,
  workspaceId: string,
  newest: number,
): Promise<readonly Cohort[]> {
  const { rows } = await client.query<Cohort>({
    name: 'backfill_cohorts',
    text: `select p.program_version::int as version, count(*)::int as people
           from people p
           where p.workspace_id = $1 and p.program_version < $2 and ${WAITING}
           group by p.program_version
           order by p.program_version`,
    values: [workspaceId, newest],
  });
  return rows;
}

export interface CohortPerson extends PersonKey {
  /** How many events memory counts; null: it does not say. */
  readonly events: number | null;
}

/**
 * In order of bucket and id. Who has as many events under lock later has the same ones: events are only ever added, and
 * their count is written with them. Nothing that comes before it in a state can look like the count.
 */
export async function listCohort(
  client: Queryable,
  workspaceId: string,
  version: number,
  limit: number,
): Promise<readonly CohortPerson[]> {
  const { rows } = await client.query<CohortPerson>({
    name: 'backfill_cohort',
    text: `select p.bucket, p.id, substring(p.state from '"events":([0-9]+)')::int as events
           from people p
           where p.workspace_id = $1 and p.program_version = $2 and ${WAITING}
           order by p.bucket, p.id
           limit $3`,
    values: [workspaceId, version, limit],
  });
  return rows;
}

/** Who was merged into people of these buckets. */
export async function listMerged(
  client: Queryable,
  workspaceId: string,
  [low, high]: readonly [number, number],
): Promise<readonly { readonly id: string; readonly survivor: string }[]> {
  const { rows } = await client.query<{ id: string; survivor: string }>(
    `select a.person_id as id, a.survivor_id as survivor
     from aliases a
     where a.workspace_id = $1 and a.survivor_bucket between $2 and $3`,
    [workspaceId, low, high],
  );
  return rows;
}

/** One process at a time reads all events; the connection's end gives the turn back, whatever ended it. */
export async function takeTurn(client: Connection, workspaceId: string): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    `select pg_try_advisory_lock(hashtextextended('backfill ' || $1, 0)) as taken`,
    [workspaceId],
  );
  return rows[0]?.taken === true;
}

export async function giveTurn(client: Connection, workspaceId: string): Promise<void> {
  await client.query(`select pg_advisory_unlock(hashtextextended('backfill ' || $1, 0))`, [workspaceId]);
}

export interface BackfillNote {
  readonly version: number;
  readonly phase: 'reading' | 'writing';
  readonly phaseAt: number;
  readonly notedAt: number;
  readonly people: number;
  readonly leftNow: number;
  readonly leftBefore: number;
  readonly readShare: number;
}

export async function noteBackfill(
  client: Queryable,
  workspaceId: string,
  note: BackfillNote,
): Promise<void> {
  await client.query({
    name: 'backfill_note',
    text: `insert into backfills (workspace_id, version, phase, phase_at, noted_at, people, left_now, left_before, read_share)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           on conflict (workspace_id) do update
             set version = excluded.version, phase = excluded.phase, phase_at = excluded.phase_at,
               noted_at = excluded.noted_at, people = excluded.people, left_now = excluded.left_now,
               left_before = excluded.left_before, read_share = excluded.read_share`,
    values: [
      workspaceId,
      note.version,
      note.phase,
      new Date(note.phaseAt),
      new Date(note.notedAt),
      note.people,
      note.leftNow,
      note.leftBefore,
      note.readShare,
    ],
  });
}

export async function countPeople(client: Queryable, workspaceId: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    'select count(*)::int as n from people where workspace_id = $1 and merged_into is null',
    [workspaceId],
  );
  return rows[0]?.n ?? 0;
}

/** What was noted last; undefined: this workspace never had a backfill. */
export async function findBackfill(
  client: Queryable,
  workspaceId: string,
): Promise<BackfillNote | undefined> {
  const { rows } = await client.query<{
    version: number;
    phase: BackfillNote['phase'];
    phase_at: Date;
    noted_at: Date;
    people: number;
    left_now: number;
    left_before: number;
    read_share: number;
  }>(
    `select version::int, phase, phase_at, noted_at, people, left_now, left_before, read_share
     from backfills
     where workspace_id = $1`,
    [workspaceId],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    version: row.version,
    phase: row.phase,
    phaseAt: row.phase_at.getTime(),
    notedAt: row.noted_at.getTime(),
    people: row.people,
    leftNow: row.left_now,
    leftBefore: row.left_before,
    readShare: row.read_share,
  };
}
