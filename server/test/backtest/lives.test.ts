// A backtest's life on a history that takes a while: cancelled, killed, two at once, refused when too many wait.
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  claimBacktest,
  findBacktest,
  insertBacktest,
  QUEUED_MAX,
  requeueSilent,
} from '../../src/postgres/backtests.ts';
import type { BacktestAsked } from '../../src/postgres/backtest-stored.ts';
import type { BacktestRow, BacktestState } from '../../src/postgres/backtests.ts';
import { createBacktestWorker } from '../../src/workers/backtest.ts';
import type { BacktestWorker } from '../../src/workers/backtest.ts';
import { uuidv7 } from 'uuidv7';
import { createApiWorld } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';
import { startProcess, until } from '../support/processes.ts';

const CHILD = fileURLToPath(new URL('../support/backtest-child.ts', import.meta.url));
const NOW = Date.parse('2026-06-01T12:00:00.000Z');
const PEOPLE = 3_000;
const EVENTS_EACH = 50;

let world: ApiWorld;
let marketer: Caller;
let worker: BacktestWorker | null = null;

beforeAll(async () => {
  world = await createApiWorld({ now: NOW });
  marketer = await world.signIn('marketer');
  await storeHistory();
});

beforeEach(async () => {
  await world.pool.query('delete from backtests');
});

afterAll(async () => {
  await worker?.stop();
  await world.close();
});

describe('a backtest that takes a while', () => {
  test('tells how far it is, and stops within a second of being cancelled', async () => {
    startWorker();
    const id = await ask();
    await until('it is under way', async () => (await row(id)).progress.events > 1_000);
    expect((await row(id)).progress.share).toBeLessThan(1);
    const from = performance.now();
    const answer = await world.call(marketer, 'DELETE', `/api/backtests/${id}`);
    expect(answer.statusCode).toBe(204);
    await until('nothing reads history any more', async () => (await readers()) === 0);
    expect(performance.now() - from).toBeLessThan(1_500);
    expect((await row(id)).state).toBe('cancelled');
    expect((await row(id)).result).toBeNull();
    // Once more: what has ended is removed.
    await world.call(marketer, 'DELETE', `/api/backtests/${id}`);
    expect((await world.call(marketer, 'GET', `/api/backtests/${id}`)).statusCode).toBe(404);
  });

  test('two at once both tell what one alone tells', async () => {
    startWorker();
    const ids = [await ask(), await ask()];
    await until('both run', async () => (await states(ids)).every((state) => state === 'running'));
    await until('both are done', async () => (await states(ids)).every((state) => state === 'done'), {
      withinMs: 50_000,
    });
    const [one, other] = await Promise.all(ids.map(row));
    expect(one?.result?.reached).toMatchObject({ people: PEOPLE, times: PEOPLE });
    expect(one?.result).toEqual(other?.result);
    expect(one?.result).toMatchObject({ people: PEOPLE, events: PEOPLE * EVENTS_EACH, failed_people: 0 });
  });

  test('whose process is killed right after it stored what was done goes on from there, in another process', async () => {
    await worker?.stop();
    worker = null;
    const id = await ask();
    const child = startProcess({
      file: process.execPath,
      args: [CHILD, world.databaseUrl],
      env: { NODE_ENV: 'test', RAPPORT_CRASH_AT: 'backtest.after_checkpoint:2' },
    });
    await child.ended;
    const stored = await row(id);
    expect(stored.state).toBe('running');
    const { done, sums } = stored.checkpoint!;
    expect(sums.tally.people).toBeGreaterThan(0);
    expect(sums.tally.people).toBeLessThan(PEOPLE);
    await until('its threads have gone', async () => (await readers()) === 0);

    // Nobody takes it up while it may still be alive.
    await requeueSilent(world.pool, Date.now() + 5_000);
    expect((await row(id)).state).toBe('running');
    await requeueSilent(world.pool, Date.now() + 11_000);
    expect((await row(id)).state).toBe('queued');
    // Whoever lived the done parts through again would miss these.
    const gone = done.map((place) => stored.plan!.parts[place]!);
    for (const { from, to } of gone)
      await world.pool.query('delete from events where bucket >= $1 and bucket < $2', [from, to]);
    try {
      startWorker();
      await until('it is done', async () => (await row(id)).state === 'done', { withinMs: 50_000 });
    } finally {
      await storeHistory();
    }
    const ended = await row(id);
    expect(ended.result).toMatchObject({ people: PEOPLE, events: PEOPLE * EVENTS_EACH, failed_people: 0 });
    expect(ended.result?.reached).toMatchObject({ people: PEOPLE, times: PEOPLE });
    expect([ended.plan, ended.checkpoint]).toEqual([null, null]);
  });

  test('that ends its process three times is given up on', async () => {
    await worker?.stop();
    worker = null;
    const id = await ask();
    for (const state of ['queued', 'queued', 'interrupted']) {
      await claimBacktest(world.pool, NOW);
      await requeueSilent(world.pool, NOW + 11_000);
      expect((await row(id)).state).toBe(state);
    }
  });

  test('that runs when its process stops in good order waits, and goes on where it was', async () => {
    startWorker();
    const id = await ask();
    await until('some of it is done', async () => (await row(id)).checkpoint !== null);
    await worker?.stop();
    worker = null;
    const { state, checkpoint } = await row(id);
    expect(state).toBe('queued');
    expect(await readers()).toBe(0);
    startWorker();
    await until('it is done', async () => (await row(id)).state === 'done', { withinMs: 50_000 });
    expect(checkpoint!.sums.tally.people).toBeGreaterThan(0);
    expect((await row(id)).result).toMatchObject({ people: PEOPLE, events: PEOPLE * EVENTS_EACH });
  });

  test('that loses its database fails in words, and the next one runs', async () => {
    startWorker();
    const id = await ask();
    await until('it is under way', async () => (await row(id)).progress.events > 0);
    await world.pool.query(
      `select pg_terminate_backend(pid)
       from pg_stat_activity
       where application_name = 'rapport backtest' and datname = current_database()`,
    );
    await until('it has ended', async () => (await row(id)).state !== 'running');
    const told = (await world.call(marketer, 'GET', `/api/backtests/${id}`)).json<{
      state: string;
      problem: { code: string; hint: string };
    }>();
    expect(told).toMatchObject({ state: 'failed', problem: { code: 'database_unreachable' } });
    expect(told.problem.hint).not.toBe('');
    await until('nothing reads history any more', async () => (await readers()) === 0);
  });

  test('is refused when too many wait', async () => {
    await worker?.stop();
    worker = null;
    for (let i = 0; i < QUEUED_MAX; i += 1) await ask();
    const answer = await world.call(marketer, 'POST', '/api/backtests', BODY);
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([429, 'queue_full']);
    const list = (await world.call(marketer, 'GET', '/api/backtests?limit=3')).json<{
      items: { state: string }[];
      next_cursor: string | null;
    }>();
    expect(list.items.map(({ state }) => state)).toEqual(['queued', 'queued', 'queued']);
    const next = await world.call(
      marketer,
      'GET',
      `/api/backtests?limit=200&cursor=${list.next_cursor ?? ''}`,
    );
    expect(next.json<{ items: unknown[] }>().items).toHaveLength(QUEUED_MAX - 3);
  });

  test('only the newest two hundred are kept', async () => {
    const asked = (await row(await ask())).asked;
    const ids: string[] = [];
    for (let i = 0; i < 205; i += 1) ids.push(await ended(asked, i));
    const { rows } = await world.pool.query<{ n: number }>(`select count(*)::int as n from backtests`);
    expect(rows[0]?.n).toBeLessThanOrEqual(201);
    expect(await find(ids[0] ?? '')).toBeUndefined();
    expect(await find(ids.at(-1) ?? '')).toBeDefined();
  });
});

