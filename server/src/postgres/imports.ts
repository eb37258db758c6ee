// Rows of imports: what was asked, how far it got, what was refused. Storing facts is import-store.ts, living through
// them import-establish.ts.

import type { Notice, Problem } from '../import/problem.ts';
import type { RefusedRow } from '../import/orders.ts';
import type { Queryable } from './pool.ts';

export type ImportStatus =
  | 'preview'
  | 'storing'
  | 'establishing'
  | 'done'
  | 'failed'
  | 'cancelled'
  | 'undoing'
  | 'undone';
export type Permission = 'none' | 'existing' | 'opted_in';

/** As asked for; snake case because it is stored and sent as it is. */
export type StoredOptions = {
  readonly kind?: 'orders' | 'people';
  readonly map?: Readonly<Record<string, string>>;
  readonly date_format?: string;
  readonly decimal?: 'point' | 'comma';
  readonly delimiter?: string;
  readonly encoding?: string;
  readonly header?: boolean;
  readonly currency?: string;
  /** The instant at which the file's history ends (ISO), or null for now. */
  readonly as_of: string | null;
  /** Somebody said so: "now" is then an answer and not only the default. */
  readonly as_of_said?: boolean;
  readonly permission: Permission;
  /** Where and when the permission was given, in the caller's words. */
  readonly permission_source?: string;
  /** The day on or since which it was given, `2024-03-01`. */
  readonly permission_date?: string;
  /** The `now` under which the file is read: set at the start, so that a resumed reading is the same. */
  readonly read_at?: string;
  /** The file says per person who agreed: nobody else gets a consent. */
  readonly consent_column?: boolean;
};

/** Counters; all of them only grow. */
export type ImportProgress = {
  /** Rows of data in the file. */
  readonly rows: number;
  /** Items of the file that were dealt with: where a resumed import goes on. */
  readonly items: number;
  readonly orders: number;
  readonly refunds: number;
  /** People met for the first time. */
  readonly people: number;
  readonly refused: number;
  /** Facts that were known already. */
  readonly duplicates: number;
  readonly identical_rows: number;
  /** Addresses and numbers that belong to somebody else and were left with them. */
  readonly identities_left: number;
  readonly to_establish: number;
  readonly established: number;
  /** While and after it is taken back. */
  readonly undo?: UndoProgress;
};

export type UndoProgress = {
  /** People it had touched, and how many of them were dealt with. */
  readonly of: number;
  readonly done: number;
  readonly facts: number;
  /** People who were known by this file alone are gone, all others go on without it. */
  readonly removed: number;
  readonly kept: number;
  /** Of those: a consent that the file had given was withdrawn. */
  readonly withdrawn: number;
};

export type ImportRow = {
  readonly id: string;
  readonly workspace_id: string;
  readonly file_name: string;
  readonly file_hash: string | null;
  readonly stored_path: string | null;
  readonly options: StoredOptions;
  readonly status: ImportStatus;
  readonly progress: ImportProgress;
  readonly notices: readonly Notice[];
  readonly problem: Problem | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  /** Whom it touched is known. */
  readonly undoable: boolean;
};

export const NO_PROGRESS: ImportProgress = {
  rows: 0,
  items: 0,
  orders: 0,
  refunds: 0,
  people: 0,
  refused: 0,
  duplicates: 0,
  identical_rows: 0,
  identities_left: 0,
  to_establish: 0,
  established: 0,
};

const columns = `id, workspace_id, file_name, file_hash, stored_path, options, status, progress, notices, problem,
  created_at, started_at, finished_at, undoable`;

export async function insertImport(
  db: Queryable,
  row: Pick<
    ImportRow,
    'id' | 'workspace_id' | 'file_name' | 'file_hash' | 'stored_path' | 'options' | 'notices'
  > & {
    readonly at: number;
  },
): Promise<void> {
  await db.query(
    `insert into imports (workspace_id, id, file_name, file_hash, stored_path, options, status, progress, notices, created_at)
     values ($1, $2, $3, $4, $5, $6, 'preview', $7, $8, $9)`,
    [
      row.workspace_id,
      row.id,
      row.file_name,
      row.file_hash,
      row.stored_path,
      JSON.stringify(row.options),
      JSON.stringify(NO_PROGRESS),
      JSON.stringify(row.notices),
      new Date(row.at),
    ],
  );
}

