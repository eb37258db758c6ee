// Home's figures as last worked out, and the first of the people behind each. Made from facts, so they can be made again at any
// time.
import type { FigureResults } from '@rapport/engine';
import { inTransaction } from './pool.ts';
import type { Pool, Queryable } from './pool.ts';

export interface StoredFigures {
  readonly results: FigureResults;
  readonly worked_out_at: Date;
  readonly took_ms: number;
}

/** Null as well when a file or the sample store has brought another history since: the old figures are of other people. */
export async function findFigures(db: Queryable, workspaceId: string): Promise<StoredFigures | null> {
  const { rows } = await db.query<StoredFigures>(
    `select results, worked_out_at, took_ms
       from figures
      where workspace_id = $1
        and worked_out_at > greatest(
          '-infinity',
          (select max(finished_at) from imports where workspace_id = $1 and status in ('done', 'undone')),
          (select finished_at from sample_stores where workspace_id = $1 and status = 'ready'))`,
    [workspaceId],
  );
  return rows[0] ?? null;
}

/** A part of a figure: how many people, and the first of them. */
export interface FigurePart {
  readonly figure: string;
  readonly part: string;
  readonly people: number;
  readonly ids: readonly string[];
}

export function storeFigures(
  pool: Pool,
  workspaceId: string,
  figures: StoredFigures,
  parts: readonly FigurePart[],
): Promise<void> {
  return inTransaction(pool, async (client) => {
    // First, so that of two processes one waits here.
    await storeResults(client, workspaceId, figures);
    await client.query(`delete from figure_people where workspace_id = $1`, [workspaceId]);
    for (const { figure, part, people, ids } of parts) {
      await client.query(
        `insert into figure_people (workspace_id, figure, part, people, ids) values ($1, $2, $3, $4, $5)`,
        [workspaceId, figure, part, people, ids],
      );
    }
  });
}

/** The parts of a figure, without their people. */
export async function listFigureParts(
  db: Queryable,
  workspaceId: string,
  figure: string,
): Promise<readonly { readonly part: string; readonly people: number }[]> {
  const { rows } = await db.query<{ part: string; people: number }>(
    `select part, people from figure_people where workspace_id = $1 and figure = $2`,
    [workspaceId, figure],
  );
  return rows;
}

/** Some of the people behind a part, in their order, and how many there are to list. */
export async function findFigurePeople(
  db: Queryable,
  query: {
    readonly workspaceId: string;
    readonly figure: string;
    readonly part: string;
    readonly from: number;
    readonly limit: number;
  },
): Promise<{ readonly ids: readonly string[]; readonly listed: number }> {
  const { rows } = await db.query<{ ids: string[]; listed: number }>(
    `select ids[$4 + 1 : $4 + $5] as ids, cardinality(ids) as listed
       from figure_people
      where workspace_id = $1 and figure = $2 and part = $3`,
    [query.workspaceId, query.figure, query.part, query.from, query.limit],
  );
  return rows[0] ?? { ids: [], listed: 0 };
}

async function storeResults(
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
