// Changing a lifecycle model: what it would mean for whom, asked before it is saved; versions; what refers to a stage; a way back.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

let world: ApiWorld;
let marketer: Caller;
let omar: string;
const now = Date.parse('2026-06-01T12:00:00.000Z');

beforeAll(async () => {
  world = await createApiWorld({ now });
  marketer = await world.signIn('marketer');
  await world.person([
    identify('sally@example.com', daysBefore(now, 90), { name: 'Sally Moon' }),
    ...[80, 57, 34, 11].map((days) => order('sally@example.com', daysBefore(now, days))),
  ]);
  omar = await world.person([order('omar@example.com', daysBefore(now, 20))]);
  await world.person([identify('ana@example.com', daysBefore(now, 3), { name: 'Ana' })]);
});
afterAll(() => world.close());

interface ModelJson {
  readonly key: string;
  readonly name: string;
  readonly version: number;
  readonly stages: readonly {
    readonly key: string;
    readonly used_by: readonly { readonly kind: string; readonly name: string }[];
  }[];
}

const post = (path: string, body: unknown) => world.call(marketer, 'POST', path, body);
const put = (path: string, body: unknown) => world.call(marketer, 'PUT', path, body);
const model = async (key = 'default'): Promise<ModelJson> => {
  const { items } = (await world.call(marketer, 'GET', '/api/lifecycle')).json<{ items: ModelJson[] }>();
  return items.find((one) => one.key === key)!;
};
const vip = {
  key: 'vip',
  name: 'Dear to us',
  look: 'growing',
  rule: { kind: 'orders', op: 'at_least', n: 1 },
};
/** The saved model with one more stage, tested before "gone" and "slipping" would be, were it the last row. */
const withVip = async () => {
  const saved = await model();
  return { ...saved, stages: [...saved.stages, vip] };
};

test('who would move from where to where is counted, with people to look at, and nothing is stored', async () => {
  const before = await world.pool.query('select id, state, program_version from people order by id');
  const counted = (await post('/api/lifecycle/count', { models: [await withVip()] })).json();
  expect(counted).toMatchObject({ looked: 3, of: 3, next_cursor: null, from_events: false });
  expect(counted.models[0].moves).toEqual(
    expect.arrayContaining([
      { from: 'acquaintance', to: 'acquaintance', people: 1, examples: [] },
      {
        from: 'build_up',
        to: 'vip',
        people: 1,
        examples: [{ id: `per_${omar}`, name: null, email: 'omar@example.com' }],
      },
      expect.objectContaining({ from: 'continuation', to: 'vip', people: 1 }),
    ]),
  );
  expect(await model()).toMatchObject({ version: 1 });
  const after = await world.pool.query('select id, state, program_version from people order by id');
  expect(after.rows).toEqual(before.rows);
});

test('presets that nobody added are counted side by side', async () => {
  const { models } = (
    await post('/api/lifecycle/count', { models: [{ preset: 'ladder' }, { preset: 'tasks' }] })
  ).json();
  expect(models.map(({ key }: { key: string }) => key)).toEqual(['ladder', 'tasks']);
  expect(models[0].moves).toContainEqual(expect.objectContaining({ from: null, to: 'customer', people: 2 }));
});

test('a count that meets a change of definitions is told to begin again', async () => {
  const cursor = Buffer.from(JSON.stringify([3, null, 999])).toString('base64url');
  const response = await post('/api/lifecycle/count', { models: [{ preset: 'ladder' }], cursor });
  expect(response.statusCode).toBe(409);
  const strange = await post('/api/lifecycle/count', { models: [{ preset: 'ladder' }], cursor: 'bm90' });
  expect(strange.statusCode).toBe(400);
});

test('a stage that others refer to says by what it is used, and cannot be taken out before they are changed', async () => {
  const rule = { kind: 'stage', model: 'default', stage: ['continuation'] };
  expect((await post('/api/segments', { key: 'steady', name: 'Steady ones', rule })).statusCode).toBe(201);
  const saved = await model();
  expect(saved.stages.find(({ key }) => key === 'continuation')?.used_by).toEqual([
    { kind: 'segment', key: 'steady', name: 'Steady ones' },
  ]);
  const without = saved.stages.filter(({ key }) => key !== 'continuation');
  const refused = await put('/api/lifecycle/default', { stages: without });
  expect(refused.statusCode).toBe(409);
  expect(refused.json().detail).toBe('The stage Continuation is used by the segment Steady ones.');
  await world.call(marketer, 'DELETE', '/api/segments/steady');
});

