// The embedded Postgres under fire: processes are killed for real, folders are broken for real, and every next start
// either works with all data or refuses in words.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAlive } from '../src/data-folder.ts';
import { createLog } from '../src/log.ts';
import { joinOrStart, startEmbedded, type Embedded } from '../src/postgres/embedded.ts';
import { startProcess, until, type Started } from './support/processes.ts';

const child = fileURLToPath(new URL('./support/embedded-child.ts', import.meta.url));
const log = createLog({ level: 'silent' });
const started: Started[] = [];
const running: Embedded[] = [];
const mounts: string[] = [];
let dataDir: string;

beforeEach(async () => {
  // Mode 0700 and, in CI, owned by root: what a clone into /root or `mktemp -d` looks like.
  dataDir = await mkdtemp(path.join(tmpdir(), 'rapport-embedded-'));
});

afterEach(async () => {
  for (const one of started.splice(0)) if (one.child.exitCode === null) await one.kill('SIGKILL');
  for (const one of running.splice(0)) await one.stop();
  const left = postmasterPid();
  if (left !== undefined && isAlive(left)) {
    process.kill(left, 'SIGQUIT');
    await until('the postmaster is gone', () => !isAlive(left));
  }
  for (const place of mounts.splice(0)) execFileSync('umount', [place]);
  await rm(dataDir, { recursive: true, force: true });
});

test('a first start makes a cluster that answers on loopback only, and its secrets are its owner’s alone', async () => {
  const embedded = await start();
  expect(new URL(embedded.url).hostname).toBe('127.0.0.1');
  for (const file of ['postgres-password', 'postgres.log', 'rapport.lock']) {
    expect(statSync(path.join(dataDir, file)).mode & 0o777, file).toBe(0o600);
  }
  const settings = await query(
    embedded.url,
    `select name, setting from pg_settings
     where name in ('listen_addresses', 'unix_socket_directories', 'fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums')`,
  );
  expect(Object.fromEntries(settings.map((row) => [row['name'], row['setting']]))).toEqual({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    data_checksums: 'on',
  });
  const [locale] = await query(
    embedded.url,
    `select pg_encoding_to_char(encoding) as encoding, datlocprovider as provider, datcollate as collate
     from pg_database where datname = 'rapport'`,
  );
  expect(locale).toEqual({ encoding: 'UTF8', provider: 'i', collate: 'C' });
});

test('a wrong password is refused', async () => {
  const embedded = await start();
  const url = new URL(embedded.url);
  url.password = 'postgres';
  await expect(query(url.href, 'select 1')).rejects.toThrow(/password authentication failed/);
});

test('stop and start again keeps the data, the password and the port', async () => {
  const first = await start();
  await query(first.url, 'create table kept (id integer)');
  await stopAll();
  expect(existsSync(path.join(dataDir, 'rapport.lock'))).toBe(false);
  const second = await start();
  expect(second.url).toBe(first.url);
  await query(second.url, 'select * from kept');
});

test('the postmaster that a killed parent left behind is adopted, with what was committed', async () => {
  const parent = await startChild();
  await query(parent.url, 'create table kept (id integer)');
  await parent.started.kill('SIGKILL');
  expect(isAlive(parent.pid)).toBe(true);
  const embedded = await start();
  expect(embedded.pid).toBe(parent.pid);
  await query(embedded.url, 'insert into kept values (1)');
  await stopAll();
  expect(isAlive(parent.pid)).toBe(false);
});

test('a postmaster left behind that does not answer is stopped, and a new one takes its place', async () => {
  const parent = await startChild();
  await query(parent.url, 'create table kept (id integer)');
  await parent.started.kill('SIGKILL');
  process.kill(parent.pid, 'SIGSTOP');
  const answer = start();
  // A stopped process cannot even be told to end; the wait for it is real, so is the kill.
  const embedded = await answer;
  expect(embedded.pid).not.toBe(parent.pid);
  await query(embedded.url, 'select * from kept');
}, 120_000);

test('Postgres killed outright starts again with every committed row', async () => {
  const parent = await startChild();
  await query(parent.url, 'create table kept (id integer)');
  await query(parent.url, 'insert into kept select generate_series(1, 1000)');
  process.kill(parent.pid, 'SIGKILL');
  await parent.started.kill('SIGKILL');
  const embedded = await start();
  expect(await query(embedded.url, 'select count(*)::integer as n from kept')).toEqual([{ n: 1000 }]);
});

