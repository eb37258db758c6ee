// Months of events: one partition for each month from the installation on, made ahead of time; what is older (imports)
// stays in the default one. Nothing that is written or read waits while the default is looked through.
import type { Queryable } from './pool.ts';

/** This month and so many after it. */
const MONTHS_AHEAD = 2;

/** Makes what is missing; gives the names of the new ones. A month that already has rows in the default stays there. */
export async function ensurePartitions(client: Queryable, now: number): Promise<readonly string[]> {
  const made: string[] = [];
  for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead += 1) {
    const month = monthOf(now, ahead);
    if (await isThere(client, month)) continue;
    if (await makePartition(client, month)) made.push(month.name);
  }
  return made;
}

interface Month {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

function monthOf(now: number, ahead: number): Month {
  const today = new Date(now);
  const from = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + ahead, 1)).toISOString();
  const to = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + ahead + 1, 1)).toISOString();
  return { name: `events_${from.slice(0, 7).replace('-', '_')}`, from, to };
}

async function isThere(client: Queryable, month: Month): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [
    month.name,
  ]);
  return rows[0]?.there === true;
}

/**
 * A new partition makes Postgres look through the default one under a lock that stops everybody. A checked constraint
 * that says "nothing of this month is here" spares it that, and checking the constraint locks nobody out.
 * Names and bounds are made above: a table's definition takes no parameters.
 */
async function makePartition(client: Queryable, { name, from, to }: Month): Promise<boolean> {
  const constraint = `not_${name}`;
  await client.query(`alter table events_default drop constraint if exists ${constraint}`);
  await client.query(
    `alter table events_default add constraint ${constraint} check (at < '${from}' or at >= '${to}') not valid`,
  );
  try {
    await client.query(`alter table events_default validate constraint ${constraint}`);
    await client.query(
      `create table if not exists ${name} partition of events for values from ('${from}') to ('${to}')`,
    );
    return true;
  } catch (error) {
    // Rows of this month are in the default already: they stay, and so does the month.
    if (error instanceof Error && 'code' in error && error.code === '23514') return false;
    throw error;
  } finally {
    await client.query(`alter table events_default drop constraint if exists ${constraint}`);
  }
}