export async function findImport(
  db: Queryable,
  workspaceId: string,
  id: string,
): Promise<ImportRow | undefined> {
  const { rows } = await db.query<ImportRow>(
    `select ${columns}
     from imports
     where workspace_id = $1 and id = $2`,
    [workspaceId, id],
  );
  return rows[0];
}

/** Newest first, from before `cursor`. */
export async function listImports(
  db: Queryable,
  workspaceId: string,
  page: { readonly limit: number; readonly cursor: { readonly at: Date; readonly id: string } | null },
): Promise<readonly ImportRow[]> {
  const { rows } = await db.query<ImportRow>(
    `select ${columns}
     from imports
     where workspace_id = $1 and ($2::timestamptz is null or (created_at, id) < ($2, $3::uuid))
     order by created_at desc, id desc
     limit $4`,
    [workspaceId, page.cursor?.at ?? null, page.cursor?.id ?? null, page.limit],
  );
  return rows;
}

/** Imports that a process left unfinished, oldest first; one that ended keeps its file until everyone has lived through. */
export async function listUnfinishedImports(db: Queryable): Promise<readonly ImportRow[]> {
  const { rows } = await db.query<ImportRow>(
    `select ${columns}
     from imports
     where status in ('storing', 'establishing', 'undoing')
       or (status in ('cancelled', 'failed') and started_at is not null and stored_path is not null)
     order by started_at, id
     limit 20`,
  );
  return rows;
}

/** An earlier import of the same content, to say so. */
export async function findSameFile(
  db: Queryable,
  workspaceId: string,
  fileHash: string,
): Promise<ImportRow | undefined> {
  const { rows } = await db.query<ImportRow>(
    `select ${columns}
     from imports
     where workspace_id = $1 and file_hash = $2 and status = 'done'
     order by finished_at desc
     limit 1`,
    [workspaceId, fileHash],
  );
  return rows[0];
}

/** New options for an import that has not begun; false when it has. */
export async function changeOptions(
  db: Queryable,
  workspaceId: string,
  id: string,
  options: StoredOptions,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update imports
     set options = $3
     where workspace_id = $1 and id = $2 and status = 'preview'`,
    [workspaceId, id, JSON.stringify(options)],
  );
  return rowCount === 1;
}

/** What was recognised when the file was read: that it says per person who agreed. */
export async function noteConsentColumn(
  db: Queryable,
  row: Pick<ImportRow, 'workspace_id' | 'id'>,
): Promise<void> {
  await db.query(
    `update imports
     set options = options || '{"consent_column": true}'
     where workspace_id = $1 and id = $2`,
    [row.workspace_id, row.id],
  );
}

/** From here on a worker takes it up, in this life or the next; false when it was not waiting. */
export async function startImport(
  db: Queryable,
  workspaceId: string,
  id: string,
  start: { readonly options: StoredOptions; readonly at: number },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update imports
     set status = 'storing', options = $3, started_at = $4, progress = $5, undoable = true
     where workspace_id = $1 and id = $2 and status = 'preview'`,
    [workspaceId, id, JSON.stringify(start.options), new Date(start.at), JSON.stringify(NO_PROGRESS)],
  );
  return rowCount === 1;
}

/** What was stored stays and is lived through; nothing more is read. */
export async function cancelImport(
  db: Queryable,
  workspaceId: string,
  id: string,
  at: number,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update imports
     set status = 'cancelled', finished_at = $3
     where workspace_id = $1 and id = $2 and status in ('preview', 'storing')`,
    [workspaceId, id, new Date(at)],
  );
  return rowCount === 1;
}

/** From here on a worker takes it back, in this life or the next; false when it is not one that can be. */
export async function startUndo(
  db: Queryable,
  row: Pick<ImportRow, 'workspace_id' | 'id'>,
  undo: UndoProgress,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update imports
     set status = 'undoing', progress = progress || jsonb_build_object('undo', $3::jsonb), problem = null
     where workspace_id = $1 and id = $2 and undoable and started_at is not null and stored_path is null
       and status in ('done', 'failed', 'cancelled')`,
    [row.workspace_id, row.id, JSON.stringify(undo)],
  );
  return rowCount === 1;
}

