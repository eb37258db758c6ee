// What can be learnt about a postmaster from outside: its pid file, its process, its port. Only looks, never touches.
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Postmaster = {
  readonly pid: number;
  readonly port: number;
  /** `starting`, `ready`, `stopping`, `standby`, or empty while the file is being written. */
  readonly status: string;
};

/** Reads postmaster.pid: pid, folder, start, port, socket folder, address, shared memory key, status. */
export async function readPostmaster(clusterDir: string): Promise<Postmaster | undefined> {
  const text = await readFile(path.join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number.parseInt(lines[0] ?? '', 10);
  const port = Number.parseInt(lines[3] ?? '', 10);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number.isSafeInteger(port) ? port : 0, status: lines[7] ?? '' };
}

/** Whether a living process is the Postgres of this cluster, or a stranger that got the same process id. */
export async function processOf(pid: number, clusterDir: string): Promise<'ours' | 'stranger'> {
  if (process.platform === 'linux') {
    // A postmaster's working directory is its data directory.
    const [cwd, ours] = await Promise.all([
      readlink(`/proc/${pid}/cwd`).catch(() => undefined),
      realpath(clusterDir).catch(() => clusterDir),
    ]);
    return cwd === ours ? 'ours' : 'stranger';
  }
  const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.includes('postgres') && stdout.includes(clusterDir) ? 'ours' : 'stranger';
}

/** Living processes that work in this folder: the backends of a postmaster do. Empty off Linux. */
export async function listProcessesIn(clusterDir: string): Promise<readonly number[]> {
  const ours = await realpath(clusterDir).catch(() => clusterDir);
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((entry) => /^\d+$/.test(entry)).map(Number);
  const cwds = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => undefined)));
  return pids.filter((_, index) => cwds[index] === ours);
}

/** A port that nobody listens on at this moment, chosen by the system. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/**
 * For a port that is kept for months: from below those that systems hand out to outgoing connections (Linux 32768 to 60999,
 * others from 49152), any of which could sit on it in the second that Postgres needs to start again.
 */
export async function findLastingPort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = randomInt(20_000, 32_768);
    if (await isPortFree(port)) return port;
  }
  return findFreePort();
}

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}

/** How often a process or a file outside of us is looked at: neither can tell us. */
export const pollMs = 20;

export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
