// The whole of Rapport as a process that tests kill: started by its command line on a folder of its own, driven over HTTP,
// audited in its own Postgres. Nothing in here reaches into it while it runs.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { isAlive } from '../../src/data-folder.ts';
import { findFreePort, readPostmaster } from '../../src/postgres/embedded-postmaster.ts';
import { startProcess, until, type Started } from '../support/processes.ts';

const run = promisify(execFile);
const bin = fileURLToPath(new URL('../../bin/rapport.js', import.meta.url));
const upWithinMs = 30_000;

export interface Whole {
  readonly dataDir: string;
  readonly port: number;
  /** Starts it (again) and waits until it is healthy. */
  start(): Promise<void>;
  /** kill -9, and waits for the end. */
  kill(): Promise<void>;
  postmasterPid(): Promise<number>;
  command(...args: readonly string[]): Promise<string>;
  query<T extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<readonly T[]>;
  output(): string;
  /** Ends everything and removes the folder. */
  close(): Promise<void>;
}

export async function makeWhole(
  options: { readonly dataDir?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Whole> {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'rapport-fault-')));
  const port = await findFreePort();
  const env = {
    RAPPORT_DATA: dataDir,
    PORT: String(port),
    RAPPORT_ALLOW_PRIVATE: '1',
    RAPPORT_LOG_LEVEL: 'warn',
    ...options.env,
  };
  let running: Started | undefined;
  const said: string[] = [];
  const postmasterPid = async (): Promise<number> =>
    (await readPostmaster(path.join(dataDir, 'postgres')))?.pid ?? 0;
  const kill = async (): Promise<void> => {
    if (running === undefined) return;
    await running.kill('SIGKILL');
    said.push(running.output());
    running = undefined;
  };
  return {
    dataDir,
    port,
    postmasterPid,
    kill,
    async start() {
      const one = startProcess({ file: process.execPath, args: [bin, 'start'], env });
      running = one;
      await one.line((line) => line.startsWith('Rapport is ready at '));
      await until('it is healthy', () => isHealthy(port), { withinMs: upWithinMs });
    },
    async command(...args) {
      const { stdout } = await run(process.execPath, [bin, ...args], { env: { ...process.env, ...env } });
      return stdout;
    },
    query: async <T extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []) =>
      queryDatabase<T>(options.env?.['DATABASE_URL'] ?? (await urlOf(dataDir)), sql, values),
    output: () => [...said, running?.output() ?? ''].join('\n'),
    async close() {
      await kill();
      const pid = await postmasterPid();
      if (pid > 0 && isAlive(pid)) {
        process.kill(pid, 'SIGQUIT');
        await until('Postgres is gone', () => !isAlive(pid));
      }
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** One statement on a connection of its own. */
async function queryDatabase<T extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: readonly unknown[],
): Promise<readonly T[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

export async function makeKey(whole: Whole): Promise<string> {
  const printed = await whole.command('key', 'create', '--kind', 'server');
  return printed.trim().split('\n').at(-1) ?? '';
}

export interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** The answer to a call that must go well. */
export async function askApi<T>(whole: Whole, key: string, call: ApiCall): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${whole.port}${call.path}`, {
    method: call.method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  });
  if (!response.ok)
    throw new Error(`${call.method} ${call.path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

export interface Client {
  /** messageIds of events that were answered 200. */
  readonly acknowledged: Set<string>;
  /** Answers other than 200, and lost connections. */
  readonly failures: () => number;
  /** Resolves when every batch is acknowledged; each is sent again, with the same messageIds, until it is. */
  readonly done: Promise<void>;
}

/** Sends batches as Segment's clients do: four at a time, each again until it is answered 200. */
export function sendAll(
  whole: Whole,
  key: string,
  batches: readonly (readonly { readonly messageId: string }[])[],
  options: { readonly withinMs?: number } = {},
): Client {
  const acknowledged = new Set<string>();
  const deadline = Date.now() + (options.withinMs ?? 50_000);
  let failures = 0;
  let taken = 0;
  const client = async (): Promise<void> => {
    for (let batch = batches[taken++]; batch !== undefined; batch = batches[taken++]) {
      while (!(await accepts(whole, key, batch))) {
        failures += 1;
        if (Date.now() > deadline)
          throw new Error(`not acknowledged in time; Rapport said:\n${whole.output()}`);
        await new Promise((resolve) => {
          setTimeout(resolve, 50);
        });
      }
      for (const { messageId } of batch) acknowledged.add(messageId);
    }
  };
  const done = Promise.all([client(), client(), client(), client()]).then(() => undefined);
  // The test awaits it later; a failure meanwhile must not end the test process.
  done.catch(() => undefined);
  return { acknowledged, failures: () => failures, done };
}

async function accepts(whole: Whole, key: string, batch: readonly object[]): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${whole.port}/v1/batch`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ batch, sentAt: new Date().toISOString() }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    if (response.status === 200 && /"rejected":\[(?!\])/.test(text)) throw new Error(`refused: ${text}`);
    return response.status === 200;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('refused')) throw error;
    return false;
  }
}

export async function isHealthy(port: number): Promise<boolean> {
  try {
    return (
      (await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(3_000) })).status === 200
    );
  } catch {
    return false;
  }
}

async function urlOf(dataDir: string): Promise<string> {
  const password = (await readFile(path.join(dataDir, 'postgres-password'), 'utf8')).trim();
  const postmaster = await readPostmaster(path.join(dataDir, 'postgres'));
  return `postgres://rapport:${encodeURIComponent(password)}@127.0.0.1:${postmaster?.port ?? 0}/rapport`;
}
