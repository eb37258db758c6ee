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

test('a rule of stages and segments alone is looked up: all numbers at once, and the same people as when each is asked', async () => {
  const known = { kind: 'segment', segment: 'known' };
  const ordered = { kind: 'segment', segment: 'customers' };
  const stage = { kind: 'stage', model: 'default', stage: ['build_up', 'acquaintance'] };
  const rules = [
    { kind: 'all', rules: [known, { kind: 'not', rule: ordered }] },
    { kind: 'any', rules: [ordered, stage] },
    { kind: 'all', rules: [] },
    ordered,
  ];
  // Asked one by one: the same rule beside one that no index answers and that holds for everybody.
  const asked = {
    kind: 'any',
    rules: [
      { kind: 'orders', op: 'at_least', n: 1 },
      { kind: 'orders', op: 'at_most', n: 0 },
    ],
  };
  for (const rule of rules) {
    const list = async (of: object) => {
      const seen: string[] = [];
      let cursor: string | null = '';
      let first: { matched: number; looked: number; of: number } | undefined;
      while (cursor !== null) {
        const body = { rule: of, limit: 2, cursor };
        const response = await world.call(analyst, 'POST', '/api/people/matching', body);
        expect(response.statusCode, response.body).toBe(200);
        const page = response.json();
        first ??= page;
        seen.push(...page.items.map(({ id }: { id: string }) => id));
        cursor = page.next_cursor;
      }
      return { seen: seen.toSorted(), first };
    };
    const found = await list(rule);
    expect(found.seen).toEqual((await list({ kind: 'all', rules: [rule, asked] })).seen);
    expect(found.first).toMatchObject({ matched: found.seen.length, looked: 6, of: 6 });
  }
});

test('a cursor of the one way is refused by the other', async () => {
  const ask = (rule: object, cursor?: string) =>
    world.call(analyst, 'POST', '/api/people/matching', { rule, limit: 1, cursor });
  const everyone = { kind: 'all', rules: [] };
  const cursor = (await ask(everyone)).json().next_cursor;
  expect((await ask(bought, cursor)).json().code).toBe('invalid_cursor');
  expect((await ask(everyone, (await ask(bought)).json().next_cursor)).json().code).toBe('invalid_cursor');
});
