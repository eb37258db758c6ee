// A whole Rapport for a browser test: the real process on a database of its own, with an owner, and words to feed it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase } from '../../../server/test/support/postgres.ts';
import { startProcess, type Started } from '../../../server/test/support/processes.ts';

const bin = fileURLToPath(new URL('../../../server/bin/rapport.js', import.meta.url));

export const owner = { name: 'Ana Ruiz', email: 'ana@shop.example', password: 'correct horse battery' };
export const business = {
  name: 'Blue Door Tea',
  time_zone: 'Europe/London',
  currency: 'GBP',
  industry: 'shop',
};

export interface Rapport {
  readonly url: string;
  /** For tests that look at what was stored. */
  readonly databaseUrl: string;
  /** The one-time link, as printed. */
  readonly setupUrl: string;
  /** Makes the owner without a browser; the cookie of the session. */
  setUp(): Promise<string>;
  /** Asks the API as the owner. */
  api(cookie: string, method: string, path: string, body?: unknown): Promise<unknown>;
  /** Stops the process, keeping its database and port, and starts it again with `restart`. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startRapport(): Promise<Rapport> {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'rapport-console-'));
  let port = '0';
  let running: Started | null = null;
  const start = async (): Promise<{ url: string; output: () => string }> => {
    const process = startProcess({
      file: globalThis.process.execPath,
      args: [bin, 'start'],
      env: { DATABASE_URL: database.url, RAPPORT_DATA: dataDir, PORT: port, RAPPORT_LOG_LEVEL: 'error' },
    });
    running = process;
    const line = await process.line((one) => one.startsWith('Rapport is ready at '));
    const url = line.replace('Rapport is ready at ', '').trim();
    port = new URL(url).port;
    return { url, output: process.output };
  };
  const kill = async (): Promise<void> => {
    await running?.kill('SIGKILL');
    running = null;
  };
  const first = await start();
  const link = await (running as Started | null)?.line((line) => line.includes('/setup?token='));
  const setupUrl = /http\S+/.exec(link ?? '')?.[0] ?? '';
  const { url } = first;

  return {
    url,
    databaseUrl: database.url,
    setupUrl,
    api: (cookie, method, where, body) => askApi(url, cookie, method, where, body),
    kill,
    setUp: () => makeOwner(url, setupUrl),
    async restart() {
      await start();
    },
    async close() {
      await running?.kill('SIGTERM');
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Makes the owner with the one-time link; the cookie of the session. */
export async function makeOwner(url: string, setupUrl: string): Promise<string> {
  const token = new URL(setupUrl).searchParams.get('token');
  return cookieFrom(url, '/api/setup', { token, ...owner, business });
}

/** Signs somebody in; the cookie of the session. */
export async function cookieFrom(url: string, path: string, body: unknown): Promise<string> {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .join('; ');
}

export async function askApi(
  url: string,
  cookie: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const answer = await fetch(url + path, {
    method,
    headers: { cookie, origin: url, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return text === '' ? null : JSON.parse(text);
}
