// Brings a database to the schema of this code: plain numbered SQL, forward only, each file in a transaction of its
// own, one migrator at a time. Never runs an edited file twice and never touches a database newer than the code.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { ProblemError, toProblemError } from '../errors.ts';

type Migration = { readonly name: string; readonly sql: string; readonly checksum: string };

export const migrationsDir = fileURLToPath(new URL('../../migrations/', import.meta.url));

/** Any constant will do, as long as it never changes: it keeps two migrators from running at once. */
const advisoryLock = 7_267_707_801;
const lockWithinMs = 120_000;

/** Returns the names that were applied now, in order. */
export async function migrate(options: {
  readonly url: string;
  readonly dir?: string;
}): Promise<readonly string[]> {
  const migrations = await readMigrations(options.dir ?? migrationsDir);
  const client = new pg.Client({ connectionString: options.url, application_name: 'rapport migrate' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`set lock_timeout = ${lockWithinMs}`);
    await client.query('select pg_advisory_lock($1)', [advisoryLock]);
    await client.query(`
      create table if not exists migrations (
        name text primary key,
        checksum text not null,
        applied_at timestamptz not null
      )`);
    const applied = await loadApplied(client);
    const pending = planMigrations(migrations, applied);
    for (const migration of pending) await apply(client, migration);
    return pending.map((migration) => migration.name);
  } finally {
    await client.end().catch(() => undefined);
  }
}

type Applied = { readonly name: string; readonly checksum: string };

/** What is still to run; refuses, in words, a database that does not come from this code's past. */
export function planMigrations(
  migrations: readonly Migration[],
  applied: readonly Applied[],
): readonly Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum } of applied) {
    const migration = known.get(name);
    if (migration === undefined) throw newerDatabase(name);
    if (migration.checksum !== checksum) throw editedMigration(name);
  }
  const done = new Set(applied.map(({ name }) => name));
  const pending = migrations.filter((migration) => !done.has(migration.name));
  const last = applied.at(-1);
  const skipped = pending.find((migration) => last !== undefined && migration.name < last.name);
  if (skipped !== undefined) throw outOfOrder(skipped.name, last?.name ?? '');
  return pending;
}

export async function readMigrations(dir: string): Promise<readonly Migration[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).sort();
  const misnamed = names.find((name, index) => {
    return !/^\d{4}_[a-z0-9_]+\.sql$/.test(name) || names[index - 1]?.slice(0, 4) === name.slice(0, 4);
  });
  if (misnamed !== undefined) {
    throw new ProblemError({
      code: 'migration_failed',
      path: misnamed,
      message: `The migration ${misnamed} has no number of its own.`,
      hint: 'Name it NNNN_what.sql, with the next free number.',
    });
  }
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(path.join(dir, name), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function loadApplied(client: pg.Client): Promise<readonly Applied[]> {
  const { rows } = await client.query<Applied>(
    'select name, checksum from migrations order by name collate "C"',
  );
  return rows;
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(migration.sql);
    await client.query(
      'insert into migrations (name, checksum, applied_at) values ($1, $2, clock_timestamp())',
      [migration.name, migration.checksum],
    );
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback').catch(() => undefined);
    const { failure } = toProblemError(cause, 'migration_failed');
    throw new ProblemError(
      {
        code: failure.code,
        path: migration.name,
        message: `The migration ${migration.name} failed and was undone: ${failure.message}${lineOf(cause, migration.sql)}.`,
        hint:
          failure.code === 'migration_failed'
            ? 'The database is as it was before this file. Mend the cause and start again.'
            : failure.hint,
      },
      { cause },
    );
  }
}

function lineOf(cause: unknown, sql: string): string {
  if (!(cause instanceof pg.DatabaseError) || cause.position === undefined) return '';
  return ` (line ${sql.slice(0, Number(cause.position)).split('\n').length})`;
}

function newerDatabase(name: string): ProblemError {
  return new ProblemError({
    code: 'database_newer',
    message: `The database was brought forward by a newer Rapport: this one does not know its migration ${name}.`,
    hint: 'Start the newer Rapport again, or restore the backup from before the upgrade.',
  });
}

function editedMigration(name: string): ProblemError {
  return new ProblemError({
    code: 'migration_edited',
    path: name,
    message: `The migration ${name} was changed after it ran on this database.`,
    hint: 'Restore the file as it was and put the change into a new migration.',
  });
}

function outOfOrder(name: string, last: string): ProblemError {
  return new ProblemError({
    code: 'migration_failed',
    path: name,
    message: `The migration ${name} comes before ${last}, which already ran on this database.`,
    hint: 'Give it the next free number: migrations only go forward.',
  });
}
