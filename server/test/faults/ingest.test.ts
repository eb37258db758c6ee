import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../support/processes.ts';
import { isHealthy, makeKey, makeWhole, sendAll, type Client, type Whole } from './whole.ts';

const people = 40;
const batches = 80;
const batchSize = 25;

let whole: Whole;
let key: string;

beforeEach(async () => {
  whole = await makeWhole();
  await whole.start();
  key = await makeKey(whole);
});
afterEach(() => whole.close());

test('no acknowledged event is lost and none counts twice when the process is killed in the middle, again and again', async () => {
  const client = sendAll(whole, key, orders());
  for (const share of [0.15, 0.4, 0.65]) {
    await acknowledged(client, share);
    await whole.kill();
    await whole.start();
  }
  await client.done;
  await audit(client);
}, 180_000);

test('no acknowledged event is lost and none counts twice when Postgres is killed in the middle, whole or a backend of it', async () => {
  const client = sendAll(whole, key, orders());
  await acknowledged(client, 0.2);
  process.kill(await ingestBackend(), 'SIGKILL');
  await acknowledged(client, 0.45);
  process.kill(await whole.postmasterPid(), 'SIGKILL');
  await acknowledged(client, 0.7);
  process.kill(await whole.postmasterPid(), 'SIGKILL');
  await client.done;
  await until('it is healthy again', () => isHealthy(whole.port));
  await audit(client);
}, 180_000);

test('killed at once with its Postgres, it starts again with everything it acknowledged', async () => {
  const client = sendAll(whole, key, orders());
  await acknowledged(client, 0.5);
  process.kill(await whole.postmasterPid(), 'SIGKILL');
  await whole.kill();
  await whole.start();
  await client.done;
  await audit(client);
}, 180_000);

/** Orders of a few people, so that the same row is fought over. */
function orders() {
  return Array.from({ length: batches }, (_, batch) =>
    Array.from({ length: batchSize }, (_, n) => ({
      type: 'track',
      event: 'Order Completed',
      userId: `buyer-${(batch * 7 + n) % people}`,
      messageId: `order-${batch}-${n}`,
      timestamp: new Date(Date.UTC(2026, 0, 1) + (batch * batchSize + n) * 3_600_000).toISOString(),
      properties: { order_id: `o-${batch}-${n}`, total: 10.5, currency: 'EUR' },
    })),
  );
}

function acknowledged(client: Client, share: number): Promise<void> {
  const wanted = batches * batchSize * share;
  return until(`${wanted} events are acknowledged`, () => client.acknowledged.size >= wanted, {
    withinMs: 60_000,
  });
}

async function ingestBackend(): Promise<number> {
  const rows = await whole.query<{ pid: number }>(
    `select pid from pg_stat_activity where application_name = 'rapport ingest' order by backend_start limit 1`,
  );
  return rows[0]?.pid ?? 0;
}

/** Every acknowledged event is stored, once; what is remembered of each person says the same; nothing is left over. */
async function audit(client: Client): Promise<void> {
  expect(client.acknowledged.size).toBe(batches * batchSize);
  expect(client.failures()).toBeGreaterThan(0);
  const stored = await whole.query<{ message_id: string; n: number }>(
    'select message_id, count(*)::int as n from events group by message_id',
  );
  expect(stored.filter((row) => row.n !== 1)).toEqual([]);
  expect(new Set(stored.map((row) => row.message_id))).toEqual(client.acknowledged);
  const [folded] = await whole.query<{ events: number; people: number }>(
    `select sum((state::json -> 'memory' ->> 'events')::int)::int as events, count(*)::int as people
       from people where merged_into is null`,
  );
  expect(folded).toEqual({ events: batches * batchSize, people });
  await whole.command('doctor');
}
