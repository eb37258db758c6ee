// Who was erased, as keyed hashes of the identities they had: what comes in is held against them.
import { createHmac } from 'node:crypto';
import { byteaArray } from './binary-array.ts';
import type { Queryable } from './pool.ts';

export interface ErasedIdentity {
  readonly kind: string;
  readonly value: string;
}

/** Keyed, so that a leaked table does not say who was here. */
export function identityHash(key: string, { kind, value }: ErasedIdentity): Buffer {
  return createHmac('sha256', key).update(`${kind}\n${value}`).digest();
}

/** Of these, the texts of those that were erased; without a key nobody is. */
export async function erasedAmong(
  db: Queryable,
  workspaceId: string,
  asked: {
    readonly key: string | undefined;
    readonly identities: Iterable<ErasedIdentity & { readonly text: string }>;
  },
): Promise<ReadonlySet<string>> {
  const { key } = asked;
  if (key === undefined || !(await hasErased(db, workspaceId))) return new Set();
  const hashes = new Map<string, Buffer>();
  for (const identity of asked.identities)
    if (!hashes.has(identity.text)) hashes.set(identity.text, identityHash(key, identity));
  const erased = await findErased(db, workspaceId, [...hashes.values()]);
  return new Set([...hashes].flatMap(([text, hash]) => (erased.has(hash.toString('hex')) ? [text] : [])));
}

/** Whether there is anybody at all: most have erased nobody. */
async function hasErased(db: Queryable, workspaceId: string): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>({
    name: 'erased_any',
    text: 'select exists (select 1 from erasures where workspace_id = $1) as found',
    values: [workspaceId],
  });
  return rows[0]?.found === true;
}

/** Of these hashes, those of identities that were erased. */
async function findErased(
  db: Queryable,
  workspaceId: string,
  hashes: readonly Buffer[],
): Promise<ReadonlySet<string>> {
  if (hashes.length === 0) return new Set();
  const { rows } = await db.query<{ identity_hash: Buffer }>({
    name: 'erased',
    text: `select e.identity_hash
           from unnest($2::bytea[]) u(hash)
           join erasures e on e.workspace_id = $1 and e.identity_hash = u.hash`,
    values: [workspaceId, byteaArray(hashes)],
  });
  return new Set(rows.map((row) => row.identity_hash.toString('hex')));
}
