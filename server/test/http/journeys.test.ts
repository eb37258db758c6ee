import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

let world: ApiWorld;
let marketer: Caller;
const now = Date.parse('2026-06-01T12:00:00.000Z');
beforeAll(async () => {
  world = await createApiWorld({ now });
  marketer = await world.signIn('marketer');
});
afterAll(() => world.close());

const graph = {
  entry: 't',
  nodes: {
    t: { kind: 'trigger', on: { kind: 'segment_joined', segment: 'known' }, next: 'w' },
    w: { kind: 'wait', for: 'P1D', next: 'm' },
    m: { kind: 'email', template: 'welcome', topic: 'offers', next: 'x' },
    x: { kind: 'exit' },
  },
  reentry: 'once',
};

test('the ready journeys are there, off, in words', async () => {
  const { items } = (await world.call(marketer, 'GET', '/api/journeys')).json();
  expect(items.map(({ id }: { id: string }) => id).sort()).toEqual([
    'abandoned_checkout',
    'ask_why',
    'birthday',
    'broken_rhythm',
    'replenishment',
    'review_request',
    'welcome',
    'win_back',
  ]);
  for (const item of items) {
    expect(item).toMatchObject({ active_version: null, newest_version: 1, shipped: true, entered: 0 });
    expect(item.sentence).toMatch(/^When a person /);
    const journey = (await world.call(marketer, 'GET', `/api/journeys/${item.id}`)).json();
    expect(journey.problems).toEqual([]);
    expect(Object.keys(journey.labels)).toEqual(Object.keys(journey.graph.nodes));
  }
});

test('a journey is made off; what is wrong with a graph is told all at once', async () => {
  const bad = {
    entry: 't',
    nodes: {
      t: { kind: 'trigger', on: { kind: 'segment_joined', segment: 'nowhere' }, next: 'gone' },
      m: { kind: 'email', template: 'nothing', topic: 'nothing', next: 'm' },
    },
    hold_out: 2,
  };
  const refused = await world.call(marketer, 'POST', '/api/journeys', { name: 'Bad', graph: bad });
  expect(refused.statusCode).toBe(400);
  expect(refused.json().code).toBe('invalid_journey');
  const paths = refused.json().errors.map(({ path }: { path: string }) => path);
  for (const path of [
    '/graph/nodes/t/on/segment',
    '/graph/nodes/m/template',
    '/graph/nodes/m/topic',
    '/graph/hold_out',
  ])
    expect(paths).toContain(path);
  const checked = (await world.call(marketer, 'POST', '/api/journeys/check', { graph: bad })).json();
  expect(checked.problems.length).toBe(paths.length);

  const made = await world.call(marketer, 'POST', '/api/journeys', { name: 'Hello there', graph });
  expect(made.statusCode, made.body).toBe(201);
  expect(made.json()).toMatchObject({ id: 'hello_there', version: 1, active_version: null, problems: [] });
  expect(
    (await world.call(marketer, 'POST', '/api/journeys', { name: 'Hello there', graph })).statusCode,
  ).toBe(409);
});

test('a name in another script gets a key of its own', async () => {
  const made = await world.call(marketer, 'POST', '/api/journeys', {
    name: 'رحلة الترحيب '.repeat(15),
    graph,
  });
  expect(made.statusCode, made.body).toBe(201);
  expect(made.json().id).toMatch(/^journey_[0-9a-f]{8}$/);
  expect((await world.call(marketer, 'DELETE', `/api/journeys/${made.json().id}`)).statusCode).toBe(204);
});

test('versions are immutable and numbered; names change without a new one', async () => {
  const two = { ...graph, hold_out: 0.5 };
  const made = await world.call(marketer, 'POST', '/api/journeys/hello_there/versions', { graph: two });
  expect(made.json()).toEqual({ version: 2 });
  const journey = (await world.call(marketer, 'GET', '/api/journeys/hello_there?version=1')).json();
  expect(journey).toMatchObject({ version: 1, newest_version: 2 });
  expect(journey.graph.hold_out).toBeUndefined();
  expect(journey.versions.map(({ created_by }: { created_by: string }) => created_by)).toEqual([
    'The marketer',
    'The marketer',
  ]);
  expect((await world.call(marketer, 'GET', '/api/journeys/hello_there?version=9')).statusCode).toBe(404);
  const renamed = await world.call(marketer, 'PUT', '/api/journeys/hello_there', { name: 'Hello' });
  expect(renamed.json()).toMatchObject({ name: 'Hello', newest_version: 2 });
});

