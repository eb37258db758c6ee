// Segments as rows: key, name, rule. Who is in one is in `memberships`, written from decisions alone.
import type { Rule } from '@rapport/engine';
import type { Queryable } from './pool.ts';

export interface SegmentRow {
  readonly key: string;
  readonly name: string;
  readonly rule: Rule;
  readonly shipped: boolean;
  readonly created_at: Date;
}

export async function listSegments(db: Queryable, workspaceId: string): Promise<readonly SegmentRow[]> {
  const { rows } = await db.query<SegmentRow>(
    `select key, name, rule, shipped, created_at
       from segments
      where workspace_id = $1 and archived_at is null
      order by position, key`,
    [workspaceId],
  );
  return rows;
}

export async function findSegment(
  db: Queryable,
  workspaceId: string,
  key: string,
): Promise<SegmentRow | undefined> {
  const { rows } = await db.query<SegmentRow>(
    `select key, name, rule, shipped, created_at
       from segments
      where workspace_id = $1 and key = $2 and archived_at is null`,
    [workspaceId, key],
  );
  return rows[0];
}

/** How many people are in it now, by its index (memberships_of). */
export async function countMembers(db: Queryable, workspaceId: string, key: string): Promise<number> {
  const { rows } = await db.query<{ people: number }>(
    `select count(*)::int as people
       from memberships
      where workspace_id = $1 and kind = 'segment' and "of" = $2 and value = ''`,
    [workspaceId, key],
  );
  return rows[0]?.people ?? 0;
}

/** False when the key is taken. That of a deleted segment is free: the new one takes its place. */
export async function insertSegment(
  db: Queryable,
  segment: {
    readonly workspaceId: string;
    readonly key: string;
    readonly name: string;
    readonly rule: Rule;
    readonly at: Date;
  },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into segments (workspace_id, key, name, rule, shipped, position, created_at)
     select $1, $2, $3, $4, false, coalesce(max(position), 0) + 1, $5 from segments where workspace_id = $1
     on conflict (workspace_id, key) do update
       set name = excluded.name, rule = excluded.rule, shipped = false, position = excluded.position,
           created_at = excluded.created_at, archived_at = null
       where segments.archived_at is not null`,
    [segment.workspaceId, segment.key, segment.name, JSON.stringify(segment.rule), segment.at],
  );
  return rowCount === 1;
}

export async function updateSegment(
  db: Queryable,
  segment: { readonly workspaceId: string; readonly key: string; readonly name: string; readonly rule: Rule },
): Promise<void> {
  await db.query('update segments set name = $3, rule = $4 where workspace_id = $1 and key = $2', [
    segment.workspaceId,
    segment.key,
    segment.name,
    JSON.stringify(segment.rule),
  ]);
}

/** Out of the program, and kept with its rule so that it can be put back: it asks nothing and nobody is in it. */
export async function archiveSegment(
  db: Queryable,
  segment: { readonly workspaceId: string; readonly key: string; readonly at: Date },
): Promise<void> {
  await db.query('update segments set archived_at = $3 where workspace_id = $1 and key = $2', [
    segment.workspaceId,
    segment.key,
    segment.at,
  ]);
}

export interface ArchivedSegmentRow extends SegmentRow {
  readonly archived_at: Date;
}

/** Newest first. */
export async function listArchivedSegments(
  db: Queryable,
  workspaceId: string,
  limit: number,
): Promise<readonly ArchivedSegmentRow[]> {
  const { rows } = await db.query<ArchivedSegmentRow>(
    `select key, name, rule, shipped, created_at, archived_at
       from segments
      where workspace_id = $1 and archived_at is not null
      order by archived_at desc, key
      limit $2`,
    [workspaceId, limit],
  );
  return rows;
}

export async function findArchivedSegment(
  db: Queryable,
  workspaceId: string,
  key: string,
): Promise<ArchivedSegmentRow | undefined> {
  const { rows } = await db.query<ArchivedSegmentRow>(
    `select key, name, rule, shipped, created_at, archived_at
       from segments
      where workspace_id = $1 and key = $2 and archived_at is not null`,
    [workspaceId, key],
  );
  return rows[0];
}

export async function unarchiveSegment(
  db: Queryable,
  segment: { readonly workspaceId: string; readonly key: string },
): Promise<void> {
  await db.query('update segments set archived_at = null where workspace_id = $1 and key = $2', [
    segment.workspaceId,
    segment.key,
  ]);
}
