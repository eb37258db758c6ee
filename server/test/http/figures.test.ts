// The figures of Home from stored events, through the route, against values worked out by hand.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { personKey } from '../../src/postgres/bucket.ts';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

const now = Date.parse('2026-06-01T12:00:00.000Z');
let world: ApiWorld;
let marketer: Caller;

beforeAll(async () => {
  world = await createApiWorld({ now });
  marketer = await world.signIn('marketer');
  for (let n = 0; n < 40; n += 1) {
    const email = `p${n}@example.com`;
    const days = n < 24 ? [70, 10] : [70];
    await world.person([
      identify(email, daysBefore(now, 100), {}),
      ...days.map((each) => order(email, daysBefore(now, each))),
    ]);
  }
});
afterAll(() => world.close());

interface Answer {
  readonly worked_out_at: string | null;
  readonly cards: readonly { readonly key: string; readonly [field: string]: unknown }[];
}

async function ask(): Promise<Answer> {
  const response = await world.call(marketer, 'GET', '/api/figures');
  expect(response.statusCode, response.body).toBe(200);
  return response.json();
}

test('at first there are none yet and they are being worked out; then they are there', async () => {
  expect(await ask()).toMatchObject({ worked_out_at: null, cards: [] });
  await world.figured();
  const { cards, worked_out_at: at } = await ask();
  expect(at).toBe('2026-06-01T12:00:00.000Z');
  const card = (key: string): unknown => cards.find((each) => each.key === key);
  // 70 days of history: thirty days fit twice. Nobody ordered in days 60 to 31.
  expect(card('retention')).toMatchObject({
    value: null,
    denominator: 0,
    empty: 'Nobody ordered in the earlier period.',
  });
  expect(card('repeat')).toMatchObject({ value: 0.6, numerator: 24, denominator: 40, empty: null });
  expect(card('nps')).toMatchObject({ value: null, denominator: 0 });
  expect(card('customer_value')).toMatchObject({
    beside: [
      { name: 'median' },
      {
        name: 'expected of everyone together in the next 365 days',
        value: null,
        empty: expect.stringMatching('no rhythm is learnt yet'),
      },
    ],
  });
  expect(card('engagement')).toMatchObject({ value: null, empty: 'Clicks and replies are not counted yet.' });
});

test('behind the figure stand those whom it counts, part by part, page by page', async () => {
  const people = async (query: string) => {
    const response = await world.call(marketer, 'GET', `/api/figures/repeat/people?${query}`);
    expect(response.statusCode, response.body).toBe(200);
    return response.json();
  };
  const all = await people('limit=30');
  expect(all).toMatchObject({
    listed: 40,
    parts: [
      { part: 'of', people: 40 },
      { part: 'yes', people: 24 },
      { part: 'no', people: 16 },
    ],
  });
  const rest = await people(`limit=30&cursor=${all.next_cursor}`);
  expect(rest.next_cursor).toBeNull();
  const ids = [...all.items, ...rest.items].map(({ id }: { id: string }) => id);
  expect(new Set(ids).size).toBe(40);
  // Whoever ordered last stands first.
  expect(all.items.slice(0, 24).map(({ orders }: { orders: number }) => orders)).toEqual(
    Array.from({ length: 24 }, () => 2),
  );
  expect((await people('part=no')).items).toHaveLength(16);
  for (const path of ['/api/figures/none/people', '/api/figures/repeat/people?part=none'])
    expect((await world.call(marketer, 'GET', path)).statusCode).toBe(404);
});

test('the week is told in sentences: orders, who became quiet, messages', async () => {
  const response = await world.call(marketer, 'GET', '/api/week');
  expect(response.statusCode, response.body).toBe(200);
  expect(response.json()).toMatchObject({
    sentences: [
      { about: 'orders', text: 'Nobody ordered in the last seven days; 24 people did in the seven before.' },
      { about: 'quiet' },
      { about: 'messages', text: 'No journey asked for a message.' },
    ],
    reasons: [],
  });
});

