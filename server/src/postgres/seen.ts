// Deduplication for good, and the second look at identities, in one statement under the people's locks. A messageId is
// known by a hash of workspace, trust and id, so that what a server and what a browser say never collide.
import { byteaArray, int2Array, textArray, uuidArray } from './binary-array.ts';
import { bucketOf } from './bucket.ts';
import type { Queryable } from './pool.ts';
import { keyValues } from './identities.ts';
import type { KnownIdentity } from './resolve.ts';

export interface SeenRow {
  /** Hex of the message hash, where it was made already. */
  readonly key?: string;
  readonly bucket: number;
  readonly messageHash: Buffer;
  readonly bodyHash: Buffer;
}

export interface SeenResult {
  /** Hex of the message hashes that were new. */
  readonly fresh: ReadonlySet<string>;
  /** An identity leads elsewhere by now: roll back and start again. */
  readonly moved: boolean;
}

export async function insertSeen(
  client: Queryable,
  workspaceId: string,
  rows: readonly SeenRow[],
  expected: readonly KnownIdentity[],
): Promise<SeenResult> {
  const { rows: answers } = await client.query<{ fresh: number; hashes: Buffer[] | null; moved: boolean }>({
    name: 'seen_insert',
    text: `with fresh as (
             insert into seen (bucket, workspace_id, message_hash, body_hash)
             select u.bucket, $1, u.message_hash, u.body_hash
             from unnest($2::int2[], $3::bytea[], $4::bytea[]) u(bucket, message_hash, body_hash)
             on conflict do nothing
             returning message_hash)
           select (select count(*)::int from fresh) as fresh,
             -- All were new, as a rule: then there is nothing to list.
             (select array_agg(message_hash) from fresh having count(*) < $11::int) as hashes,
             exists (
               select 1
               from unnest($5::int2[], $6::text[], $7::text[], $8::int2[], $9::uuid[], $10::text[])
                 e(bucket, kind, value, person_bucket, person_id, user_id)
               left join identities i
                 on i.bucket = e.bucket and i.workspace_id = $1 and i.kind = e.kind and i.value = e.value
               where i.person_id is distinct from e.person_id or i.user_id is distinct from e.user_id) as moved`,
    values: [
      workspaceId,
      int2Array(rows.map((r) => r.bucket)),
      byteaArray(rows.map((r) => r.messageHash)),
      byteaArray(rows.map((r) => r.bodyHash)),
      ...keyValues(expected),
      int2Array(expected.map((e) => bucketOf(e.personId))),
      uuidArray(expected.map((e) => e.personId)),
      textArray(expected.map((e) => e.userId)),
      rows.length,
    ],
  });
  const [answer] = answers;
  if (answer === undefined) throw new Error('an insert gave no answer');
  const fresh =
    answer.fresh === rows.length
      ? rows.map((row) => row.key ?? row.messageHash.toString('hex'))
      : (answer.hashes ?? []).map((hash) => hash.toString('hex'));
  return { fresh: new Set(fresh), moved: answer.moved };
}

/** Body hashes by hex of the message hash, wherever one of these (bucket, hash) pairs was accepted before. */
export async function findSeen(
  client: Queryable,
  workspaceId: string,
  pairs: readonly { readonly bucket: number; readonly messageHash: Buffer }[],
): Promise<ReadonlyMap<string, Buffer>> {
  if (pairs.length === 0) return new Map();
  const { rows } = await client.query<{ message_hash: Buffer; body_hash: Buffer }>({
    name: 'seen_find',
    text: `select s.message_hash, s.body_hash
           from unnest($1::int2[], $2::bytea[]) u(bucket, message_hash)
           join seen s on s.bucket = u.bucket and s.workspace_id = $3 and s.message_hash = u.message_hash`,
    values: [int2Array(pairs.map((p) => p.bucket)), byteaArray(pairs.map((p) => p.messageHash)), workspaceId],
  });
  return new Map(rows.map((row) => [row.message_hash.toString('hex'), row.body_hash]));
}
