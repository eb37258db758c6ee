// Rules in the database that the parser refuses: of an older version, or edited by hand. Each is shown with what is wrong and can be
// mended; whoever it held for stays where they are, and everything else goes on.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiWorld, daysBefore, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

let world: ApiWorld;
let marketer: Caller;
let sally: string;
const now = Date.parse('2026-06-01T12:00:00.000Z');

beforeAll(async () => {
  world = await createApiWorld({ now });
  marketer = await world.signIn('marketer');
  sally = await world.person([order('sally@example.com', daysBefore(now, 11))]);
  await spoil();
});
afterAll(() => world.close());

/** As by hand: a segment of an unknown kind, two in a ring, a stage with an operator that is none, a journey whose condition is none. */
async function spoil(): Promise<void> {
  const { pool, workspaceId } = world;
  const of = 'where workspace_id = $1';
  await pool.query(
    `update segments set rule = '{"kind": "horoscope", "sign": "leo"}' ${of} and key = 'customers'`,
    [workspaceId],
  );
  await pool.query(
    `update segments set rule = '{"kind": "segment", "segment": "unhappy"}' ${of} and key = 'open_complaint'`,
    [workspaceId],
  );
  await pool.query(
    `update lifecycle_models set body = jsonb_set(body, '{stages,1,rule}', '{"kind": "orders", "op": "often"}') ${of}`,
    [workspaceId],
  );
  await pool.query(
    `update journey_versions set graph = jsonb_set(graph, '{nodes}', graph -> 'nodes' || '{"odd": {"kind": "branch", "rule": 7, "then": "odd", "else": "odd"}}')
      ${of} and journey_key = 'welcome'`,
    [workspaceId],
  );
  await pool.query('update workspaces set program_version = program_version + 1 where id = $1', [
    workspaceId,
  ]);
  await world.deps.programs.reload(workspaceId);
}

const get = async (path: string) => {
  const response = await world.call(marketer, 'GET', path);
  expect(response.statusCode, path).toBe(200);
  return response.json();
};

test('lists go on, and each broken definition says what is wrong with it', async () => {
  const { items: segments } = await get('/api/segments');
  const broken = segments.filter(({ problems }: { problems: unknown[] }) => problems.length > 0);
  expect(broken).toMatchObject([
    { key: 'customers', sentence: 'cannot be read as a rule', problems: [{ path: '/rule/kind' }] },
    { key: 'open_complaint', problems: [{ code: 'cycle' }] },
    { key: 'unhappy', problems: [{ code: 'cycle' }] },
  ]);
  const [model] = (await get('/api/lifecycle')).items;
  expect(model.stages[1]).toMatchObject({
    key: 'build_up',
    problems: [{ path: '/rule/op' }, { path: '/rule/n' }],
  });
  expect(model.stages[2].problems).toEqual([]);
  await get('/api/journeys');
  expect((await get('/api/journeys/welcome')).problems[0].path).toBe('/graph/nodes/odd/rule');
  await get('/api/lifecycle/default/versions');
  await get(`/api/people/per_${sally}`);
});

test('whoever it held for stays, nobody else joins, and the other rules go on', async () => {
  await world.step(sally, { kind: 'definition' });
  const omar = await world.person([
    order('omar@example.com', now),
    order('omar@example.com', now - 3_600_000 * 30),
  ]);
  const of = async (id: string) => (await get(`/api/people/per_${id}`)) as { segments: { key: string }[] };
  const keys = async (id: string) => (await of(id)).segments.map(({ key }) => key);
  expect(await keys(sally)).toContain('customers');
  expect(await keys(omar)).not.toContain('customers');
  expect(await keys(omar)).toContain('known');
});

test('another definition can be changed meanwhile, and the broken ones are mended by saving them', async () => {
  const rule = { kind: 'orders', op: 'at_least', n: 1 };
  expect((await world.call(marketer, 'POST', '/api/segments', { name: 'Fresh', rule })).statusCode).toBe(201);
  const mended = await world.call(marketer, 'PUT', '/api/segments/customers', { rule });
  expect(mended.json()).toMatchObject({ problems: [], sentence: expect.stringContaining('ordered') });
  const [model] = (await get('/api/lifecycle')).items;
  const stages = model.stages.map((stage: { key: string }) =>
    stage.key === 'build_up' ? { ...stage, rule } : stage,
  );
  expect((await world.call(marketer, 'PUT', '/api/lifecycle/default', { stages })).statusCode).toBe(200);
  expect(
    (await world.deps.programs.get(world.workspaceId)).definition.unsound?.map(({ key }) => key),
  ).toEqual(['open_complaint', 'unhappy']);
});
