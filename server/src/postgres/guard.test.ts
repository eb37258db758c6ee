// Start refuses a server that is too old or not durable, naming every reason at once.
import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../../test/support/postgres.ts';
import { guardDatabase, judgeDatabase } from './guard.ts';

const good = new Map([
  ['server_version_num', '150018'],
  ['server_version', '15.18'],
  ['server_encoding', 'UTF8'],
  ['fsync', 'on'],
  ['full_page_writes', 'on'],
  ['synchronous_commit', 'on'],
]);

test('the built-in Postgres passes, and one whose commits are not flushed is refused', async () => {
  const database = await createTestDatabase({ migrated: false });
  try {
    await guardDatabase(database.url);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const name = new URL(database.url).pathname.slice(1);
    await client.query(`alter database ${name} set synchronous_commit = off`);
    await client.end();
    await expect(guardDatabase(database.url)).rejects.toMatchObject({
      failure: { code: 'database_refused', message: expect.stringContaining('synchronous_commit off') },
    });
  } finally {
    await database.drop();
  }
});

test('a process that was too busy to hear the answer asks once more', async () => {
  const database = await createTestDatabase({ migrated: false });
  try {
    const passed = guardDatabase(database.url, 400);
    // Loading code keeps everything else waiting, the answer as well.
    const until = performance.now() + 600;
    while (performance.now() < until);
    await passed;
  } finally {
    await database.drop();
  }
});

test('PostgreSQL 15 with durable settings is accepted, also with a synchronous standby', () => {
  expect(judgeDatabase(good)).toEqual([]);
  expect(judgeDatabase(new Map([...good, ['synchronous_commit', 'remote_apply']]))).toEqual([]);
});

test('everything that is wrong is said at once', () => {
  const bad = new Map([
    ...good,
    ['server_version_num', '140011'],
    ['server_version', '14.11'],
    ['fsync', 'off'],
    ['full_page_writes', 'off'],
  ]);
  expect(judgeDatabase(bad).map((problem) => problem.message)).toEqual([
    expect.stringContaining('PostgreSQL 14.11'),
    expect.stringContaining('fsync off'),
    expect.stringContaining('full_page_writes off'),
  ]);
});

test('a database that cannot hold every name is refused', () => {
  expect(judgeDatabase(new Map([...good, ['server_encoding', 'SQL_ASCII']]))).toMatchObject([
    { message: expect.stringContaining('SQL_ASCII') },
  ]);
});