test('Postgres killed under a living Rapport is started again at the same address, with every committed row', async () => {
  const embedded = await start();
  const before = embedded.pid;
  await query(embedded.url, 'create table kept as select generate_series(1, 1000) as id');
  process.kill(before, 'SIGKILL');
  await until('Postgres answers again', async () => {
    const rows = await query(embedded.url, 'select count(*)::integer as n from kept').catch(() => []);
    return rows[0]?.['n'] === 1000 && embedded.pid !== before;
  });
});

test('whose port something else took in that second: it comes back at the same address when that lets go', async () => {
  const embedded = await start();
  const port = Number(new URL(embedded.url).port);
  const before = embedded.pid;
  process.kill(before, 'SIGKILL');
  let squatter: Awaited<ReturnType<typeof listen>> | undefined;
  await until('the port is taken', async () => {
    squatter = await listen(port).catch(() => undefined);
    return squatter !== undefined;
  });
  const tries = (): number =>
    readFileSync(path.join(dataDir, 'postgres.log'), 'utf8').split('could not bind').length - 1;
  await until('Postgres tried and could not', () => tries() > 0);
  squatter?.close();
  await until('Postgres answers again', async () => {
    const rows = await query(embedded.url, 'select 1 as n').catch(() => []);
    return rows[0]?.['n'] === 1 && embedded.pid !== before;
  });
});

test('a stale postmaster.pid that names a living stranger does not stop the start', async () => {
  await start();
  await stopAll();
  const port = readFileSync(path.join(dataDir, 'postgres-port'), 'utf8').trim();
  await writeFile(
    path.join(dataDir, 'postgres', 'postmaster.pid'),
    `${process.pid}\n${dataDir}/postgres\n1700000000\n${port}\n\n127.0.0.1\n12345 0\nready\n`,
  );
  await start();
});

test('a remembered port that another program took meanwhile is replaced by a free one', async () => {
  const first = await start();
  const port = Number(new URL(first.url).port);
  await stopAll();
  const squatter = await listen(port);
  try {
    const second = await start();
    expect(new URL(second.url).port).not.toBe(String(port));
    await query(second.url, 'select 1');
  } finally {
    squatter.close();
  }
});

test('a cluster whose making was interrupted is made anew', async () => {
  await mkdir(path.join(dataDir, 'postgres.new', 'cluster', 'base'), { recursive: true });
  await writeFile(path.join(dataDir, 'postgres.new', 'cluster', 'PG_VERSION'), '18\n');
  await mkdir(path.join(dataDir, 'postgres'));
  await start();
  expect(await readdir(dataDir)).not.toContain('postgres.new');
});

test('a folder with other people’s files in the place of the cluster is refused, and left alone', async () => {
  await mkdir(path.join(dataDir, 'postgres'));
  await writeFile(path.join(dataDir, 'postgres', 'holiday.jpg'), 'sun');
  await expect(start()).rejects.toMatchObject({
    failure: { code: 'data_folder_unusable', message: expect.stringContaining('PG_VERSION is missing') },
  });
  expect(readFileSync(path.join(dataDir, 'postgres', 'holiday.jpg'), 'utf8')).toBe('sun');
});

test('data of another major version is refused in words', async () => {
  await mkdir(path.join(dataDir, 'postgres'));
  await writeFile(path.join(dataDir, 'postgres', 'PG_VERSION'), '16\n');
  await expect(start()).rejects.toMatchObject({
    failure: { code: 'database_refused', message: expect.stringContaining('written by PostgreSQL 16') },
  });
});

test('a file in the place of the data folder is refused in words', async () => {
  const file = path.join(dataDir, 'file');
  await writeFile(file, '');
  await expect(startEmbedded({ dataDir: file, log })).rejects.toMatchObject({
    failure: {
      code: 'data_folder_unusable',
      path: 'RAPPORT_DATA',
      message: expect.stringContaining('a file stands'),
    },
  });
});

test('a folder where none can be made is refused in words', async (context) => {
  if (process.platform !== 'linux') return context.skip('/proc is Linux');
  await expect(startEmbedded({ dataDir: '/proc/rapport/data', log })).rejects.toMatchObject({
    failure: { path: 'RAPPORT_DATA', message: expect.stringContaining('/proc/rapport/data cannot be used') },
  });
});

