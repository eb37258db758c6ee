// What the runs of journeys have done: numbers per node and way, and the runs themselves. Reads rows that follow from decisions
// (run-rows.ts); never writes them.
import { int2Array, uuidArray } from './binary-array.ts';
import type { PersonKey } from './bucket.ts';
import type { Queryable } from './pool.ts';

/** Of one journey, as its list shows it. */
export interface JourneyTotals {
  readonly entered: number;
  readonly running: number;
  readonly control: number;
  readonly goals: number;
}

/** Every journey of the workspace, from one index: 100,000 runs in some 50 ms. */
export async function loadJourneyTotals(
  db: Queryable,
  workspaceId: string,
): Promise<ReadonlyMap<string, JourneyTotals>> {
  const { rows } = await db.query<JourneyTotals & { readonly journey: string }>(
    `select journey_key as journey,
            count(*)::int as entered,
            count(*) filter (where ended_at is null)::int as running,
            count(*) filter (where arm = 'control')::int as control,
            count(goal_at)::int as goals
       from runs
      where workspace_id = $1
      group by journey_key`,
    [workspaceId],
  );
  return new Map(rows.map((row) => [row.journey, row]));
}

/** What happened since an instant (null: ever), and who stands where now. */
export interface JourneyNumbers {
  readonly started: readonly StartedRow[];
  readonly here: readonly HereRow[];
  readonly moves: readonly MoveRow[];
  readonly ended: readonly EndedRow[];
  readonly messages: readonly MessagesRow[];
}

export interface StartedRow {
  readonly arm: string;
  readonly runs: number;
  readonly goals: number;
}
export interface HereRow {
  readonly version: number;
  readonly node: string;
  readonly arm: string;
  readonly runs: number;
}
export interface MoveRow {
  readonly from: string;
  readonly to: string;
  readonly arm: string;
  readonly runs: number;
}
export interface EndedRow {
  readonly node: string;
  readonly arm: string;
  readonly reason: string;
  readonly runs: number;
}
export interface MessagesRow {
  readonly node: string;
  readonly state: string;
  readonly reason: string | null;
  readonly messages: number;
}

/** Who stands where now. */
export async function loadHere(
  db: Queryable,
  of: { readonly workspaceId: string; readonly key: string },
): Promise<readonly HereRow[]> {
  const { rows } = await db.query<HereRow>(
    `select version, node, arm, count(*)::int as runs
       from runs
      where workspace_id = $1 and journey_key = $2 and ended_at is null
      group by version, node, arm`,
    [of.workspaceId, of.key],
  );
  return rows;
}

export async function loadJourneyNumbers(
  db: Queryable,
  of: { readonly workspaceId: string; readonly key: string; readonly since: Date | null },
): Promise<JourneyNumbers> {
  const values = [of.workspaceId, of.key, of.since];
  const [started, here, moves, ended, messages] = await Promise.all([
    db.query<StartedRow>(
      `select arm, count(*)::int as runs, count(goal_at)::int as goals
         from runs
        where workspace_id = $1 and journey_key = $2 and ($3::timestamptz is null or started_at >= $3)
        group by arm`,
      values,
    ),
    loadHere(db, of),
    db.query<MoveRow>(
      `select from_node as from, to_node as to, arm, count(*)::int as runs
         from run_moves
        where workspace_id = $1 and journey_key = $2 and ($3::timestamptz is null or at >= $3)
        group by from_node, to_node, arm`,
      values,
    ),
    db.query<EndedRow>(
      `select node, arm, end_reason as reason, count(*)::int as runs
         from runs
        where workspace_id = $1 and journey_key = $2 and ended_at is not null
          and ($3::timestamptz is null or ended_at >= $3)
        group by node, arm, end_reason`,
      values,
    ),
    db.query<MessagesRow>(
      `select node, state, reason, count(*)::int as messages
         from messages
        where workspace_id = $1 and journey_key = $2 and node is not null
          and ($3::timestamptz is null or requested_at >= $3)
        group by node, state, reason`,
      values,
    ),
  ]);
  return {
    started: started.rows,
    here,
    moves: moves.rows,
    ended: ended.rows,
    messages: messages.rows,
  };
}

