// Migrations: forward only, whole or not at all, and never over an edited or newer past.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { migrate } from './migrate.ts';

let database: TestDatabase;
let dir: string;

beforeEach(async () => {
  database = await createTestDatabase({ migrated: false });
  dir = await mkdtemp(path.join(tmpdir(), 'rapport-migrations-'));
});

afterEach(async () => {
  await database.drop();
  await rm(dir, { recursive: true });
});

test('the migrations of this code apply to an empty database, and then there is nothing left to do', async () => {
  expect((await migrate({ url: database.url })).length).toBeGreaterThan(0);
  expect(await migrate({ url: database.url })).toEqual([]);
});

test('migrations run in order, and only what is new', async () => {
  await write('0002_b.sql', 'alter table a add column b integer');
  await write('0001_a.sql', 'create table a (id integer)');
  expect(await migrate({ url: database.url, dir })).toEqual(['0001_a.sql', '0002_b.sql']);
  await write('0003_c.sql', 'insert into a values (1, 2)');
  expect(await migrate({ url: database.url, dir })).toEqual(['0003_c.sql']);
  expect(await select('select * from a')).toEqual([{ id: 1, b: 2 }]);
});

test('a failing migration is undone whole and names its line', async () => {
  await write('0001_a.sql', 'create table a (id integer);\n\ninsert into nowhere values (1)');
  await expect(migrate({ url: database.url, dir })).rejects.toMatchObject({
    failure: { code: 'migration_failed', path: '0001_a.sql', message: expect.stringContaining('(line 3)') },
  });
  expect(await select(`select to_regclass('a') as a`)).toEqual([{ a: null }]);
});

test('an edited landed migration is refused', async () => {
  await write('0001_a.sql', 'create table a (id integer)');
  await migrate({ url: database.url, dir });
  await write('0001_a.sql', 'create table a (id bigint)');
  await expect(migrate({ url: database.url, dir })).rejects.toMatchObject({
    failure: { code: 'migration_edited', path: '0001_a.sql' },
  });
});

test('a database newer than the code is refused in words', async () => {
  await write('0001_a.sql', 'create table a (id integer)');
  await write('0002_b.sql', 'create table b (id integer)');
  await migrate({ url: database.url, dir });
  await rm(path.join(dir, '0002_b.sql'));
  await expect(migrate({ url: database.url, dir })).rejects.toMatchObject({
    failure: { code: 'database_newer', message: expect.stringContaining('0002_b.sql') },
  });
});

test('a migration that was slipped in before a landed one is refused', async () => {
  await write('0002_b.sql', 'create table b (id integer)');
  await migrate({ url: database.url, dir });
  await write('0001_a.sql', 'create table a (id integer)');
  await expect(migrate({ url: database.url, dir })).rejects.toMatchObject({
    failure: { code: 'migration_failed', message: expect.stringContaining('comes before 0002_b.sql') },
  });
});

test('two migrations with one number are refused', async () => {
  await write('0001_a.sql', 'select 1');
  await write('0001_b.sql', 'select 1');
  await expect(migrate({ url: database.url, dir })).rejects.toMatchObject({
    failure: { path: '0001_b.sql' },
  });
});

test('two migrators at once apply everything once', async () => {
  await write('0001_a.sql', 'create table a (id integer); select pg_sleep(0.2)');
  const both = await Promise.all([migrate({ url: database.url, dir }), migrate({ url: database.url, dir })]);
  expect(both.flat()).toEqual(['0001_a.sql']);
});

async function write(name: string, sql: string): Promise<void> {
  await writeFile(path.join(dir, name), `${sql}\n`);
}

async function select(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
