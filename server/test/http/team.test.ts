// The team: invited by a link, shut out and let in again, signed out elsewhere; keys that are replaced while the old one still works.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cookiesOf, createApiWorld, password } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

let world: ApiWorld;
let owner: Caller;
let admin: Caller;
const weekMs = 7 * 24 * 3_600_000;

beforeAll(async () => {
  world = await createApiWorld();
  owner = await world.signIn('owner');
  admin = await world.signIn('admin');
});
afterAll(() => world.close());

async function invite(caller: Caller, email: string, role: string): Promise<string> {
  const response = await world.call(caller, 'POST', '/api/invitations', { email, role });
  expect(response.statusCode, response.body).toBe(201);
  return new URL(response.json().link).searchParams.get('token') ?? '';
}
const join = (token: string, name = 'Omar') =>
  world.call(null, 'POST', '/api/join', { token, name, password });

test('an invitation lets one person in, once, in the role it says, and signs them in', async () => {
  const token = await invite(admin, 'Omar@Shop.example', 'agent');
  expect((await world.call(null, 'GET', `/api/join?token=${token}`)).json()).toMatchObject({
    email: 'omar@shop.example',
    role: 'agent',
  });
  expect((await world.call(admin, 'GET', '/api/invitations')).json().items).toHaveLength(1);
  const answers = await Promise.all([join(token), join(token)]);
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 403]);
  const came = answers.find(({ statusCode }) => statusCode === 201)!;
  expect(came.json()).toMatchObject({ user: { name: 'Omar', role: 'agent' }, can: { define: false } });
  expect((await world.call(admin, 'GET', '/api/invitations')).json().items).toEqual([]);
  const again = await world.call(admin, 'POST', '/api/invitations', {
    email: 'omar@shop.example',
    role: 'agent',
  });
  expect(again.json()).toMatchObject({ status: 409 });
});

test('a newer link, a week, or taking it back ends an invitation', async () => {
  const first = await invite(owner, 'ana@shop.example', 'marketer');
  const second = await invite(owner, 'ana@shop.example', 'marketer');
  expect((await join(first)).json().code).toBe('invitation_used');
  const [{ id }] = (await world.call(owner, 'GET', '/api/invitations')).json().items;
  expect((await world.call(owner, 'DELETE', `/api/invitations/${id}`)).statusCode).toBe(204);
  expect((await join(second)).statusCode).toBe(403);
  const third = await invite(owner, 'ana@shop.example', 'marketer');
  world.clock.now += weekMs;
  expect((await join(third)).statusCode).toBe(403);
  world.clock.now -= weekMs;
  expect((await join(third, 'Ana')).statusCode).toBe(201);
});

test('an admin invites no owner and lets none in again', async () => {
  const refused = await world.call(admin, 'POST', '/api/invitations', {
    email: 'x@shop.example',
    role: 'owner',
  });
  expect(refused.json()).toMatchObject({ status: 403, code: 'not_allowed' });
  const token = await invite(owner, 'second@shop.example', 'owner');
  const { user } = (await join(token, 'Second')).json();
  expect((await world.call(owner, 'DELETE', `/api/users/${user.id}`)).statusCode).toBe(204);
  expect((await world.call(admin, 'POST', `/api/users/${user.id}/restore`)).statusCode).toBe(403);
  expect((await world.call(owner, 'POST', `/api/users/${user.id}/restore`)).statusCode).toBe(200);
  expect((await world.call(owner, 'POST', `/api/users/${user.id}/restore`)).statusCode).toBe(404);
});

