// The workers that move people without anyone asking: clock, upgrade, ramp, second tries. Real Postgres, the time is ours.
import type { JourneyGraph, Person } from '@rapport/engine';
import { uuidv7 } from 'uuidv7';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { listUnresolved } from '../../src/postgres/parked.ts';
import { bumpProgram } from '../../src/postgres/programs.ts';
import { loadUpgrade } from '../../src/postgres/system.ts';
import { startLoop } from '../../src/workers/loop.ts';
import { startClock } from '../../src/workers/clock.ts';
import type { Clock } from '../../src/workers/clock.ts';
import { createNews } from '../../src/workers/news.ts';
import { retryAllParked } from '../../src/workers/parked.ts';
import { rampBatch } from '../../src/workers/ramp.ts';
import { backfillAll } from '../../src/workers/backfill.ts';
import { createIngestWorld } from '../support/ingest-world.ts';
import type { IngestWorld } from '../support/ingest-world.ts';

const log = createLog({ level: 'silent' });
const DAY = 86_400_000;
let world: IngestWorld;
let clocks: Pick<Clock, 'stop'>[] = [];
beforeEach(async () => {
  world = await createIngestWorld();
});
afterEach(async () => {
  await Promise.all(clocks.map((clock) => clock.stop()));
  clocks = [];
  await world.close();
});

const graph = (wait: string): JourneyGraph => ({
  entry: 't',
  nodes: {
    t: { kind: 'trigger', on: { kind: 'event', event: 'Start' }, next: 'w' },
    w: { kind: 'wait', for: wait, next: 'h' },
    h: { kind: 'webhook', url: 'http://127.0.0.1:1/hook', promised: true, next: 'x' },
    x: { kind: 'exit' },
  },
  reentry: 'once',
});

async function addJourney(key: string, what: JourneyGraph): Promise<void> {
  const values = [world.workspaceId, key];
  await world.pool.query(
    `insert into journeys (workspace_id, key, name, active_version, created_at) values ($1, $2, $2, 1, now())`,
    values,
  );
  await world.pool.query(
    `insert into journey_versions (workspace_id, journey_key, version, graph, created_at) values ($1, $2, 1, $3, now())`,
    [...values, JSON.stringify(what)],
  );
  await change();
}

async function change(): Promise<void> {
  await bumpProgram(world.pool, world.workspaceId, { what: 'test', by: null, at: world.deps.now() });
  await world.programs.reload(world.workspaceId);
}

/** As a process does: what others write, and nobody here tells of, is looked for. */
function startClockWithNews(): void {
  const clock = startClock({ ...world.deps, log });
  const { ask } = createNews({
    ...world.deps,
    programs: world.programs,
    workspaceId: world.workspaceId,
    clock,
  });
  const news = startLoop({ name: 'news', log, work: () => ask().then(() => 1_000) });
  clocks.push(news, clock);
}

const messages = () =>
  world.rows<{ due_at: Date; requested_at: Date }>(
    'select due_at, requested_at from messages order by due_at',
  );
const states = async () =>
  (await world.rows<{ state: string }>('select state from people where merged_into is null order by id')).map(
    (row) => JSON.parse(row.state) as Person,
  );

