// What a POST with an Idempotency-Key answered, kept for a day: the first to write the row does the work, the others get its
// answer. Bodies arrive here encrypted.
import type { Queryable } from './pool.ts';

export interface KeptRequest {
  readonly workspaceId: string;
  readonly actor: string;
  readonly key: string;
}

export type Reservation =
  | { readonly kind: 'ours' }
  | { readonly kind: 'other_request' }
  | { readonly kind: 'at_work' }
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly body: Buffer;
      readonly contentType: string;
    };

/** How long answers are kept, and after which a reservation without an answer counts as abandoned (its process died). */
const keptMs = 24 * 3_600_000;
const abandonedMs = 60_000;

export async function reserveRequest(
  db: Queryable,
  request: KeptRequest & { readonly hash: Buffer; readonly at: Date },
): Promise<Reservation> {
  const { workspaceId, actor, key, hash, at } = request;
  const expired = new Date(at.getTime() - keptMs);
  const abandoned = new Date(at.getTime() - abandonedMs);
  const { rowCount } = await db.query(
    `insert into idempotency_keys as kept (workspace_id, actor, key, request_hash, at)
     values ($1, $2, $3, $4, $5)
     on conflict (workspace_id, actor, key) do update
       set request_hash = excluded.request_hash, at = excluded.at, status = null, body = null, content_type = null
       where kept.at < $6 or (kept.status is null and kept.at < $7 and kept.request_hash = excluded.request_hash)`,
    [workspaceId, actor, key, hash, at, expired, abandoned],
  );
  if (rowCount === 1) return { kind: 'ours' };
  const { rows } = await db.query<{
    request_hash: Buffer;
    status: number | null;
    body: Buffer | null;
    content_type: string | null;
  }>(
    `select request_hash, status, body, content_type
       from idempotency_keys
      where workspace_id = $1 and actor = $2 and key = $3`,
    [workspaceId, actor, key],
  );
  const [row] = rows;
  // Released between the two statements: the client tries again.
  if (row === undefined) return { kind: 'at_work' };
  if (!row.request_hash.equals(hash)) return { kind: 'other_request' };
  if (row.status === null) return { kind: 'at_work' };
  return {
    kind: 'answered',
    status: row.status,
    body: row.body ?? Buffer.alloc(0),
    contentType: row.content_type ?? '',
  };
}

export async function keepAnswer(
  db: Queryable,
  answer: KeptRequest & { readonly status: number; readonly body: Buffer; readonly contentType: string },
): Promise<void> {
  await db.query(
    `update idempotency_keys
        set status = $4, body = $5, content_type = $6
      where workspace_id = $1 and actor = $2 and key = $3`,
    [answer.workspaceId, answer.actor, answer.key, answer.status, answer.body, answer.contentType],
  );
}

/** The work failed: the same key may try again. */
export async function releaseRequest(db: Queryable, request: KeptRequest): Promise<void> {
  await db.query(
    'delete from idempotency_keys where workspace_id = $1 and actor = $2 and key = $3 and status is null',
    [request.workspaceId, request.actor, request.key],
  );
}

/** Housekeeping: what is older than a day goes. */
export async function forgetAnswers(db: Queryable, now: Date): Promise<number> {
  const { rowCount } = await db.query('delete from idempotency_keys where at < $1', [
    new Date(now.getTime() - keptMs),
  ]);
  return rowCount ?? 0;
}