/** Moves an import on, in the transaction of the work it counts; false when it was cancelled meanwhile. */
export async function saveProgress(
  db: Queryable,
  row: Pick<ImportRow, 'workspace_id' | 'id'>,
  change: {
    readonly from: ImportStatus;
    readonly to?: ImportStatus;
    readonly progress: ImportProgress;
    readonly notices?: readonly Notice[];
    readonly problem?: Problem;
    readonly finishedAt?: number;
  },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'import_progress',
    text: `update imports
           set status = $4, progress = $5, notices = coalesce($6, notices), problem = coalesce($7, problem),
             finished_at = coalesce($8, finished_at)
           where workspace_id = $1 and id = $2 and status = $3`,
    values: [
      row.workspace_id,
      row.id,
      change.from,
      change.to ?? change.from,
      JSON.stringify(change.progress),
      change.notices === undefined ? null : JSON.stringify(change.notices),
      change.problem === undefined ? null : JSON.stringify(change.problem),
      change.finishedAt === undefined ? null : new Date(change.finishedAt),
    ],
  });
  return rowCount === 1;
}

export async function insertRefusals(
  db: Queryable,
  row: Pick<ImportRow, 'workspace_id' | 'id'>,
  refusals: readonly RefusedRow[],
): Promise<void> {
  if (refusals.length === 0) return;
  await db.query({
    name: 'import_refusals',
    text: `insert into import_refusals (workspace_id, import_id, row_number, code, message, hint, raw)
           select $1, $2, u.row_number, u.code, u.message, u.hint, u.raw
           from unnest($3::int8[], $4::text[], $5::text[], $6::text[], $7::text[]) u(row_number, code, message, hint, raw)
           on conflict do nothing`,
    values: [
      row.workspace_id,
      row.id,
      refusals.map((refused) => refused.row),
      refusals.map((refused) => refused.code),
      refusals.map((refused) => withoutNul(refused.reason)),
      refusals.map((refused) => withoutNul(refused.hint)),
      refusals.map((refused) => withoutNul(refused.raw)),
    ],
  });
}

/** Its file is gone and nothing is left to do. */
export async function forgetFile(db: Queryable, row: Pick<ImportRow, 'workspace_id' | 'id'>): Promise<void> {
  await db.query('update imports set stored_path = null where workspace_id = $1 and id = $2', [
    row.workspace_id,
    row.id,
  ]);
}

export type StoredRefusal = {
  readonly row: number;
  readonly code: string;
  readonly reason: string;
  readonly hint: string;
  readonly raw: string;
};

/** In order of rows, after `after`. */
export async function pageRefusals(
  db: Queryable,
  row: Pick<ImportRow, 'workspace_id' | 'id'>,
  page: { readonly after: number; readonly limit: number },
): Promise<readonly StoredRefusal[]> {
  const { rows } = await db.query<StoredRefusal>(
    `select row_number as row, code, message as reason, hint, raw
     from import_refusals
     where workspace_id = $1 and import_id = $2 and row_number > $3
     order by row_number
     limit $4`,
    [row.workspace_id, row.id, page.after, page.limit],
  );
  return rows;
}

/** Uploads that nobody started. Gives the files to delete. */
export async function deleteStalePreviews(db: Queryable, before: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ stored_path: string | null }>(
    `delete from imports
     where status = 'preview' and created_at < $1
     returning stored_path`,
    [new Date(before)],
  );
  return rows.flatMap((row) => (row.stored_path === null ? [] : [row.stored_path]));
}

/** Postgres stores no NUL; the reason of the row says that there was one. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '\ufffd');
}

/** After a large import: without fresh statistics Postgres takes plans for empty tables (a list took 30 s that takes 80 ms). */
export async function refreshStatistics(db: Queryable): Promise<void> {
  await db.query('analyze people, profiles, memberships, identities, events, decisions, seen');
}
