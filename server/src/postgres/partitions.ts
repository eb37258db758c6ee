// Months of events: one partition for each month from the installation on, made ahead of time; what is older (imports)
// stays in the default one. Made while nothing waits for them: a month's first event never does.
import type { Queryable } from './pool.ts';

/** This month and so many after it. */
const MONTHS_AHEAD = 2;

/** Makes what is missing; gives the names of the new ones. A month that already has rows in the default stays there. */
export async function ensurePartitions(client: Queryable, now: number): Promise<readonly string[]> {
  const made: string[] = [];
  const today = new Date(now);
  for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead += 1) {
    const from = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + ahead, 1));
    const to = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1));
    const name = `events_${from.toISOString().slice(0, 7).replace('-', '_')}`;
    const { rows } = await client.query<{ there: boolean; used: boolean }>(
      `select to_regclass($1) is not null as there,
         exists (select 1 from events_default where at >= $2 and at < $3) as used`,
      [name, from, to],
    );
    if (rows[0]?.there !== false || rows[0].used) continue;
    // Names and bounds are made above; a table's definition takes no parameters.
    await client.query(
      `create table if not exists ${name} partition of events for values from ('${from.toISOString()}') to ('${to.toISOString()}')`,
    );
    made.push(name);
  }
  return made;
}
