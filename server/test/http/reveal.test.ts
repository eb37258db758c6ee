// Whom to meet first and the message that would help, through the routes, against people made by hand.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

const now = Date.parse('2026-06-01T12:00:00.000Z');
let world: ApiWorld;
let marketer: Caller;

beforeAll(async () => {
  world = await createApiWorld({ now });
  marketer = await world.signIn('marketer');
});
afterAll(() => world.close());

/** Orders every so many days, the last so many days ago. */
function customer(email: string, of: { gap: number; silent: number; orders: number; name?: string }) {
  const days = Array.from({ length: of.orders }, (_, k) => of.silent + k * of.gap);
  return world.person([
    identify(email, daysBefore(now, 400), of.name === undefined ? {} : { name: of.name }),
    ...days.toReversed().map((each) => order(email, daysBefore(now, each))),
  ]);
}

const ask = async (address: string) => {
  const response = await world.call(marketer, 'GET', address);
  expect(response.statusCode, response.body).toBe(200);
  return response.json();
};

test('where nobody has ordered there is nobody to meet, and a message is proposed all the same', async () => {
  expect(await ask('/api/reveal')).toMatchObject({ customers: 0, little_history: false, people: [] });
  expect(await ask('/api/first-message')).toMatchObject({
    journey: { key: 'broken_rhythm', active_version: null },
    backtest: null,
    needs: { permission: true, sender: true, mode: 'mailbox', import: null },
  });
});

test('whoever has a rhythm and a name is met first; who is gone is not met', async () => {
  await customer('nameless@example.com', { gap: 20, silent: 50, orders: 6 });
  await customer('sally@example.com', { gap: 20, silent: 60, orders: 6, name: 'Sally Moon' });
  await customer('twice@example.com', { gap: 20, silent: 130, orders: 2, name: 'Twice Only' });
  await customer('gone@example.com', { gap: 20, silent: 300, orders: 6, name: 'Long Gone' });
  await customer('fine@example.com', { gap: 20, silent: 5, orders: 6, name: 'Fine Indeed' });
  const reveal = await ask('/api/reveal');
  expect(reveal).toMatchObject({ customers: 5, once: 0, rhythmic: 4, with_name: 4, little_history: true });
  expect(reveal.people.map(({ email }: { email: string }) => email)).toEqual([
    'sally@example.com',
    'nameless@example.com',
    'twice@example.com',
  ]);
  expect(reveal.people[0].reason).toBe('Sally Moon usually orders every 20 days. It has been 60.');
});

test('a message names its letters in the order in which they come, and its look back once there is one', async () => {
  const before = await ask('/api/first-message?journey=welcome');
  expect(before.templates.map(({ key }: { key: string }) => key)).toEqual(['welcome', 'second_purchase']);
  expect(before.others.map(({ key }: { key: string }) => key)).toContain('broken_rhythm');
  const made = await world.call(marketer, 'POST', '/api/backtests', {
    of: { kind: 'journey', key: 'welcome' },
    assume_consent: true,
  });
  expect(made.statusCode, made.body).toBe(202);
  const after = await ask('/api/first-message?journey=welcome');
  expect(after.backtest).toEqual({ id: made.json().id, state: 'queued' });
  expect((await ask('/api/first-message?journey=broken_rhythm')).backtest).toBeNull();
});

test('a journey that does not exist is not found', async () => {
  const response = await world.call(marketer, 'GET', '/api/first-message?journey=nothing');
  expect(response.json()).toMatchObject({ code: 'not_found' });
});
