import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSetupToken } from '../../src/postgres/users.ts';
import { cookiesOf, createApiWorld, origin, password } from '../support/api-world.ts';
import type { ApiWorld } from '../support/api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world.close());

const business = {
  name: 'Blue Door Tea',
  time_zone: 'Europe/Madrid',
  currency: 'EUR',
  industry: 'hospitality',
};
const setup = (token: string, email: string) => ({ token, name: 'Ana Ruiz', email, password, business });

test('the one-time link makes one owner, once, and signs in', async () => {
  expect((await world.call(null, 'GET', '/api/setup')).json()).toMatchObject({ needed: true });
  expect((await world.call(null, 'GET', '/api/session')).json()).toMatchObject({
    setup_needed: true,
    user: null,
  });

  const token = await makeSetupToken(world.pool, world.deps.now);
  expect(token).toMatch(/^[\w-]{30,}$/);
  const wrong = await world.call(null, 'POST', '/api/setup', setup('not the token', 'eve@shop.example'));
  expect(wrong.statusCode).toBe(403);
  expect(wrong.json()).toMatchObject({ code: 'setup_link_used', status: 403 });

  const answers = await Promise.all(
    ['ana', 'bob', 'cleo', 'dan'].map((name) =>
      world.call(null, 'POST', '/api/setup', setup(token ?? '', `${name}@shop.example`)),
    ),
  );
  const statuses = answers.map(({ statusCode }) => statusCode).sort();
  expect(statuses).toEqual([201, 403, 403, 403]);
  const winner = answers.find(({ statusCode }) => statusCode === 201);
  if (winner === undefined) throw new Error('nobody won');
  expect(winner.json()).toMatchObject({
    setup_needed: false,
    user: { role: 'owner', name: 'Ana Ruiz' },
    workspace: { name: 'Blue Door Tea', time_zone: 'Europe/Madrid', industry: 'hospitality' },
    can: { administer: true },
  });
  expect(winner.headers['set-cookie']).toMatch(/HttpOnly/i);

  const session = await world.call({ headers: { cookie: cookiesOf(winner) } }, 'GET', '/api/session');
  expect(session.json()).toMatchObject({ user: { role: 'owner' } });
  const again = await world.call(null, 'POST', '/api/setup', setup(token ?? '', 'late@shop.example'));
  expect(again.statusCode).toBe(403);
  expect(await makeSetupToken(world.pool, world.deps.now)).toBeNull();
  const settings = await world.call({ headers: { cookie: cookiesOf(winner) } }, 'GET', '/api/settings');
  expect(settings.json().purchase.event).toContain('Stay Completed');
});

test('set-up names everything that is wrong at once', async () => {
  const response = await world.call(null, 'POST', '/api/setup', {
    token: 'x',
    name: '',
    email: 'no address',
    password: 'short',
    business: { ...business, time_zone: 'Mars/Olympus', currency: 'XXQ' },
  });
  expect(response.statusCode).toBe(400);
  expect(response.headers['content-type']).toMatch(/application\/problem\+json/);
  const problem = response.json();
  expect(problem.code).toBe('invalid_body');
  const paths = problem.errors.map(({ path }: { path: string }) => path).sort();
  expect(paths).toEqual(['/business/currency', '/business/time_zone', '/email', '/name', '/password']);
});

test('a wrong password and an unknown address get the same answer, and guessing is slowed down', async () => {
  const caller = await world.signIn('marketer');
  expect((await world.call(caller, 'GET', '/api/session')).json().user.role).toBe('marketer');
  const wrong = await world.call(null, 'POST', '/api/session', { email: 'nobody@shop.example', password });
  expect(wrong.statusCode).toBe(401);
  expect(wrong.json().code).toBe('wrong_credentials');

  let last = wrong;
  for (let attempt = 0; attempt < 12; attempt += 1) {
    last = await world.call(null, 'POST', '/api/session', { email: 'nobody@shop.example', password });
  }
  expect(last.statusCode).toBe(429);
  expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
  world.clock.now += 6 * 60_000;
  const later = await world.call(null, 'POST', '/api/session', { email: 'nobody@shop.example', password });
  expect(later.statusCode).toBe(401);
});

