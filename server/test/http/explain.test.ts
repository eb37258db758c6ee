// Why, everywhere: each member of a segment, a message that was not sent, and what would become of it now.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { printId } from '../../src/http/ids.ts';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

let world: ApiWorld;
let owner: Caller;
const now = Date.parse('2026-06-01T12:00:00.000Z');
const DAY = 86_400_000;

beforeAll(async () => {
  world = await createApiWorld({ now });
  owner = await world.signIn('owner');
});
afterAll(() => world.close());

const get = async (url: string) => (await world.call(owner, 'GET', url)).json();
const consent = (email: string, name: string, at: number) => ({
  id: `${name}-${email}-${at}`,
  at,
  name,
  properties: { channel: 'email', topic: 'offers' },
  identities: [['email', email]] as const,
});

test('each member says since when, why in one sentence, and until when', async () => {
  const email = 'quiet@example.com';
  const id = await world.person([
    identify(email, daysBefore(now, 200), { name: 'Quinn' }),
    ...[180, 160, 140].map((days) => order(email, daysBefore(now, days))),
  ]);
  await world.person([order('keen@example.com', daysBefore(now, 1))]);
  const { items } = await get('/api/segments/quiet/people');
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({
    id: printId('per', id),
    since: new Date(daysBefore(now, 100)).toISOString(),
    why: 'Ordered on 3 days; no order since 12 January 2026; their own gap of 20 days; quiet since 21 February 2026',
    until: null,
  });
  // Somebody who only just ordered is a customer for good, and unusually quiet no more.
  const customers = await get('/api/segments/customers/people');
  expect(customers.items.map(({ why }: { why: string }) => why)).toEqual([
    'Ordered on 1 day',
    'Ordered on 3 days',
  ]);
});

test('a message that was not sent says what would stand against it now, question by question, and nothing is changed', async () => {
  const nodes = {
    t: { kind: 'trigger', on: { kind: 'event', event: 'Asked' }, next: 'm' },
    m: { kind: 'email', template: 'welcome', topic: 'offers', next: 'x' },
    x: { kind: 'exit' },
  };
  const ordered = {
    kind: 'count',
    event: 'Order Completed',
    window: { since: { kind: 'run' } },
    op: 'at_least',
    n: 1,
  };
  const graph = { entry: 't', nodes, reentry: 'once', goal: { rule: ordered, exits: true } };
  await world.call(owner, 'POST', '/api/journeys', { key: 'ask', name: 'Ask', graph });
  await world.call(owner, 'POST', '/api/journeys/ask/activate', { version: 1, who: 'from_now' });
  const email = 'omar@example.com';
  const id = await world.person([
    identify(email, daysBefore(now, 3), { name: 'Omar' }),
    { name: 'Asked', at: now, identities: [['email', email]] },
  ]);
  const [message] = (await get(`/api/messages?person=per_${id}`)).items;
  expect(message).toMatchObject({ state: 'dropped', reason: 'no_consent' });
  const before = await world.pool.query('select state from people order by id');
  const ask = () => get(`/api/messages/${message.id}/now`);

  const first = await ask();
  expect(first).toMatchObject({ as: 'again', answer: 'drop', reason: 'no_consent', until: null });
  const said = Object.fromEntries(
    first.checks.map((c: { check: string; against: string | null; facts: string }) => [
      c.check,
      [c.against, c.facts],
    ]),
  );
  expect(said).toMatchObject({
    ended: [null, 'the goal is not reached: has done “Order Completed” since this run began'],
    address: [null, 'an address is known'],
    consent: ['drop', 'nothing was ever said about it'],
    suppressed: [null, 'the address is not suppressed'],
    complaint: [null, 'no complaint is open'],
    cap_day: [null, '0 of at most 1 today'],
    cap_week: [null, '0 of at most 3 in 7 days'],
    quiet_hours: [null, 'no quiet hours on this channel'],
  });
  const after = await world.pool.query('select state from people order by id');
  expect(after.rows).toEqual(before.rows);

  // They agree: now it would go; they complain: it would wait; they take it back: it would not go.
  const event = (what: object, at: number) => ({
    kind: 'event' as const,
    event: {
      id: `e${at}`,
      type: 'track' as const,
      trust: 'server' as const,
      properties: {},
      traits: {},
      identities: [],
      at,
      name: '',
      ...what,
    },
  });
  world.clock.now = now + 1_000;
  await world.step(id, event(consent(email, 'Consent Given', now + 1_000), now + 1_000));
  expect(await ask()).toMatchObject({ answer: 'send', reason: null });
  world.clock.now = now + 2_000;
  await world.step(id, event({ name: 'Complaint Opened', properties: { complaint_id: 'c' } }, now + 2_000));
  const held = await ask();
  expect(held).toMatchObject({ answer: 'hold', reason: 'open_complaint' });
  expect(Date.parse(held.until)).toBeGreaterThan(world.clock.now);
  world.clock.now = now + DAY;
  await world.step(id, event(order(email, now + DAY), now + DAY));
  expect(await ask()).toMatchObject({ answer: 'drop', reason: 'goal_reached' });
});

test('a segment that was deleted is put back as it was, with everybody in it; what it needs must still be there', async () => {
  const rule = { kind: 'orders', op: 'at_least', n: 1 };
  const make = (body: object) => world.call(owner, 'POST', '/api/segments', body);
  await make({ key: 'buyers', name: 'Buyers', rule });
  await make({ key: 'fans', name: 'Fans', rule: { kind: 'segment', segment: 'buyers' } });
  expect((await world.call(owner, 'DELETE', '/api/segments/fans')).statusCode).toBe(204);
  expect((await world.call(owner, 'DELETE', '/api/segments/buyers')).statusCode).toBe(204);
  expect((await get('/api/deleted/segments')).items.map(({ key }: { key: string }) => key).sort()).toEqual([
    'buyers',
    'fans',
  ]);
  const early = await world.call(owner, 'POST', '/api/segments/fans/restore');
  expect(early.statusCode).toBe(400);
  expect(early.json().errors).toMatchObject([
    { code: 'archived', path: '/rule/segment', message: "Segment 'buyers' was deleted." },
  ]);
  for (const key of ['buyers', 'fans', 'fans'])
    expect((await world.call(owner, 'POST', `/api/segments/${key}/restore`)).statusCode).toBe(200);
  expect((await get('/api/segments/fans')).sentence).toBe('is in “Buyers”');
  expect((await get('/api/deleted/segments')).items).toEqual([]);
  expect((await world.call(owner, 'POST', '/api/segments/nobody/restore')).statusCode).toBe(404);

  // A new one of the same name takes its place.
  await world.call(owner, 'DELETE', '/api/segments/fans');
  expect((await make({ key: 'fans', name: 'Other fans', rule })).statusCode).toBe(201);
  expect((await get('/api/deleted/segments')).items).toEqual([]);
});
