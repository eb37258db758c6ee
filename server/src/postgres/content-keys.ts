// Which templates and topics there are: what journeys and rules may name.
import type { Queryable } from './pool.ts';

export async function listTemplateKeys(db: Queryable, workspaceId: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ key: string }>(
    'select distinct key from templates where workspace_id = $1 and archived_at is null order by key',
    [workspaceId],
  );
  return rows.map(({ key }) => key);
}

export async function listTemplateNames(
  db: Queryable,
  workspaceId: string,
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ key: string; name: string }>(
    'select distinct on (key) key, name from templates where workspace_id = $1 order by key, version desc',
    [workspaceId],
  );
  return new Map(rows.map(({ key, name }) => [key, name]));
}

export async function listTopics(
  db: Queryable,
  workspaceId: string,
): Promise<readonly { readonly key: string; readonly name: string }[]> {
  const { rows } = await db.query<{ key: string; name: string }>(
    'select key, name from topics where workspace_id = $1 order by position, key',
    [workspaceId],
  );
  return rows;
}
