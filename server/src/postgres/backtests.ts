// Rows of backtests: asked for, taken up by one process, ended. Who runs one shows a sign of life and stores what is done; without
// a sign the row waits again for whoever goes on with it. What a backtest reads is backtest-histories.ts.
import type { BacktestAsked, BacktestProgress, Checkpoint, Plan, StoredResult } from './backtest-stored.ts';
import type { Problem } from '../errors.ts';
import { inTransaction } from './pool.ts';
import type { Pool, Queryable } from './pool.ts';

export type BacktestState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';

export interface BacktestRow {
  readonly id: string;
  readonly workspace_id: string;
  readonly asked: BacktestAsked;
  readonly state: BacktestState;
  readonly progress: BacktestProgress;
  readonly result: StoredResult | null;
  readonly problem: Problem | null;
  readonly created_at: Date;
  readonly created_by: string | null;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  /** Of one under way: what it goes by, and what is done. */
  readonly plan: Plan | null;
  readonly checkpoint: Checkpoint | null;
}

/** As in a list: without what may be long. */
export type ListedRow = Omit<BacktestRow, 'result' | 'plan' | 'checkpoint'>;

/** A process that says nothing for this long has ended. */
export const SILENT_MAX_MS = 10_000;
/** More waiting than this is refused. */
export const QUEUED_MAX = 10;
const KEPT_MAX = 200;
/** What ends its process so often is not taken up again. */
const ATTEMPTS_MAX = 3;
const NO_PROGRESS: BacktestProgress = { share: 0, people: 0, events: 0, events_per_second: null };

/** Without the result, which may be long. */
const columns = `id, workspace_id, asked, state, progress, problem, created_at, created_by, started_at, finished_at`;

/** False when too many wait already. `running`: the caller runs it itself, at once. Old ones beyond 200 are removed. */
export async function insertBacktest(
  pool: Pool,
  row: {
    readonly id: string;
    readonly workspaceId: string;
    readonly asked: BacktestAsked;
    readonly by: string | null;
    readonly at: number;
    readonly state: 'queued' | 'running';
  },
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    await client.query('select 1 from workspaces where id = $1 for update', [row.workspaceId]);
    const { rows } = await client.query<{ waiting: number }>(
      `select count(*)::int as waiting from backtests where workspace_id = $1 and state = 'queued'`,
      [row.workspaceId],
    );
    if (row.state === 'queued' && (rows[0]?.waiting ?? 0) >= QUEUED_MAX) return false;
    const at = new Date(row.at);
    const startedAt = row.state === 'running' ? at : null;
    await client.query(
      `insert into backtests (workspace_id, id, asked, state, progress, created_at, created_by, started_at, alive_at, attempts)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $8, case when $4 = 'running' then 1 else 0 end)`,
      [
        row.workspaceId,
        row.id,
        JSON.stringify(row.asked),
        row.state,
        JSON.stringify(NO_PROGRESS),
        at,
        row.by,
        startedAt,
      ],
    );
    await client.query(
      `delete from backtests
       where workspace_id = $1 and state not in ('queued', 'running') and id in (
         select id from backtests where workspace_id = $1 order by created_at desc, id desc offset $2)`,
      [row.workspaceId, KEPT_MAX],
    );
    return true;
  });
}

export async function findBacktest(
  db: Queryable,
  workspaceId: string,
  id: string,
): Promise<BacktestRow | undefined> {
  const { rows } = await db.query<BacktestRow>(
    `select ${columns}, result, plan, checkpoint
     from backtests
     where workspace_id = $1 and id = $2`,
    [workspaceId, id],
  );
  return rows[0];
}

/** Newest first, from before `cursor`, without results. */
export async function listBacktests(
  db: Queryable,
  workspaceId: string,
  page: { readonly limit: number; readonly cursor: { readonly at: Date; readonly id: string } | null },
): Promise<readonly ListedRow[]> {
  const { rows } = await db.query<ListedRow>(
    `select ${columns}
     from backtests
     where workspace_id = $1 and ($2::timestamptz is null or (created_at, id) < ($2, $3::uuid))
     order by created_at desc, id desc
     limit $4`,
    [workspaceId, page.cursor?.at ?? null, page.cursor?.id ?? null, page.limit],
  );
  return rows;
}

/** The one that waits longest, now running here; undefined when none waits. Two processes never get the same one. */
export async function claimBacktest(db: Queryable, at: number): Promise<BacktestRow | undefined> {
  const { rows } = await db.query<BacktestRow>(
    `update backtests b
     set state = 'running', started_at = coalesce(b.started_at, $1), alive_at = $1, attempts = b.attempts + 1
     from (
       select workspace_id, id from backtests
       where state = 'queued'
       order by created_at, id
       limit 1
       for update skip locked) next
     where b.workspace_id = next.workspace_id and b.id = next.id
     returning b.id, b.workspace_id, b.asked, b.state, b.progress, b.result, b.problem, b.created_at, b.created_by,
       b.started_at, b.finished_at, b.plan, b.checkpoint`,
    [new Date(at)],
  );
  return rows[0];
}

