// A new rule over what is stored: from the request that makes it until everyone has been moved, by the real server, against
// reading the same events in sequence by SQL, rows as they are, nothing done with them.
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { startCluster, withClient, type Cluster } from './support/cluster.ts';
import type { Bench, Measure, Values } from './support/figure.ts';
import { openTarget, pump } from './support/load.ts';
import { copyPeople, userIdOf } from './support/population.ts';
import { treeCpuMs } from './support/proc.ts';
import { callApi, createKey, startRapport, type Rapport, type RapportOptions } from './support/rapport.ts';
import { batchOf, defineRules, yearOf } from './support/shop.ts';
import { monotonicMs, pause, seededRandom } from './support/statistics.ts';

const withinMs = 120_000;
const lookEveryMs = 20;

interface Sizes {
  readonly sample: number;
  readonly people: number;
  readonly events: number;
}

interface Case {
  readonly key: string;
  readonly words: string;
  readonly rule: object;
  /** Who belongs, by SQL over one person's events `e`. */
  readonly having: string;
}

const last = 'P60D';
const recent = `e.at > now() - interval '60 days'`;

/** The second is the figure: a rule over the commonest event that must read what it says. */
const cases: readonly Case[] = [
  {
    key: 'bench_times',
    words: 'times of the commonest event',
    rule: { kind: 'count', event: 'Product Viewed', window: { last }, op: 'at_least', n: 4 },
    having: `count(*) filter (where e.name = 'Product Viewed' and ${recent}) >= 4`,
  },
  {
    key: 'bench_property',
    words: 'a property of the commonest event',
    rule: {
      kind: 'count',
      event: 'Product Viewed',
      where: [{ property: 'category', op: 'is', value: 'gifts' }],
      window: { last },
      op: 'at_least',
      n: 2,
    },
    having: `count(*) filter (where e.name = 'Product Viewed' and ${recent}
      and e.body::json #>> '{properties,category}' = 'gifts') >= 2`,
  },
  {
    key: 'bench_any',
    words: 'a property of any event',
    rule: {
      kind: 'count',
      event: '*',
      where: [{ property: 'price', op: 'at_least', value: 70 }],
      window: { last },
      op: 'at_least',
      n: 2,
    },
    having: `count(*) filter (where ${recent} and (e.body::json #>> '{properties,price}')::numeric >= 70) >= 2`,
  },
];

export const backfill: Measure = {
  title: 'A new rule over stored events',
  names: ['backfill_events_per_second', 'backfill_vs_scan_ratio'],
  async run(bench) {
    const cluster = await startCluster();
    try {
      return await measure(bench, cluster);
    } finally {
      await cluster.close();
    }
  },
};

async function measure(bench: Bench, cluster: Cluster): Promise<Values> {
  const sizes: Sizes = bench.quick
    ? { sample: 50, people: 5_000, events: 50 }
    : { sample: 200, people: 20_000, events: 50 };
  const options: RapportOptions = { dataDir: cluster.dataDir, databaseUrl: cluster.url };
  const key = await prepare(bench, { cluster, options, sizes });
  return withClient(cluster.url, async (client) => {
    const { rows } = await client.query<{ n: number }>('select count(*)::int as n from events');
    const events = rows[0]?.n ?? 0;
    const scanSeconds = await scan(client);
    bench.note(
      `${events.toLocaleString('en')} stored events of ${sizes.people.toLocaleString('en')} people are read in sequence in ${scanSeconds.toFixed(2)} s`,
    );
    const rapport = await startRapport(options);
    try {
      const seconds: number[] = [];
      for (const each of cases) {
        const [serverMs, postgresMs] = [treeCpuMs(rapport.pid), treeCpuMs(cluster.pid)];
        const took = await arm(client, { rapport, key, each });
        const spent = (ms: number): string => `${((ms * 1000) / sizes.people).toFixed(0)} µs`;
        seconds.push(took);
        bench.note(
          `${each.words}: ${took.toFixed(2)} s, ratio ${(scanSeconds / took).toFixed(2)}; processor time a person: ` +
            `server ${spent(treeCpuMs(rapport.pid) - serverMs)}, Postgres ${spent(treeCpuMs(cluster.pid) - postgresMs)}`,
        );
      }
      for (const each of cases) await assertMembers(client, each);
      const taken = seconds[1] ?? Number.NaN;
      return { backfill_events_per_second: events / taken, backfill_vs_scan_ratio: scanSeconds / taken };
    } finally {
      await rapport.stop();
    }
  });
}