async function until<T>(ask: () => Promise<T | undefined>, ms = 10_000): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('the clock', () => {
  it('notices a moment within a second, with its true instant, though nobody told it', async () => {
    await addJourney('short', graph('PT1S'));
    startClockWithNews();
    await world.batch([{ type: 'track', event: 'Start', userId: 'u', messageId: '1' }]);
    const [message] = await until(async () => ((await messages()).length > 0 ? await messages() : undefined));
    const [run] = (
      await world.rows<{ due_at: Date }>("select due_at from decisions where kind = 'run_started'")
    ).map((d) => d.due_at.getTime());
    expect(message?.due_at.getTime()).toBe((run ?? 0) + 1_000);
    expect((message?.requested_at.getTime() ?? 0) - (message?.due_at.getTime() ?? 0)).toBeLessThan(1_500);
  });

  it('decides once when two processes look at the same people', async () => {
    await addJourney('short', graph('PT1S'));
    startClockWithNews();
    startClockWithNews();
    const events = Array.from({ length: 300 }, (_, i) => ({
      type: 'track',
      event: 'Start',
      userId: `u${i}`,
      messageId: `m${i}`,
    }));
    await world.batch(events);
    await until(async () => ((await messages()).length >= 300 ? true : undefined));
    await until(async () =>
      (await world.rows(`select 1 from people where wake_at <= now()`)).length === 0 ? true : undefined,
    );
    expect(await messages()).toHaveLength(300);
  });

  it('a moment that passed while nothing ran is noticed once, as of its own time', async () => {
    await addJourney('days', graph('P2D'));
    const start = Date.now();
    world.clock.now = start;
    await world.batch([{ type: 'track', event: 'Start', userId: 'u', messageId: '1' }]);
    world.clock.now = start + 5 * DAY;
    clocks = [startClock({ ...world.deps, log })];
    const [message] = await until(async () => ((await messages()).length > 0 ? await messages() : undefined));
    expect(message?.due_at.getTime()).toBe(start + 2 * DAY);
    expect(message?.requested_at.getTime()).toBe(start + 5 * DAY);
  });

  it('judges no silence after an outage before the backlog is in', async () => {
    await addJourney('days', graph('P2D'));
    const start = Date.now();
    world.clock.now = start;
    await world.batch([{ type: 'track', event: 'Start', userId: 'u', messageId: '1' }]);
    world.clock.now = start + 3 * DAY;
    let silence = start + DAY;
    const clock = startClock({ ...world.deps, log, silenceUpTo: () => silence });
    clocks = [clock];
    await world.batch([{ type: 'track', event: 'Other', userId: 'u', messageId: '2' }]);
    expect(clock.counters().stepped).toBe(0);
    silence = start + 3 * DAY;
    clock.wake();
    await until(async () => ((await messages()).length > 0 ? true : undefined));
  });

  it('rests while the clocks disagree', async () => {
    await addJourney('days', graph('P2D'));
    world.clock.now = Date.now();
    await world.batch([{ type: 'track', event: 'Start', userId: 'u', messageId: '1' }]);
    world.clock.now += 3 * DAY;
    let paused: string | null = 'the clocks disagree';
    const clock = startClock({ ...world.deps, log, paused: () => paused });
    clocks = [clock];
    expect(clock.state()).toEqual({ state: 'paused', detail: 'the clocks disagree' });
    expect(await messages()).toHaveLength(0);
    paused = null;
    clock.wake();
    await until(async () => ((await messages()).length > 0 ? true : undefined));
  });
});

describe('a change of definitions', () => {
  it('moves every state, silently, and can be killed in between', async () => {
    const orders = Array.from({ length: 450 }, (_, i) => ({
      type: 'track',
      event: 'Order Completed',
      userId: `u${i}`,
      messageId: `o${i}`,
      properties: { order_id: `o${i}`, total: i },
    }));
    await world.batch(orders);
    await world.pool.query(
      `insert into segments (workspace_id, key, name, rule, created_at) values ($1, 'big', 'Big', $2, now())`,
      [
        world.workspaceId,
        JSON.stringify({
          kind: 'sum',
          event: 'Order Completed',
          property: 'total',
          window: { last: 'P30D' },
          op: 'at_least',
          value: 400,
        }),
      ],
    );
    await change();
    expect(await loadUpgrade(world.pool, world.workspaceId)).toMatchObject({ version: 2, behind: 450 });
    expect(await backfillAll(world.deps, world.workspaceId)).toMatchObject({ people: 450 });
    expect(await loadUpgrade(world.pool, world.workspaceId)).toMatchObject({ version: 2, behind: 0 });
    expect(await world.rows(`select 1 from memberships where "of" = 'big'`)).toHaveLength(50);
    expect(
      await world.rows(
        `select 1 from decisions where kind = 'segment_joined' and body::jsonb #>> '{cause,kind}' = 'definition'`,
      ),
    ).toHaveLength(50);
    expect(await messages()).toHaveLength(0);
  });

  it('is met by an event before its turn has come', async () => {
    await world.batch([
      {
        type: 'track',
        event: 'Order Completed',
        userId: 'u',
        messageId: '1',
        properties: { order_id: '1', total: 5 },
      },
    ]);
    // Another process changes the definitions; this one has not noticed.
    await bumpProgram(world.pool, world.workspaceId, { what: 'elsewhere', by: null, at: Date.now() });
    await world.pool.query('update people set program_version = 2');
    expect(
      (
        await world.batch([
          {
            type: 'track',
            event: 'Order Completed',
            userId: 'u',
            messageId: '2',
            properties: { order_id: '2', total: 5 },
          },
        ])
      ).status,
    ).toBe(200);
    expect(await world.rows('select program_version::int from people')).toEqual([{ program_version: 2 }]);
  });
});