test('signing out ends the session', async () => {
  const caller = await world.signIn('agent');
  const out = await world.call(caller, 'DELETE', '/api/session');
  expect(out.statusCode).toBe(204);
  expect((await world.call(caller, 'GET', '/api/people')).statusCode).toBe(401);
});

test('a new password ends the other sessions', async () => {
  const first = await world.signIn('analyst');
  const { email } = (await world.call(first, 'GET', '/api/session')).json().user;
  const second = await world.call(null, 'POST', '/api/session', { email, password });
  const refused = await world.call(first, 'PUT', '/api/session/password', {
    current: 'not this one',
    new: 'another good password',
  });
  expect(refused.statusCode).toBe(401);
  const changed = await world.call(first, 'PUT', '/api/session/password', {
    current: password,
    new: 'another good password',
  });
  expect(changed.statusCode).toBe(204);
  const secondCaller = { headers: { cookie: cookiesOf(second) } };
  expect((await world.call(secondCaller, 'GET', '/api/people')).statusCode).toBe(401);
  const again = await world.call(null, 'POST', '/api/session', { email, password: 'another good password' });
  expect(again.statusCode).toBe(200);
});

test('a cookie from another site changes nothing', async () => {
  const caller = await world.signIn('owner');
  const body = { name: 'Stolen' };
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }]) {
    const response = await world.call(caller, 'PUT', '/api/settings', body, headers);
    expect(response.statusCode).toBe(403);
    expect(response.json().code).toBe('bad_origin');
  }
  const none = await world.app.inject({
    method: 'PUT',
    url: '/api/settings',
    headers: caller.headers,
    payload: body,
  });
  expect(none.statusCode).toBe(403);
  const own = await world.call(caller, 'PUT', '/api/settings', { name: 'Ours' }, { origin });
  expect(own.statusCode).toBe(200);
});

test('a server key acts as a developer, by Bearer and by Basic; a browser key opens nothing here', async () => {
  const key = await world.serverKey();
  const bearer = await world.call(key, 'GET', '/api/session');
  expect(bearer.json().user).toMatchObject({ role: 'developer', email: null });
  const value = key.headers['authorization']?.slice('Bearer '.length) ?? '';
  const basic = { headers: { authorization: `Basic ${Buffer.from(`${value}:`).toString('base64')}` } };
  expect((await world.call(basic, 'GET', '/api/keys')).statusCode).toBe(200);
  expect((await world.call(key, 'GET', '/api/users')).statusCode).toBe(403);

  const made = await world.call(key, 'POST', '/api/keys', { kind: 'browser', name: 'Shop' });
  expect(made.json().key).toMatch(/^wk_/);
  const browser = { headers: { authorization: `Bearer ${made.json().key}` } };
  const refused = await world.call(browser, 'GET', '/api/people');
  expect(refused.statusCode).toBe(403);
  expect(refused.json().code).toBe('wrong_key_kind');
});

test('a revoked key dies at once', async () => {
  const owner = await world.signIn('owner');
  const made = await world.call(owner, 'POST', '/api/keys', { kind: 'server' });
  const { id, key, prefix } = made.json();
  expect(key.startsWith(prefix)).toBe(true);
  const caller = { headers: { authorization: `Bearer ${key}` } };
  expect((await world.call(caller, 'GET', '/api/people')).statusCode).toBe(200);
  expect((await world.call(owner, 'DELETE', `/api/keys/${id}`)).statusCode).toBe(204);
  expect((await world.call(caller, 'GET', '/api/people')).statusCode).toBe(401);
  expect((await world.call(owner, 'DELETE', `/api/keys/${id}`)).statusCode).toBe(404);
  const { rows } = await world.pool.query('select * from keys');
  expect(JSON.stringify(rows)).not.toContain(key);
});
