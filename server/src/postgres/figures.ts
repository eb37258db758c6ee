// Home's figures as last worked out. One row a workspace: they are made from facts and can be made again at any time.
import type { FigureResults } from '@rapport/engine';
import type { Queryable } from './pool.ts';

export interface StoredFigures {
  readonly results: FigureResults;
  readonly worked_out_at: Date;
  readonly took_ms: number;
}

export async function findFigures(db: Queryable, workspaceId: string): Promise<StoredFigures | null> {
  const { rows } = await db.query<StoredFigures>(
    `select results, worked_out_at, took_ms from figures where workspace_id = $1`,
    [workspaceId],
  );
  return rows[0] ?? null;
}

export async function storeFigures(
  db: Queryable,
  workspaceId: string,
  { results, worked_out_at: at, took_ms: tookMs }: StoredFigures,
): Promise<void> {
  await db.query(
    `insert into figures (workspace_id, results, worked_out_at, took_ms)
     values ($1, $2, $3, $4)
     on conflict (workspace_id) do update
       set results = excluded.results, worked_out_at = excluded.worked_out_at, took_ms = excluded.took_ms`,
    [workspaceId, JSON.stringify(results), at, tookMs],
  );
}

/** Who is no customer: staff, bots, and whoever else the segment of that name holds. */
export async function listOutside(
  db: Queryable,
  workspaceId: string,
  segment: string,
): Promise<readonly string[]> {
  const { rows } = await db.query<{ person_id: string }>(
    `select person_id from memberships
     where workspace_id = $1 and kind = 'segment' and "of" = $2 and value = ''`,
    [workspaceId, segment],
  );
  return rows.map((row) => row.person_id);
}

/** Whoever was merged into somebody. */
export async function listMergedPeople(
  db: Queryable,
  workspaceId: string,
): Promise<readonly { readonly id: string; readonly survivor: string }[]> {
  const { rows } = await db.query<{ id: string; survivor: string }>(
    `select person_id as id, survivor_id as survivor from aliases where workspace_id = $1`,
    [workspaceId],
  );
  return rows;
}
