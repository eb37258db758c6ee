// Takes people away with everything that is theirs and nobody else's. Whether that may be is for the caller to know.
import { byteaArray, int2Array, uuidArray } from './binary-array.ts';
import type { PersonKey } from './bucket.ts';
import { hash16 } from './import-owners.ts';
import type { Connection } from './pool.ts';

/**
 * Takes these people with everything that is theirs. Their rows first: whoever steps one of them is waited for. Gives how many rows of
 * each table went.
 */
export async function deletePeople(
  client: Connection,
  workspaceId: string,
  keys: readonly PersonKey[],
): Promise<ReadonlyMap<string, number>> {
  const ids = keys.map(({ id }) => id);
  const values = [workspaceId, int2Array(keys.map(({ bucket }) => bucket)), uuidArray(ids)];
  const of = 'unnest($2::int2[], $3::uuid[]) u(bucket, id)';
  const theirs = (table: string): string =>
    `t.bucket = u.bucket and t.workspace_id = $1 and t.${table === 'people' ? 'id' : 'person_id'} = u.id`;
  await client.query(
    `select 1 from ${of} join people t on ${theirs('people')} order by t.bucket, t.id for update of t`,
    values,
  );
  await deleteSeen(client, workspaceId, keys);
  await client.query(
    `delete from mailbox b using ${of}, messages t
     where ${theirs('messages')} and b.bucket = t.bucket and b.workspace_id = t.workspace_id and b.message_id = t.id`,
    values,
  );
  const gone = new Map<string, number>();
  for (const table of [
    'messages',
    'runs',
    'run_moves',
    'stage_moves',
    'point_entries',
    'memberships',
    'profiles',
    'decisions',
    'events',
    'parked',
    'notes',
    'aliases',
    'import_people',
    'people',
  ]) {
    const { rowCount } = await client.query(
      `delete from ${table} t using ${of} where ${theirs(table)}`,
      values,
    );
    gone.set(table, rowCount ?? 0);
  }
  await client.query('delete from identities where workspace_id = $1 and person_id = any($2::uuid[])', [
    workspaceId,
    uuidArray(ids),
  ]);
  return gone;
}

/** What was told of them live, beside their story, was written down as seen; it is forgotten with them. */
async function deleteSeen(
  client: Connection,
  workspaceId: string,
  keys: readonly PersonKey[],
): Promise<void> {
  const { rows } = await client.query<{ bucket: number; message_id: string }>(
    `select t.bucket, t.message_id
     from unnest($2::int2[], $3::uuid[]) u(bucket, id)
     join events t on t.bucket = u.bucket and t.workspace_id = $1 and t.person_id = u.id
     where t.message_id not like 'sample-%'`,
    [workspaceId, int2Array(keys.map(({ bucket }) => bucket)), uuidArray(keys.map(({ id }) => id))],
  );
  if (rows.length === 0) return;
  const hashes = rows.flatMap(({ bucket, message_id: id }) =>
    (['server', 'browser', 'import'] as const).map((trust) => ({
      bucket,
      hash: hash16(`${workspaceId}\n${trust}\n${id}`),
    })),
  );
  await client.query(
    `delete from seen s using unnest($2::int2[], $3::bytea[]) u(bucket, hash)
     where s.bucket = u.bucket and s.workspace_id = $1 and s.message_hash = u.hash`,
    [workspaceId, int2Array(hashes.map((h) => h.bucket)), byteaArray(hashes.map((h) => h.hash))],
  );
}
