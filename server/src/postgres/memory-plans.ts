// What memory kept and rules asked under each program version: a later program is compared with it. Written once for a version, never
// changed; the newest few are enough, because whoever is further behind is folded again as a whole.
import type { AskedShape, PlanShape } from '@rapport/engine';
import type { Queryable } from './pool.ts';

const KEPT = 100;

/** `asked`: absent where a process of an older Rapport wrote it. */
export interface ProgramShape extends PlanShape {
  readonly asked?: AskedShape;
}

export async function recordPlan(
  client: Queryable,
  workspaceId: string,
  version: number,
  shape: ProgramShape,
): Promise<void> {
  const { rowCount } = await client.query(
    `insert into memory_plans (workspace_id, version, shape)
     values ($1, $2, $3)
     on conflict (workspace_id, version) do nothing`,
    [workspaceId, version, JSON.stringify(shape)],
  );
  if (rowCount === 0) return;
  await client.query('delete from memory_plans where workspace_id = $1 and version <= $2', [
    workspaceId,
    version - KEPT,
  ]);
}

/** Undefined: nobody wrote it down. */
export async function findPlan(
  client: Queryable,
  workspaceId: string,
  version: number,
): Promise<ProgramShape | undefined> {
  const { rows } = await client.query<{ shape: ProgramShape }>(
    'select shape from memory_plans where workspace_id = $1 and version = $2',
    [workspaceId, version],
  );
  return rows[0]?.shape;
}
