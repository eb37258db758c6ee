import { afterAll, beforeAll, expect, test } from 'vitest';
import { searchText } from '../../src/postgres/search-words.ts';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

let world: ApiWorld;
let agent: Caller;
const ids = new Map<string, string>();
const now = Date.parse('2026-06-01T12:00:00.000Z');

beforeAll(async () => {
  world = await createApiWorld({ now });
  agent = await world.signIn('agent');
  const made: readonly [string, { readonly [key: string]: string }][] = [
    ['sally@example.com', { name: 'Sally Moon', phone: '+44 7700 900123' }],
    ['jose@example.com', { name: 'José Müller-Łoś' }],
    ['m@example.com', { name: 'مُحَمَّد أحمد' }],
    ['sal.paradise@road.example', { name: 'Old Bull Lee' }],
  ];
  for (const [n, [email, traits]] of made.entries())
    ids.set(email, await world.person([identify(email, daysBefore(now, 9 - n), traits)]));
  ids.set(
    'buyer',
    await world.person([order('buyer@example.com', daysBefore(now, 3), { order_id: 'R-1007' })]),
  );
});
afterAll(() => world.close());

async function find(search: string, filter = ''): Promise<{ match: string; found: string[] }> {
  const response = await world.call(
    agent,
    'GET',
    `/api/people?search=${encodeURIComponent(search)}${filter}`,
  );
  expect(response.statusCode, response.body).toBe(200);
  const nameOf = (id: string): string => [...ids].find(([, bare]) => `per_${bare}` === id)?.[0] ?? id;
  return {
    match: response.json().match,
    found: response.json().items.map(({ id }: { id: string }) => nameOf(id)),
  };
}

test.each([
  ['any word of a name, by its beginning', 'moo', 'sally@example.com'],
  ['words in any order', 'moon sal', 'sally@example.com'],
  ['a name without its accents', 'muller jose', 'jose@example.com'],
  ['an Arabic name without its vowel signs and hamza', 'احمد', 'm@example.com'],
  ['an address, whole or begun', 'SAL.Paradise@ro', 'sal.paradise@road.example'],
  ['everyone at a company', '@road.example', 'sal.paradise@road.example'],
  ['a number as it is dialled at home', '07700 900 123', 'sally@example.com'],
  ['a number as it is dialled from abroad', '0044 7700', 'sally@example.com'],
  ['its last digits', '900123', 'sally@example.com'],
  ['an order, with the sign people put before it', '#R-1007', 'buyer'],
])('%s finds the person', async (_what, search, expected) => {
  expect(await find(search)).toEqual({ match: 'direct', found: [expected] });
});

test.each([
  ['two letters swapped', 'slaly'],
  ['a letter missing', 'saly moon'],
  ['a letter too many', 'sallly'],
  ['a wrong letter', 'salxy moon'],
])('%s finds whoever is meant, and says that it is close only', async (_what, search) => {
  expect(await find(search)).toEqual({ match: 'close', found: ['sally@example.com'] });
});

test('an exact address stands above those that only begin like the search', async () => {
  expect((await find('sal')).found.toSorted()).toEqual(['sal.paradise@road.example', 'sally@example.com']);
  expect((await find('sal', '&segment=known')).found).toHaveLength(2);
  expect((await find('sal', '&stage=default:continuation')).found).toEqual([]);
  expect((await find('sally@example.com')).found).toEqual(['sally@example.com']);
});

test('signs that mean something to Postgres are looked for as they are', async () => {
  for (const search of [`'`, `\\`, `a'b@`, `':*`, '!&|()', `x\\'y`, '<->', '@@', `"order_id":"`])
    expect((await find(search)).found, search).toEqual([]);
});

test('a cursor that was made up is refused', async () => {
  const cursor = Buffer.from(JSON.stringify(['direct', 9, 'x', 'y'])).toString('base64url');
  const response = await world.call(agent, 'GET', `/api/people?search=a&cursor=${cursor}`);
  expect(response.json()).toMatchObject({ status: 400, code: 'invalid_cursor' });
});

test('among 100,000 people a search reads the index of words, and never more than a thousand of them', async () => {
  const people = 100_000;
  const names = ['Omar Haddad', 'Ana Beltrán', 'Wei Chen', 'Ingrid Solberg', 'Tom Okafor'];
  const rows = names.map((name) => searchText({ name, email: null, userId: null, phone: null }));
  await world.pool.query(
    `insert into profiles (bucket, workspace_id, person_id, name, search)
     select n % 1024, $1, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, ($2::text[])[1 + n % 5],
            ($3::text[])[1 + n % 5] || ' ''member' || n || ''''
       from generate_series(1, $4::int) as n`,
    [world.workspaceId, names, rows, people],
  );
  await world.pool.query('analyze profiles');
  const plan = async (tsquery: string): Promise<string> =>
    JSON.stringify(
      (
        await world.pool.query(
          `explain (analyze, format json)
           select person_id from profiles
            where workspace_id = $1 and search::tsvector @@ $2::tsquery limit 1000`,
          [world.workspaceId, tsquery],
        )
      ).rows,
    );
  const rare = await plan(`'member4711':*`);
  expect(rare).toContain('"profiles_search"');
  expect(await plan(`'oma':* & 'member4711':*`)).toContain('"profiles_search"');
  expect((await find('member4711')).match).toBe('direct');
});
