// Fits as rows: asked for, claimed by one process, ended. What is in use is in the workspace's settings, under the program's
// version. One statement a function.
import type { FitReport, Prediction } from '@rapport/engine';
import type { Problem } from '../errors.ts';
import type { Queryable } from './pool.ts';

export type FitState = 'queued' | 'running' | 'done' | 'failed' | 'interrupted';

export interface FitProgress {
  readonly phase: 'waiting' | 'reading' | 'learning';
  readonly share: number;
}

export interface FitRow {
  readonly workspace_id: string;
  readonly id: string;
  readonly state: FitState;
  readonly asked_by: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly progress: Partial<FitProgress>;
  readonly prediction: Prediction | null;
  readonly report: FitReport | null;
  readonly problem: Problem | null;
  readonly program_version: number | null;
  readonly took_ms: number | null;
  readonly memory_mb: number | null;
}

/** A process that says nothing for this long has ended. */
const SILENT_MAX_MS = 20_000;
const KEPT_MAX = 60;

const columns = `workspace_id, id, state, asked_by, created_at, started_at, finished_at, progress, prediction, report, problem,
  program_version::int as program_version, took_ms, memory_mb`;

/** Asks for a fit, unless one waits or runs already: then that one stands. Old ones are removed. Gives the id of the one that stands. */
export async function askFit(
  db: Queryable,
  asked: {
    readonly workspaceId: string;
    readonly id: string;
    readonly by: string | null;
    readonly at: number;
  },
): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `with under_way as (
       select id from predictions where workspace_id = $1 and state in ('queued', 'running') order by created_at limit 1
     ), made as (
       insert into predictions (workspace_id, id, state, asked_by, created_at)
       select $1, $2, 'queued', $3, $4
       where not exists (select 1 from under_way)
       returning id
     )
     select id from under_way union all select id from made`,
    [asked.workspaceId, asked.id, asked.by, new Date(asked.at)],
  );
  await db.query(
    `delete from predictions
     where workspace_id = $1 and state not in ('queued', 'running') and id in (
       select id from predictions where workspace_id = $1 order by created_at desc, id desc offset $2)`,
    [asked.workspaceId, KEPT_MAX],
  );
  return rows[0]?.id ?? asked.id;
}

/** The one that waits longest, now running here. Two processes never get the same one. */
export async function claimFit(db: Queryable, at: number): Promise<FitRow | undefined> {
  const { rows } = await db.query<FitRow>(
    `update predictions p
     set state = 'running', started_at = $1, alive_at = $1
     from (
       select workspace_id, id from predictions
       where state = 'queued'
       order by created_at, id
       limit 1
       for update skip locked) next
     where p.workspace_id = next.workspace_id and p.id = next.id
     returning p.workspace_id, p.id, p.state, p.asked_by, p.created_at, p.started_at, p.finished_at, p.progress,
       p.prediction, p.report, p.problem, p.program_version::int as program_version, p.took_ms, p.memory_mb`,
    [new Date(at)],
  );
  return rows[0];
}

export async function noteFit(
  db: Queryable,
  fit: Pick<FitRow, 'workspace_id' | 'id'>,
  progress: FitProgress,
  at: number,
): Promise<void> {
  await db.query(
    `update predictions set progress = $3, alive_at = $4 where workspace_id = $1 and id = $2 and state = 'running'`,
    [fit.workspace_id, fit.id, JSON.stringify(progress), new Date(at)],
  );
}

export async function endFit(
  db: Queryable,
  fit: Pick<FitRow, 'workspace_id' | 'id'>,
  end: {
    readonly state: 'done' | 'failed' | 'interrupted';
    readonly at: number;
    readonly prediction?: Prediction;
    readonly report?: FitReport;
    readonly problem?: Problem;
    readonly programVersion?: number | null;
    readonly tookMs?: number;
    readonly memoryMb?: number;
  },
): Promise<void> {
  const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
  await db.query(
    `update predictions
     set state = $3, finished_at = $4, prediction = $5, report = $6, problem = $7, program_version = $8, took_ms = $9,
       memory_mb = $10
     where workspace_id = $1 and id = $2 and state = 'running'`,
    [
      fit.workspace_id,
      fit.id,
      end.state,
      new Date(end.at),
      json(end.prediction),
      json(end.report),
      json(end.problem),
      end.programVersion ?? null,
      end.tookMs ?? null,
      end.memoryMb ?? null,
    ],
  );
}

/** Those whose process ended without a word. */
export async function interruptSilentFits(db: Queryable, now: number): Promise<void> {
  await db.query(
    `update predictions
     set state = 'interrupted', finished_at = $1
     where state = 'running' and alive_at < $2`,
    [new Date(now), new Date(now - SILENT_MAX_MS)],
  );
}

/** Newest first. */
export async function listFits(
  db: Queryable,
  workspaceId: string,
  limit: number,
): Promise<readonly FitRow[]> {
  const { rows } = await db.query<FitRow>(
    `select ${columns}
     from predictions
     where workspace_id = $1
     order by created_at desc, id desc
     limit $2`,
    [workspaceId, limit],
  );
  return rows;
}

export async function findFit(db: Queryable, workspaceId: string, id: string): Promise<FitRow | undefined> {
  const { rows } = await db.query<FitRow>(
    `select ${columns} from predictions where workspace_id = $1 and id = $2`,
    [workspaceId, id],
  );
  return rows[0];
}

/** How far off the newest fit was in all orders of the days that it had not seen, as a share; null: none could be held out. */
export async function findHeldOutError(db: Queryable, workspaceId: string): Promise<number | null> {
  const { rows } = await db.query<{ total: number | null }>(
    `select (report #>> '{orders,heldOut,model,total}')::float8 as total
     from predictions
     where workspace_id = $1 and state = 'done'
     order by created_at desc, id desc
     limit 1`,
    [workspaceId],
  );
  return rows[0]?.total ?? null;
}

export interface LookAtFits {
  /** When the newest fit was begun. */
  readonly lastAt: Date | null;
  /** Whether there is anybody to learn from. */
  readonly enough: boolean;
  /** An import or the sample store brings or takes people at this moment. */
  readonly filling: boolean;
  /** When one was last done with that. */
  readonly filledAt: Date | null;
}

export async function lookAtFits(
  db: Queryable,
  workspaceId: string,
  customersMin: number,
): Promise<LookAtFits> {
  const { rows } = await db.query<LookAtFits>(
    `select
       (select max(created_at) from predictions where workspace_id = $1) as "lastAt",
       (select count(*) from (
          select 1 from profiles where workspace_id = $1 and orders > 0 limit $2) f) >= $2 as enough,
       exists (
         select 1 from imports where workspace_id = $1 and status in ('storing', 'establishing', 'undoing'))
       or exists (
         select 1 from sample_stores where workspace_id = $1 and status in ('loading', 'removing')) as filling,
       greatest(
         (select max(finished_at) from imports where workspace_id = $1 and status in ('done', 'undone')),
         (select finished_at from sample_stores where workspace_id = $1 and status = 'ready')) as "filledAt"`,
    [workspaceId, customersMin],
  );
  return rows[0] ?? { lastAt: null, enough: false, filling: false, filledAt: null };
}