test('switching on tells who enters, and numbers follow the runs', async () => {
  const before = await world.person([identify('early@x.example', daysBefore(now, 9), {})]);
  const audience = await world.call(marketer, 'GET', '/api/journeys/hello_there/audience?version=1');
  expect(audience.statusCode, audience.body).toBe(200);
  expect(audience.json()).toMatchObject({ qualify_today: 1, estimated: false, sending: { mode: 'mailbox' } });
  expect(audience.json().enters).toBe('A person enters when the person joins Known; once.');

  const on = await world.call(marketer, 'POST', '/api/journeys/hello_there/activate', {
    version: 1,
    who: 'also_today',
    per_day: 50,
  });
  expect(on.statusCode, on.body).toBe(200);
  expect(on.json()).toMatchObject({
    journey: { active_version: 1 },
    activation: { who: 'also_today', per_day: 50, version: 1, entered: 0, by: 'The marketer' },
  });
  expect(world.woken).toContain('clock');

  await world.person([identify('late@x.example', now, { name: 'Late' })]);
  const journey = (await world.call(marketer, 'GET', '/api/journeys/hello_there')).json();
  expect(journey).toMatchObject({ entered: 1, running: 1, control: 0 });
  expect(journey.numbers.w).toMatchObject({ here: 1 });
  expect(journey.versions.find(({ version }: { version: number }) => version === 1)).toMatchObject({
    running: 1,
    active: true,
  });
  const runs = (
    await world.call(marketer, 'GET', '/api/journeys/hello_there/runs?state=running&node=w')
  ).json();
  expect(runs.items).toHaveLength(1);
  expect(runs.items[0]).toMatchObject({
    arm: 'treated',
    node: 'w',
    person: { name: 'Late' },
    ended_at: null,
  });
  expect(
    (await world.call(marketer, 'GET', '/api/journeys/hello_there/runs?state=ended')).json().items,
  ).toEqual([]);

  expect(journey.edges).toEqual([{ from: 't', to: 'w', runs: 1, control: 0 }]);
  expect(journey.period).toMatchObject({ entered: 1, goals: 0 });
  const weeks = (await world.call(marketer, 'GET', '/api/journeys/hello_there?days=30')).json();
  expect(weeks).toMatchObject({ days: 30, period: { entered: 1 }, numbers: { w: { entered: 1, here: 1 } } });
  expect((await world.call(marketer, 'GET', '/api/journeys/hello_there?days=8')).statusCode).toBe(400);

  await world.step(before, { kind: 'enrol', journey: 'hello_there', start: 'api:test' });
  expect((await world.call(marketer, 'GET', '/api/journeys/hello_there')).json().entered).toBe(2);
  const person = (await world.call(marketer, 'GET', `/api/people/${before}`)).json();
  expect(person.runs[0]).toMatchObject({
    journey: 'hello_there',
    journey_name: 'Hello',
    node: 'w',
    node_label: 'Wait 1 day',
  });
  expect(person.hold_outs[0]).toMatchObject({ journey: 'hello_there', arm: 'treated', entries: 1 });
});

test('a journey that is on, or has people on it, is not deleted; switched off with everyone out it goes', async () => {
  const on = await world.call(marketer, 'DELETE', '/api/journeys/hello_there');
  expect(on.json()).toMatchObject({ status: 409, detail: 'The journey is on.' });
  const off = await world.call(marketer, 'POST', '/api/journeys/hello_there/deactivate');
  expect(off.statusCode, off.body).toBe(200);
  expect(off.json()).toMatchObject({ active_version: null, activation: null, running: 2 });
  expect((await world.call(marketer, 'DELETE', '/api/journeys/hello_there')).statusCode).toBe(409);
  const out = await world.call(marketer, 'POST', '/api/journeys/hello_there/deactivate', {
    running: 'leave',
  });
  expect(out.json()).toMatchObject({ running: 0, entered: 2 });
  expect((await world.call(marketer, 'DELETE', '/api/journeys/hello_there')).statusCode).toBe(204);
  expect((await world.call(marketer, 'GET', '/api/journeys/hello_there')).statusCode).toBe(404);
  const again = await world.call(marketer, 'POST', '/api/journeys', {
    key: 'hello_there',
    name: 'Hello',
    graph,
  });
  expect(again.statusCode).toBe(409);
  // It had entrants, so it is archived: a rule about it is refused for that reason.
  const rule = { kind: 'in_journey', journey: 'hello_there' };
  const refused = await world.call(marketer, 'POST', '/api/segments', { key: 'on_it', name: 'On it', rule });
  expect(refused.statusCode).toBe(400);
  expect(refused.json().errors).toEqual([
    expect.objectContaining({ code: 'archived', path: '/rule/journey' }),
  ]);
});

