// Inputs on which the engine failed: what waits, and what was mended. They are written by steps.ts with the input.
import { int2Array, uuidArray } from './binary-array.ts';
import type { Queryable } from './pool.ts';

export interface ParkedInput {
  readonly id: string;
  readonly bucket: number;
  readonly personId: string;
  readonly input: string;
}

interface ParkedRow {
  readonly id: string;
  readonly bucket: number;
  readonly person_id: string;
  readonly input: string;
}

/** Not mended yet, after `cursor`, in order of their ids. */
export async function listUnresolved(
  client: Queryable,
  workspaceId: string,
  cursor: string | null,
  limit: number,
): Promise<readonly ParkedInput[]> {
  const { rows } = await client.query<ParkedRow>(
    `select id, bucket, person_id, input
     from parked
     where workspace_id = $1 and resolved_at is null and id > $2
     order by id
     limit $3`,
    [workspaceId, cursor ?? '00000000-0000-0000-0000-000000000000', limit],
  );
  return rows.map((row) => ({ id: row.id, bucket: row.bucket, personId: row.person_id, input: row.input }));
}

/** Mended: the event counts from now on. */
export async function resolveParked(
  client: Queryable,
  workspaceId: string,
  what: {
    readonly parked: ParkedInput;
    readonly at: number;
    readonly event: { readonly id: string; readonly at: number } | null;
  },
): Promise<void> {
  const { parked, event } = what;
  await client.query(
    'update parked set resolved_at = $4 where bucket = $1 and workspace_id = $2 and id = $3',
    [parked.bucket, workspaceId, parked.id, new Date(what.at)],
  );
  if (event === null) return;
  await client.query(
    `update events
     set parked = false
     where bucket = $1 and workspace_id = $2 and person_id = $3 and at = $4 and message_id = $5`,
    [parked.bucket, workspaceId, parked.personId, new Date(event.at), event.id],
  );
}

/** Failed again: counted, with the newest reason. */
export async function countRetry(
  client: Queryable,
  workspaceId: string,
  what: { readonly parked: ParkedInput; readonly reason: string; readonly detail: string },
): Promise<void> {
  await client.query(
    `update parked
     set retries = retries + 1, reason = $4, detail = $5
     from unnest($1::int2[], $3::uuid[]) u(bucket, id)
     where parked.bucket = u.bucket and parked.workspace_id = $2 and parked.id = u.id`,
    [int2Array([what.parked.bucket]), workspaceId, uuidArray([what.parked.id]), what.reason, what.detail],
  );
}