/** A year of fifty events each, folded by the server for a sample and copied while it is stopped. */
async function prepare(
  bench: Bench,
  shop: { readonly cluster: Cluster; readonly options: RapportOptions; readonly sizes: Sizes },
): Promise<string> {
  const { sizes } = shop;
  const rapport = await startRapport(shop.options);
  let key: string;
  try {
    key = await createKey(shop.options);
    bench.note(await defineRules(rapport, key));
    const random = seededRandom(1);
    const bodies = Array.from({ length: sizes.sample }, (_, n) =>
      batchOf(yearOf(userIdOf('sample-', n), random, { nowMs: Date.now(), events: sizes.events })),
    );
    const target = openTarget({ port: rapport.port, key, connections: 4 });
    await pump(target, { path: '/v1/batch', bodies, connections: 4 });
  } finally {
    await rapport.stop();
  }
  await withClient(shop.cluster.url, async (client) => {
    const length = await copyPeople(client, {
      samplePrefix: 'sample-',
      copyPrefix: 'person-',
      people: sizes.people,
      lists: true,
      events: true,
      soon: true,
    });
    bench.note(`states of ${Math.round(length)} characters on average`);
    await client.query('checkpoint');
  });
  return key;
}

/** The best of three: whole rows, sent to a client that does nothing with them. */
async function scan(client: pg.Client): Promise<number> {
  const seconds: number[] = [];
  for (let n = 0; n < 3; n += 1) {
    const begun = monotonicMs();
    const stream = client.query(
      copyTo('copy (select person_id, at, name, message_id, body from events) to stdout (format binary)'),
    );
    stream.resume();
    await new Promise((resolve, reject) => {
      stream.once('end', resolve);
      stream.once('error', reject);
    });
    seconds.push((monotonicMs() - begun) / 1000);
  }
  return Math.min(...seconds);
}

async function arm(
  client: pg.Client,
  run: { readonly rapport: Rapport; readonly key: string; readonly each: Case },
): Promise<number> {
  const { each } = run;
  const { rows: versions } = await client.query<{ version: number }>(
    'select program_version::int as version from workspaces',
  );
  const wanted = (versions[0]?.version ?? 0) + 1;
  const begun = monotonicMs();
  const body = { key: each.key, name: each.key, rule: each.rule };
  await callApi(run.rapport, run.key, { method: 'POST', path: '/api/segments', body });
  for (;;) {
    const { rows } = await client.query<{ behind: boolean }>({
      name: 'behind',
      text: `select exists (
               select 1 from people where program_version < $1 and merged_into is null
               and workspace_id = (select id from workspaces)) as behind`,
      values: [wanted],
    });
    if (rows[0]?.behind === false) break;
    if (monotonicMs() - begun > withinMs) throw new Error(`${each.key} is not done within ${withinMs} ms`);
    await pause(lookEveryMs);
  }
  const seconds = (monotonicMs() - begun) / 1000;
  return seconds;
}

/** Whoever SQL says belongs, give or take those whose window ended between the two looks. */
async function assertMembers(client: pg.Client, { key, having }: Case): Promise<void> {
  const { rows } = await client.query<{ members: number; different: number }>(
    `with should as (select e.person_id from events e group by 1 having ${having}),
          does as (select person_id from memberships where kind = 'segment' and "of" = $1)
     select (select count(*)::int from does) as members,
       (select count(*)::int from (
         (select * from should except select * from does) union all (select * from does except select * from should)
       ) d) as different`,
    [key],
  );
  const { members = 0, different = 0 } = rows[0] ?? {};
  if (members === 0 || different > members / 100)
    throw new Error(`${key} has ${members} members, of which ${different} differ from what SQL says`);
}