test('who is shut out is out at once and cannot sign in, and can be let in again as before', async () => {
  const email = 'sally@shop.example';
  const came = await join(await invite(owner, email, 'analyst'), 'Sally');
  const sally: Caller = { headers: { cookie: cookiesOf(came) } };
  const { id } = came.json().user;
  expect((await world.call(sally, 'GET', '/api/people')).statusCode).toBe(200);
  expect((await world.call(admin, 'DELETE', `/api/users/${id}`)).statusCode).toBe(204);
  expect((await world.call(sally, 'GET', '/api/people')).statusCode).toBe(401);
  const signIn = () => world.call(null, 'POST', '/api/session', { email, password });
  expect((await signIn()).json().code).toBe('wrong_credentials');
  const names = async () =>
    (await world.call(admin, 'GET', '/api/users')).json().items.map(({ name }: { name: string }) => name);
  expect(await names()).not.toContain('Sally');
  expect((await world.call(admin, 'POST', `/api/users/${id}/restore`)).json()).toMatchObject({
    role: 'analyst',
  });
  expect(await names()).toContain('Sally');
  expect((await world.call(sally, 'GET', '/api/people')).statusCode).toBe(401);
  expect((await signIn()).statusCode).toBe(200);
  const { items } = (await world.call(owner, 'GET', '/api/audit?limit=50')).json();
  const actions = items.map(({ action }: { action: string }) => action);
  expect(actions).toEqual(expect.arrayContaining(['user.delete', 'user.restore', 'invitation.create']));
  expect(items).toContainEqual(
    expect.objectContaining({ action: 'user.delete', subject: id, subject_name: 'Sally' }),
  );
  expect(items).toContainEqual(
    expect.objectContaining({ action: 'invitation.create', subject_name: 'sally@shop.example' }),
  );
});

test('somebody signed in twice sees both places and signs out of the other', async () => {
  const email = 'twice@shop.example';
  const first = await join(await invite(owner, email, 'marketer'), 'Twice');
  const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0' };
  const second = await world.call({ headers: browser }, 'POST', '/api/session', { email, password });
  const [a, b] = [first, second].map((answer): Caller => ({ headers: { cookie: cookiesOf(answer) } }));
  const { items } = (await world.call(b!, 'GET', '/api/sessions')).json();
  expect(items.map(({ current }: { current: boolean }) => current).sort()).toEqual([false, true]);
  expect(items.find(({ current }: { current: boolean }) => current)).toMatchObject({
    device: 'Firefox on Linux',
  });
  const other = items.find(({ current }: { current: boolean }) => !current);
  // Nobody ends the sessions of others.
  expect((await world.call(owner, 'DELETE', `/api/sessions/${other.id}`)).statusCode).toBe(404);
  expect((await world.call(b!, 'DELETE', '/api/sessions/others')).statusCode).toBe(204);
  expect((await world.call(a!, 'GET', '/api/people')).statusCode).toBe(401);
  expect((await world.call(b!, 'GET', '/api/people')).statusCode).toBe(200);
});

test('a key that is replaced works until it is revoked, and says when it was last used', async () => {
  const made = (await world.call(owner, 'POST', '/api/keys', { kind: 'server', name: 'Shop' })).json();
  expect(made.last_used_at).toBeNull();
  const rotated = (await world.call(owner, 'POST', `/api/keys/${made.id}/rotate`)).json();
  expect(rotated).toMatchObject({ kind: 'server', name: 'Shop' });
  expect(rotated.key).not.toBe(made.key);
  const by = (key: string): Caller => ({ headers: { authorization: `Bearer ${key}` } });
  expect((await world.call(by(made.key), 'GET', '/api/people')).statusCode).toBe(200);
  expect((await world.call(by(rotated.key), 'GET', '/api/people')).statusCode).toBe(200);
  const { items } = (await world.call(owner, 'GET', '/api/keys')).json();
  const used = items.find(({ id }: { id: string }) => id === made.id).last_used_at;
  expect(Date.parse(used)).toBe(world.clock.now);
  expect((await world.call(owner, 'DELETE', `/api/keys/${made.id}`)).statusCode).toBe(204);
  expect((await world.call(by(made.key), 'GET', '/api/people')).statusCode).toBe(401);
  expect((await world.call(by(rotated.key), 'GET', '/api/people')).statusCode).toBe(200);
  expect((await world.call(owner, 'POST', `/api/keys/${made.id}/rotate`)).statusCode).toBe(404);
});
