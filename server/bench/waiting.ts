// A million people whose next moment lies in the future: what they cost at rest, how late a moment is noticed, and what a
// wave of a hundred thousand moments at once does to the ingestion beside it.
import { startCluster, withClient, type Cluster } from './support/cluster.ts';
import type { Bench, Measure, Values } from './support/figure.ts';
import { openTarget, post, pump, type Target } from './support/load.ts';
import { copyPeople, userIdOf } from './support/population.ts';
import { treeCpuMs } from './support/proc.ts';
import { createKey, startRapport, type Rapport, type RapportOptions } from './support/rapport.ts';
import { batchOf, defineRules, eventBy, historyOf } from './support/shop.ts';
import { monotonicMs, pause, percentile, seededRandom } from './support/statistics.ts';

/** The segment `carts` holds for three days after a product was put into the cart, and ends at the instant. */
const cartMs = 3 * 86_400_000;
/** For a minute after an outage silence is not judged, so that backlogs come first; within two a process tidies its heap, once. */
const settledMs = 130_000;
const lookEveryMs = 50;
const lookWithinMs = 300_000;

interface Sizes {
  readonly sample: number;
  readonly people: number;
  readonly idleSeconds: number;
  readonly moments: number;
  readonly momentSeconds: number;
  readonly wave: number;
}

export const waiting: Measure = {
  title: 'A million waiting',
  names: [
    'idle_cpu_percent_1m_waiting',
    'wake_lag_p99_ms',
    'wave_100k_ingest_p99_ms',
    'ingest_p99_ms_during_wave',
    'wave_100k_drain_seconds',
  ],
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
    ? { sample: 100, people: 50_000, idleSeconds: 10, moments: 300, momentSeconds: 10, wave: 5_000 }
    : { sample: 400, people: 1_000_000, idleSeconds: 60, moments: 3_000, momentSeconds: 30, wave: 100_000 };
  const options: RapportOptions = { dataDir: cluster.dataDir, databaseUrl: cluster.url };
  const key = await prepare(bench, { cluster, options, sizes });
  return during(options, async (rapport) => {
    const target = openTarget({ port: rapport.port, key, connections: 4 });
    await pause(settledMs);
    const rested = await atRest(bench, { cluster, rapport, sizes });
    const lagMs = await noticeMoments(bench, { target, cluster, sizes });
    const wave = await takeWave(bench, { cluster, target, sizes });
    return { idle_cpu_percent_1m_waiting: rested, wake_lag_p99_ms: lagMs, ...wave };
  });
}

async function during<T>(options: RapportOptions, work: (rapport: Rapport) => Promise<T>): Promise<T> {
  const rapport = await startRapport(options);
  try {
    return await work(rapport);
  } finally {
    await rapport.stop();
  }
}

interface Shop {
  readonly cluster: Cluster;
  readonly options: RapportOptions;
  readonly sizes: Sizes;
}

/** States folded by the server for a sample, copied a million times while it is stopped. */
async function prepare(bench: Bench, { cluster, options, sizes }: Shop): Promise<string> {
  const key = await during(options, async (rapport) => {
    const made = await createKey(options);
    await defineRules(rapport, made);
    const target = openTarget({ port: rapport.port, key: made, connections: 4 });
    const random = seededRandom(1);
    const bodies = Array.from({ length: sizes.sample }, (_, n) =>
      batchOf(historyOf(userIdOf('sample-', n), random, Date.now())),
    );
    await pump(target, { path: '/v1/batch', bodies, connections: 4 });
    return made;
  });
  const begun = monotonicMs();
  await withClient(cluster.url, async (client) => {
    const length = await copyPeople(client, {
      samplePrefix: 'sample-',
      copyPrefix: 'person-',
      people: sizes.people,
      lists: false,
    });
    await client.query('checkpoint');
    const { rows } = await client.query<{ n: string; waiting: string }>(
      'select count(*)::text as n, count(wake_at)::text as waiting from people',
    );
    bench.note(
      `${Number(rows[0]?.n).toLocaleString('en')} people, ${Number(rows[0]?.waiting).toLocaleString('en')} with an appointment, ` +
        `states of ${Math.round(length)} characters, loaded in ${((monotonicMs() - begun) / 1000).toFixed(0)} s`,
    );
  });
  return key;
}

async function atRest(
  bench: Bench,
  run: { readonly cluster: Cluster; readonly rapport: Rapport; readonly sizes: Sizes },
): Promise<number> {
  const serverBefore = treeCpuMs(run.rapport.pid);
  const postgresBefore = treeCpuMs(run.cluster.pid);
  await pause(run.sizes.idleSeconds * 1000);
  const percent = (ms: number): number => ms / (run.sizes.idleSeconds * 10);
  const server = percent(treeCpuMs(run.rapport.pid) - serverBefore);
  const postgres = percent(treeCpuMs(run.cluster.pid) - postgresBefore);
  bench.note(
    `at rest for ${run.sizes.idleSeconds} s: server ${server.toFixed(2)} %, Postgres ${postgres.toFixed(2)} % of a core`,
  );
  return server + postgres;
}

