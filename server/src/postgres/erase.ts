// Forgetting a person for good: their rows everywhere, what was kept of bad inputs with their addresses, what the log of changes says in
// detail. Keyed hashes stay, so that they are not written to and not taken in again.
import { byteaArray, int2Array, textArray, uuidArray } from './binary-array.ts';
import type { PersonKey } from './bucket.ts';
import type { ErasedIdentity } from './erasures.ts';
import { deletePeople } from './people-delete.ts';
import type { Connection, Queryable } from './pool.ts';

export async function listEveryIdentity(
  db: Queryable,
  workspaceId: string,
  keys: readonly PersonKey[],
): Promise<readonly ErasedIdentity[]> {
  const { rows } = await db.query<ErasedIdentity>(
    'select kind, value from identities where workspace_id = $1 and person_id = any($2::uuid[]) order by kind, value',
    [workspaceId, uuidArray(keys.map(({ id }) => id))],
  );
  return rows;
}

/** Whether a letter to them is leaving this very moment: what comes of it could not be written down any more. */
export async function isBeingHandedOver(
  db: Queryable,
  workspaceId: string,
  keys: readonly PersonKey[],
): Promise<boolean> {
  const { rowCount } = await db.query(
    `select 1
     from unnest($2::int2[], $3::uuid[]) u(bucket, id)
     join messages m on m.bucket = u.bucket and m.workspace_id = $1 and m.person_id = u.id
     where m.state in ('claimed', 'handing')
     limit 1`,
    [workspaceId, int2Array(keys.map(({ bucket }) => bucket)), uuidArray(keys.map(({ id }) => id))],
  );
  return (rowCount ?? 0) > 0;
}

export interface Erased {
  readonly events: number;
  readonly messages: number;
  readonly notes: number;
}

/** The caller holds the lock on the person. `subjects`: as the log of changes names them. */
export async function erasePerson(
  client: Connection,
  workspaceId: string,
  who: {
    readonly keys: readonly PersonKey[];
    readonly identities: readonly ErasedIdentity[];
    readonly subjects: readonly string[];
    readonly identityHashes: readonly Buffer[];
    readonly addressHashes: readonly Buffer[];
    readonly at: number;
  },
): Promise<Erased> {
  const at = new Date(who.at);
  await client.query(
    `insert into erasures (workspace_id, identity_hash, at)
     select $1, u.hash, $3 from unnest($2::bytea[]) u(hash)
     on conflict do nothing`,
    [workspaceId, byteaArray(who.identityHashes), at],
  );
  await client.query(
    `insert into suppressions (workspace_id, channel, address_hash, reason, at)
     select $1, 'email', u.hash, 'erased', $3 from unnest($2::bytea[]) u(hash)
     on conflict (workspace_id, channel, address_hash) do update set reason = excluded.reason`,
    [workspaceId, byteaArray(who.addressHashes), at],
  );
  const gone = await deletePeople(client, workspaceId, who.keys);
  await forgetTraces(client, workspaceId, who);
  return {
    events: gone.get('events') ?? 0,
    messages: gone.get('messages') ?? 0,
    notes: gone.get('notes') ?? 0,
  };
}

/** Identities as they stand in bad inputs, refused rows, saved searches and the details of the log. */
async function forgetTraces(
  client: Connection,
  workspaceId: string,
  who: { readonly identities: readonly ErasedIdentity[]; readonly subjects: readonly string[] },
): Promise<void> {
  // An address or a number is looked for anywhere; an id only as a whole JSON text: "7" stands in everything.
  const texts = who.identities.map(({ kind, value }) =>
    kind === 'email' || kind === 'phone' ? value.toLowerCase() : JSON.stringify(value).toLowerCase(),
  );
  const values = [workspaceId, textArray(texts)];
  const holds = (column: string): string =>
    `exists (select 1 from unnest($2::text[]) u(said) where position(u.said in lower(${column})) > 0)`;
  await client.query(`delete from quarantine where workspace_id = $1 and ${holds('body')}`, values);
  await client.query(`delete from import_refusals where workspace_id = $1 and ${holds('raw')}`, values);
  await client.query(`delete from people_views where workspace_id = $1 and ${holds('body::text')}`, values);
  await client.query(
    `update audit_log
     set detail = '{"forgotten": true}'
     where workspace_id = $1 and (subject = any($3::text[]) or ${holds('detail::text')})`,
    [...values, textArray(who.subjects)],
  );
}
