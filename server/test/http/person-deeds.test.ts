// What is done for one person by hand: tags, journeys, blocked addresses. Each is an input like any other, so the state stays a fold of what is stored.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { examine } from '../../src/postgres/doctor.ts';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

const now = Date.parse('2026-06-01T12:00:00.000Z');
let world: ApiWorld;
let agent: Caller;
let analyst: Caller;
let marketer: Caller;
let sally: string;

beforeAll(async () => {
  world = await createApiWorld({ now });
  agent = await world.signIn('agent');
  analyst = await world.signIn('analyst');
  marketer = await world.signIn('marketer');
  sally = await world.person([
    identify('sally@example.com', daysBefore(now, 90), { name: 'Sally' }),
    order('sally@example.com', daysBefore(now, 80)),
  ]);
});
afterAll(() => world.close());

const of = (person: string, part: string): string => `/api/people/per_${person}/${part}`;
const view = async (person: string) => (await world.call(agent, 'GET', `/api/people/per_${person}`)).json();
const logged = async (action: string) =>
  (await world.pool.query('select subject, detail from audit_log where action = $1', [action])).rows;

test('tags are put on and taken off, each change is a stored fact, and a rule finds them', async () => {
  const put = async (body: object) => {
    const answer = await world.call(agent, 'POST', of(sally, 'tags'), body);
    expect(answer.statusCode, answer.body).toBe(200);
    return answer.json().tags;
  };
  expect(await put({ add: ['wholesale', ' vip '] })).toEqual(['wholesale', 'vip']);
  world.clock.now += 1_000;
  expect(await put({ add: ['vip'], remove: ['wholesale'] })).toEqual(['vip']);
  const rule = { kind: 'trait', path: 'tags', op: 'contains', value: 'vip' };
  const found = await world.call(agent, 'POST', '/api/people/matching', { rule });
  expect(found.json().items.map(({ id }: { id: string }) => id)).toEqual([`per_${sally}`]);
  const { items } = (await world.call(agent, 'GET', of(sally, 'timeline'))).json();
  expect(items.filter(({ name }: { name?: string }) => name === 'Tags Changed')).toMatchObject([
    { properties: { added: [], removed: ['wholesale'] } },
    { properties: { added: ['wholesale', 'vip'], removed: [] } },
  ]);
  expect(await logged('person.tags')).toHaveLength(2);
});

test('tags put on at the same moment by two of the team are both there', async () => {
  const omar = await world.person([identify('omar@example.com', daysBefore(now, 9), {})]);
  const many = ['one', 'two', 'three', 'four'];
  await Promise.all(many.map((tag) => world.call(agent, 'POST', of(omar, 'tags'), { add: [tag] })));
  const { traits } = await view(omar);
  const tags = traits.find(({ key }: { key: string }) => key === 'tags').value;
  expect(tags.toSorted()).toEqual(many.toSorted());
});

test('a tag that is there already, or one too many, changes nothing', async () => {
  const before = await logged('person.tags');
  expect((await world.call(agent, 'POST', of(sally, 'tags'), { add: ['vip'] })).statusCode).toBe(200);
  const many = Array.from({ length: 50 }, (_, n) => `t${n}`);
  expect((await world.call(agent, 'POST', of(sally, 'tags'), { add: many })).statusCode).toBe(400);
  expect((await world.call(agent, 'POST', of(sally, 'tags'), { add: ['a,b'] })).statusCode).toBe(400);
  expect((await world.call(analyst, 'POST', of(sally, 'tags'), { add: ['a'] })).statusCode).toBe(403);
  expect(await logged('person.tags')).toEqual(before);
});

test('somebody is put into a journey that is on, once, and taken out again', async () => {
  const enter = (caller: Caller) =>
    world.call(caller, 'POST', of(sally, 'journeys'), { journey: 'review_request' });
  const off = await enter(agent);
  expect([off.statusCode, off.json().code]).toEqual([409, 'conflict']);
  const on = await world.call(marketer, 'POST', '/api/journeys/review_request/activate', {
    version: 1,
    who: 'from_now',
  });
  expect(on.statusCode, on.body).toBe(200);
  const entered = await enter(agent);
  expect(entered.statusCode, entered.body).toBe(201);
  expect(entered.json()).toMatchObject({ journey: 'review_request', run: expect.stringMatching(/^run_/) });
  expect((await view(sally)).runs).toMatchObject([{ journey: 'review_request' }]);
  expect((await enter(agent)).statusCode).toBe(409);
  expect((await world.call(agent, 'DELETE', of(sally, 'journeys/review_request'))).statusCode).toBe(204);
  expect((await view(sally)).runs).toEqual([]);
  expect((await world.call(agent, 'DELETE', of(sally, 'journeys/review_request'))).statusCode).toBe(404);
  expect((await logged('person.enrol')).length + (await logged('person.leave')).length).toBe(2);
});

test('a developer enters nobody by hand, the key of a server does', async () => {
  const omar = await world.person([identify('omar2@example.com', daysBefore(now, 9), {})]);
  const body = { journey: 'review_request' };
  const developer = await world.signIn('developer');
  expect((await world.call(developer, 'POST', of(omar, 'journeys'), body)).statusCode).toBe(403);
  expect((await world.call(await world.serverKey(), 'POST', of(omar, 'journeys'), body)).statusCode).toBe(
    201,
  );
});

test('an address is blocked by hand, stops a letter at its last look, and is let free by whoever may', async () => {
  const get = async () => (await world.call(agent, 'GET', of(sally, 'addresses'))).json().items;
  const set = (caller: Caller, address: string, suppressed: boolean) =>
    world.call(caller, 'PUT', of(sally, 'addresses'), { address, suppressed });
  expect(await get()).toEqual([
    { channel: 'email', address: 'sally@example.com', used: true, suppressed: null },
  ]);
  const blocked = await set(agent, 'Sally@example.com', true);
  expect(blocked.json().items[0].suppressed).toMatchObject({ reason: 'by_hand' });
  const asked = await world.call(agent, 'POST', '/api/settings/sending/ask', {
    person: `per_${sally}`,
    template: 'welcome',
    topic: 'offers',
    marketing: false,
  });
  const questions: { key: string; answer: string }[] = asked.json().questions;
  expect(questions.find(({ key }) => key === 'suppressed')?.answer, asked.body).toBe('drop');
  expect((await set(agent, 'sally@example.com', false)).json().items[0].suppressed).toBeNull();
  await set(agent, 'sally@example.com', true);
  await world.pool.query("update suppressions set reason = 'complaint'");
  expect((await set(marketer, 'sally@example.com', false)).statusCode).toBe(403);
  expect((await set(await world.signIn('admin'), 'sally@example.com', false)).statusCode).toBe(200);
  expect((await set(agent, 'omar@example.com', true)).statusCode).toBe(400);
  const rows = JSON.stringify([...(await logged('person.suppress')), ...(await logged('person.unsuppress'))]);
  expect(rows).not.toContain('@');
});

test('after all of it stored people are what their facts and decisions say', async () => {
  const { findings } = await examine({ pool: world.pool, programs: world.deps.programs }, world.workspaceId);
  expect(findings).toEqual([]);
});
