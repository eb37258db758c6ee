// States of people in bulk, for counting who would qualify: read by bucket, so that a sample is a fair share of everyone.
import type { Queryable } from './pool.ts';

export interface StateRow {
  readonly id: string;
  readonly state: string;
}

/** People of these buckets that were lived through at least once. */
export async function listStates(
  db: Queryable,
  workspaceId: string,
  buckets: readonly number[],
): Promise<readonly StateRow[]> {
  const { rows } = await db.query<StateRow>(
    `select id, state
       from people
      where bucket = any($1::int2[]) and workspace_id = $2 and merged_into is null and state <> '{}'`,
    [buckets, workspaceId],
  );
  return rows;
}

/** How many messages or runs a sample is worth asking about: the planner's estimate of people. */
export async function estimatePeople(db: Queryable, workspaceId: string, upTo: number): Promise<number> {
  const { rows } = await db.query<{ people: number }>(
    `select count(*)::int as people
       from (select 1 from people where workspace_id = $1 and merged_into is null limit $2) as counted`,
    [workspaceId, upTo],
  );
  return rows[0]?.people ?? 0;
}
