// People of the sample store: whether there are others beside them, and taking them away with everything that is theirs
// and nobody else's.
import type { PersonKey } from './bucket.ts';
import { deletePeople } from './people-delete.ts';
import type { Connection, Queryable } from './pool.ts';
import { isSamplePerson, sampleIds } from './sample-ids.ts';

/** Whether there is anybody who was not made up. */
export async function hasRealPeople(db: Queryable, workspaceId: string): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>(
    `select exists (
       select 1 from people
       where workspace_id = $1 and merged_into is null and (id < $2 or id > $3)) as found`,
    [workspaceId, ...sampleIds],
  );
  return rows[0]?.found === true;
}

export async function deleteSamplePeople(
  client: Connection,
  workspaceId: string,
  keys: readonly PersonKey[],
): Promise<void> {
  if (!keys.every(({ id }) => isSamplePerson(id)))
    throw new Error('only people of the sample store are removed');
  await deletePeople(client, workspaceId, keys);
}
