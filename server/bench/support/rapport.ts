// The server under measurement: the real one, as a child process, through its public command line and its API. Nothing
// in here reaches into it.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { monotonicMs, pause } from './statistics.ts';

const run = promisify(execFile);
const launcher = fileURLToPath(new URL('../../bin/rapport.js', import.meta.url));
const readyWithinMs = 60_000;

export interface RapportOptions {
  readonly dataDir: string;
  /** Without it, the embedded Postgres under `dataDir`. */
  readonly databaseUrl?: string;
  readonly smtpUrl?: string;
  readonly nodeOptions?: readonly string[];
}

export interface Rapport {
  readonly port: number;
  readonly pid: number;
  /** What it printed so far. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts it and waits until `/health` answers 200. */
export async function startRapport(options: RapportOptions): Promise<Rapport> {
  const started = await spawnRapport(options);
  const deadline = monotonicMs() + readyWithinMs;
  while ((await statusOf(started.port, '/health')) !== 200) {
    if (monotonicMs() > deadline || started.ended()) {
      await started.stop();
      throw new Error(`the server is not ready within ${readyWithinMs} ms; it said:\n${started.output()}`);
    }
    await pause(20);
  }
  return started;
}

/** Starts it and waits for nothing. */
export async function spawnRapport(options: RapportOptions): Promise<Rapport & { ended(): boolean }> {
  const port = await findFreePort();
  const child = spawn(process.execPath, [...(options.nodeOptions ?? []), launcher, 'start'], {
    env: { ...environmentOf(options), PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Whatever ends the bench must not leave a server behind.
  const killNow = (): void => void child.kill('SIGKILL');
  process.once('exit', killNow);
  child.once('exit', () => process.off('exit', killNow));
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const pid = child.pid;
  if (pid === undefined) throw new Error('the server could not be started');
  return {
    port,
    pid,
    output: () => Buffer.concat(chunks).toString('utf8').slice(-4000),
    ended: () => hasEnded(child),
    stop: () => stopChild(child),
  };
}

/** A new server key, by the command line. */
export async function createKey(options: RapportOptions): Promise<string> {
  const { stdout } = await run(process.execPath, [launcher, 'key', 'create', '--kind', 'server'], {
    env: environmentOf(options),
  });
  const key = stdout.trim().split('\n').at(-1) ?? '';
  if (!key.startsWith('rk_')) throw new Error(`key create printed “${key}” on its last line`);
  return key;
}

export async function callApi(
  rapport: { readonly port: number },
  key: string,
  request: { readonly method: string; readonly path: string; readonly body?: unknown },
): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${rapport.port}${request.path}`, {
    method: request.method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${request.method} ${request.path} answered ${response.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** undefined: nobody answers. */
export async function statusOf(port: number, path: string): Promise<number | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { accept: 'text/html' } });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return undefined;
  }
}

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

function environmentOf(options: RapportOptions): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    RAPPORT_DATA: options.dataDir,
    RAPPORT_ALLOW_PRIVATE: '1',
    ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
    ...(options.smtpUrl === undefined ? {} : { SMTP_URL: options.smtpUrl }),
  };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
  await ended;
  clearTimeout(timer);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
