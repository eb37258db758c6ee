// The ramp of an activation: whose turn it is, what of today's allowance is used, and where the scan stands. Written in
// the transaction that lets people in, so that it survives kills, restarts and midnight.
import type { PersonKey } from './bucket.ts';
import type { Connection, Queryable } from './pool.ts';

export interface Ramp {
  readonly id: string;
  readonly journeyKey: string;
  readonly version: number;
  /** Null: no limit. */
  readonly perDay: number | null;
  /** Local day (`2026-05-03`) of `used`, or null before the first. */
  readonly day: string | null;
  readonly used: number;
  readonly total: number;
  readonly cursor: PersonKey | null;
}

interface RampRow {
  readonly id: string;
  readonly journey_key: string;
  readonly version: number;
  readonly per_day: number | null;
  readonly ramp_day: string | null;
  readonly ramp_used: number;
  readonly ramp_total: number;
  readonly ramp_cursor: PersonKey | null;
}

const columns = `id, journey_key, version, per_day, ramp_day::text, ramp_used, ramp_total, ramp_cursor`;
const open = `who = 'also_today' and ramp_done_at is null and ended_at is null`;

export async function listRamps(client: Queryable, workspaceId: string): Promise<readonly Ramp[]> {
  const { rows } = await client.query<RampRow>(
    `select ${columns} from activations where workspace_id = $1 and ${open} order by at, id`,
    [workspaceId],
  );
  return rows.map(toRamp);
}

/** Null: ended meanwhile, or another process is at it. */
export async function lockRamp(client: Connection, workspaceId: string, id: string): Promise<Ramp | null> {
  const { rows } = await client.query<RampRow>(
    `select ${columns} from activations where workspace_id = $1 and id = $2 and ${open} for update skip locked`,
    [workspaceId, id],
  );
  return rows[0] === undefined ? null : toRamp(rows[0]);
}

export async function writeRamp(
  client: Connection,
  workspaceId: string,
  ramp: Pick<Ramp, 'id' | 'day' | 'used' | 'total' | 'cursor'> & { readonly doneAt: number | null },
): Promise<void> {
  await client.query(
    `update activations
     set ramp_day = $3, ramp_used = $4, ramp_total = $5, ramp_cursor = $6, ramp_done_at = $7
     where workspace_id = $1 and id = $2`,
    [
      workspaceId,
      ramp.id,
      ramp.day,
      ramp.used,
      ramp.total,
      ramp.cursor === null ? null : JSON.stringify(ramp.cursor),
      ramp.doneAt === null ? null : new Date(ramp.doneAt),
    ],
  );
}

/** The next people in order of (bucket, id). */
export async function listPeopleAfter(
  client: Queryable,
  workspaceId: string,
  cursor: PersonKey | null,
  limit: number,
): Promise<readonly PersonKey[]> {
  const { rows } = await client.query<PersonKey>({
    name: 'people_after',
    text: `select bucket, id
           from people
           where (bucket, workspace_id, id) > ($2::int2, $1::uuid, $3::uuid) and workspace_id = $1 and merged_into is null
           order by bucket, workspace_id, id
           limit $4`,
    values: [workspaceId, cursor?.bucket ?? -1, cursor?.id ?? '00000000-0000-0000-0000-000000000000', limit],
  });
  return rows;
}

function toRamp(row: RampRow): Ramp {
  return {
    id: row.id,
    journeyKey: row.journey_key,
    version: row.version,
    perDay: row.per_day,
    day: row.ramp_day,
    used: row.ramp_used,
    total: row.ramp_total,
    cursor: row.ramp_cursor,
  };
}
