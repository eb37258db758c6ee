// Every example of every kind of rule is taken at the door as a segment, lived with, said and explained.
import { ruleKinds } from '@rapport/engine';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiWorld, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

const hourMs = 3_600_000;
/** What examples about points and tiers name. */
const club = {
  key: 'club',
  name: 'Club',
  unit: { one: 'point', many: 'points' },
  earn: [{ kind: 'spend', key: 'orders', points: 1, per: 1, rounding: 'down' }],
  expiry: { kind: 'earned', after: 'P365D' },
  tiers: [
    { key: 'silver', name: 'Silver', rule: { kind: 'orders', op: 'at_least', n: 2 } },
    { key: 'gold', name: 'Gold', rule: { kind: 'orders', op: 'at_least', n: 5 } },
  ],
};

let world: ApiWorld;
let marketer: Caller;
beforeAll(async () => {
  world = await createApiWorld();
  marketer = await world.signIn('marketer');
});
afterAll(() => world.close());

test('every example of every kind becomes a segment that somebody is or is not in, for a reason', async () => {
  const vip = { key: 'vip', name: 'VIP', rule: { kind: 'orders', op: 'at_least', n: 9 } };
  expect((await world.call(marketer, 'POST', '/api/segments', vip)).statusCode).toBe(201);
  expect((await world.call(marketer, 'POST', '/api/programmes', club)).statusCode).toBe(201);
  const examples = Object.entries(ruleKinds).flatMap(([kind, { examples }]) =>
    examples.map((rule, i) => ({ key: `${kind}_${i}`, name: `${kind} ${i}`, rule })),
  );
  for (const segment of examples) {
    const made = await world.call(marketer, 'POST', '/api/segments', segment);
    expect(made.statusCode, `${segment.key}: ${made.body}`).toBe(201);
    expect(made.json().sentence.length, segment.key).toBeGreaterThan(5);
  }

  const { now } = world.clock;
  const person = await world.person([
    identify('sally@x.example', now - 3 * hourMs, { birthday: '1990-01-01', company: 'Tee GmbH' }),
    {
      ...order('sally@x.example', now - 2 * hourMs),
      name: 'Checkout Started',
      properties: { cart_id: 'c1' },
    },
  ]);
  // An hour after the checkout nothing came but the time.
  await world.step(person, { kind: 'time' });
  const { segments } = (await world.call(marketer, 'GET', `/api/people/${person}`)).json();
  const found = segments.find(({ key }: { key: string }) => key === 'unfollowed_0');
  expect(found).toMatchObject({
    since: new Date(now - hourMs).toISOString(),
    until: new Date(now - 2 * hourMs + 7 * 24 * hourMs).toISOString(),
    why: { holds: true, facts: expect.stringMatching(/^last begun on .*, not followed by /) },
  });
});
