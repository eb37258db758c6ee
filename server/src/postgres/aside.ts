// Work that gives way: a thread that reads everyone, and counts that nobody waits for, must not slow what somebody waits for.
// Where Postgres runs on this machine under us, its process for a connection gets a lower priority; elsewhere it keeps its own.
import { readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import pg from 'pg';
import type { ClientBase } from 'pg';
import type { Connection } from './pool.ts';

const NICE = 10;

/** Never throws: it is a courtesy. True: its priority was lowered. */
export async function yieldBackend(client: ClientBase): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    const { rows } = await client.query<{ pid: number; port: number | null }>(
      'select pg_backend_pid() as pid, inet_client_port() as port',
    );
    const [backend] = rows;
    // The number may be that of another process where Postgres runs in a container or on another machine: its title has
    // our own port, as in "postgres: rapport rapport 127.0.0.1(54321) SELECT".
    if (backend === undefined || backend.port === null) return false;
    const title = await readFile(`/proc/${backend.pid}/cmdline`, 'latin1');
    if (!title.startsWith('postgres:') || !title.includes(`(${backend.port})`)) return false;
    setPriority(backend.pid, NICE);
    return true;
  } catch {
    return false;
  }
}

/** Inside a thread: lowers its priority (Linux has one for each thread) and its backend's, and works with a connection. */
export async function readAside<T>(
  how: { readonly url: string; readonly name: string },
  work: (client: Connection) => Promise<T>,
): Promise<T> {
  if (process.platform === 'linux') setPriority(NICE);
  const client = new pg.Client({
    connectionString: how.url,
    application_name: `rapport ${how.name}`,
    statement_timeout: 0,
    keepAlive: true,
  });
  await client.connect();
  try {
    await yieldBackend(client);
    return await work(client as unknown as Connection);
  } finally {
    await client.end();
  }
}
