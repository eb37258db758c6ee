import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessByRoute, accessOf, roles } from '../../src/http/roles.ts';
import { uuidv7 } from 'uuidv7';
import { createKey } from '../../src/postgres/keys.ts';
import { createApiWorld, identify } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

interface Door {
  readonly method: string;
  readonly url: string;
}

let world: ApiWorld;
let doors: readonly Door[];
const callers = new Map<string, Caller>();

beforeAll(async () => {
  world = await createApiWorld();
  for (const role of roles) callers.set(role, await world.signIn(role));
  doors = readDoors(world);
});
afterAll(() => world.close());

/** Every route under /api as the server itself prints them. */
function readDoors(of: ApiWorld): readonly Door[] {
  const { paths } = of.app.swagger();
  return Object.entries(paths ?? {}).flatMap(([path, methods]) =>
    path.startsWith('/api/')
      ? Object.keys(methods ?? {}).map((method) => ({
          method: method.toUpperCase(),
          url: path.replace(/\{(\w+)\}/g, ':$1'),
        }))
      : [],
  );
}

test('every route is in the table of roles', () => {
  expect(doors.length).toBeGreaterThan(35);
  const missing = doors.filter(({ method, url }) => accessByRoute[`${method} ${url}`] === undefined);
  expect(missing).toEqual([]);
});

test('nobody gets in where nobody may, and no role does more than the table says', async () => {
  for (const { method, url } of doors) {
    const access = accessOf(method, url);
    const asked = url.replace(':id', '00000000-0000-7000-8000-000000000000').replace(':key', 'nothing_here');
    const call = (caller: Caller | null) =>
      world.app.inject({
        method: method as 'GET',
        url: asked,
        headers: { origin: 'http://localhost:4000', ...caller?.headers },
        // Not a body that any door takes: whoever may come in is told so, nothing is changed.
        ...(method === 'GET' || method === 'DELETE' ? {} : { payload: { nothing: ['of', 'this'] } }),
      });
    const stranger = await call(null);
    if (access === 'public') {
      expect(stranger.json().code, `${method} ${url}`).not.toBe('not_signed_in');
      continue;
    }
    expect(stranger.statusCode, `${method} ${url} by nobody`).toBe(401);
    for (const role of roles) {
      if (method === 'DELETE' && url === '/api/session') continue;
      const response = await call(callers.get(role) ?? null);
      const refused = response.statusCode === 403 && response.json().code === 'not_allowed';
      expect(refused, `${method} ${url} by ${role}: ${response.statusCode} ${response.body}`).toBe(
        !access.includes(role),
      );
      expect(response.statusCode, `${method} ${url} by ${role}: ${response.body}`).toBeLessThan(500);
    }
  }
});

test('a route that nobody has put into the table is the owner’s alone', () => {
  expect(accessOf('POST', '/api/forgotten')).toEqual(['owner']);
});

test('another workspace sees and changes nothing of this one', async () => {
  const person = await world.person([identify('own@x.example', world.clock.now, { name: 'Own' })]);
  const other = uuidv7();
  await world.pool.query(
    `insert into workspaces (id, name, created_at, settings) select $1, 'Other', created_at, settings from workspaces where id = $2`,
    [other, world.workspaceId],
  );
  const at = new Date(world.clock.now);
  const made = await createKey(world.pool, {
    id: uuidv7(),
    workspaceId: other,
    kind: 'server',
    name: 'other',
    at,
  });
  const stranger = { headers: { authorization: `Bearer ${made.key}` } };
  expect((await world.call(stranger, 'GET', '/api/people')).json().items).toEqual([]);
  expect((await world.call(stranger, 'GET', '/api/people?search=own')).json().items).toEqual([]);
  for (const url of [
    `/api/people/per_${person}`,
    `/api/people/${person}/timeline`,
    '/api/segments/known',
    '/api/journeys/welcome',
  ])
    expect((await world.call(stranger, 'GET', url)).statusCode, url).toBe(404);
  const changes = [{ channel: '*', topic: '*', status: 'given' }];
  expect((await world.call(stranger, 'PUT', `/api/people/${person}/consents`, { changes })).statusCode).toBe(
    404,
  );
  expect((await world.call(stranger, 'POST', '/api/journeys/welcome/activate', {})).statusCode).toBe(404);
  expect((await world.call(stranger, 'GET', '/api/overview')).json()).toMatchObject({
    people: 0,
    customers: 0,
  });
  const { items } = (await world.call(callers.get('owner') ?? null, 'GET', '/api/keys')).json();
  expect(items.map(({ name }: { name: string }) => name)).not.toContain('other');
  expect((await world.call(stranger, 'DELETE', `/api/keys/${items[0]?.id ?? uuidv7()}`)).statusCode).toBe(
    404,
  );
});

test('an admin makes no owner, and the last owner stays', async () => {
  const admin = callers.get('admin') ?? null;
  const owner = callers.get('owner') ?? null;
  const made = { email: 'second@shop.example', name: 'Second', role: 'owner', password: 'a long password' };
  expect((await world.call(admin, 'POST', '/api/users', made)).statusCode).toBe(403);
  const { items } = (await world.call(owner, 'GET', '/api/users')).json();
  const only = items.find(({ role }: { role: string }) => role === 'owner');
  expect((await world.call(admin, 'DELETE', `/api/users/${only.id}`)).statusCode).toBe(403);
  const demoted = await world.call(owner, 'PUT', `/api/users/${only.id}`, { role: 'agent' });
  expect(demoted.json()).toMatchObject({ status: 409, code: 'in_use' });
  expect((await world.call(owner, 'POST', '/api/users', made)).statusCode).toBe(201);
  expect((await world.call(owner, 'POST', '/api/users', made)).statusCode).toBe(409);
  expect((await world.call(owner, 'DELETE', `/api/users/${only.id}`)).statusCode).toBe(204);
  expect((await world.call(owner, 'GET', '/api/users')).statusCode).toBe(401);
});