const BODY = {
  of: { kind: 'rule', rule: { kind: 'count', event: 'Order Completed', op: 'at_least', n: 20 } },
};

function startWorker(): void {
  const { pool, databaseUrl: url, deps } = world;
  worker ??= createBacktestWorker({ pool, url, now: deps.now, log: deps.log });
}

async function ask(): Promise<string> {
  const asked = await world.call(marketer, 'POST', '/api/backtests', BODY);
  expect(asked.statusCode, asked.body).toBe(202);
  worker?.wake();
  return asked.json<{ id: string }>().id;
}

async function row(id: string): Promise<BacktestRow> {
  const found = await find(id.replace('bkt_', ''));
  if (found === undefined) throw new Error(`the backtest ${id} is gone`);
  return found;
}

function find(id: string): Promise<BacktestRow | undefined> {
  return findBacktest(world.pool, world.workspaceId, id);
}

async function states(ids: readonly string[]): Promise<readonly BacktestState[]> {
  return (await Promise.all(ids.map(row))).map(({ state }) => state);
}

async function ended(asked: BacktestAsked, n: number): Promise<string> {
  const id = uuidv7();
  const { workspaceId } = world;
  await insertBacktest(world.pool, { id, workspaceId, asked, by: null, at: NOW + n + 1, state: 'running' });
  await world.pool.query(`update backtests set state = 'done' where id = $1`, [id]);
  return id;
}

/** Connections of threads that read history. */
async function readers(): Promise<number> {
  const { rows } = await world.pool.query<{ n: number }>(
    `select count(*)::int as n
     from pg_stat_activity
     where application_name = 'rapport backtest' and datname = current_database()`,
  );
  return rows[0]?.n ?? 0;
}

/** Many people who order every other day, made in the database: as many as a thread needs seconds for. */
async function storeHistory(): Promise<void> {
  await world.pool.query(
    `insert into events (bucket, workspace_id, person_id, at, received_at, message_id, name, body)
     select p.n % 1024, $1, p.id, t.at, t.at, p.n || '-' || e.n, 'Order Completed',
       '{"type":"track","trust":"server","properties":{"order_id":"' || p.n || '-' || e.n
         || '","total":10},"traits":{},"identities":[["user_id","u' || p.n || '"]]}'
     from (select n, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid as id
           from generate_series(1, $2::int) n) p
     cross join generate_series(1, $3::int) e(n)
     cross join lateral (select $4::timestamptz - (e.n * 2 || ' days')::interval as at) t
     on conflict do nothing`,
    [world.workspaceId, PEOPLE, EVENTS_EACH, new Date(NOW)],
  );
  await world.pool.query('analyze events');
}