type BacktestKey = Pick<BacktestRow, 'workspace_id' | 'id'>;

/** What it goes by until it ends; what was done under another plan counts no more. */
export async function storePlan(db: Queryable, row: BacktestKey, plan: Plan): Promise<void> {
  await db.query(
    `update backtests
     set plan = $3, checkpoint = null
     where workspace_id = $1 and id = $2 and state = 'running'`,
    [row.workspace_id, row.id, JSON.stringify(plan)],
  );
}

/** How far it is, what is done where that is new, and that we live; false when it is not to go on (cancelled, or given up on). */
export async function noteProgress(
  db: Queryable,
  row: BacktestKey,
  note: {
    readonly progress: BacktestProgress;
    readonly checkpoint: Checkpoint | null;
    readonly at: number;
  },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update backtests
     set progress = $3, alive_at = $4, checkpoint = coalesce($5::jsonb, checkpoint)
     where workspace_id = $1 and id = $2 and state = 'running'`,
    [
      row.workspace_id,
      row.id,
      JSON.stringify(note.progress),
      new Date(note.at),
      note.checkpoint === null ? null : JSON.stringify(note.checkpoint),
    ],
  );
  return rowCount === 1;
}

/** Its process stops in good order: another goes on with it, and this one was no attempt that failed. */
export async function queueAgain(
  db: Queryable,
  row: BacktestKey,
  checkpoint: Checkpoint | null,
): Promise<void> {
  await db.query(
    `update backtests
     set state = 'queued', attempts = attempts - 1, checkpoint = coalesce($3::jsonb, checkpoint)
     where workspace_id = $1 and id = $2 and state = 'running'`,
    [row.workspace_id, row.id, checkpoint === null ? null : JSON.stringify(checkpoint)],
  );
}

/** Ends one that runs; one that was cancelled meanwhile stays so. */
export async function endBacktest(
  db: Queryable,
  row: Pick<BacktestRow, 'workspace_id' | 'id'>,
  end: {
    readonly state: 'done' | 'failed' | 'interrupted';
    readonly result?: StoredResult;
    readonly problem?: Problem;
    readonly progress?: BacktestProgress;
    readonly at: number;
  },
): Promise<void> {
  await db.query(
    `update backtests
     set state = $3, result = $4, problem = $5, progress = coalesce($6::jsonb, progress), finished_at = $7,
       plan = null, checkpoint = null
     where workspace_id = $1 and id = $2 and state = 'running'`,
    [
      row.workspace_id,
      row.id,
      end.state,
      end.result === undefined ? null : JSON.stringify(end.result),
      end.problem === undefined ? null : JSON.stringify(end.problem),
      end.progress === undefined ? null : JSON.stringify(end.progress),
      new Date(end.at),
    ],
  );
}

/** Cancels what waits or runs, removes what has ended; false when there is none. */
export async function dropBacktest(
  db: Queryable,
  workspaceId: string,
  id: string,
  at: number,
): Promise<boolean> {
  const cancelled = await db.query(
    `update backtests
     set state = 'cancelled', finished_at = $3, plan = null, checkpoint = null
     where workspace_id = $1 and id = $2 and state in ('queued', 'running')`,
    [workspaceId, id, new Date(at)],
  );
  if (cancelled.rowCount === 1) return true;
  const removed = await db.query('delete from backtests where workspace_id = $1 and id = $2', [
    workspaceId,
    id,
  ]);
  return removed.rowCount === 1;
}

/** Those whose process ended without a word wait again; what ended its process three times is interrupted for good. */
export async function requeueSilent(db: Queryable, now: number): Promise<void> {
  await db.query(
    `update backtests
     set state = case when attempts < $3 then 'queued' else 'interrupted' end,
       finished_at = case when attempts < $3 then null else $1::timestamptz end
     where state = 'running' and alive_at < $2`,
    [new Date(now), new Date(now - SILENT_MAX_MS), ATTEMPTS_MAX],
  );
}

/** How far history is known: people in all, and those known up to an earlier day only, with the newest such day. */
export async function loadKnownUntil(
  db: Queryable,
  workspaceId: string,
): Promise<{ readonly people: number; readonly as_of_people: number; readonly newest_as_of: Date | null }> {
  const { rows } = await db.query<{ people: number; as_of_people: number; newest_as_of: Date | null }>(
    `select
       (select count(*)::int from people where workspace_id = $1 and merged_into is null) as people,
       (select count(*)::int from profiles where workspace_id = $1 and as_of is not null) as as_of_people,
       (select max(as_of) from profiles where workspace_id = $1) as newest_as_of`,
    [workspaceId],
  );
  return rows[0] ?? { people: 0, as_of_people: 0, newest_as_of: null };
}
