// A loyalty programme through the API: made, earning, points by hand once for each key, and a doctor that adds it all up.
import type { EventFact } from '@rapport/engine';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { examine } from '../../src/postgres/doctor.ts';
import { rebuild } from '../../src/postgres/rebuild.ts';
import { createApiWorld, daysBefore, identify } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

const now = Date.parse('2026-06-01T12:00:00.000Z');
let world: ApiWorld;
let owner: Caller;
let analyst: Caller;
let sally: string;

const CLUB = {
  name: 'Bean Club',
  unit: { one: 'bean', many: 'beans' },
  counts_from: '2026-01-01',
  earn: [
    { kind: 'spend', key: 'orders', points: 1, per: 1, rounding: 'down' },
    { kind: 'event', key: 'review', event: 'Review Written', points: 25, cap: { times: 1, per: 'month' } },
  ],
  expiry: { kind: 'inactivity', after: 'P365D' },
  tiers: [
    {
      key: 'gold',
      name: 'Gold',
      rule: { kind: 'points', programme: 'bean_club', of: 'earned', op: 'at_least', value: 100 },
    },
  ],
};

function told(name: string, day: number, properties: EventFact['properties']): EventFact {
  return {
    id: uuidv7(),
    at: daysBefore(now, day),
    type: 'track',
    name,
    trust: 'server',
    properties,
    traits: {},
    identities: [['email', 'sally@example.com']],
  };
}

beforeAll(async () => {
  world = await createApiWorld({ now });
  owner = await world.signIn('owner');
  analyst = await world.signIn('analyst');
  const made = await world.call(owner, 'POST', '/api/programmes', CLUB);
  expect(made.statusCode, made.body).toBe(201);
  sally = await world.person([
    identify('sally@example.com', daysBefore(now, 90), { name: 'Sally Moon' }),
    told('Order Completed', 60, { order_id: 'A', total: 120.5 }),
    told('Review Written', 50, {}),
    told('Order Completed', 20, { order_id: 'B', total: 40 }),
  ]);
});
afterAll(() => world.close());

const points = async (body?: object, headers = {}) => {
  const url = `/api/people/per_${sally}/points`;
  return body === undefined
    ? world.call(analyst, 'GET', url)
    : world.call(owner, 'POST', url, { programme: 'bean_club', reason: 'because', ...body }, headers);
};

test('a person shows what they have, their tier, what goes next, and every entry in words', async () => {
  const body = (await points()).json();
  expect(body.programmes).toEqual([
    expect.objectContaining({
      programme: 'bean_club',
      unit: CLUB.unit,
      balance: 185,
      owed: 0,
      earned: 185,
      tier: { key: 'gold', name: 'Gold', since: new Date(daysBefore(now, 60)).toISOString() },
      next_expiry: { at: new Date(daysBefore(now, 20 - 365)).toISOString(), points: 185 },
    }),
  ]);
  expect(body.entries.items.map((entry: { words: string }) => entry.words)).toEqual([
    'Earned 40 points',
    'Earned 25 points',
    'Earned 120 points',
  ]);
});

test('a key counts once, more than there is posts nothing and says how much there is', async () => {
  const spend = { do: 'spend', points: 150, key: 'reward-1' };
  expect((await points(spend)).json().programmes[0]).toMatchObject({ balance: 35, spent: 150 });
  expect((await points(spend)).json().programmes[0]).toMatchObject({ balance: 35, spent: 150 });
  const more = await points({ do: 'spend', points: 36, key: 'reward-2' });
  expect(more.statusCode).toBe(409);
  expect(more.json()).toMatchObject({ code: 'not_enough_points', hint: 'Post at most 35.' });
  const forbidden = await world.call(analyst, 'POST', `/api/people/per_${sally}/points`, {
    programme: 'bean_club',
    reason: 'x',
    ...spend,
  });
  expect(forbidden.statusCode).toBe(403);
});

