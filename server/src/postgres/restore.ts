// What is known of a restored backup: that nobody has said yet from when to send again, and from when it was.
import type { Pool } from './pool.ts';

const KEY = 'restored';

export interface Restored {
  /** Nobody has said from when yet. */
  readonly pending: boolean;
  /** Messages asked for before this instant do not go; null: never restored, or nobody has said. */
  readonly sendFrom: number | null;
}

export async function loadRestored(pool: Pool): Promise<Restored> {
  const { rows } = await pool.query<{ pending: boolean; send_from: number | null }>(
    `select (value->>'pending')::boolean as pending, (value->>'send_from')::float8 as send_from
     from installation where key = $1`,
    [KEY],
  );
  const [row] = rows;
  return row === undefined
    ? { pending: false, sendFrom: null }
    : { pending: row.pending, sendFrom: row.send_from };
}

export async function saveRestored(pool: Pool, restored: Restored): Promise<void> {
  await pool.query(
    `insert into installation (key, value) values ($1, $2)
     on conflict (key) do update set value = excluded.value`,
    [KEY, JSON.stringify({ pending: restored.pending, send_from: restored.sendFrom })],
  );
}
