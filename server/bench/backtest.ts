// How fast a journey is tested over stored history: 1,000,000 events of 50,000 people over two years, with the other ready
// journey on beside it. Wall time of the whole backtest on this machine's cores, reading from Postgres included.
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { TESTED_KEY, readyJourneys } from '@rapport/engine';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { uuidv7 } from 'uuidv7';
import { runBacktest } from '../src/backtest/run.ts';
import { createLog } from '../src/log.ts';
import { findBacktest, insertBacktest } from '../src/postgres/backtests.ts';
import { bucketOf } from '../src/postgres/bucket.ts';
import { ensureWorkspace } from '../src/postgres/definitions.ts';
import { migrate } from '../src/postgres/migrate.ts';
import { openPool } from '../src/postgres/pool.ts';
import { shipped } from '../src/shipped.ts';
import { startCluster, withClient } from './support/cluster.ts';
import type { Bench, Measure, Values } from './support/figure.ts';
import { seededRandom, type Random } from './support/statistics.ts';

const dayMs = 86_400_000;
const eventsEach = 20;

export const backtest: Measure = {
  title: 'backtest: the broken rhythm over two years of history, in this process',
  names: ['backtest_events_per_second'],
  run: measure,
};

async function measure(bench: Bench): Promise<Values> {
  const people = bench.quick ? 5_000 : 50_000;
  const cluster = await startCluster();
  const log = createLog({ level: 'warn' });
  await migrate({ url: cluster.url });
  const pool = openPool({ url: cluster.url, name: 'bench', connectionsMax: 3, statementMs: 0, log });
  try {
    const now = Date.now();
    const workspace = await ensureWorkspace(pool, { shipped, now: () => now, newId: uuidv7 });
    await withClient(cluster.url, (client) =>
      storeEvents(client, { workspaceId: workspace.id, people, now }),
    );
    const [welcome, rhythm] = readyJourneys;
    if (welcome === undefined || rhythm === undefined) throw new Error('two journeys ship ready');
    await pool.query('update journeys set active_version = 1 where key = $1', [welcome.key]);
    const id = uuidv7();
    await insertBacktest(pool, {
      id,
      workspaceId: workspace.id,
      asked: {
        of: { kind: 'journey', graph: rhythm.graph },
        tested: { kind: 'journey', key: TESTED_KEY, version: 1, graph: rhythm.graph },
        name: rhythm.name,
        from: now - 365 * dayMs,
        to: now,
        assume_consent: true,
        others: true,
        hold_out: false,
        sample: 20,
      },
      by: null,
      at: now,
      state: 'running',
    });
    const row = await findBacktest(pool, workspace.id, id);
    if (row === undefined) throw new Error('the backtest is gone');
    const cpu = process.cpuUsage();
    const startedAt = performance.now();
    await runBacktest({ pool, url: cluster.url, now: Date.now, log }, row);
    const seconds = (performance.now() - startedAt) / 1000;
    const spent = process.cpuUsage(cpu);
    const result = (await findBacktest(pool, workspace.id, id))?.result;
    if (result === null || result === undefined) throw new Error('the backtest has no result');
    bench.note(
      `${result.events} events of ${result.people} people in ${seconds.toFixed(1)} s; ${result.reached.people} people reached, ${result.messages?.sent ?? 0} messages sent`,
    );
    bench.note(
      `processor time of the threads: ${((spent.user + spent.system) / result.events).toFixed(1)} µs an event, without Postgres`,
    );
    return { backtest_events_per_second: result.events / seconds };
  } finally {
    await pool.end();
    await cluster.close();
  }
}

/** Rows as ingestion writes them, by COPY; only what a backtest reads. */
async function storeEvents(
  client: pg.Client,
  of: { readonly workspaceId: string; readonly people: number; readonly now: number },
): Promise<void> {
  const random = seededRandom(21);
  const sink = client.query(
    copyFrom(
      'copy events (bucket, workspace_id, person_id, at, received_at, message_id, name, body, parked) from stdin',
    ),
  );
  let chunk = '';
  for (let n = 0; n < of.people; n += 1) {
    const id = uuidv7();
    for (const [at, name, body] of historyOf(n, random, of.now)) {
      const stamp = new Date(at).toISOString();
      const messageId = `${n}-${at}-${name.length}`;
      chunk += `${bucketOf(id)}\t${of.workspaceId}\t${id}\t${stamp}\t${stamp}\t${messageId}\t${name}\t${body}\tf\n`;
    }
    if (chunk.length < 256 * 1024) continue;
    if (!sink.write(chunk)) await once(sink, 'drain');
    chunk = '';
  }
  sink.end(chunk);
  await finished(sink);
  await client.query('vacuum (analyze) events');
}

type Stored = readonly [at: number, name: string, body: string];

/** Someone who visits, now and then buys, and may stop: twenty events over two years. */
function historyOf(n: number, random: Random, now: number): readonly Stored[] {
  const email = `p${n}@bench.example`;
  const identities = [
    ['user_id', `p${n}`],
    ['email', email],
  ];
  const first = now - (30 + random.next() * 700) * dayMs;
  const last = first + random.next() * (now - first);
  const events: Stored[] = [];
  const add = (at: number, type: string, name: string, properties: object, traits: object = {}): void => {
    const body = JSON.stringify({ type, trust: 'server', properties, traits, identities, context });
    // What COPY would read as an escape.
    events.push([Math.floor(at), name, body.replaceAll('\\', '\\\\')]);
  };
  add(first, 'identify', 'Identified', {}, { email, first_name: 'Ana', city: 'Porto' });
  for (let i = 1; i < eventsEach; i += 1) {
    const at = first + ((i + random.next()) / eventsEach) * (last - first);
    const product = random.below(500);
    if (i % 5 === 0)
      add(at, 'track', 'Order Completed', {
        order_id: `o-${n}-${i}`,
        total: 10.9 + random.below(90),
        currency: 'EUR',
        products: [{ product_id: `p-${product}`, quantity: 1, price: 10 }],
      });
    else if (i % 2 === 0) add(at, 'page', 'Page Viewed', { path: `/p/${product}`, title: 'Shop' });
    else add(at, 'track', 'Product Viewed', { product_id: `p-${product}`, category: 'tea', price: 12 });
  }
  return events;
}

const context = {
  library: { name: 'analytics-node', version: '3.1.0' },
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
  locale: 'en-GB',
};
