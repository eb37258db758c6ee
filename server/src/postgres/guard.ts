// Refuses, in words, a Postgres on which the promises cannot be kept: one that is too old, or one that answers
// "committed" before the commit is on disk (G1). Looks only; changes nothing.
import pg from 'pg';
import { ProblemError, type Failure } from '../errors.ts';

const versionMin = 150_000;

/** Durable settings, and the hint for each when it is off. */
const durable = {
  fsync: 'Set `fsync = on` in postgresql.conf and restart Postgres.',
  full_page_writes: 'Set `full_page_writes = on` in postgresql.conf and reload Postgres.',
  synchronous_commit: 'Set `synchronous_commit = on` for the server, this database and this user.',
} as const;

export async function guardDatabase(url: string, connectMs = 10_000): Promise<void> {
  const client = await connect(url, connectMs);
  try {
    const { rows } = await client.query<{ name: string; setting: string }>(
      `select name, setting
       from pg_settings
       where name = any($1)`,
      [['server_version_num', 'server_version', 'server_encoding', ...Object.keys(durable)]],
    );
    const problems = judgeDatabase(new Map(rows.map((row) => [row.name, row.setting])));
    const [first] = problems;
    if (first !== undefined) throw new ProblemError(first, { problems });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Tried twice. While the server loads its code and builds the console, the time may run out although Postgres has answered
 * long since: nobody was there to hear it.
 */
async function connect(url: string, connectMs: number): Promise<pg.Client> {
  try {
    return await connectOnce(url, connectMs);
  } catch (error) {
    if (!(error instanceof Error && error.message === 'timeout expired')) throw error;
    return connectOnce(url, connectMs);
  }
}

async function connectOnce(url: string, connectMs: number): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'rapport guard',
    connectionTimeoutMillis: connectMs,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

export function judgeDatabase(settings: ReadonlyMap<string, string>): readonly Failure[] {
  const problems: Failure[] = [];
  if (Number(settings.get('server_version_num') ?? 0) < versionMin) {
    problems.push({
      code: 'database_refused',
      path: 'DATABASE_URL',
      message: `The database is PostgreSQL ${settings.get('server_version') ?? '(unknown)'}; 15 or newer is needed.`,
      hint: 'Upgrade it, or leave DATABASE_URL out for the built-in Postgres.',
    });
  }
  const encoding = settings.get('server_encoding');
  if (encoding !== undefined && encoding !== 'UTF8') {
    problems.push({
      code: 'database_refused',
      path: 'DATABASE_URL',
      message: `The database stores text as ${encoding}; names of people need UTF8.`,
      hint: `Make it with \`create database rapport encoding 'UTF8' template template0\`.`,
    });
  }
  for (const [name, hint] of Object.entries(durable)) {
    const value = settings.get(name);
    // `local`, `remote_write` and `remote_apply` all flush here before they answer; only `off` does not.
    if (value !== undefined && value !== 'off') continue;
    problems.push({
      code: 'database_refused',
      path: 'DATABASE_URL',
      message: `The database runs with ${name} off: an acknowledged event could be lost in a power cut.`,
      hint,
    });
  }
  return problems;
}
