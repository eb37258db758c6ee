// Finding somebody among 100,000 people as the console does while a person types: whole words, beginnings down to one letter, two
// words, addresses, numbers, and names mistyped by one letter. Also what the index of words adds to writing the rows.
import { uuidv7 } from 'uuidv7';
import { createLog } from '../src/log.ts';
import { bucketOf } from '../src/postgres/bucket.ts';
import { ensureWorkspace } from '../src/postgres/definitions.ts';
import { migrate } from '../src/postgres/migrate.ts';
import { searchPeople } from '../src/postgres/people-search.ts';
import { openPool, type Pool } from '../src/postgres/pool.ts';
import { newRows, writeRows } from '../src/postgres/rows.ts';
import { shipped } from '../src/shipped.ts';
import { startCluster } from './support/cluster.ts';
import type { Bench, Measure, Values } from './support/figure.ts';
import { monotonicMs, percentile, seededRandom, type Random } from './support/statistics.ts';

const rowsAtOnce = 1_000;

export const peopleSearch: Measure = {
  title: 'Finding people',
  names: ['people_search_p95_ms'],
  async run(bench) {
    const cluster = await startCluster();
    try {
      await migrate({ url: cluster.url });
      const log = createLog({ level: 'warn' });
      const pool = openPool({ url: cluster.url, name: 'bench', connectionsMax: 2, statementMs: 0, log });
      try {
        return await measure(bench, pool);
      } finally {
        await pool.end();
      }
    } finally {
      await cluster.close();
    }
  },
};

async function measure(bench: Bench, pool: Pool): Promise<Values> {
  const people = bench.quick ? 10_000 : 100_000;
  const now = Date.now();
  const { id: workspaceId } = await ensureWorkspace(pool, { shipped, now: () => now, newId: uuidv7 });
  const random = seededRandom(7);
  const names = Array.from({ length: 4_000 }, () => nameOf(random));
  const pick = (): string => names[Math.floor(random.next() ** 2 * names.length)] ?? '';
  const began = monotonicMs();
  for (let from = 0; from < people; from += rowsAtOnce) {
    const rows = newRows();
    for (let n = from; n < from + rowsAtOnce; n += 1) {
      const id = uuidv7();
      const person = { bucket: bucketOf(id), id };
      const [first, last] = [pick(), pick()];
      rows.inserts.push({ key: person, state: '{}', programVersion: 1, wakeAt: null, createdAt: now });
      rows.profiles.push({
        person,
        name: `${first} ${last}`,
        email: `${first}.${last}${n}@example.com`,
        userId: `u${n}`,
        phone: `+44770${String(n).padStart(7, '0')}`,
        orders: 0,
        lastOrderAt: null,
        asOf: null,
      });
    }
    await writeRows(pool, workspaceId, rows);
  }
  bench.note(`${people} people written in ${Math.round(monotonicMs() - began)} ms, with their words`);
  await pool.query('vacuum (analyze) profiles, people');
  const times: number[] = [];
  for (let n = 0; n < 400; n += 1) {
    const search = questionOf(n, pick(), pick(), random.below(people));
    const asked = monotonicMs();
    await searchPeople(pool, {
      workspaceId,
      search,
      stage: null,
      segment: null,
      limit: 51,
      after: null,
      match: null,
    });
    times.push(monotonicMs() - asked);
  }
  const kinds = ['one letter', 'three', 'two words', 'mistyped', 'number', 'address', 'id', 'whole name'];
  const byKind = kinds.map((kind, k) => {
    const of = times.filter((_, n) => n % kinds.length === k);
    return `${kind} ${percentile(of, 0).toFixed(1)} to ${percentile(of, 0.95).toFixed(1)}`;
  });
  bench.note(`fastest and p95 of each kind, in ms: ${byKind.join(', ')}`);
  bench.note(`half of them within ${percentile(times, 0.5).toFixed(1)} ms`);
  return { people_search_p95_ms: percentile(times, 0.95) };
}

function questionOf(n: number, first: string, last: string, at: number): string {
  switch (n % 8) {
    case 0:
      return first.slice(0, 1);
    case 1:
      return first.slice(0, 3);
    case 2:
      return `${first} ${last.slice(0, 2)}`;
    case 3:
      return `${first.slice(0, 2)}${first.slice(3)}`;
    case 4:
      return `0770${String(at).padStart(7, '0')}`;
    case 5:
      return `${first}.${last}`;
    case 6:
      return `u${at}`;
    default:
      return last;
  }
}

/** Pronounceable, and as uneven as names are. */
function nameOf(random: Random): string {
  const one = (of: string): string => of[random.below(of.length)] ?? '';
  return Array.from({ length: 2 + random.below(3) }, () => one('bdfghjklmnprstvz') + one('aeiou')).join('');
}
