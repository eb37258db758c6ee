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

/** False when the key is taken. */
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
     on conflict (workspace_id, key) do nothing`,
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

/** Gone for good: nothing refers to it, and decisions keep its key in their own text. */
export async function deleteSegment(
  db: Queryable,
  segment: { readonly workspaceId: string; readonly key: string },
): Promise<void> {
  await db.query('delete from segments where workspace_id = $1 and key = $2', [
    segment.workspaceId,
    segment.key,
  ]);
}
