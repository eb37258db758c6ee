// What is said of the time while Rapport was off: how much came due, what became of it, and for whom.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bucketOf } from '../../src/postgres/bucket.ts';
import { recordOutage } from '../../src/postgres/outages.ts';
import { settleOutages } from '../../src/workers/outages.ts';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

const now = Date.parse('2026-06-01T12:00:00.000Z');
const DAY = 86_400_000;
const from = now + DAY;
const until = now + 8 * DAY;
let world: ApiWorld;
let analyst: Caller;
let sally: string;
let ana: string;
let upTo = Number.POSITIVE_INFINITY;

beforeAll(async () => {
  world = await createApiWorld({ now });
  analyst = await world.signIn('analyst');
  // Every 20 days, 36 days ago: quiet in four days, while we are off.
  sally = await world.person([
    identify('sally@example.com', daysBefore(now, 200), { name: 'Sally Moon' }),
    ...[96, 76, 56, 36].map((days) => order('sally@example.com', daysBefore(now, days))),
  ]);
  // Quiet in 32 days.
  ana = await world.person([
    identify('ana@example.com', daysBefore(now, 90), { name: 'Ana' }),
    ...[48, 28, 8].map((days) => order('ana@example.com', daysBefore(now, days))),
  ]);
  await message(ana, { nextAt: now + 2 * DAY, id: '00000000-0000-8000-8000-000000000001' });
  await message(ana, { nextAt: now + 20 * DAY, id: '00000000-0000-8000-8000-000000000002' });
});
afterAll(() => world.close());

/** Held until then. */
async function message(person: string, { nextAt, id }: { nextAt: number; id: string }): Promise<void> {
  await world.pool.query(
    `insert into messages (bucket, workspace_id, id, person_id, channel, topic, marketing, template, state, reason, next_at,
       requested_at, due_at, expires_at)
     values ($1, $2, $3, $4, 'email', 'offers', true, 'welcome', 'queued', 'quiet_hours', $5, $6, $6, $5)`,
    [bucketOf(person), world.workspaceId, id, person, new Date(nextAt), new Date(now)],
  );
}

const listed = async (): Promise<readonly Outage[]> =>
  (await world.call(analyst, 'GET', '/api/outages')).json<{ items: readonly Outage[] }>().items;
const settle = (): Promise<boolean> =>
  settleOutages({
    pool: world.pool,
    now: () => world.clock.now,
    silenceUpTo: (at) => Math.min(at, upTo),
  });

test('an outage is told from its end on, and its numbers are not final before everything is gone through', async () => {
  expect(await listed()).toEqual([]);
  world.clock.now = until;
  upTo = from;
  await recordOutage(world.pool, { from, until });
  expect(await settle()).toBe(false);
  expect(await listed()).toEqual([
    {
      id: String(from),
      from: new Date(from).toISOString(),
      until: new Date(until).toISOString(),
      settled: false,
      moments: 0,
      people: 0,
      moved: 0,
      entered: 0,
      messages: { sent: 0, too_late: 0, not_sent: 0, waiting: 1, failed: 0 },
    },
  ]);

  // Backlogs are in, but nobody's appointment was kept yet.
  world.clock.now = until + 2 * 60_000;
  upTo = Number.POSITIVE_INFINITY;
  expect(await settle()).toBe(false);
});

test('once it is gone through, moments are counted by when they were due and messages by what became of them', async () => {
  await world.step(sally, { kind: 'time' });
  await world.pool.query(`update messages set state = 'dropped', reason = 'too_late' where next_at < $1`, [
    new Date(until),
  ]);
  // As the clock leaves them.
  await world.pool.query('update people set wake_at = null where wake_at < $1', [new Date(until)]);
  expect(await settle()).toBe(true);

  // What comes due later is no part of it.
  world.clock.now = now + 33 * DAY;
  await world.step(ana, { kind: 'time' });
  const [outage] = await listed();
  expect(outage).toMatchObject({ settled: true, people: 1, moved: 1, entered: 0 });
  expect(outage?.moments).toBeGreaterThanOrEqual(1);
  expect(outage?.messages).toEqual({ sent: 0, too_late: 1, not_sent: 0, waiting: 0, failed: 0 });
  expect((await world.call(analyst, 'GET', `/api/outages/${outage?.id}`)).json()).toEqual(outage);
  expect((await world.call(analyst, 'GET', '/api/outages/5')).statusCode).toBe(404);
  expect((await world.call(analyst, 'GET', '/api/outages/never')).statusCode).toBe(404);
});

test('the people are listed in the order in which something came due, with what became of it', async () => {
  const first = (
    await world.call(analyst, 'GET', `/api/outages/${from}/people?limit=1`)
  ).json<PeopleOfOutage>();
  // Her letter was asked for before and waited through it.
  expect(first.items).toMatchObject([
    {
      id: `per_${ana}`,
      happened: [],
      messages: [{ fate: 'too_late', reason: 'Not sent: it would come too late to be useful.' }],
    },
  ]);
  const second = (
    await world.call(
      analyst,
      'GET',
      `/api/outages/${from}/people?limit=1&cursor=${encodeURIComponent(first.next_cursor ?? '')}`,
    )
  ).json<PeopleOfOutage>();
  expect(second.next_cursor).toBeNull();
  expect(second.items).toMatchObject([
    { id: `per_${sally}`, name: 'Sally Moon', due_at: new Date(now + 4 * DAY).toISOString(), messages: [] },
  ]);
  expect(second.items[0]?.happened.map(({ sentence }) => sentence)).toContain(
    'Joined the segment Unusually quiet.',
  );
});

test('a second end before anything was judged makes the same outage longer', async () => {
  await recordOutage(world.pool, { from, until: until + 60_000 });
  const outages = await listed();
  expect(outages).toMatchObject([{ until: new Date(until + 60_000).toISOString(), settled: false }]);
  expect(await settle()).toBe(true);
});

interface Outage {
  readonly id: string;
  readonly moments: number;
  readonly messages: unknown;
}
interface PeopleOfOutage {
  readonly items: readonly { readonly happened: readonly { readonly sentence: string }[] }[];
  readonly next_cursor: string | null;
}
