// Lifecycle models as rows. The one with the lowest position is the default. Who is in which stage is in `memberships`.
import type { LifecycleDefinition, StageDefinition } from '@rapport/engine';
import type { Queryable } from './pool.ts';

export interface ModelRow {
  readonly key: string;
  readonly name: string;
  readonly body: { readonly stages: readonly StageDefinition[]; readonly tested_first?: string };
  readonly active: boolean;
  readonly position: number;
}

export async function listModels(db: Queryable, workspaceId: string): Promise<readonly ModelRow[]> {
  const { rows } = await db.query<ModelRow>(
    `select key, name, body, active, position
       from lifecycle_models
      where workspace_id = $1
      order by position, key`,
    [workspaceId],
  );
  return rows;
}

export async function updateModel(
  db: Queryable,
  change: { readonly workspaceId: string; readonly model: LifecycleDefinition; readonly active: boolean },
): Promise<void> {
  const { key, name, ...body } = change.model;
  await db.query(
    'update lifecycle_models set name = $3, body = $4, active = $5 where workspace_id = $1 and key = $2',
    [change.workspaceId, key, name, JSON.stringify(body), change.active],
  );
}

export async function deleteModel(
  db: Queryable,
  model: { readonly workspaceId: string; readonly key: string },
): Promise<void> {
  await db.query('delete from lifecycle_models where workspace_id = $1 and key = $2', [
    model.workspaceId,
    model.key,
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