async function noticeMoments(
  bench: Bench,
  run: { readonly target: Target; readonly cluster: Cluster; readonly sizes: Sizes },
): Promise<number> {
  const { moments, momentSeconds } = run.sizes;
  const random = seededRandom(5);
  const from = Date.now() + 10_000;
  const bodies = Array.from({ length: moments / 100 }, (_, batch) =>
    batchOf(
      Array.from({ length: 100 }, (_, n) =>
        cartOf(userIdOf('moment-', batch * 100 + n), from + Math.floor(random.next() * momentSeconds * 1000)),
      ),
    ),
  );
  await pump(run.target, { path: '/v1/batch', bodies, connections: 4 });
  if (Date.now() > from) throw new Error('the moments could not be prepared in time');
  const lagsMs = await watchMoments(run.cluster.url, { from, moments });
  bench.note(
    `${moments.toLocaleString('en')} moments over ${momentSeconds} s: lag p50 ${percentile(lagsMs, 0.5).toFixed(0)} ms, ` +
      `slowest ${Math.max(...lagsMs).toFixed(0)} ms, looked for every ${lookEveryMs} ms`,
  );
  return percentile(lagsMs, 0.99);
}

function cartOf(userId: string, dueMs: number): object {
  return {
    type: 'track',
    userId,
    event: 'Product Added',
    messageId: `cart-${userId}`,
    timestamp: new Date(dueMs - cartMs).toISOString(),
    properties: { product_id: 'p-1', price: 10, currency: 'EUR' },
  };
}

/** From each moment's true instant until its decision, committed, was seen by another connection. */
async function watchMoments(
  url: string,
  wanted: { readonly from: number; readonly moments: number },
): Promise<readonly number[]> {
  return withClient(url, async (client) => {
    const lags = new Map<string, number>();
    const deadline = Date.now() + lookWithinMs;
    while (lags.size < wanted.moments) {
      const { rows } = await client.query<{ person_id: string; due_at: Date }>({
        name: 'moments',
        text: `select person_id, due_at from decisions
                where workspace_id = (select id from workspaces) and kind = 'segment_left' and decided_at >= $1
                  and body like '%"carts"%'`,
        values: [new Date(Math.max(wanted.from, Date.now() - 15_000))],
      });
      const seenAt = Date.now();
      for (const row of rows) {
        if (!lags.has(row.person_id)) lags.set(row.person_id, seenAt - row.due_at.getTime());
      }
      if (seenAt > deadline) throw new Error(`only ${lags.size} of ${wanted.moments} moments were noticed`);
      await pause(lookEveryMs);
    }
    const early = [...lags.values()].filter((lag) => lag < 0).length;
    if (early > 0) throw new Error(`${early} moments were noticed early`);
    return [...lags.values()];
  });
}

async function takeWave(
  bench: Bench,
  run: { readonly cluster: Cluster; readonly target: Target; readonly sizes: Sizes },
): Promise<Values> {
  const { cluster, target, sizes } = run;
  const dueMs = Date.now() + 20_000 + sizes.wave * 0.6;
  const random = seededRandom(6);
  const bodies = Array.from({ length: 200 }, (_, n) => {
    const userId = userIdOf('surfer-', n);
    return batchOf([...historyOf(userId, random, Date.now()), cartOf(userId, dueMs)]);
  });
  await pump(target, { path: '/v1/batch', bodies, connections: 4 });
  await withClient(cluster.url, (client) =>
    copyPeople(client, {
      samplePrefix: 'surfer-',
      copyPrefix: 'crowds-',
      people: sizes.wave,
      lists: true,
      soon: true,
    }),
  );
  const remainingMs = dueMs - Date.now();
  if (remainingMs < 1000) throw new Error('the wave could not be prepared in time');
  await pause(remainingMs);
  const drained = watchWave(cluster.url, { dueMs, people: sizes.wave });
  const latenciesMs = await ingestUntil(target, drained, sizes.people);
  const seconds = ((await drained) - dueMs) / 1000;
  bench.note(
    `a wave of ${sizes.wave.toLocaleString('en')} drained in ${seconds.toFixed(1)} s (${(sizes.wave / seconds).toFixed(0)} people/s); ` +
      `meanwhile ${latenciesMs.length} batches of 20 were taken, p50 ${percentile(latenciesMs, 0.5).toFixed(0)} ms`,
  );
  const p99 = percentile(latenciesMs, 0.99);
  return {
    wave_100k_ingest_p99_ms: p99,
    ingest_p99_ms_during_wave: p99,
    wave_100k_drain_seconds: seconds,
  };
}

async function watchWave(
  url: string,
  wave: { readonly dueMs: number; readonly people: number },
): Promise<number> {
  return withClient(url, async (client) => {
    for (;;) {
      const { rows } = await client.query<{ n: number }>(
        `select count(*)::int as n from people where wake_at <= $1 and merged_into is null`,
        [new Date(wave.dueMs)],
      );
      if (rows[0]?.n === 0) return Date.now();
      if (Date.now() > wave.dueMs + lookWithinMs) throw new Error(`${rows[0]?.n} people were not noticed`);
      await pause(500);
    }
  });
}

/** A shop that goes on meanwhile: two clients, twenty events each, a little apart. */
async function ingestUntil(target: Target, end: Promise<number>, people: number): Promise<readonly number[]> {
  let over = false;
  const watch = (): void => void (over = true);
  end.then(watch, watch);
  const latenciesMs: number[] = [];
  const random = seededRandom(7);
  let sent = 0;
  const client = async (): Promise<void> => {
    while (!over) {
      const body = batchOf(
        Array.from({ length: 20 }, () =>
          eventBy(userIdOf('person-', random.below(people)), random, `beside-${sent++}`),
        ),
      );
      const before = monotonicMs();
      await post(target, '/v1/batch', body);
      latenciesMs.push(monotonicMs() - before);
      await pause(20);
    }
  };
  await Promise.all([client(), client()]);
  return latenciesMs;
}