describe('also those who qualify today', () => {
  const ramped: JourneyGraph = {
    ...graph('P9D'),
    nodes: {
      ...graph('P9D').nodes,
      t: { kind: 'trigger', on: { kind: 'segment_joined', segment: 'known' }, next: 'w' },
    },
  };

  it('lets in so many a day, across restarts and midnight, nobody twice', async () => {
    world.clock.now = Date.parse('2026-05-03T10:00:00Z');
    await world.batch(
      Array.from({ length: 25 }, (_, i) => ({ type: 'identify', userId: `u${i}`, messageId: `m${i}` })),
    );
    world.clock.now += 60_000;
    await addJourney('ramped', ramped);
    await backfillAll(world.deps, world.workspaceId);
    const id = uuidv7();
    await world.pool.query(
      `insert into activations (workspace_id, id, journey_key, version, who, per_day, at) values ($1, $2, 'ramped', 1, 'also_today', 10, $3)`,
      [world.workspaceId, id, new Date(world.clock.now)],
    );
    const runs = async () => (await states()).filter((p) => Object.keys(p.standing.runs).length > 0).length;
    const walk = async () => {
      while ((await rampBatch(world.deps, world.workspaceId, id)) === 'more');
      return runs();
    };
    expect(await walk()).toBe(10);
    expect(await walk()).toBe(10);
    world.clock.now = Date.parse('2026-05-03T23:59:00Z');
    expect(await walk()).toBe(10);
    world.clock.now = Date.parse('2026-05-04T00:01:00Z');
    expect(await walk()).toBe(20);
    world.clock.now = Date.parse('2026-05-05T00:01:00Z');
    expect(await walk()).toBe(25);
    const [activation] = await world.rows(
      'select ramp_total, ramp_used, ramp_done_at is not null as done from activations',
    );
    expect(activation).toEqual({ ramp_total: 25, ramp_used: 5, done: true });
    expect(await world.rows("select 1 from decisions where kind = 'run_started'")).toHaveLength(25);
  });
});

describe('an input on which the engine fails', () => {
  it('is stored, acknowledged as parked, left out, and counts once it was mended', async () => {
    await world.batch([{ type: 'identify', userId: 'u', messageId: '1' }]);
    const [before] = await world.rows<{ slots: string }>(
      `select state::jsonb #>> '{memory,slots}' as slots from people`,
    );
    await world.pool.query(
      `update people set state = jsonb_set(state::jsonb, '{memory,slots}', 'null')::text`,
    );
    const order = { type: 'track', event: 'Order Completed', properties: { order_id: 'o1', total: 5 } };
    const { status, body } = await world.batch([
      { ...order, userId: 'u', messageId: '2' },
      { ...order, userId: 'other', messageId: '3' },
    ]);
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, rejected: [], parked: [{ index: 0, reason: 'assertion' }] });
    expect(await world.rows('select message_id from events where parked')).toEqual([{ message_id: '2' }]);
    expect(await listUnresolved(world.pool, world.workspaceId, null, 10)).toHaveLength(1);
    expect(await retryAllParked(world.deps, world.workspaceId)).toBe(0);
    expect(await world.rows('select retries from parked')).toEqual([{ retries: 1 }]);
    await world.pool.query(
      `update people set state = jsonb_set(state::jsonb, '{memory,slots}', $1::jsonb)::text where state::jsonb #> '{memory,slots}' = 'null'`,
      [before?.slots],
    );
    expect(await retryAllParked(world.deps, world.workspaceId)).toBe(1);
    expect(await world.rows('select 1 from events where parked')).toHaveLength(0);
    expect(await world.rows('select 1 from parked where resolved_at is null')).toHaveLength(0);
    const person = (await states()).find((p) => p.memory.identities['user_id']?.[0] === 'u');
    expect(person?.memory.slots['orders']).toMatchObject({ net: { days: 1 } });
    // A retry of the sender is recognised.
    expect((await world.batch([{ ...order, userId: 'u', messageId: '2' }])).body.rejected).toEqual([]);
  });
});
