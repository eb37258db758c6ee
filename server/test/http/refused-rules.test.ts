// Rules that nobody should be able to save: refused at the door, each with all its problems, places and ways out.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiWorld } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

let world: ApiWorld;
let marketer: Caller;

beforeAll(async () => {
  world = await createApiWorld();
  marketer = await world.signIn('owner');
});
afterAll(() => world.close());

interface Refusal {
  readonly status: number;
  readonly errors: readonly { readonly code: string; readonly path: string; readonly hint?: string }[];
}

async function refused(rule: unknown): Promise<Refusal> {
  const response = await world.call(marketer, 'POST', '/api/segments', { name: 'Refused', rule });
  const { errors } = response.json<{ errors?: Refusal['errors'] }>();
  return { status: response.statusCode, errors: errors ?? [] };
}

const ordered = { kind: 'orders', op: 'at_least', n: 1 };
const nested = (deep: number): unknown => (deep === 0 ? ordered : { kind: 'not', rule: nested(deep - 1) });
const matching = (value: string): unknown => ({ kind: 'trait', path: 'name', op: 'matches', value });

test.each([
  ['nested thirty deep', nested(30), 'too_deep'],
  // The door itself reads no body that deep.
  ['nested a hundred deep', nested(100), 'invalid_body'],
  [
    'of ten thousand parts',
    { kind: 'any', rules: Array.from({ length: 10_000 }, () => ordered) },
    'too_many',
  ],
  ['with a pattern that looks back', matching('(a)\\1'), null],
  ['with a pattern that grows without bound', matching('((a{50}){50}){50}'), null],
  [
    'at least three times and never',
    {
      kind: 'all',
      rules: [
        { kind: 'count', event: 'Visit', op: 'at_least', n: 3 },
        { kind: 'count', event: 'Visit', op: 'at_most', n: 0 },
      ],
    },
    'contradiction',
  ],
  [
    'that would remember without bound',
    { kind: 'count', event: 'Visit', window: { last: 'P30D' }, op: 'at_least', n: 100_000 },
    'out_of_range',
  ],
  ['about a segment that is not there', { kind: 'segment', segment: 'quite' }, 'not_found'],
])('a rule %s is refused with a reason and a way out', async (_, rule, code) => {
  const { status, errors } = await refused(rule);
  expect(status).toBe(400);
  expect(errors.length).toBeGreaterThan(0);
  if (code !== null) expect(errors.map((each) => each.code)).toContain(code);
  for (const each of errors) expect(each.hint).not.toBe('');
});

test('all problems are told at once, each at its place', async () => {
  const { errors } = await refused({
    kind: 'all',
    rules: [
      { kind: 'segment', segment: 'quite' },
      { kind: 'orders', op: 'about', n: 1 },
      { kind: 'last_order', within: 'soon' },
    ],
  });
  expect(errors.map(({ path }) => path)).toEqual([
    '/rule/rules/0/segment',
    '/rule/rules/1/op',
    '/rule/rules/2/within',
  ]);
});

test('a pattern that explodes elsewhere is taken, and answers at once', async () => {
  const response = await world.call(marketer, 'POST', '/api/segments', {
    name: 'Patient',
    rule: matching('(a+)+$'),
  });
  expect(response.statusCode, response.body).toBe(201);
  const began = performance.now();
  await world.person([
    {
      name: 'Identified',
      type: 'identify',
      at: world.clock.now,
      traits: { name: `${'a'.repeat(900)}!` },
      identities: [['user_id', 'u1']],
    },
  ]);
  expect(performance.now() - began).toBeLessThan(5_000);
});