test('two Rapports do not share one data folder, and the one that came first is named', async () => {
  const parent = await startChild();
  await expect(start()).rejects.toMatchObject({
    failure: {
      code: 'data_folder_locked',
      message: expect.stringContaining(`process ${parent.started.child.pid}`),
    },
  });
  await query(parent.url, 'select 1');
});

test('of many Rapports started at once exactly one gets the folder', async () => {
  await start();
  await stopAll();
  const attempts = await Promise.allSettled(Array.from({ length: 5 }, () => start()));
  expect(attempts.filter((attempt) => attempt.status === 'fulfilled')).toHaveLength(1);
});

test('a lock left by a dead process, or by one whose pid was reused, is taken over', async () => {
  await writeFile(path.join(dataDir, 'rapport.lock'), `${process.pid} another-boot:1\n`);
  await start();
});

test('a command joins the Postgres that runs, and leaves it running', async () => {
  const parent = await startChild();
  const joined = await joinOrStart({ dataDir, log });
  expect(joined.pid).toBe(parent.pid);
  await query(joined.url, 'select 1');
  await joined.stop();
  expect(isAlive(parent.pid)).toBe(true);
});

test('a command on its own starts Postgres and stops it again', async () => {
  const embedded = await joinOrStart({ dataDir, log });
  await query(embedded.url, 'select 1');
  await embedded.stop();
  expect(isAlive(embedded.pid)).toBe(false);
  expect(existsSync(path.join(dataDir, 'rapport.lock'))).toBe(false);
});

test('the log holds no value of a failing statement', async () => {
  const embedded = await start();
  await query(embedded.url, 'create table people (email text primary key)');
  await query(embedded.url, `insert into people values ('canary@example.com')`);
  await expect(query(embedded.url, `insert into people values ('canary@example.com')`)).rejects.toThrow();
  await expect(query(embedded.url, `select 'canary@example.com'::integer`)).rejects.toThrow();
  expect(readFileSync(path.join(dataDir, 'postgres.log'), 'utf8')).not.toContain('canary');
});

test('a folder that cannot be written is refused in words', async (context) => {
  // Root may write anywhere; a read-only mount stops even root, where mounting is allowed.
  const place = mountOrSkip(context, ['-o', 'size=80m,ro']);
  await expect(startEmbedded({ dataDir: place, log })).rejects.toMatchObject({
    failure: { code: 'data_folder_unusable', message: expect.stringContaining('read-only') },
  });
});

test('a disk that is too small is refused in words, and the next start on a larger one works', async (context) => {
  const place = mountOrSkip(context, ['-o', 'size=20m']);
  await expect(startEmbedded({ dataDir: place, log })).rejects.toMatchObject({
    failure: { code: 'disk_full' },
  });
  execFileSync('mount', ['-o', 'remount,size=400m', place]);
  const embedded = await startEmbedded({ dataDir: place, log });
  await query(embedded.url, 'create table kept (id integer)');
  await embedded.stop();
});

async function start(): Promise<Embedded> {
  const embedded = await startEmbedded({ dataDir, log });
  running.push(embedded);
  return embedded;
}

async function stopAll(): Promise<void> {
  for (const one of running.splice(0)) await one.stop();
}

async function startChild(): Promise<{ started: Started; url: string; pid: number }> {
  const one = startProcess({ file: process.execPath, args: [child, dataDir] });
  started.push(one);
  const ready: unknown = JSON.parse(await one.line((line) => line.startsWith('{')));
  expect(ready).toMatchObject({ kind: 'ready' });
  const { url, pid } = ready as { url: string; pid: number };
  return { started: one, url, pid };
}

function postmasterPid(): number | undefined {
  const file = path.join(dataDir, 'postgres', 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  return Number.isSafeInteger(pid) && pid !== process.pid ? pid : undefined;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, () => resolve(server));
  });
}

function mountOrSkip(context: { skip(note: string): never }, options: readonly string[]): string {
  const place = path.join(dataDir, 'mount');
  execFileSync('mkdir', [place]);
  chmodSync(place, 0o755);
  try {
    execFileSync('mount', ['-t', 'tmpfs', ...options, 'tmpfs', place], { stdio: 'ignore' });
  } catch {
    context.skip('mounting a small tmpfs is not allowed here');
  }
  mounts.push(place);
  return place;
}