test('an older version of a journey holds nothing back once nobody is on it', async () => {
  const graph = (stage: string) => ({
    entry: 't',
    nodes: {
      t: { kind: 'trigger', on: { kind: 'stage_reached', model: 'default', stage }, next: 'x' },
      x: { kind: 'exit' },
    },
    reentry: 'once',
  });
  await put('/api/lifecycle/default', await withVip());
  await post('/api/journeys', { key: 'hello', name: 'Hello', graph: graph('vip') });
  const without = (await model()).stages.filter(({ key }) => key !== 'vip');
  expect((await put('/api/lifecycle/default', { stages: without })).statusCode).toBe(409);
  await post('/api/journeys/hello/versions', { graph: graph('continuation') });
  await world.pool.query(
    `insert into runs (bucket, workspace_id, id, person_id, journey_key, version, arm, node, node_at, started_at)
     values (1, $1, gen_random_uuid(), gen_random_uuid(), 'hello', 1, 'treated', 't', now(), now())`,
    [world.workspaceId],
  );
  expect((await put('/api/lifecycle/default', { stages: without })).statusCode).toBe(409);
  await world.pool.query('update runs set ended_at = now()');
  expect((await put('/api/lifecycle/default', { stages: without })).statusCode).toBe(200);
});

test('whoever saves over a version that somebody else saved meanwhile is told, and nothing is lost', async () => {
  const mine = await model();
  const named = (name: string) => ({ name, base: mine.version });
  expect((await put('/api/lifecycle/default', named('First'))).json()).toMatchObject({
    name: 'First',
    version: mine.version + 1,
  });
  const late = await put('/api/lifecycle/default', named('Second'));
  expect(late.statusCode).toBe(409);
  expect(late.json()).toMatchObject({
    code: 'conflict',
    detail: `Version ${mine.version + 1} was saved by The marketer since you began with version ${mine.version}.`,
  });
  const { items } = (await world.call(marketer, 'GET', '/api/lifecycle/default/versions')).json();
  expect(items[0]).toMatchObject({ name: 'First', version: mine.version + 1, usable: true });
  expect(items.at(-1)).toMatchObject({ version: 1, name: 'Relationship' });
});

test('a deleted model is kept, and comes back as it was where it was', async () => {
  await post('/api/lifecycle', { preset: 'ladder' });
  await put('/api/lifecycle/ladder', { name: 'Our ladder' });
  expect((await world.call(marketer, 'DELETE', '/api/lifecycle/ladder')).statusCode).toBe(204);
  expect(await model('ladder')).toBeUndefined();
  const { items } = (await world.call(marketer, 'GET', '/api/deleted/lifecycle')).json();
  expect(items).toEqual([expect.objectContaining({ key: 'ladder', name: 'Our ladder' })]);
  for (const time of [1, 2])
    expect((await post('/api/lifecycle/ladder/restore', {})).json(), `time ${time}`).toMatchObject({
      name: 'Our ladder',
      version: 2,
      is_default: false,
    });
});

test('a deleted journey and its letter come back, the journey only when the letter is there', async () => {
  const graph = {
    entry: 't',
    nodes: {
      t: { kind: 'trigger', on: { kind: 'event', event: 'Order Completed' }, next: 'm' },
      m: { kind: 'email', template: 'thanks', topic: 'offers', next: 'x' },
      x: { kind: 'exit' },
    },
    reentry: 'once',
  };
  const body_mjml =
    '<mjml><mj-body><mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section></mj-body></mjml>';
  const made = await post('/api/templates', {
    key: 'thanks',
    name: 'Thanks',
    subject: 'Thank you',
    body_mjml,
    purpose: 'marketing',
  });
  expect(made.statusCode).toBe(201);
  expect((await post('/api/journeys', { name: 'Thanks', graph })).statusCode).toBe(201);
  const drop = (path: string) => world.call(marketer, 'DELETE', path);
  expect((await drop('/api/templates/thanks')).json().detail).toBe(
    'The template is used by the journey Thanks.',
  );
  expect((await drop('/api/journeys/thanks')).statusCode).toBe(204);
  expect((await drop('/api/templates/thanks')).statusCode).toBe(204);
  expect((await world.call(marketer, 'GET', '/api/deleted/journeys')).json().items).toEqual([
    expect.objectContaining({ key: 'thanks', name: 'Thanks' }),
  ]);
  const refused = await post('/api/journeys/thanks/restore', {});
  expect(refused.statusCode).toBe(400);
  expect(refused.json().errors[0].path).toBe('/graph/nodes/m/template');
  expect((await world.call(marketer, 'GET', '/api/deleted/templates')).json().items).toEqual([
    expect.objectContaining({ key: 'thanks', subject: 'Thank you' }),
  ]);
  expect((await post('/api/templates/thanks/restore', {})).json()).toMatchObject({ subject: 'Thank you' });
  expect((await post('/api/journeys/thanks/restore', {})).json()).toMatchObject({
    id: 'thanks',
    active_version: null,
  });
  // The name of a deleted one is free: the new one gets a key beside it.
  await drop('/api/journeys/thanks');
  expect((await post('/api/journeys', { name: 'Thanks', graph })).json()).toMatchObject({ id: 'thanks_2' });
});
