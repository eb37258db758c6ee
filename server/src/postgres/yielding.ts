// A backend that gives way: where Postgres runs on this machine under us, its process for one connection gets a lower
// priority, so that what nobody waits for never slows what somebody does. Elsewhere it changes nothing.
import { readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import type { ClientBase } from 'pg';

/** Never throws: it is a courtesy. True: its priority was lowered. */
export async function yieldBackend(client: ClientBase, nice: number): Promise<boolean> {
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
    setPriority(backend.pid, nice);
    return true;
  } catch {
    return false;
  }
}