test('a refund of what was spent leaves a debt, and the programme adds up over everybody', async () => {
  await world.step(sally, { kind: 'event', event: told('Order Refunded', 0, { order_id: 'A' }) });
  expect((await points()).json().programmes[0]).toMatchObject({ balance: 0, owed: 85, tier: null });
  const programme = (await world.call(analyst, 'GET', '/api/programmes/bean_club')).json();
  expect(programme.points).toEqual({
    issued: 185,
    taken_back: 120,
    spent: 150,
    expired: 0,
    outstanding: 0,
    owed: 85,
  });
  expect(programme.earn[0].sentence).toBe('1 bean for every EUR 1 of an order, rounded down');
});

test('the doctor has nothing to say, finds an entry that is gone, and rebuild writes it again', async () => {
  // The refund was stepped here without being stored: of memory the doctor has its own to say.
  const findings = async () =>
    (await examine({ pool: world.pool, programs: world.deps.programs }, world.workspaceId)).findings.filter(
      ({ kind }) => kind !== 'memory',
    );
  expect(await findings()).toEqual([]);
  await world.pool.query(`delete from point_entries where entry = 'spent'`);
  expect((await findings()).map(({ kind, what }) => `${kind}: ${what}`)).toEqual([
    expect.stringMatching(/^points: missing: \d+ bean_club spent balance spent 150$/),
    'points: bean_club: 0 to spend, 150 spent, 85 owed; entries add up to 150, 0, 85',
  ]);
  await rebuild({ pool: world.pool, programs: world.deps.programs, now: () => now }, world.workspaceId);
  expect(await findings()).toEqual([]);
});

test('what is used is not put away; what is put away keeps its points and comes back with them', async () => {
  const rule = { kind: 'tier', programme: 'bean_club', tier: 'gold' };
  expect((await world.call(owner, 'POST', '/api/segments', { name: 'Golden', rule })).statusCode).toBe(201);
  const refused = await world.call(owner, 'DELETE', '/api/programmes/bean_club');
  expect(refused.json()).toMatchObject({ code: 'in_use' });
  expect(refused.json().message ?? refused.json().detail).toContain('Golden');
  await world.call(owner, 'DELETE', '/api/segments/golden');
  expect((await world.call(owner, 'DELETE', '/api/programmes/bean_club')).statusCode).toBe(204);
  expect((await world.call(owner, 'POST', '/api/programmes', CLUB)).json()).toMatchObject({
    code: 'conflict',
  });
  const back = await world.call(owner, 'POST', '/api/programmes/bean_club/restore', {});
  expect(back.json().points).toMatchObject({ issued: 185, owed: 85 });
});

test('a programme that is read and sent back whole is unchanged; a bad one is refused with every problem', async () => {
  const shown = (await world.call(owner, 'GET', '/api/programmes/bean_club')).json();
  const again = await world.call(owner, 'PUT', '/api/programmes/bean_club', shown);
  expect(again.json()).toEqual(shown);
  const bad = await world.call(owner, 'PUT', '/api/programmes/bean_club', {
    earn: [{ kind: 'spend', key: 'orders', points: 0, per: 0 }],
  });
  expect(
    bad
      .json()
      .errors.map(({ path }: { path: string }) => path)
      .sort(),
  ).toEqual(['/earn/0/per', '/earn/0/points']);
});

test('two who change a programme at once do not put each other’s aside', async () => {
  const read = async () => (await world.call(owner, 'GET', '/api/programmes/bean_club')).json();
  const { version } = await read();
  const put = (body: object) => world.call(owner, 'PUT', '/api/programmes/bean_club', body);
  const first = await put({ name: 'Bean Circle', base: version });
  expect(first.statusCode, first.body).toBe(200);
  expect(first.json()).toMatchObject({ name: 'Bean Circle', version: version + 1 });
  const second = await put({ name: 'Bean Ring', base: version });
  expect(second.statusCode).toBe(409);
  expect(second.json()).toMatchObject({
    detail: `Version ${version + 1} was saved by The owner since you began with version ${version}.`,
  });
  expect((await read()).name).toBe('Bean Circle');
  // Saving what is there already makes no version; without a base it is as it always was.
  expect((await put({ name: 'Bean Circle', base: version + 1 })).json().version).toBe(version + 1);
  expect((await put({ name: 'Bean Club' })).json().version).toBe(version + 2);
  expect((await put({ base: 'newest' })).statusCode).toBe(400);
});
