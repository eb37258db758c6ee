// Whose time has come: read without locks by the index on the due time; the people are locked when they are stepped.
import { int2Array, uuidArray } from './binary-array.ts';
import type { PersonKey } from './bucket.ts';
import type { Queryable } from './pool.ts';

export interface Appointment {
  readonly workspaceId: string;
  readonly person: PersonKey;
  readonly wakeAt: number;
}

/** The earliest appointments, due or not, in due order: what is due now, and when the next one is. */
export async function listAppointments(client: Queryable, limit: number): Promise<readonly Appointment[]> {
  const { rows } = await client.query<{ workspace_id: string; bucket: number; id: string; wake_at: Date }>({
    name: 'appointments',
    text: `select workspace_id, bucket, id, wake_at
           from people
           where wake_at is not null and merged_into is null
           order by wake_at
           limit $1`,
    values: [limit],
  });
  return rows.map((row) => ({
    workspaceId: row.workspace_id,
    person: { bucket: row.bucket, id: row.id },
    wakeAt: row.wake_at.getTime(),
  }));
}

/** Moves appointments that failed out of the way, so that the others have their turn. */
export async function postponeAppointments(
  client: Queryable,
  workspaceId: string,
  people: readonly PersonKey[],
  until: number,
): Promise<void> {
  await client.query({
    name: 'appointments_postpone',
    text: `update people p
           set wake_at = $4
           from unnest($2::int2[], $3::uuid[]) u(bucket, id)
           where p.bucket = u.bucket and p.workspace_id = $1 and p.id = u.id and p.wake_at < $4`,
    values: [
      workspaceId,
      int2Array(people.map((p) => p.bucket)),
      uuidArray(people.map((p) => p.id)),
      new Date(until),
    ],
  });
}
