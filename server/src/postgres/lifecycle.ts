// Lifecycle models as rows. The one with the lowest position is the default; each save is kept as a version, and a deleted model is
// kept too. Who is in which stage is in `memberships`.
import type { LifecycleDefinition, StageDefinition } from '@rapport/engine';
import type { Queryable } from './pool.ts';

export interface ModelBody {
  readonly stages: readonly StageDefinition[];
  readonly tested_first?: string;
}

export interface ModelRow {
  readonly key: string;
  readonly name: string;
  readonly body: ModelBody;
  readonly active: boolean;
  readonly position: number;
  readonly version: number;
  readonly archived_at: Date | null;
}

const columns = 'key, name, body, active, position, version, archived_at';

export async function listModels(db: Queryable, workspaceId: string): Promise<readonly ModelRow[]> {
  const { rows } = await db.query<ModelRow>(
    `select ${columns}
       from lifecycle_models
      where workspace_id = $1 and archived_at is null
      order by position, key`,
    [workspaceId],
  );
  return rows;
}

/** Deleted ones, newest first. */
export async function listArchivedModels(db: Queryable, workspaceId: string): Promise<readonly ModelRow[]> {
  const { rows } = await db.query<ModelRow>(
    `select ${columns}
       from lifecycle_models
      where workspace_id = $1 and archived_at is not null
      order by archived_at desc, key`,
    [workspaceId],
  );
  return rows;
}

/** A new model runs at once. The key of a deleted one is free: the new one takes its place, and its versions count on. */
export async function insertModel(
  db: Queryable,
  row: {
    readonly workspaceId: string;
    readonly at: Date;
    readonly model: LifecycleDefinition;
    readonly position: number;
    readonly by: string | null;
  },
): Promise<void> {
  const { key, name, ...body } = row.model;
  const version = await insertVersion(db, { ...row, key, name, body });
  await db.query(
    `insert into lifecycle_models (workspace_id, key, name, body, active, position, version, created_at)
     values ($1, $2, $3, $4, true, $5, $6, $7)
     on conflict (workspace_id, key) do update
       set name = excluded.name, body = excluded.body, active = true, position = excluded.position,
           version = excluded.version, created_at = excluded.created_at, archived_at = null
       where lifecycle_models.archived_at is not null`,
    [row.workspaceId, key, name, JSON.stringify(body), row.position, version, row.at],
  );
}

/** The caller holds the workspace's lock, so that versions follow each other. */
export async function updateModel(
  db: Queryable,
  change: {
    readonly workspaceId: string;
    readonly model: LifecycleDefinition;
    readonly at: Date;
    readonly by: string | null;
  },
): Promise<void> {
  const { key, name, ...body } = change.model;
  const version = await insertVersion(db, { ...change, key, name, body });
  await db.query(
    'update lifecycle_models set name = $3, body = $4, version = $5 where workspace_id = $1 and key = $2',
    [change.workspaceId, key, name, JSON.stringify(body), version],
  );
}

async function insertVersion(
  db: Queryable,
  row: {
    readonly workspaceId: string;
    readonly key: string;
    readonly name: string;
    readonly body: Omit<LifecycleDefinition, 'key' | 'name'>;
    readonly at: Date;
    readonly by: string | null;
  },
): Promise<number> {
  const { rows } = await db.query<{ version: number }>(
    `insert into lifecycle_versions (workspace_id, model_key, version, name, body, created_at, created_by)
     select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6
       from lifecycle_versions
      where workspace_id = $1 and model_key = $2
     returning version`,
    [row.workspaceId, row.key, row.name, JSON.stringify(row.body), row.at, row.by],
  );
  return rows[0]?.version ?? 1;
}

export async function setModelActive(
  db: Queryable,
  model: { readonly workspaceId: string; readonly key: string; readonly active: boolean },
): Promise<void> {
  await db.query('update lifecycle_models set active = $3 where workspace_id = $1 and key = $2', [
    model.workspaceId,
    model.key,
    model.active,
  ]);
}

export interface ModelVersionRow {
  readonly version: number;
  readonly name: string;
  readonly body: ModelBody;
  readonly created_at: Date;
  readonly created_by: string | null;
}

/** Newest first. */
export async function listModelVersions(
  db: Queryable,
  model: { readonly workspaceId: string; readonly key: string },
  limit: number,
): Promise<readonly ModelVersionRow[]> {
  const { rows } = await db.query<ModelVersionRow>(
    `select version, name, body, created_at, created_by
       from lifecycle_versions
      where workspace_id = $1 and model_key = $2
      order by version desc
      limit $3`,
    [model.workspaceId, model.key, limit],
  );
  return rows;
}

/** Deleted at this instant, or put back where it was with null. */
export async function archiveModel(
  db: Queryable,
  model: { readonly workspaceId: string; readonly key: string; readonly at: Date | null },
): Promise<void> {
  await db.query('update lifecycle_models set archived_at = $3 where workspace_id = $1 and key = $2', [
    model.workspaceId,
    model.key,
    model.at,
  ]);
}

/** Positions in the given order. */
export async function orderModels(
  db: Queryable,
  order: { readonly workspaceId: string; readonly keys: readonly string[] },
): Promise<void> {
  await db.query(
    `update lifecycle_models m
        set position = u.position
       from unnest($2::text[], $3::int[]) as u (key, position)
      where m.workspace_id = $1 and m.key = u.key`,
    [order.workspaceId, order.keys, order.keys.map((_key, position) => position)],
  );
}
