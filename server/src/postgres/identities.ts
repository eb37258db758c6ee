// Identity rows: read by key, inserted once, moved when people are merged. Conflicts are told by counts: the caller
// rolls back and starts again.
import { int2Array, textArray, uuidArray } from './binary-array.ts';
import { bucketOf, identityBucket } from './bucket.ts';
import type { Queryable } from './pool.ts';
import { identityText } from './resolve.ts';
import type { IdentityKey, KnownIdentity } from './resolve.ts';

/** The stored ones of these keys, by `identityText`. */
export async function findIdentities(
  client: Queryable,
  workspaceId: string,
  keys: readonly IdentityKey[],
): Promise<Map<string, KnownIdentity & { readonly personBucket: number }>> {
  const { rows } = await client.query<{
    bucket: number;
    kind: string;
    value: string;
    person_bucket: number;
    person_id: string;
    user_id: string | null;
  }>({
    name: 'identities_find',
    text: `select i.bucket, i.kind, i.value, i.person_bucket, i.person_id, i.user_id
           from unnest($1::int2[], $2::text[], $3::text[]) u(bucket, kind, value)
           join identities i on i.bucket = u.bucket and i.workspace_id = $4 and i.kind = u.kind and i.value = u.value`,
    values: [...keyValues(keys), workspaceId],
  });
  return new Map(
    rows.map((row) => [
      identityText(row.kind, row.value),
      {
        bucket: row.bucket,
        kind: row.kind,
        value: row.value,
        personId: row.person_id,
        personBucket: row.person_bucket,
        userId: row.user_id,
      },
    ]),
  );
}

export interface NewIdentity extends IdentityKey {
  readonly personId: string;
  readonly browser: boolean;
  readonly userId: string | null;
}

/** Inserts in the order of the key, so that two transactions never wait for each other. False: someone else was first. */
export async function insertIdentities(
  client: Queryable,
  workspaceId: string,
  identities: readonly NewIdentity[],
  now: number,
): Promise<boolean> {
  if (identities.length === 0) return true;
  const sorted = identities
    .map((identity) => ({ ...identity, bucket: identityBucket(identity.kind, identity.value) }))
    .sort(
      (a, b) =>
        a.bucket - b.bucket || (identityText(a.kind, a.value) < identityText(b.kind, b.value) ? -1 : 1),
    );
  const { rowCount } = await client.query({
    name: 'identities_insert',
    text: `insert into identities (bucket, workspace_id, kind, value, person_bucket, person_id, trust, user_id, created_at)
           select u.bucket, $1, u.kind, u.value, u.person_bucket, u.person_id, u.trust, u.user_id, $2
           from unnest($3::int2[], $4::text[], $5::text[], $6::int2[], $7::uuid[], $8::text[], $9::text[])
             u(bucket, kind, value, person_bucket, person_id, trust, user_id)
           on conflict do nothing`,
    values: [
      workspaceId,
      new Date(now),
      int2Array(sorted.map((i) => i.bucket)),
      textArray(sorted.map((i) => i.kind)),
      textArray(sorted.map((i) => i.value)),
      int2Array(sorted.map((i) => bucketOf(i.personId))),
      uuidArray(sorted.map((i) => i.personId)),
      textArray(sorted.map((i) => (i.browser ? 'browser' : 'server'))),
      textArray(sorted.map((i) => i.userId)),
    ],
  });
  return rowCount === sorted.length;
}

/** Writes down the first user_id that stored anonymous ids met. False: another one was first. */
export async function markIdentities(
  client: Queryable,
  workspaceId: string,
  marks: readonly { readonly anonymousId: string; readonly userId: string }[],
): Promise<boolean> {
  if (marks.length === 0) return true;
  const { rowCount } = await client.query({
    name: 'identities_mark',
    text: `update identities i
           set user_id = u.user_id
           from unnest($2::int2[], $3::text[], $4::text[]) u(bucket, value, user_id)
           where i.bucket = u.bucket and i.workspace_id = $1 and i.kind = 'anonymous_id' and i.value = u.value
             and i.user_id is null`,
    values: [
      workspaceId,
      int2Array(marks.map((m) => identityBucket('anonymous_id', m.anonymousId))),
      textArray(marks.map((m) => m.anonymousId)),
      textArray(marks.map((m) => m.userId)),
    ],
  });
  return rowCount === marks.length;
}

/** How many identities lead to each of these people. */
export async function countIdentities(
  client: Queryable,
  workspaceId: string,
  personIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (personIds.length === 0) return new Map();
  const { rows } = await client.query<{ person_id: string; n: number }>({
    name: 'identities_count',
    text: `select person_id, count(*)::int as n
           from identities
           where workspace_id = $1 and person_id = any($2::uuid[])
           group by person_id`,
    values: [workspaceId, uuidArray(personIds)],
  });
  return new Map(rows.map((row) => [row.person_id, row.n]));
}

export function keyValues(keys: readonly IdentityKey[]): readonly [Buffer, Buffer, Buffer] {
  return [
    int2Array(keys.map((k) => k.bucket ?? identityBucket(k.kind, k.value))),
    textArray(keys.map((k) => k.kind)),
    textArray(keys.map((k) => k.value)),
  ];
}
