// API keys: made here and stored as a SHA-256 hash; a server's is shown once, a browser's is public. Looked up by every request of ingestion, therefore cached
// for a few seconds: a revoked key dies at once in the process that revoked it, elsewhere within `cachedForMs`.
import { createHash, randomBytes } from 'node:crypto';
import type { Queryable } from './pool.ts';

export type KeyKind = 'server' | 'browser';

export interface ApiKey {
  readonly id: string;
  readonly workspace_id: string;
  readonly kind: KeyKind;
  readonly name: string;
}

export interface KeyRow {
  readonly id: string;
  readonly kind: KeyKind;
  readonly name: string;
  readonly prefix: string;
  /** A browser's key, readable: it stands in every page anyway. null: a server's, shown once. */
  readonly shown: string | null;
  readonly created_at: Date;
  /** To five minutes or so; null: never. */
  readonly last_used_at: Date | null;
}

/** How exact `last_used_at` is: a key that is used a thousand times a second is not written down each time. */
const usedEveryMs = 5 * 60_000;
const cachedForMs = 5_000;
const cacheMax = 10_000;
/** 32 random bytes: nothing to guess, so a plain hash is enough. */
const randomLength = 32;
const shownLength = 7;

type Cache = Map<string, { readonly key: ApiKey | null; readonly until: number }>;
const caches = new WeakMap<Queryable, Cache>();

/** The key's row when it is known and not revoked, else null. `db` is a pool that lives as long as the process. */
export async function findKey(
  db: Queryable,
  key: string,
  now: () => number = Date.now,
): Promise<ApiKey | null> {
  if (!/^(rk|wk)_[A-Za-z0-9_-]{20,64}$/.test(key)) return null;
  const cache = cacheOf(db);
  const at = now();
  const cached = cache.get(key);
  if (cached !== undefined && cached.until > at) return cached.key;
  const { rows } = await db.query<ApiKey & { readonly last_used_at: Date | null }>(
    'select id, workspace_id, kind, name, last_used_at from keys where hash = $1 and revoked_at is null',
    [hashKey(key)],
  );
  const [row] = rows;
  const found = row === undefined ? null : toKey(row);
  if (row !== undefined && at - (row.last_used_at?.getTime() ?? 0) > usedEveryMs) {
    // An event is not refused because this could not be written down.
    await db
      .query('update keys set last_used_at = $2 where hash = $1', [hashKey(key), new Date(at)])
      .catch(() => undefined);
  }
  if (cache.size >= cacheMax) cache.clear();
  cache.set(key, { key: found, until: at + cachedForMs });
  return found;
}

/** Returns the key itself, this once. */
export async function createKey(
  db: Queryable,
  options: {
    readonly id: string;
    readonly workspaceId: string;
    readonly kind: KeyKind;
    readonly name: string;
    readonly at: Date;
  },
): Promise<KeyRow & { readonly key: string }> {
  const key = `${options.kind === 'server' ? 'rk' : 'wk'}_${randomBytes(randomLength).toString('base64url')}`;
  const { id, workspaceId, kind, name, at } = options;
  const prefix = key.slice(0, shownLength);
  const shown = kind === 'browser' ? key : null;
  await db.query(
    `insert into keys (id, workspace_id, kind, name, hash, prefix, shown, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, workspaceId, kind, name, hashKey(key), prefix, shown, at],
  );
  return { id, kind, name, prefix, shown, created_at: at, last_used_at: null, key };
}

/** One that works. */
export async function findKeyRow(
  db: Queryable,
  key: { readonly workspaceId: string; readonly id: string },
): Promise<KeyRow | undefined> {
  const { rows } = await db.query<KeyRow>(
    `select id, kind, name, prefix, shown, created_at, last_used_at
       from keys
      where workspace_id = $1 and id = $2 and revoked_at is null`,
    [key.workspaceId, key.id],
  );
  return rows[0];
}

/** False when there is no such key that still works. */
export async function revokeKey(
  db: Queryable,
  key: { readonly workspaceId: string; readonly id: string; readonly at: Date },
): Promise<boolean> {
  const { rowCount } = await db.query(
    'update keys set revoked_at = $3 where workspace_id = $1 and id = $2 and revoked_at is null',
    [key.workspaceId, key.id, key.at],
  );
  return rowCount === 1;
}

/** To be called after a revocation has been committed. */
export function forgetKeys(db: Queryable): void {
  caches.get(db)?.clear();
}

/** All that work, newest first: they are few. */
export async function listKeys(db: Queryable, workspaceId: string): Promise<readonly KeyRow[]> {
  const { rows } = await db.query<KeyRow>(
    `select id, kind, name, prefix, shown, created_at, last_used_at
       from keys
      where workspace_id = $1 and revoked_at is null
      order by created_at desc, id desc
      limit 1000`,
    [workspaceId],
  );
  return rows;
}

function toKey({ id, workspace_id, kind, name }: ApiKey): ApiKey {
  return { id, workspace_id, kind, name };
}

function cacheOf(db: Queryable): Cache {
  const known = caches.get(db);
  if (known !== undefined) return known;
  const made: Cache = new Map();
  caches.set(db, made);
  return made;
}

function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
