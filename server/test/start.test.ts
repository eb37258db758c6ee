// `rapport start` as an operator meets it: up from nothing, down in good order, up again after every kind of kill, and
// words when it cannot.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAlive } from '../src/data-folder.ts';
import { readPostmaster } from '../src/postgres/embedded-postmaster.ts';
import { startProcess, until, type Started } from './support/processes.ts';

const bin = fileURLToPath(new URL('../bin/rapport.js', import.meta.url));
const started: Started[] = [];
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'rapport-start-'));
});

afterEach(async () => {
  for (const one of started.splice(0)) if (one.child.exitCode === null) await one.kill('SIGKILL');
  const left = await readPostmaster(path.join(dataDir, 'postgres'));
  if (left !== undefined && isAlive(left.pid)) {
    process.kill(left.pid, 'SIGINT');
    await until('Postgres is gone', () => !isAlive(left.pid));
  }
  await rm(dataDir, { recursive: true, force: true });
});

test('an empty folder becomes a running Rapport that says where it is and how to own it, and stops when told', async () => {
  const rapport = start();
  const url = await address(rapport);
  const link = await rapport.line((line) => line.includes('/setup?token='));
  expect(link).toContain(`${url}/setup?token=`);
  expect((await fetch(`${url}/health`)).status).toBe(200);
  const postmaster = await readPostmaster(path.join(dataDir, 'postgres'));
  expect(await rapport.kill('SIGTERM')).toBe(0);
  expect(isAlive(postmaster?.pid ?? 0)).toBe(false);
}, 120_000);

test('killed outright, alone or with its Postgres, it starts again on the same folder', async () => {
  const first = start();
  await address(first);
  await first.kill('SIGKILL');
  const second = start();
  await address(second);
  const postmaster = await readPostmaster(path.join(dataDir, 'postgres'));
  process.kill(postmaster?.pid ?? 0, 'SIGKILL');
  await second.kill('SIGKILL');
  const third = start();
  const url = await address(third);
  expect((await fetch(`${url}/health`)).status).toBe(200);
}, 120_000);

test('while Postgres is away it answers 503 and stays up, and is healthy again by itself', async () => {
  const rapport = start();
  const url = await address(rapport);
  const postmaster = await readPostmaster(path.join(dataDir, 'postgres'));
  process.kill(postmaster?.pid ?? 0, 'SIGKILL');
  await until(
    'it is healthy again',
    async () => {
      const now = await readPostmaster(path.join(dataDir, 'postgres'));
      return now?.pid !== postmaster?.pid && (await fetch(`${url}/health`)).status === 200;
    },
    { withinMs: 60_000 },
  );
  expect(await rapport.kill('SIGTERM')).toBe(0);
}, 120_000);

test('a taken port and a taken folder are told in words, and leave nothing running', async () => {
  const squatter = createServer();
  const port = await new Promise<number>((resolve) => {
    squatter.listen({ port: 0, host: '::' }, () => {
      const at = squatter.address();
      resolve(typeof at === 'object' && at !== null ? at.port : 0);
    });
  });
  try {
    const refused = start({ PORT: String(port) });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain(`Port ${port} is in use`);
    // Found before any worker ran: nobody was stepped, and nothing complains about a database that goes away.
    expect(refused.output()).not.toMatch(/"level":(40|50)/);
    const postmaster = await readPostmaster(path.join(dataDir, 'postgres'));
    expect(postmaster).toBeUndefined();
  } finally {
    squatter.close();
  }
  const first = start();
  await address(first);
  const second = start();
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(`is used by process ${first.child.pid}`);
}, 120_000);

function start(env: Readonly<Record<string, string>> = {}): Started {
  const one = startProcess({
    file: process.execPath,
    args: [bin, 'start'],
    env: { PORT: '0', RAPPORT_DATA: dataDir, ...env },
  });
  started.push(one);
  return one;
}

async function address(rapport: Started): Promise<string> {
  const line = await rapport.line((text) => text.startsWith('Rapport is ready at '));
  return line.slice('Rapport is ready at '.length);
}
