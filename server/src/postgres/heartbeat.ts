// When this installation was last alive, and what Postgres' clock says: kept in the table `installation`.
import type { Queryable } from './pool.ts';

/** Null: never, the database is new. */
export async function loadLastSeen(client: Queryable): Promise<number | null> {
  const { rows } = await client.query<{ at: string | null }>(
    `select value->>'at' as at from installation where key = 'last_seen_at'`,
  );
  const at = Date.parse(rows[0]?.at ?? '');
  return Number.isNaN(at) ? null : at;
}

export async function writeLastSeen(client: Queryable, at: number): Promise<void> {
  await client.query({
    name: 'heartbeat',
    text: `insert into installation (key, value)
           values ('last_seen_at', jsonb_build_object('at', $1::text))
           on conflict (key) do update set value = excluded.value`,
    values: [new Date(at).toISOString()],
  });
}

/** Postgres' wall clock in milliseconds, and how long the question took. */
export async function askClock(client: Queryable): Promise<{ readonly at: number; readonly tookMs: number }> {
  const from = performance.now();
  const { rows } = await client.query<{ at: string }>({
    name: 'clock',
    text: `select (extract(epoch from clock_timestamp()) * 1000)::text as at`,
  });
  return { at: Number(rows[0]?.at), tookMs: performance.now() - from };
}
