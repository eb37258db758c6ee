// How many people a segment has, beside counts of all segments that were dear and are kept for a while.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '../../src/postgres/pool.ts';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';
import { until } from '../support/processes.ts';

const now = Date.parse('2026-06-01T12:00:00.000Z');
let world: ApiWorld;
let marketer: Caller;

beforeAll(async () => {
  world = await createApiWorld({ now });
  marketer = await world.signIn('marketer');
});
afterAll(() => world.close());

interface Counted {
  readonly key: string;
  readonly people: number;
}

async function get<T>(url: string): Promise<T> {
  const response = await world.call(marketer, 'GET', url);
  expect(response.statusCode, response.body).toBe(200);
  return response.json<T>();
}

async function inList(): Promise<number | undefined> {
  const { items } = await get<{ readonly items: readonly Counted[] }>('/api/segments');
  return items.find(({ key }) => key === 'customers')?.people;
}

async function customer(email: string): Promise<void> {
  await world.person([identify(email, daysBefore(now, 9), {}), order(email, daysBefore(now, 8))]);
}

/** The list waits for its counts for two seconds of the test's clock. */
async function listDearly(): Promise<number | undefined> {
  let listed: Promise<number | undefined> | undefined;
  await inTransaction(world.pool, async (client) => {
    await client.query('lock table memberships in access exclusive mode');
    listed = inList();
    await until('the list waits for its counts', async () => {
      const { rows } = await world.pool.query(
        `select 1 from pg_locks where not granted and relation = 'memberships'::regclass`,
      );
      return rows.length > 0;
    });
    world.clock.now += 2_000;
  });
  return listed;
}

test('a segment is counted for itself: its page is right while the list still shows what was dear to count', async () => {
  await customer('sally@example.com');
  expect(await listDearly()).toBe(1);
  await customer('omar@example.com');
  expect(await inList()).toBe(1);
  expect((await get<Counted>('/api/segments/customers')).people).toBe(2);
  // Everyone was brought to other definitions.
  world.deps.counting.outdate();
  expect(await inList()).toBe(2);
});
