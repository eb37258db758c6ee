// A backend that gives way to the others: on Linux, where the tests' Postgres runs beside us.
import { getPriority } from 'node:os';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { yieldBackend } from '../../src/postgres/yielding.ts';
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
  expect(await yieldBackend(client, 7)).toBe(true);
  expect(getPriority(pid)).toBe(7);
  expect(await backend()).toBe(pid);
});

test('a process that only has its number, as one beside a container would, is left alone', async () => {
  const before = getPriority(process.pid);
  // Postgres tells the number of this very process.
  const elsewhere = {
    query: async () => ({ rows: [{ pid: process.pid, port: 1 }] }),
  } as unknown as pg.Client;
  expect(await yieldBackend(elsewhere, 7)).toBe(false);
  expect(getPriority(process.pid)).toBe(before);
});

test('a connection that is gone is no failure', async () => {
  const gone = new pg.Client({ connectionString: database.url });
  await gone.connect();
  await gone.end();
  expect(await yieldBackend(gone, 7)).toBe(false);
});
