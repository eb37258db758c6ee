// Who joined and left a segment, when and why.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

const now = Date.parse('2026-06-01T12:00:00.000Z');
let world: ApiWorld;
let agent: Caller;
let sally: string;

beforeAll(async () => {
  world = await createApiWorld({ now });
  agent = await world.signIn('agent');
  sally = await world.person([
    identify('sally@example.com', daysBefore(now, 200), { name: 'Sally Moon' }),
    ...[190, 170, 150, 20].map((days) => order('sally@example.com', daysBefore(now, days))),
  ]);
  await world.person([
    identify('omar@example.com', daysBefore(now, 30), {}),
    order('omar@example.com', daysBefore(now, 29)),
  ]);
});
afterAll(() => world.close());

async function history(query = ''): Promise<{
  readonly items: readonly { readonly kind: string; readonly at: string; readonly why: string }[];
  readonly next_cursor: string | null;
  readonly days: readonly unknown[];
}> {
  const response = await world.call(agent, 'GET', `/api/segments/quiet/history${query}`);
  expect(response.statusCode, response.body).toBe(200);
  return response.json();
}

test('silence made her join at its moment, an order made her leave', async () => {
  const { items, days } = await history();
  expect(items).toEqual([
    {
      person: { id: `per_${sally}`, name: 'Sally Moon', email: 'sally@example.com' },
      kind: 'left',
      at: new Date(daysBefore(now, 20)).toISOString(),
      why: 'by what they did',
    },
    {
      person: { id: `per_${sally}`, name: 'Sally Moon', email: 'sally@example.com' },
      kind: 'joined',
      // Every twenty days: two gaps after the third order.
      at: new Date(daysBefore(now, 110)).toISOString(),
      why: 'by silence alone',
    },
  ]);
  expect(days).toEqual([{ day: '2026-05-12', joined: 0, left: 1 }]);
});

test('a page at a time, and a segment that is not there is said', async () => {
  const first = await history('?limit=1');
  expect(first.items.map(({ kind }) => kind)).toEqual(['left']);
  const second = await history(`?limit=1&cursor=${first.next_cursor}`);
  expect(second.items.map(({ kind }) => kind)).toEqual(['joined']);
  expect(second.next_cursor).toBeNull();
  expect((await world.call(agent, 'GET', '/api/segments/none/history')).statusCode).toBe(404);
});
