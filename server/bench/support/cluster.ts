// The Postgres of a measurement: the very one Rapport brings, with the very settings, in a folder that is thrown away.
// The bench starts it itself (and hands DATABASE_URL to the server) where it must clone a database for a baseline.
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { createLog } from '../../src/log.ts';
import { startEmbedded } from '../../src/postgres/embedded.ts';

export interface Cluster {
  readonly pid: number;
  /** Of the database `rapport`. */
  readonly url: string;
  /** For the server's own files. */
  readonly dataDir: string;
  urlOf(database: string): string;
  /** Nobody may be connected to `from`. */
  clone(from: string, to: string): Promise<void>;
  drop(database: string): Promise<void>;
  close(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const dataDir = await makeTemporaryDir();
  const embedded = await startEmbedded({ dataDir, log: createLog({ level: 'warn' }) });
  // Whatever ends the bench must not leave a Postgres behind.
  const stopNow = (): void => {
    process.kill(embedded.pid, 'SIGQUIT');
    rmSync(dataDir, { recursive: true, force: true });
  };
  process.once('exit', stopNow);
  const urlOf = (database: string): string => {
    const url = new URL(embedded.url);
    url.pathname = `/${database}`;
    return url.href;
  };
  const command = (sql: string): Promise<void> =>
    withClient(urlOf('postgres'), async (client) => {
      await client.query(sql);
    });
  return {
    pid: embedded.pid,
    url: embedded.url,
    dataDir: path.join(dataDir, 'server'),
    urlOf,
    clone: (from, to) => command(`create database ${to} template ${from} strategy file_copy`),
    drop: (database) => command(`drop database if exists ${database} with (force)`),
    async close() {
      process.off('exit', stopNow);
      await embedded.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export function makeTemporaryDir(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'rapport-bench-'));
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'rapport bench' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The live rows of every table named. */
export async function countRows(
  client: pg.Client,
  tables: readonly string[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const { rows } = await client.query<{ n: string }>(`select count(*)::text as n from ${table}`);
    counts[table] = Number(rows[0]?.n);
  }
  return counts;
}