test('a version that refers to what is gone cannot be switched on', async () => {
  await world.call(marketer, 'POST', '/api/segments', {
    key: 'passing',
    name: 'Passing',
    rule: { kind: 'orders', op: 'at_least', n: 1 },
  });
  const nodes = {
    ...graph.nodes,
    t: { kind: 'trigger', on: { kind: 'segment_joined', segment: 'passing' }, next: 'w' },
  };
  await world.call(marketer, 'POST', '/api/journeys', {
    key: 'short',
    name: 'Short',
    graph: { ...graph, nodes },
  });
  expect((await world.call(marketer, 'DELETE', '/api/segments/passing')).json()).toMatchObject({
    status: 409,
    detail: 'The segment is used by the journey Short.',
  });
  expect((await world.call(marketer, 'DELETE', '/api/journeys/short')).statusCode).toBe(204);
  expect((await world.call(marketer, 'DELETE', '/api/segments/passing')).statusCode).toBe(204);
});

test('the control group is counted and shown on the person', async () => {
  const half = { ...graph, hold_out: 0.5 };
  await world.call(marketer, 'POST', '/api/journeys', { key: 'half', name: 'Half', graph: half });
  await world.call(marketer, 'POST', '/api/journeys/half/activate', {});
  for (let n = 0; n < 20; n += 1) await world.person([order(`h${n}@x.example`, now + n)]);
  world.clock.now = now + 100;
  const journey = (await world.call(marketer, 'GET', '/api/journeys/half')).json();
  expect(journey.entered).toBe(20);
  expect(journey.control).toBeGreaterThan(2);
  expect(journey.control).toBeLessThan(18);
  const runs = (await world.call(marketer, 'GET', '/api/journeys/half/runs?limit=200')).json().items;
  const control = runs.find(({ arm }: { arm: string }) => arm === 'control');
  const person = (await world.call(marketer, 'GET', `/api/people/${control.person.id}`)).json();
  expect(person.hold_outs).toContainEqual(expect.objectContaining({ journey: 'half', arm: 'control' }));
});

test('a new version can take over the runs under way, and says before whom it would reach', async () => {
  await world.call(marketer, 'POST', '/api/journeys', { key: 'moved', name: 'Moved', graph });
  await world.call(marketer, 'POST', '/api/journeys/moved/activate', { version: 1 });
  await world.person([identify('mover@x.example', now, { name: 'Mover' })]);
  const gone = {
    ...graph,
    nodes: {
      ...graph.nodes,
      t: { ...graph.nodes.t, next: 'm' },
      m: { ...graph.nodes.m, template: 'quiet_question' },
    },
  };
  const { w: _w, ...nodes } = gone.nodes;
  const longer = { ...graph, nodes: { ...graph.nodes, w: { ...graph.nodes.w, for: 'P2D' } } };
  const save = (body: object) => world.call(marketer, 'POST', '/api/journeys/moved/versions', body);
  expect((await save({ graph: longer, base: 1 })).json()).toEqual({ version: 2 });
  const stale = await save({ graph: { ...gone, nodes }, base: 1 });
  expect(stale.statusCode).toBe(409);
  expect(stale.json().detail ?? stale.json().message).toMatch(
    /Version 2 was saved by The marketer since you began/,
  );

  const difference = (await world.call(marketer, 'GET', '/api/journeys/moved/difference?version=2')).json();
  expect(difference).toMatchObject({ version: 2, runs: 1, moves: 1, leaves: 0 });
  expect(difference.steps.find(({ node }: { node: string }) => node === 'w')).toEqual({
    node: 'w',
    label: 'Wait 2 days',
    change: 'changed',
    runs: 1,
  });
  const moved = await world.call(marketer, 'POST', '/api/journeys/moved/activate', {
    version: 2,
    running: 'move',
  });
  expect(moved.statusCode, moved.body).toBe(200);
  const runs = async (query: string) =>
    (await world.call(marketer, 'GET', `/api/journeys/moved/runs?${query}`)).json().items;
  expect(await runs('state=running')).toMatchObject([{ version: 2, node: 'w' }]);
  await world.call(marketer, 'POST', '/api/journeys/moved/activate', { version: 1, running: 'leave' });
  expect(await runs('state=running')).toEqual([]);
  expect(await runs('state=ended')).toMatchObject([{ end_reason: 'left', version: 2 }]);
});
