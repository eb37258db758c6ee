import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

let world: ApiWorld;
let analyst: Caller;
const buyers: string[] = [];
const now = Date.parse('2026-06-01T12:00:00.000Z');

beforeAll(async () => {
  world = await createApiWorld({ now });
  analyst = await world.signIn('analyst');
  for (let n = 0; n < 6; n += 1) {
    const email = `p${n}@example.com`;
    const events = [identify(email, daysBefore(now, 40), { name: `Person ${n}` })];
    const id = await world.person(n % 2 === 0 ? [...events, order(email, daysBefore(now, 9))] : events);
    if (n % 2 === 0) buyers.push(`per_${id}`);
  }
});
afterAll(() => world.close());

const bought = { kind: 'count', event: 'Order Completed', window: { last: 'P30D' }, op: 'at_least', n: 1 };

test('a rule nobody saved lists everyone it holds for once, page by page, and says how many were asked', async () => {
  const seen: string[] = [];
  let cursor: string | null = '';
  let last = { looked: 0, matched: 0, of: 0 };
  while (cursor !== null) {
    const body = { rule: bought, limit: 1, cursor };
    const response = await world.call(analyst, 'POST', '/api/people/matching', body);
    expect(response.statusCode, response.body).toBe(200);
    const page = response.json();
    seen.push(...page.items.map(({ id }: { id: string }) => id));
    expect(page.looked).toBeGreaterThanOrEqual(last.looked);
    last = page;
    cursor = page.next_cursor;
  }
  expect(seen.toSorted()).toEqual(buyers.toSorted());
  expect(last).toMatchObject({ looked: 6, matched: 3, of: 6 });
});

test('a rule with a mistake and a cursor that was made up are refused in words', async () => {
  const wrong = await world.call(analyst, 'POST', '/api/people/matching', { rule: { kind: 'orders' } });
  expect(wrong.json()).toMatchObject({ status: 400, code: 'invalid_rule' });
  const cursor = Buffer.from(JSON.stringify([5_000, null, 0, 0])).toString('base64url');
  const made = await world.call(analyst, 'POST', '/api/people/matching', { rule: bought, cursor });
  expect(made.json()).toMatchObject({ status: 400, code: 'invalid_cursor' });
});
