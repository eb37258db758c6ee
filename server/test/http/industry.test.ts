// A kind of business says what counts as a purchase, and what ships follows it; what somebody edited stays theirs.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

const DAY = 86_400_000;
let world: ApiWorld;
let owner: Caller;

beforeAll(async () => {
  world = await createApiWorld();
  owner = await world.signIn('owner');
});
afterAll(() => world.close());

const ask = async (method: 'GET' | 'PUT' | 'POST', address: string, body?: unknown) => {
  const response = await world.call(owner, method, address, body);
  expect(response.statusCode, response.body).toBeLessThan(300);
  return response.json();
};

test('before an owner exists it is said what counts for each kind of business', async () => {
  const { industries } = await ask('GET', '/api/setup');
  expect(industries.find(({ key }: { key: string }) => key === 'hospitality')).toEqual({
    key: 'hospitality',
    purchase: ['Order Completed', 'Booking Completed', 'Stay Completed'],
    visit: ['Visited', 'Checked In', 'Page Viewed'],
  });
});

test('another industry brings shipped segments and journeys into its words, and an edited one is left alone', async () => {
  const edited = { kind: 'count', event: 'Order Completed', op: 'at_least', n: 7 };
  await ask('PUT', '/api/segments/left_checkout', { name: 'Left the checkout', rule: edited });
  await ask('POST', '/api/journeys/win_back/activate', { who: 'from_now' });
  await ask('PUT', '/api/settings', { industry: 'hospitality' });

  expect(JSON.stringify(await ask('GET', '/api/segments/gone'))).toContain('Booking Completed');
  expect((await ask('GET', '/api/segments/left_checkout')).rule).toEqual(edited);
  const { purchase } = await ask('GET', '/api/vocabulary');
  expect(purchase).toEqual(['Order Completed', 'Booking Completed', 'Stay Completed']);
  const welcome = await ask('GET', '/api/journeys/welcome');
  expect(welcome.newest_version, 'never on: the same version').toBe(1);
  expect(welcome.graph.nodes.first_order.on.event).toEqual([
    'Order Completed',
    'Booking Completed',
    'Stay Completed',
  ]);
  const winBack = await ask('GET', '/api/journeys/win_back');
  expect(winBack, 'it is on: a new version beside the one that runs').toMatchObject({
    active_version: 1,
    newest_version: 2,
  });

  await ask('PUT', '/api/settings', { industry: 'shop' });
  expect(JSON.stringify(await ask('GET', '/api/segments/gone'))).not.toContain('Booking Completed');
  expect((await ask('GET', '/api/journeys/welcome')).graph.nodes.first_order.on.event).toBe(
    'Order Completed',
  );
});

test('what a hotel counts as an order is drawn and listed as one', async () => {
  await ask('PUT', '/api/settings', { industry: 'hospitality' });
  const now = Date.now();
  const stayed = (days: number) => ({
    ...order('guest@example.com', daysBefore(now, days)),
    name: 'Stay Completed',
  });
  const guest = await world.person([
    identify('guest@example.com', daysBefore(now, 90), { name: 'Guest' }),
    ...[80, 50, 20].map(stayed),
  ]);
  const person = await ask('GET', `/api/people/per_${guest}`);
  expect(person.order_times).toEqual([80, 50, 20].map((days) => new Date(now - days * DAY).toISOString()));
  const { items } = await ask('GET', `/api/people/per_${guest}/timeline?show=orders`);
  expect(items.map(({ name }: { name: string }) => name)).toEqual(Array(3).fill('Stay Completed'));
});

test('the name of an event is taken as it is, whatever it means in a pattern', async () => {
  await ask('PUT', '/api/settings', { purchase: { event: 'stay_ended' } });
  const now = Date.now();
  const did = (name: string, days: number) => ({
    ...order('odd@example.com', daysBefore(now, days)),
    name,
  });
  const guest = await world.person([did('stay_ended', 20), did('stay-ended', 10)]);
  const { items } = await ask('GET', `/api/people/per_${guest}/timeline?show=orders`);
  expect(items.map(({ name }: { name: string }) => name)).toEqual(['stay_ended']);
});
