// Names of those who changed something, by the printed id that was written down (`usr_…`, `key_…`), also of revoked keys.
import type { Queryable } from './pool.ts';

export async function namesOf(db: Queryable, workspaceId: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ id: string; name: string }>(
    `select 'usr_' || id::text as id, name from users where workspace_id = $1
     union all
     select 'key_' || id::text as id, 'key ' || case when name = '' then prefix else name end from keys where workspace_id = $1`,
    [workspaceId],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}
