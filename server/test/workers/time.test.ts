// Whose clock: what happens when the clocks disagree, and after an outage.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { loadLastSeen, writeLastSeen } from '../../src/postgres/heartbeat.ts';
import { ensurePartitions } from '../../src/postgres/partitions.ts';
import { openPool } from '../../src/postgres/pool.ts';
import type { Pool } from '../../src/postgres/pool.ts';
import { startTime } from '../../src/workers/time.ts';
import type { Time, TimeOptions } from '../../src/workers/time.ts';
import { createTestDatabase } from '../support/postgres.ts';
import type { TestDatabase } from '../support/postgres.ts';

const log = createLog({ level: 'silent' });
let database: TestDatabase;
let pool: Pool;
let times: Time[] = [];
beforeEach(async () => {
  database = await createTestDatabase();
  pool = openPool({ url: database.url, name: 'test', connectionsMax: 3, statementMs: 30_000, log });
});
afterEach(async () => {
  await Promise.all(times.map((time) => time.stop()));
  times = [];
  await pool.end();
  await database.drop();
});

async function start(options: Partial<TimeOptions> = {}): Promise<Time> {
  const time = await startTime({ pool, log, ...options });
  times.push(time);
  return time;
}

describe('the clock of a process', () => {
  it('follows Postgres and never goes back', async () => {
    const time = await start();
    let last = 0;
    for (let i = 0; i < 1_000; i += 1) {
      const now = time.now();
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
    expect(Math.abs(time.now() - Date.now())).toBeLessThan(2_000);
    expect(time.paused()).toBeNull();
  });

  it('that is two minutes off pauses appointments until a person confirms, and keeps the time of Postgres', async () => {
    const time = await start({ wall: () => Date.now() - 120_000 });
    expect(time.paused()).toMatch(/120 s ahead/);
    expect(Math.abs(time.now() - Date.now())).toBeLessThan(2_000);
    time.confirm();
    expect(time.paused()).toBeNull();
  });
});

describe('a machine that slept', () => {
  it('for an hour finds the right time, is not paused, and waits for backlogs', async () => {
    const real = (): number => performance.timeOrigin + performance.now();
    // The monotonic clock stood still for an hour that the machine's uptime counted.
    let stood = 0;
    const time = await start({ mono: () => real() - stood, uptime: () => real(), backlogMs: 60_000 });
    const before = time.now();
    stood = 3_600_000;
    const end = performance.now() + 10_000;
    while (Math.abs(time.now() - Date.now()) > 5_000 && performance.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(Math.abs(time.now() - Date.now())).toBeLessThan(5_000);
    expect(time.paused()).toBeNull();
    expect(Math.abs(time.silenceUpTo(time.now()) - before)).toBeLessThan(5_000);
  });
});

describe('an outage', () => {
  it('of a day lets silence be judged only up to its start, for as long as backlogs may come', async () => {
    const from = Date.now() - 86_400_000;
    await writeLastSeen(pool, from);
    const time = await start({ backlogMs: 60_000 });
    expect(time.silenceUpTo(time.now())).toBe(from);
    expect(time.silenceUpTo(time.now() + 61_000)).toBeGreaterThan(Date.now());
    // A second death in that minute finds the same start.
    expect(await loadLastSeen(pool)).toBe(from);
  });

  it('of a few seconds is a restart', async () => {
    await writeLastSeen(pool, Date.now() - 5_000);
    const time = await start();
    expect(time.silenceUpTo(time.now())).toBeGreaterThan(Date.now() - 2_000);
  });
});

describe('months of events', () => {
  it('are made ahead, once, and a month with rows stays where it is', async () => {
    const now = Date.parse('2026-12-15T00:00:00Z');
    await pool.query(
      `insert into events (bucket, workspace_id, person_id, at, received_at, message_id, name, body)
       values (1, gen_random_uuid(), gen_random_uuid(), '2027-01-03', '2027-01-03', 'm', 'X', '{}')`,
    );
    expect(await ensurePartitions(pool, now)).toEqual(['events_2026_12', 'events_2027_02']);
    expect(await ensurePartitions(pool, now)).toEqual([]);
  });
});
