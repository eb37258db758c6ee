// A backend that gives way to the others: on Linux, where the tests' Postgres runs beside us.
import { getPriority } from 'node:os';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { openPool } from '../../src/postgres/pool.ts';
import { yieldBackend } from '../../src/postgres/aside.ts';
import { createTestDatabase } from '../support/postgres.ts';
import type { TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const backend = async (): Promise<number> =>
  (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0;

test.runIf(process.platform === 'linux')('its priority is lowered, and it answers as before', async () => {
  const pid = await backend();
  expect(getPriority(pid)).toBe(0);
  expect(await yieldBackend(client)).toBe(true);
  expect(getPriority(pid)).toBe(10);
  expect(await backend()).toBe(pid);
});

test.runIf(process.platform === 'linux')(
  'a pool whose work gives way lowers each of its connections before it is used',
  async () => {
    const log = createLog({ level: 'silent' });
    const pool = openPool({
      url: database.url,
      name: 'aside',
      connectionsMax: 2,
      statementMs: 1_000,
      yields: true,
      log,
    });
    const pids = await Promise.all(
      [1, 2].map(
        async () =>
          (await pool.query<{ pid: number }>('select pg_backend_pid() as pid, pg_sleep(0.05)')).rows[0]?.pid,
      ),
    );
    expect(pids.map((pid) => getPriority(pid))).toEqual([10, 10]);
    await pool.end();
  },
);

test('a process that only has its number, as one beside a container would, is left alone', async () => {
  const before = getPriority(process.pid);
  // Postgres tells the number of this very process.
  const elsewhere = {
    query: async () => ({ rows: [{ pid: process.pid, port: 1 }] }),
  } as unknown as pg.Client;
  expect(await yieldBackend(elsewhere)).toBe(false);
  expect(getPriority(process.pid)).toBe(before);
});

test('a connection that is gone is no failure', async () => {
  const gone = new pg.Client({ connectionString: database.url });
  await gone.connect();
  await gone.end();
  expect(await yieldBackend(gone)).toBe(false);
});
