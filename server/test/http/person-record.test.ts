// A person's record: stages from when to when with their orders, merged records and what each brought, the state for developers.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { personKey } from '../../src/postgres/bucket.ts';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

const now = Date.parse('2026-06-01T12:00:00.000Z');
let world: ApiWorld;
let agent: Caller;
let sally: string;

beforeAll(async () => {
  world = await createApiWorld({ now });
  agent = await world.signIn('agent');
  sally = await world.person([
    identify('sally@example.com', daysBefore(now, 90), { name: 'Sally' }),
    ...[80, 57].map((days) => order('sally@example.com', daysBefore(now, days))),
  ]);
});
afterAll(() => world.close());

const get = async (path: string) => {
  const response = await world.call(agent, 'GET', `/api/people/per_${sally}/${path}`);
  expect(response.statusCode, response.body).toBe(200);
  return response.json();
};

test('stages follow each other without a gap up to now, and orders stand beside them', async () => {
  const { models, marks, since, until, cut } = await get('stages');
  const [model] = models;
  expect(model.model).toBe('default');
  const { spans } = model;
  expect(spans.map(({ stage }: { stage: string }) => stage)).toEqual([
    'acquaintance',
    'build_up',
    'continuation',
  ]);
  for (const [n, span] of spans.entries()) expect(span.to).toBe(spans[n + 1]?.from ?? null);
  expect(since).toBe(new Date(daysBefore(now, 90)).toISOString());
  expect(until).toBe(new Date(now).toISOString());
  expect(marks.map(({ at }: { at: string }) => at)).toEqual(
    [80, 57].map((days) => new Date(daysBefore(now, days)).toISOString()),
  );
  expect(cut).toBe(false);
});

test('nobody was merged into someone who was always one', async () => {
  expect(await get('merges')).toEqual({ items: [] });
});

test('a merged record says when, by what event, and which identities and events it brought', async () => {
  const other = await world.person([
    identify('old@example.com', daysBefore(now, 200), {}),
    order('old@example.com', daysBefore(now, 150)),
  ]);
  const [bucket, own] = [personKey(other).bucket, personKey(sally)];
  const { rows } = await world.pool.query('select message_id from events where person_id = $1 limit 1', [
    sally,
  ]);
  await world.pool.query(
    `insert into aliases (bucket, workspace_id, person_id, survivor_bucket, survivor_id, at, reason)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [bucket, world.workspaceId, other, own.bucket, own.id, new Date(now), `event:${rows[0].message_id}`],
  );
  await world.pool.query(`update people set state = replace(state, '"aliases":[]', $2) where id = $1`, [
    sally,
    `"aliases":[{"bucket":${bucket},"id":"${other}"}]`,
  ]);
  const { items } = await get('merges');
  expect(items).toEqual([
    {
      id: `per_${other}`,
      at: new Date(now).toISOString(),
      event: expect.stringMatching(/^(Identified|Order Completed)$/),
      events: 2,
      first_at: new Date(daysBefore(now, 200)).toISOString(),
      last_at: new Date(daysBefore(now, 150)).toISOString(),
      identities: [{ kind: 'email', value: 'old@example.com' }],
    },
  ]);
  // Their purchase is drawn as well.
  expect((await get('stages')).marks).toHaveLength(3);
});

test('the state as stored is for developers, not for agents', async () => {
  const path = `/api/people/per_${sally}/state`;
  expect((await world.call(agent, 'GET', path)).statusCode).toBe(403);
  const state = await world.call(await world.signIn('developer'), 'GET', path);
  expect(state.json()).toMatchObject({ id: sally, memory: { events: 3 } });
  for (const part of ['state', 'stages', 'merges'])
    expect(
      (
        await world.call(
          await world.signIn('owner'),
          'GET',
          `/api/people/per_00000000-0000-7000-8000-000000000000/${part}`,
        )
      ).statusCode,
    ).toBe(404);
});
