// The list of people with columns of one's own: sorting, traits, saved views, and the file.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

const now = Date.parse('2026-06-01T12:00:00.000Z');
let world: ApiWorld;
let marketer: Caller;
let analyst: Caller;

beforeAll(async () => {
  world = await createApiWorld({ now });
  [marketer, analyst] = [await world.signIn('marketer'), await world.signIn('analyst')];
  for (let n = 0; n < 9; n += 1) {
    const email = `p${n}@example.com`;
    // p0 has none, p1 to p4 one, p5 to p8 two; the last one is n days ago.
    const days = n === 0 ? [] : n < 5 ? [n] : [n + 10, n];
    await world.person([
      identify(email, daysBefore(now, 30), {
        name: n === 3 ? '=HYPERLINK("http://evil")' : `Person ${n}`,
        city: n < 3 ? 'Bath' : 'Łódź',
      }),
      ...days.map((each) => order(email, daysBefore(now, each))),
    ]);
  }
});
afterAll(() => world.close());

const get = async (caller: Caller, url: string) => {
  const response = await world.call(caller, 'GET', url);
  expect(response.statusCode, response.body).toBe(200);
  return response;
};

async function walk(query: string): Promise<string[]> {
  const emails: string[] = [];
  let cursor = '';
  do {
    const page = (await get(marketer, `/api/people?limit=2&${query}&cursor=${cursor}`)).json();
    emails.push(...page.items.map(({ email }: { email: string }) => email.slice(0, 2)));
    cursor = page.next_cursor ?? '';
  } while (cursor !== '');
  return emails;
}

test('people come by their last order or number of orders, page by page, each once', async () => {
  expect(await walk('sort=last_order')).toEqual(['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8', 'p0']);
  const byOrders = await walk('sort=orders');
  expect(new Set(byOrders).size).toBe(9);
  expect(byOrders.slice(0, 4).sort()).toEqual(['p5', 'p6', 'p7', 'p8']);
  expect(byOrders.at(-1)).toBe('p0');
  const inStage = await walk('sort=last_order&stage=default:continuation');
  expect(inStage).toEqual(['p5', 'p6', 'p7', 'p8']);
});

test('traits that are asked for come with each person', async () => {
  const { items } = (await get(marketer, '/api/people?columns=name,trait:city,trait:none&search=p4')).json();
  expect(items).toEqual([expect.objectContaining({ traits: { city: 'Łódź', none: null } })]);
  expect((await world.call(marketer, 'GET', '/api/people?columns=password')).statusCode).toBe(400);
});

test('the file holds the chosen columns of everyone, no formulas, and is in the log of changes', async () => {
  const file = await get(
    analyst,
    '/api/people/export?sort=last_order&columns=name,last_order,stage:default,trait:city',
  );
  expect(file.headers['content-type']).toContain('text/csv');
  const lines = file.body.replace('\uFEFF', '').trim().split('\r\n');
  expect(lines).toHaveLength(10);
  expect(lines.slice(0, 2)).toEqual([
    'name,last_order,stage default,city',
    'Person 1,2026-05-31,build_up,Bath',
  ]);
  expect(lines[3]).toContain(`"'=HYPERLINK(""http://evil"")"`);
  const admin = await world.signIn('admin');
  const { items } = (await get(admin, '/api/audit')).json();
  expect(items).toContainEqual(expect.objectContaining({ action: 'people.export' }));
  const rule = { kind: 'all', rules: [{ kind: 'trait', path: 'city', op: 'is', value: 'Bath' }] };
  const some = await world.call(
    marketer,
    'GET',
    `/api/people/export?columns=email&rule=${encodeURIComponent(JSON.stringify(rule))}`,
  );
  expect(some.body.replace('\uFEFF', '').trim().split('\r\n').sort(), some.body).toEqual([
    'email',
    'p0@example.com',
    'p1@example.com',
    'p2@example.com',
  ]);
  expect((await world.call(await world.signIn('agent'), 'GET', '/api/people/export')).statusCode).toBe(403);
});

test('a view is kept, shared or not, changed, deleted and put back', async () => {
  const make = async (body: object) => world.call(marketer, 'POST', '/api/people-views', body);
  const view = { stage: 'default:continuation', sort: 'orders', columns: ['name', 'orders'] };
  const own = await make({ name: 'Mine', shared: false, view });
  expect(own.statusCode, own.body).toBe(201);
  await make({ name: 'Ours', shared: true, view });
  expect((await make({ name: 'Bad', shared: true, view: { columns: ['password'] } })).statusCode).toBe(400);
  const names = async (caller: Caller): Promise<string[]> =>
    (await get(caller, '/api/people-views')).json().items.map(({ name }: { name: string }) => name);
  expect(await names(marketer)).toEqual(['Mine', 'Ours']);
  expect(await names(analyst)).toEqual(['Ours']);

  const { id } = own.json();
  const path = `/api/people-views/${id}`;
  expect((await world.call(analyst, 'DELETE', path)).statusCode).toBe(404);
  expect((await world.call(marketer, 'DELETE', path)).statusCode).toBe(204);
  expect(await names(marketer)).toEqual(['Ours']);
  expect((await world.call(marketer, 'POST', `${path}/restore`)).statusCode).toBe(204);
  await world.call(marketer, 'PUT', path, { name: 'Now ours', shared: true, view });
  expect(await names(analyst)).toEqual(['Now ours', 'Ours']);
});

test('each user has columns of their own', async () => {
  const columns = ['name', 'trait:city', 'name', 'orders'];
  expect((await world.call(marketer, 'PUT', '/api/people-columns', { columns })).statusCode).toBe(200);
  expect((await get(marketer, '/api/people-views')).json().columns).toEqual(['name', 'trait:city', 'orders']);
  expect((await get(analyst, '/api/people-views')).json().columns).toBeNull();
});

test('what somebody is worth, their points and tier come where a column asks for them, and stand in the file', async () => {
  const club = {
    key: 'club',
    name: 'Club',
    unit: { one: 'leaf', many: 'leaves' },
    earn: [{ kind: 'spend', key: 'orders', points: 1, per: 1, rounding: 'down' }],
    expiry: { kind: 'earned', after: 'P365D' },
    tiers: [{ key: 'gold', name: 'Gold', rule: { kind: 'orders', op: 'at_least', n: 30 } }],
  };
  const made = await world.call(marketer, 'POST', '/api/programmes', club);
  expect(made.statusCode, made.body).toBe(201);
  const { items } = (
    await get(marketer, '/api/people?limit=1&sort=orders&columns=name,spent,worth,points:club,tier:club')
  ).json();
  const id = items[0].id.replace('per_', '');
  const given = { programme: 'club', do: 'award', points: 7, reason: 'hello', key: 'k' };
  expect((await world.call(marketer, 'POST', `/api/people/per_${id}/points`, given)).statusCode).toBe(200);
  const columns = 'id,spent,points:club,tier:club';
  const after = (await get(marketer, `/api/people?search=per_${id}&columns=${columns}`)).json().items[0];
  expect(after).toMatchObject({ points: { club: 7 }, tiers: { club: null } });
  expect(after).not.toHaveProperty('worth');
  const rule = encodeURIComponent(JSON.stringify({ kind: 'all', rules: [] }));
  const file = (await get(marketer, `/api/people/export?rule=${rule}&columns=${columns}`)).body;
  expect(file).toContain('id,spent,points club,tier club');
  expect(file).toMatch(new RegExp(`per_${id},[^,]*,7,`));
});
