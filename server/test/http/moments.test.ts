// Who will be unusually quiet and when, and what is said of one person, by a rhythm that was learnt and without one.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

const now = Date.parse('2026-06-01T12:00:00.000Z');
const DAY = 86_400_000;
let world: ApiWorld;
let agent: Caller;
let sally: string;
let visitor: string;

beforeAll(async () => {
  world = await createApiWorld({ now });
  agent = await world.signIn('agent');
  // Every 20 days, 36 days ago: quiet in four days.
  sally = await world.person([
    identify('sally@example.com', daysBefore(now, 200), { name: 'Sally Moon' }),
    ...[96, 76, 56, 36].map((days) => order('sally@example.com', daysBefore(now, days))),
  ]);
  // Quiet already.
  await world.person([
    identify('omar@example.com', daysBefore(now, 230), {}),
    ...[220, 210, 200].map((days) => order('omar@example.com', daysBefore(now, days))),
  ]);
  // Quiet in 32 days.
  await world.person([
    identify('ana@example.com', daysBefore(now, 90), {}),
    ...[48, 28, 8].map((days) => order('ana@example.com', daysBefore(now, days))),
  ]);
  visitor = await world.person([identify('zoe@example.com', daysBefore(now, 2), {})]);
});
afterAll(() => world.close());

test('moments are told at their instants, the soonest first, and counted by local day', async () => {
  const week = (await world.call(agent, 'GET', '/api/moments')).json<Moments>();
  expect(week).toMatchObject({ whole: true, people: 1, until: new Date(now + 7 * DAY).toISOString() });
  expect(week.items).toEqual([
    {
      id: `per_${sally}`,
      name: 'Sally Moon',
      email: 'sally@example.com',
      orders: 4,
      kind: 'unusually_quiet',
      at: new Date(now + 4 * DAY).toISOString(),
      gap_days: 20,
      silent_days: 36,
      reason: 'Sally Moon usually orders every 20 days. It has been 36.',
    },
  ]);
  expect(week.days).toHaveLength(8);
  expect(week.days.filter(({ people }) => people > 0)).toEqual([{ day: '2026-06-05', people: 1 }]);

  const longer = (await world.call(agent, 'GET', '/api/moments?days=60&limit=1')).json<Moments>();
  expect(longer.people).toBe(2);
  expect(longer.items.map(({ id }) => id)).toEqual([`per_${sally}`]);
});

test('without a rhythm that was learnt there are no figures, and that is said', async () => {
  const { prediction } = (await world.call(agent, 'GET', `/api/people/per_${sally}/prediction`)).json<{
    prediction: { [key: string]: unknown };
  }>();
  expect(prediction).toMatchObject({
    verdict: 'unlearnt',
    fitted_at: null,
    ordered_days: 4,
    p_alive: null,
    lapses: [],
    next_order: null,
    worth: null,
    curve: [],
    sentence: 'Sally Moon usually orders every 20 days. It has been 36.',
  });
  expect(prediction['orders']).toHaveLength(4);
});

test('of somebody who never ordered nothing is predicted', async () => {
  const response = await world.call(agent, 'GET', `/api/people/per_${visitor}/prediction`);
  expect(response.json()).toEqual({ prediction: null });
  expect((await world.call(agent, 'GET', '/api/people/per_none/prediction')).statusCode).toBe(404);
});

interface Moments {
  readonly whole: boolean;
  readonly people: number;
  readonly days: readonly { readonly day: string; readonly people: number }[];
  readonly items: readonly { readonly id: string }[];
}
