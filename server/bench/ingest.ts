// How fast events are taken, whole: over HTTP, resolved, folded, decided and committed, for random people; against the
// same rows written by hand-written SQL and against a bare COPY. The row counts of both sides must be equal.
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { identityBucket } from '../src/postgres/bucket.ts';
import { writeBare } from './support/bare-transaction.ts';
import { countRows, startCluster, withClient, type Cluster } from './support/cluster.ts';
import type { Bench, Measure, Values } from './support/figure.ts';
import { openTarget, pump, type Pumped, type Target } from './support/load.ts';
import { copyPeople, userIdOf } from './support/population.ts';
import { treeCpuMs } from './support/proc.ts';
import { createKey, startRapport, type Rapport, type RapportOptions } from './support/rapport.ts';
import { batchOf, defineRules, eventBy, historyOf } from './support/shop.ts';
import { monotonicMs, percentile, seededRandom } from './support/statistics.ts';
import { comparedTables, readProfiles, readWritten, type Written } from './support/written-rows.ts';

const batchSize = 100;
const connections = 8;
const singleConnections = 32;

interface Sizes {
  readonly sample: number;
  readonly people: number;
  readonly warmUp: number;
  readonly events: number;
  readonly singles: number;
}

export const ingest: Measure = {
  title: 'Taking events',
  names: [
    'ingest_vs_bare_transaction_ratio',
    'ingest_vs_copy_ratio',
    'ingest_events_per_second',
    'bare_transaction_events_per_second',
    'cpu_ms_per_event',
    'ingest_single_requests_per_second',
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
    ? { sample: 100, people: 20_000, warmUp: 2_000, events: 10_000, singles: 2_000 }
    : { sample: 400, people: 100_000, warmUp: 20_000, events: 60_000, singles: 10_000 };
  const options: RapportOptions = { dataDir: cluster.dataDir, databaseUrl: cluster.url };
  const key = await prepare(bench, { cluster, options, sizes });
  await cluster.clone('rapport', 'bare');
  const rapport = await startRapport(options);
  try {
    const taken = await takeEvents(bench, { cluster, rapport, key, sizes });
    const written = await rowsOf(cluster.url, taken);
    const bare = await bestBare(bench, { cluster, ...written });
    const copySeconds = await bareCopy(cluster, written.measured);
    const rate = sizes.events / taken.pumped.seconds;
    const singles = await takeSingles(bench, { target: taken.target, sizes });
    return {
      ingest_events_per_second: rate,
      bare_transaction_events_per_second: sizes.events / bare.seconds,
      ingest_vs_bare_transaction_ratio: bare.seconds / taken.pumped.seconds,
      ingest_vs_copy_ratio: copySeconds / taken.pumped.seconds,
      cpu_ms_per_event: taken.cpuMs / sizes.events,
      ingest_single_requests_per_second: singles,
    };
  } finally {
    await rapport.stop();
  }
}

/** A database with rules and people, the server stopped again; gives a key. */
async function prepare(
  bench: Bench,
  shop: { readonly cluster: Cluster; readonly options: RapportOptions; readonly sizes: Sizes },
): Promise<string> {
  const rapport = await startRapport(shop.options);
  try {
    const key = await createKey(shop.options);
    bench.note(await defineRules(rapport, key));
    const target = openTarget({ port: rapport.port, key, connections: 4 });
    const random = seededRandom(1);
    const bodies = Array.from({ length: shop.sizes.sample }, (_, n) =>
      batchOf(historyOf(userIdOf('sample-', n), random, Date.now())),
    );
    await pump(target, { path: '/v1/batch', bodies, connections: 4 });
    const stateLength = await withClient(shop.cluster.url, (client) =>
      copyPeople(client, {
        samplePrefix: 'sample-',
        copyPrefix: 'person-',
        people: shop.sizes.people,
        lists: true,
      }),
    );
    bench.note(
      `${shop.sizes.people.toLocaleString('en')} people, states of ${Math.round(stateLength)} characters on average`,
    );
    return key;
  } finally {
    await rapport.stop();
  }
}

interface Taken {
  readonly target: Target;
  readonly pumped: Pumped;
  readonly cpuMs: number;
  readonly profilesBefore: ReadonlyMap<string, string>;
  readonly profilesBetween: ReadonlyMap<string, string>;
  readonly begunAt: Date;
  readonly measuredFrom: Date;
}

async function takeEvents(
  bench: Bench,
  run: { readonly cluster: Cluster; readonly rapport: Rapport; readonly key: string; readonly sizes: Sizes },
): Promise<Taken> {
  const { cluster, rapport, sizes } = run;
  const target = openTarget({ port: rapport.port, key: run.key, connections });
  const load = (prefix: string, events: number, seed: number) => ({
    path: '/v1/batch',
    bodies: randomBatches({ prefix, events, seed, people: sizes.people }),
    connections,
  });
  const profilesBefore = await withClient(cluster.url, readProfiles);
  await withClient(cluster.url, (client) => client.query('checkpoint'));
  const begunAt = new Date();
  await pump(target, load('warm-', sizes.warmUp, 2));
  const profilesBetween = await withClient(cluster.url, readProfiles);
  const measured = load('measured-', sizes.events, 3);
  const measuredFrom = new Date();
  const serverBefore = treeCpuMs(rapport.pid);
  const postgresBefore = treeCpuMs(cluster.pid);
  const pumped = await pump(target, measured);
  const serverMs = treeCpuMs(rapport.pid) - serverBefore;
  const postgresMs = treeCpuMs(cluster.pid) - postgresBefore;
  const each = (ms: number): string => (ms / sizes.events).toFixed(3);
  bench.note(
    `${sizes.events.toLocaleString('en')} events in ${pumped.seconds.toFixed(2)} s; processor time an event: server ${each(serverMs)} ms, ` +
      `Postgres ${each(postgresMs)} ms, load generator ${each(pumped.generatorCpuMs)} ms (not counted)`,
  );
  bench.note(
    `a batch of ${batchSize} is acknowledged within ${percentile(pumped.latenciesMs, 0.5).toFixed(0)} ms (p50), ` +
      `${percentile(pumped.latenciesMs, 0.99).toFixed(0)} ms (p99)`,
  );
  return {
    target,
    pumped,
    cpuMs: serverMs + postgresMs,
    profilesBefore,
    profilesBetween,
    begunAt,
    measuredFrom,
  };
}

function randomBatches(load: {
  readonly prefix: string;
  readonly events: number;
  readonly seed: number;
  readonly people: number;
}): readonly Buffer[] {
  const random = seededRandom(load.seed);
  const bodies: Buffer[] = [];
  for (let from = 0; from < load.events; from += batchSize) {
    const events = Array.from({ length: Math.min(batchSize, load.events - from) }, (_, n) =>
      eventBy(userIdOf('person-', random.below(load.people)), random, `${load.prefix}${from + n}`),
    );
    bodies.push(batchOf(events));
  }
  return bodies;
}

interface Rows {
  readonly warmUp: Written;
  readonly measured: Written;
  readonly counts: Record<string, number>;
}

async function rowsOf(url: string, taken: Taken): Promise<Rows> {
  return withClient(url, async (client) => ({
    warmUp: await readWritten(client, {
      messagePrefix: 'warm-',
      identityBucket,
      profilesBefore: taken.profilesBefore,
      decided: [taken.begunAt, taken.measuredFrom],
    }),
    measured: await readWritten(client, {
      messagePrefix: 'measured-',
      identityBucket,
      profilesBefore: taken.profilesBetween,
      decided: [taken.measuredFrom, new Date()],
    }),
    counts: await countRows(client, comparedTables),
  }));
}

interface BareResult {
  readonly seconds: number;
  readonly batch: number;
  readonly connections: number;
  readonly ownMs: number;
  readonly postgresMs: number;
}

/** The best of several batch sizes and connection counts, each on a fresh copy of the same database. */
async function bestBare(bench: Bench, run: { readonly cluster: Cluster } & Rows): Promise<BareResult> {
  const tries = bench.quick
    ? [{ batch: 1000, connections: 2 }]
    : [1, 2, 3].flatMap((n) => [500, 1000, 2000].map((batch) => ({ batch, connections: n })));
  const results: BareResult[] = [];
  for (const { batch, connections } of tries) {
    await run.cluster.clone('bare', 'bare_try');
    try {
      const url = run.cluster.urlOf('bare_try');
      await withClient(url, (client) => client.query('checkpoint'));
      await writeBare(run.warmUp, { url, batch, connections });
      const ownBefore = process.cpuUsage();
      const postgresBefore = treeCpuMs(run.cluster.pid);
      const seconds = await writeBare(run.measured, { url, batch, connections });
      const postgresMs = treeCpuMs(run.cluster.pid) - postgresBefore;
      const own = process.cpuUsage(ownBefore);
      await assertSameCounts(url, run.counts);
      results.push({ seconds, batch, connections, ownMs: (own.user + own.system) / 1000, postgresMs });
    } finally {
      await run.cluster.drop('bare_try');
    }
  }
  const best = results.sort((a, b) => a.seconds - b.seconds)[0];
  if (best === undefined) throw new Error('the baseline was not measured');
  const { events } = run.measured;
  const decisions = events.reduce((sum, event) => sum + event.decisions.length, 0);
  const each = (ms: number): string => (ms / events.length).toFixed(3);
  bench.note(
    `the bare transaction is fastest with ${best.batch} events on ${best.connections} connections; it wrote ` +
      `${events.length.toLocaleString('en')} events and ${decisions.toLocaleString('en')} decisions, row counts equal in ${comparedTables.length} tables; processor time an event: client ${each(best.ownMs)} ms, Postgres ${each(best.postgresMs)} ms`,
  );
  return best;
}

async function assertSameCounts(url: string, wanted: Record<string, number>): Promise<void> {
  const counts = await withClient(url, (client) => countRows(client, comparedTables));
  const different = comparedTables.filter((table) => counts[table] !== wanted[table]);
  if (different.length === 0) return;
  const words = different.map((table) => `${table}: ${counts[table]} instead of ${wanted[table]}`);
  throw new Error(`the baseline did not write what Rapport wrote (${words.join(', ')})`);
}

/** The events alone, in one COPY, committed. */
async function bareCopy(cluster: Cluster, written: Written): Promise<number> {
  await cluster.clone('bare', 'bare_copy');
  try {
    return await withClient(cluster.urlOf('bare_copy'), async (client) => {
      await client.query('checkpoint');
      const begun = monotonicMs();
      await copyEvents(client, written);
      return (monotonicMs() - begun) / 1000;
    });
  } finally {
    await cluster.drop('bare_copy');
  }
}

async function copyEvents(client: pg.Client, written: Written): Promise<void> {
  const sink = client.query(
    copyFrom(
      'copy events (bucket, workspace_id, person_id, at, received_at, message_id, name, body) from stdin',
    ),
  );
  for (let from = 0; from < written.events.length; from += 500) {
    const lines = written.events.slice(from, from + 500).map((event) => {
      const times = [event.at, event.receivedAt].map((at) => new Date(at).toISOString());
      const texts = [event.messageId, event.name, event.body].map((text) => text.replaceAll('\\', '\\\\'));
      return `${[event.bucket, written.workspaceId, event.personId, ...times, ...texts].join('\t')}\n`;
    });
    if (!sink.write(lines.join(''))) await once(sink, 'drain');
  }
  sink.end();
  await finished(sink);
}

async function takeSingles(
  bench: Bench,
  run: { readonly target: Target; readonly sizes: Sizes },
): Promise<number> {
  const random = seededRandom(4);
  const bodies = Array.from({ length: run.sizes.singles }, (_, n) =>
    Buffer.from(
      JSON.stringify(eventBy(userIdOf('person-', random.below(run.sizes.people)), random, `single-${n}`)),
    ),
  );
  const target = openTarget({ port: run.target.port, key: run.target.key, connections: singleConnections });
  const pumped = await pump(target, {
    path: '/v1/batch',
    bodies: bodies.map(wrapped),
    connections: singleConnections,
  });
  bench.note(
    `single events: p50 ${percentile(pumped.latenciesMs, 0.5).toFixed(1)} ms, p99 ${percentile(pumped.latenciesMs, 0.99).toFixed(1)} ms; ` +
      `the load generator took ${((pumped.generatorCpuMs / pumped.seconds / 1000) * 100).toFixed(0)} % of a core`,
  );
  return run.sizes.singles / pumped.seconds;
}

function wrapped(event: Buffer): Buffer {
  return Buffer.concat([Buffer.from('{"batch":['), event, Buffer.from(']}')]);
}
