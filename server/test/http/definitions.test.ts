import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

let world: ApiWorld;
let marketer: Caller;
beforeAll(async () => {
  world = await createApiWorld();
  marketer = await world.signIn('marketer');
});
afterAll(() => world.close());

const everyone = { kind: 'all', rules: [] };
const ordered = { kind: 'orders', op: 'at_least', n: 1 };

test('five models can run side by side; the first is the default', async () => {
  const presets = (await world.call(marketer, 'GET', '/api/lifecycle/presets')).json().items;
  expect(presets).toHaveLength(5);
  expect(presets.filter(({ added }: { added: boolean }) => added)).toHaveLength(1);
  for (const { key, added } of presets) {
    if (added) continue;
    const made = await world.call(marketer, 'POST', '/api/lifecycle', { preset: key });
    expect(made.statusCode, made.body).toBe(201);
  }
  const again = await world.call(marketer, 'POST', '/api/lifecycle', { preset: presets[1].key });
  expect(again.statusCode).toBe(409);
  const models = (await world.call(marketer, 'GET', '/api/lifecycle')).json().items;
  expect(models.map(({ is_default }: { is_default: boolean }) => is_default)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
  const [first] = models;
  expect(first.stages[0]).toMatchObject({ sentence: 'everyone else', tested: first.stages.length });

  const keys = models.map(({ key }: { key: string }) => key).reverse();
  const reordered = await world.call(marketer, 'PUT', '/api/lifecycle/order', { keys });
  expect(reordered.json().items[0]).toMatchObject({ key: keys[0], is_default: true });
  const back = await world.call(marketer, 'PUT', '/api/lifecycle/order', { keys: [...keys].reverse() });
  expect(back.statusCode).toBe(200);
  expect((await world.call(marketer, 'PUT', '/api/lifecycle/order', { keys: ['default'] })).statusCode).toBe(
    400,
  );
});

test('what was read can be sent back whole, and a change of rules is a new program version', async () => {
  const version = async (): Promise<number> =>
    (await world.call(marketer, 'GET', '/api/settings')).json().program_version;
  const [model] = (await world.call(marketer, 'GET', '/api/lifecycle')).json().items;
  const before = await version();
  const same = await world.call(marketer, 'PUT', `/api/lifecycle/${model.key}`, model);
  expect(same.statusCode, same.body).toBe(200);
  expect(await version()).toBe(before);

  const stages = model.stages.map((stage: { key: string }) =>
    stage.key === 'continuation' ? { ...stage, rule: { kind: 'orders', op: 'at_least', n: 3 } } : stage,
  );
  const changed = await world.call(marketer, 'PUT', `/api/lifecycle/${model.key}`, { stages });
  expect(changed.statusCode, changed.body).toBe(200);
  expect(await version()).toBe(before + 1);
  expect((await world.deps.programs.get(world.workspaceId)).version).toBe(before + 1);
  expect(world.woken).toContain('definitions');
});

test('a model with mistakes is refused with all of them, and nothing is changed', async () => {
  const response = await world.call(marketer, 'PUT', '/api/lifecycle/default', {
    stages: [
      { key: 'a', name: 'A', rule: { kind: 'orders', op: 'at_least', n: 'two' } },
      { key: 'a', name: '', rule: { kind: 'segment', segment: 'nowhere' } },
    ],
  });
  expect(response.statusCode).toBe(400);
  const problem = response.json();
  expect(problem.code).toBe('invalid_model');
  expect(problem.errors.length).toBeGreaterThanOrEqual(3);
  expect(problem.errors.map(({ path }: { path: string }) => path).join(' ')).toMatch(
    /stages\/0\/rule.*stages\/1/s,
  );
  expect(problem.errors.every(({ hint }: { hint: string }) => hint.length > 0)).toBe(true);
  const [model] = (await world.call(marketer, 'GET', '/api/lifecycle')).json().items;
  expect(model.stages.length).toBe(5);
});

test('people are counted per stage and per segment', async () => {
  const { now } = world.clock;
  await world.person([
    identify('ana@x.example', daysBefore(now, 3), { name: 'Ana' }),
    order('ana@x.example', daysBefore(now, 2)),
  ]);
  await world.person([identify('bo@x.example', daysBefore(now, 3), { name: 'Bo' })]);
  const [model] = (await world.call(marketer, 'GET', '/api/lifecycle')).json().items;
  const people = Object.fromEntries(
    model.stages.map((stage: { key: string; people: number }) => [stage.key, stage.people]),
  );
  expect(people).toMatchObject({ acquaintance: 1, build_up: 1 });
  expect(model.outside).toBe(0);
  const known = (await world.call(marketer, 'GET', '/api/segments/known')).json();
  expect(known).toMatchObject({ people: 2, shipped: true, arming: null });
  const members = (await world.call(marketer, 'GET', '/api/segments/known/people')).json();
  expect(members.items.map(({ name }: { name: string }) => name).sort()).toEqual(['Ana', 'Bo']);
  expect(members.items[0].since).toMatch(/^2026-/);
});

test('a segment is made, named, changed, refused while in use, and deleted', async () => {
  const made = await world.call(marketer, 'POST', '/api/segments', { name: 'VIP, Berlin', rule: ordered });
  expect(made.statusCode, made.body).toBe(201);
  expect(made.json()).toMatchObject({
    key: 'vip_berlin',
    sentence: 'has ordered',
    shipped: false,
    used_by: [],
  });
  expect(
    (await world.call(marketer, 'POST', '/api/segments', { name: 'VIP, Berlin', rule: ordered })).statusCode,
  ).toBe(409);

  const other = { key: 'vip_2', name: 'VIP 2', rule: { kind: 'segment', segment: 'vip_berlin' } };
  expect((await world.call(marketer, 'POST', '/api/segments', other)).statusCode).toBe(201);
  const refused = await world.call(marketer, 'DELETE', '/api/segments/vip_berlin');
  expect(refused.statusCode).toBe(409);
  expect(refused.json()).toMatchObject({
    code: 'in_use',
    detail: 'The segment is used by the segment VIP 2.',
  });
  const ring = await world.call(marketer, 'PUT', '/api/segments/vip_berlin', {
    rule: { kind: 'segment', segment: 'vip_2' },
  });
  expect(ring.statusCode).toBe(400);
  expect(ring.json().errors[0].code).toBe('cycle');

  expect((await world.call(marketer, 'PUT', '/api/segments/vip_berlin', { name: 'VIP' })).json().name).toBe(
    'VIP',
  );
  expect((await world.call(marketer, 'DELETE', '/api/segments/vip_2')).statusCode).toBe(204);
  expect((await world.call(marketer, 'DELETE', '/api/segments/vip_berlin')).statusCode).toBe(204);
  expect((await world.call(marketer, 'GET', '/api/segments/vip_berlin')).statusCode).toBe(404);
});

test('a rule is refused with every problem and its place', async () => {
  const rule = { kind: 'all', rules: [{ kind: 'nonsense' }, { kind: 'orders', op: 'about', n: -1 }] };
  const response = await world.call(marketer, 'POST', '/api/segments', { name: 'Bad', rule });
  expect(response.statusCode).toBe(400);
  expect(response.json().code).toBe('invalid_rule');
  const paths = response.json().errors.map(({ path }: { path: string }) => path);
  expect(paths.some((path: string) => path.startsWith('/rule/rules/0'))).toBe(true);
  expect(paths.some((path: string) => path.startsWith('/rule/rules/1'))).toBe(true);
  const preview = await world.call(marketer, 'POST', '/api/segments/preview', { rule });
  expect(preview.statusCode).toBe(200);
  expect(preview.json().problems.length).toBeGreaterThan(1);
  const good = await world.call(marketer, 'POST', '/api/segments/preview', { rule: ordered });
  expect(good.json()).toEqual({ sentence: 'has ordered', problems: [] });
});

test('a segment rule change moves people when they are next stepped, and contacts nobody', async () => {
  const { now } = world.clock;
  const id = await world.person([order('cy@x.example', daysBefore(now, 1))]);
  await world.call(marketer, 'POST', '/api/segments', { key: 'movers', name: 'Movers', rule: ordered });
  await world.step(id, { kind: 'time' });
  expect((await world.call(marketer, 'GET', '/api/segments/movers')).json().people).toBe(1);
  const rule = { kind: 'orders', op: 'at_least', n: 5 };
  expect((await world.call(marketer, 'PUT', '/api/segments/movers', { rule })).statusCode).toBe(200);
  await world.step(id, { kind: 'time' });
  expect((await world.call(marketer, 'GET', '/api/segments/movers')).json().people).toBe(0);
  expect((await world.pool.query('select 1 from messages')).rowCount).toBe(0);
});

test('the last model stays, and a model in use stays', async () => {
  const own = {
    key: 'own',
    name: 'Own',
    stages: [
      { key: 'low', name: 'Low', rule: everyone, look: 'growing' },
      { key: 'high', name: 'High', rule: ordered, look: 'growing' },
    ],
  };
  expect((await world.call(marketer, 'POST', '/api/lifecycle', own)).statusCode).toBe(201);
  const rule = { kind: 'stage', model: 'own', stage: 'high' };
  await world.call(marketer, 'POST', '/api/segments', { key: 'high', name: 'High', rule });
  expect((await world.call(marketer, 'DELETE', '/api/lifecycle/own')).statusCode).toBe(409);
  const renamed = { stages: own.stages.map((stage) => ({ ...stage, key: `${stage.key}_2` })) };
  expect((await world.call(marketer, 'PUT', '/api/lifecycle/own', renamed)).statusCode).toBe(409);
  await world.call(marketer, 'DELETE', '/api/segments/high');
  expect((await world.call(marketer, 'DELETE', '/api/lifecycle/own')).statusCode).toBe(204);
  expect((await world.call(marketer, 'DELETE', '/api/lifecycle/nothing')).statusCode).toBe(404);
});

test('every change is in the audit log, by name', async () => {
  const owner = await world.signIn('owner');
  // A key that looks like a printed id.
  const key = `x_${'a'.repeat(36)}`;
  const odd = await world.call(marketer, 'POST', '/api/segments', {
    key,
    name: 'Odd',
    rule: { kind: 'orders', op: 'at_least', n: 1 },
  });
  expect(odd.statusCode, odd.body).toBe(201);
  expect((await world.call(marketer, 'DELETE', `/api/segments/${key}`)).statusCode).toBe(204);
  const entries = (await world.call(owner, 'GET', '/api/audit?limit=200')).json().items;
  const actions = new Set(entries.map(({ action }: { action: string }) => action));
  for (const action of [
    'model.create',
    'model.update',
    'model.order',
    'segment.create',
    'segment.delete',
    'session.create',
  ])
    expect(actions).toContain(action);
  expect(entries.find(({ action }: { action: string }) => action === 'segment.create').by).toBe(
    'The marketer',
  );
  const gone = entries.find(
    (entry: { action: string; subject: string }) =>
      entry.action === 'segment.delete' && entry.subject === 'high',
  );
  expect(gone.subject_name).toBe('High');
});

test('settings change in part, keep the rest, and refuse what is no zone', async () => {
  const owner = await world.signIn('owner');
  const before = (await world.call(owner, 'GET', '/api/settings')).json();
  const changed = await world.call(owner, 'PUT', '/api/settings', {
    time_zone: 'Asia/Kathmandu',
    policy: { marketing_per_day: 2 },
  });
  expect(changed.statusCode, changed.body).toBe(200);
  expect(changed.json()).toMatchObject({
    time_zone: 'Asia/Kathmandu',
    name: before.name,
    policy: { ...before.policy, marketing_per_day: 2 },
    program_version: before.program_version + 1,
  });
  expect((await world.call(owner, 'PUT', '/api/settings', { time_zone: '+02:00' })).statusCode).toBe(400);
  expect((await world.call(owner, 'PUT', '/api/settings', { colour: 'red' })).statusCode).toBe(400);
  expect((await world.call(owner, 'PUT', '/api/settings', changed.json())).statusCode).toBe(200);
});

test('many who change definitions at once wait for each other, not for ever', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_nothing, n) =>
      world.call(marketer, 'POST', '/api/segments', { key: `many_${n}`, name: `Many ${n}`, rule: ordered }),
    ),
  );
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 201));
});

