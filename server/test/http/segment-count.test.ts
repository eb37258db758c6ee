// A rule that is not saved: how many it holds for, who would change, and why. Asked of real people with real memory.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

let world: ApiWorld;
let analyst: Caller;
let sally: string;
const now = Date.parse('2026-06-01T12:00:00.000Z');

beforeAll(async () => {
  world = await createApiWorld({ now });
  analyst = await world.signIn('analyst');
  sally = await world.person([
    identify('sally@example.com', daysBefore(now, 90), { name: 'Sally Moon' }),
    ...[80, 57, 34, 11].map((days) => order('sally@example.com', daysBefore(now, days))),
  ]);
  await world.person([order('omar@example.com', daysBefore(now, 200))]);
  await world.person([identify('ana@example.com', daysBefore(now, 3), { name: 'Ana' })]);
});
afterAll(() => world.close());

const post = (path: string, body: unknown) => world.call(analyst, 'POST', path, body);
const count = async (body: unknown) => (await post('/api/segments/count', body)).json();

test('what people remember is counted from their memory, exactly', async () => {
  const counted = await count({ rule: { kind: 'orders', op: 'at_least', n: 2 } });
  expect(counted).toMatchObject({
    people: 1,
    of: 3,
    looked: 3,
    exact: true,
    from_events: false,
    joins: null,
  });
  expect(counted.examples).toEqual([
    expect.objectContaining({ id: `per_${sally}`, name: 'Sally Moon', change: 'joins' }),
  ]);
  expect(counted.examples[0].why).toMatchObject({ holds: true, facts: 'ordered on 4 days' });
});

test('what nobody remembers yet is worked out from stored events, and says so', async () => {
  const rule = {
    kind: 'count',
    event: 'Order Completed',
    where: [{ property: 'total', op: 'at_least', value: 50 }],
    window: { last: 'P60D' },
    op: 'at_least',
    n: 3,
  };
  expect(await count({ rule })).toMatchObject({ people: 1, of: 3, exact: true, from_events: true });
  expect(await count({ rule: { ...rule, n: 4 } })).toMatchObject({ people: 0 });
});

test('against the saved segment it says who would join and who would leave', async () => {
  const quiet = (gaps: number, min: string) => ({
    kind: 'all',
    rules: [{ kind: 'quiet', of: 'orders', gaps, min, max: 'P365D' }],
  });
  const wider = await count({ key: 'quiet', rule: quiet(0.1, 'P1D') });
  expect(wider).toMatchObject({ people: 2, joins: 1, leaves: 0 });
  const never = await count({ key: 'quiet', rule: quiet(2, 'P300D') });
  expect(never).toMatchObject({ people: 0, joins: 0, leaves: 1 });
  expect(never.examples[0]).toMatchObject({ email: 'omar@example.com', change: 'leaves' });
});

test('counting stores nothing and moves nobody', async () => {
  const before = await world.pool.query('select id, state, program_version from people order by id');
  await count({ rule: { kind: 'days', event: '*', op: 'at_least', n: 2 } });
  const after = await world.pool.query('select id, state, program_version from people order by id');
  expect(after.rows).toEqual(before.rows);
});

test('a rule with mistakes is refused with all of them', async () => {
  const response = await post('/api/segments/count', { rule: { kind: 'orders', op: 'often', n: -1 } });
  expect(response.statusCode).toBe(400);
  expect(response.json().errors.map(({ path }: { path: string }) => path)).toEqual(['/rule/op', '/rule/n']);
});

test('any rule, and any segment, is explained for one person, in it or not', async () => {
  const rule = { kind: 'not', rule: { kind: 'last_order', within: 'P30D' } };
  const tried = (await post('/api/segments/explain', { person: `per_${sally}`, rule })).json();
  expect(tried).toMatchObject({
    person: { name: 'Sally Moon' },
    segment: null,
    why: { kind: 'not', holds: false },
  });
  expect(Date.parse(tried.why.until)).toBe(daysBefore(now, 11) + 30 * 86_400_000);

  const member = (await post('/api/segments/explain', { person: `per_${sally}`, segment: 'known' })).json();
  expect(member.member_since).not.toBeNull();
  const outsider = (await post('/api/segments/explain', { person: `per_${sally}`, segment: 'quiet' })).json();
  expect(outsider).toMatchObject({ member_since: null, why: { holds: false } });

  expect((await post('/api/segments/explain', { person: 'per_0', rule })).statusCode).toBe(404);
  expect((await post('/api/segments/explain', { person: `per_${sally}`, segment: 'no' })).statusCode).toBe(
    404,
  );
});