export interface RunRow {
  readonly id: string;
  /** Who that is now, after merges. */
  readonly bucket: number;
  readonly person_id: string;
  readonly version: number;
  readonly arm: 'treated' | 'control';
  readonly node: string;
  readonly node_at: Date;
  readonly started_at: Date;
  readonly goal_at: Date | null;
  readonly ended_at: Date | null;
  readonly end_reason: string | null;
}

/** Newest start first. */
export async function listRuns(
  db: Queryable,
  page: {
    readonly workspaceId: string;
    readonly journey: string;
    readonly state: 'running' | 'ended' | null;
    readonly node: string | null;
    readonly version: number | null;
    readonly before: { readonly at: Date; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<readonly RunRow[]> {
  const { rows } = await db.query<RunRow>(
    `select r.id, coalesce(a.survivor_bucket, r.bucket) as bucket, coalesce(a.survivor_id, r.person_id) as person_id,
            r.version, r.arm, r.node, r.node_at, r.started_at, r.goal_at, r.ended_at, r.end_reason
       from runs r
       left join aliases a on a.bucket = r.bucket and a.workspace_id = r.workspace_id and a.person_id = r.person_id
      where r.workspace_id = $1 and r.journey_key = $2
        and ${page.state === 'running' ? 'r.ended_at is null' : page.state === 'ended' ? 'r.ended_at is not null' : 'true'}
        and ($3::text is null or r.node = $3)
        and ($4::timestamptz is null or (r.started_at, r.id) < ($4, $5::uuid))
        and ($7::int is null or r.version = $7)
      order by r.started_at desc, r.id desc
      limit $6`,
    [
      page.workspaceId,
      page.journey,
      page.node,
      page.before?.at ?? null,
      page.before?.id ?? null,
      page.limit,
      page.version,
    ],
  );
  return rows;
}

/** People with a run of this journey under way, except on one version; for taking them out or moving them. */
export async function listRunning(
  db: Queryable,
  journey: { readonly workspaceId: string; readonly key: string; readonly except: number | null },
): Promise<readonly PersonKey[]> {
  const { rows } = await db.query<PersonKey>(
    `select distinct coalesce(a.survivor_bucket, r.bucket) as bucket, coalesce(a.survivor_id, r.person_id) as id
       from runs r
       left join aliases a on a.bucket = r.bucket and a.workspace_id = r.workspace_id and a.person_id = r.person_id
      where r.workspace_id = $1 and r.journey_key = $2 and r.ended_at is null
        and ($3::int is null or r.version <> $3)`,
    [journey.workspaceId, journey.key, journey.except],
  );
  return rows;
}

/** Of a person and those merged into them: version and node by run; for comparing with standing. */
export async function loadRunsUnderWay(
  db: Queryable,
  workspaceId: string,
  people: readonly PersonKey[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ id: string; at: string }>(
    `select r.id, r.version || ' ' || r.node as at
       from unnest($2::int2[], $3::uuid[]) u(bucket, id)
       join runs r on r.bucket = u.bucket and r.workspace_id = $1 and r.person_id = u.id
      where r.ended_at is null`,
    [workspaceId, int2Array(people.map((key) => key.bucket)), uuidArray(people.map((key) => key.id))],
  );
  return new Map(rows.map((row) => [row.id, row.at]));
}

/** Which versions of these journeys have people under way. */
export async function listVersionsUnderWay(
  db: Queryable,
  workspaceId: string,
  journeys: readonly string[],
): Promise<readonly { readonly journey: string; readonly version: number }[]> {
  const { rows } = await db.query<{ journey: string; version: number }>(
    `select distinct journey_key as journey, version
       from runs
      where workspace_id = $1 and journey_key = any($2) and ended_at is null`,
    [workspaceId, journeys],
  );
  return rows;
}