test('thousands of segments come page by page, and are found by words of their names', async () => {
  const arabic = 'شريحة '.repeat(80).trim();
  await world.pool.query(
    `insert into segments (workspace_id, key, name, rule, shipped, position, created_at)
     select $1, 'bulk_' || n, case when n = 7000 then $2 else 'Bulk number ' || n end,
            '{"kind": "orders", "op": "at_least", "n": 2}', false, 100 + n, now()
     from generate_series(1, 9000) n`,
    [world.workspaceId, arabic],
  );
  const ask = async (query: string) =>
    (await world.call(marketer, 'GET', `/api/segments${query}`)).json<{
      items: { key: string }[];
      total: number;
      next_cursor: string | null;
    }>();
  const first = await ask('?search=bulk&limit=2');
  expect(first).toMatchObject({ total: 8999, items: [{ key: 'bulk_1' }, { key: 'bulk_2' }] });
  const second = await ask(`?search=bulk&limit=2&cursor=${first.next_cursor}`);
  expect(second.items.map(({ key }) => key)).toEqual(['bulk_3', 'bulk_4']);
  expect((await ask(`?search=${encodeURIComponent('شريحة')}`)).items).toHaveLength(1);
  expect((await ask('')).items).toHaveLength(200);
  // Whoever types the whole name finds it first, however many others have these words.
  await world.pool.query("update segments set name = 'Number 5' where key = 'bulk_8500'");
  const named = await ask('?search=number%205&limit=1');
  expect(named.items).toMatchObject([{ key: 'bulk_8500' }]);
  const next = await ask(`?search=number%205&limit=1&cursor=${named.next_cursor}`);
  expect(next.items).toMatchObject([{ key: 'bulk_5' }]);
});