test('an order since then is counted once they are older than five minutes', async () => {
  await ask();
  await world.figured();
  await world.person([
    identify('new@example.com', daysBefore(now, 3), {}),
    order('new@example.com', daysBefore(now, 1)),
  ]);
  await ask();
  await world.figured();
  expect((await ask()).cards.find(({ key }) => key === 'repeat')).toMatchObject({ denominator: 40 });
  world.clock.now = now + 6 * 60_000;
  await ask();
  await world.figured();
  expect((await ask()).cards.find(({ key }) => key === 'repeat')).toMatchObject({ denominator: 41 });
});

test('figures of before a file was imported are not shown: they are of other people', async () => {
  await world.person([
    identify('late@example.com', daysBefore(now, 3), {}),
    order('late@example.com', daysBefore(now, 1)),
  ]);
  expect((await ask()).worked_out_at).not.toBeNull();
  world.clock.now += 1_000;
  await world.pool.query(
    `insert into imports (workspace_id, id, file_name, options, status, created_at, finished_at)
     values ($1, gen_random_uuid(), 'orders.csv', '{}', 'done', $2, $2)`,
    [world.workspaceId, new Date(world.clock.now)],
  );
  world.clock.now += 1_000;
  expect(await ask()).toMatchObject({ worked_out_at: null, cards: [] });
  await world.figured();
  expect((await ask()).cards.find(({ key }) => key === 'repeat')).toMatchObject({ denominator: 42 });
});

test('staff are no customers', async () => {
  await world.person([
    identify('staff@example.com', daysBefore(now, 3), { staff: true }),
    order('staff@example.com', daysBefore(now, 1)),
  ]);
  world.clock.now += 6 * 60_000;
  await ask();
  await world.figured();
  expect((await ask()).cards.find(({ key }) => key === 'repeat')).toMatchObject({ denominator: 42 });
});

test('orders of a merged record are its survivor’s, wherever the two lie', async () => {
  const repeat = async () => {
    world.clock.now += 6 * 60_000;
    await ask();
    await world.figured();
    const card = (await ask()).cards.find(({ key }) => key === 'repeat');
    return { numerator: card?.['numerator'], denominator: card?.['denominator'] };
  };
  const once = (email: string, days: number) =>
    world.person([identify(email, daysBefore(now, 20), {}), order(email, daysBefore(now, days))]);
  const ids = [await once('one@example.com', 9), await once('two@example.com', 8)];
  const apart = await repeat();
  // Whichever of the two comes first in the reading.
  for (const [gone, stays] of [ids, ids.toReversed()]) {
    const [from, to] = [personKey(gone ?? ''), personKey(stays ?? '')];
    await world.pool.query('delete from aliases');
    await world.pool.query(
      `insert into aliases (bucket, workspace_id, person_id, survivor_bucket, survivor_id, at, reason)
       values ($1, $2, $3, $4, $5, now(), 'event:x')`,
      [from.bucket, world.workspaceId, from.id, to.bucket, to.id],
    );
    expect(await repeat()).toEqual({
      numerator: Number(apart.numerator) + 1,
      denominator: Number(apart.denominator) - 1,
    });
  }
  await world.pool.query('delete from aliases');
});

test('who moved between stages is told from where they stood then to where they stand now', async () => {
  // p0 to p23 ordered twice: to continuation within the last 30 days; the others fell silent after one order.
  const response = await world.call(marketer, 'GET', '/api/flows?days=30');
  expect(response.statusCode, response.body).toBe(200);
  const { stages, flows } = response.json();
  expect(flows).toContainEqual({ from: 'build_up', to: 'continuation', people: 24 });
  const stage = (key: string): unknown => stages.find((each: { key: string }) => each.key === key);
  expect(stage('continuation')).toMatchObject({ before: 0, now: 24 });
  expect((await world.call(marketer, 'GET', '/api/flows?model=none')).statusCode).toBe(404);
  expect((await world.call(marketer, 'GET', '/api/flows?days=0')).statusCode).toBe(400);
});
