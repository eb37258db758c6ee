import { afterEach, expect, test } from 'vitest';
import { makeKey, makeWhole, sendAll, type Whole } from './whole.ts';

const strangers = 300;
const batches = 40;
const batchSize = 100;

let whole: Whole | undefined;
afterEach(() => whole?.close());

test('a burst of the same strangers on several connections makes each of them one person, and no request fails', async () => {
  whole = await makeWhole();
  await whole.start();
  const key = await makeKey(whole);
  const burst = Array.from({ length: batches }, (_, batch) =>
    Array.from({ length: batchSize }, (_, n) => ({
      type: 'track',
      event: 'Product Viewed',
      userId: `stranger-${(batch * 37 + n * 7) % strangers}`,
      messageId: `view-${batch}-${n}`,
      properties: {},
    })),
  );
  const client = sendAll(whole, key, burst);
  await client.done;
  expect(client.failures()).toBe(0);
  const [stored] = await whole.query<{ people: number; events: number }>(
    'select (select count(*)::int from people) as people, (select count(*)::int from events) as events',
  );
  expect(stored).toEqual({ people: strangers, events: batches * batchSize });
}, 120_000);
