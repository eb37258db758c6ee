// The Postgres that comes with Rapport: made, started, adopted and stopped under the data folder, loopback only, with
// durable settings. Must never touch a folder that it did not make, and never let two Rapports share one.
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readdir, readFile, rename, rm, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { ProblemError } from '../errors.ts';
import type { Log } from '../log.ts';
import {
  flushFolder,
  hasCode,
  isAlive,
  isDataFolderLocked,
  lockDataFolder,
  readOrMakeSecret,
  replaceFile,
  unusable,
} from '../data-folder.ts';
import { chooseRunAs, findBinaries, startBinary, type Binaries, type RunAs } from './embedded-binaries.ts';
import { findFreePort, isPortFree, processOf, readPostmaster } from './embedded-postmaster.ts';

export type Embedded = {
  /** Connection string of the database `rapport`. Holds the password: never logged. */
  readonly url: string;
  /** The postmaster's process id. */
  readonly pid: number;
  /** Stops Postgres (or leaves it running, when it was only joined) and lets go of the data folder. */
  stop(): Promise<void>;
};

type Place = {
  readonly dataDir: string;
  readonly clusterDir: string;
  readonly password: string;
  readonly log: Log;
};

/** The major version that comes with npm; a cluster of another one is refused, never upgraded silently. */
const majorVersion = '18';
const readyWithinMs = 60_000;
const stopWithinMs = 30_000;
const startAttemptsMax = 4;
const logBytesMax = 10_000_000;

/** Takes the data folder for this process and gives a running Postgres in it; refuses in words what it cannot mend. */
export async function startEmbedded(options: {
  readonly dataDir: string;
  readonly log: Log;
}): Promise<Embedded> {
  const lock = await lockDataFolder(options.dataDir);
  try {
    const place = await openPlace(options);
    const pid = (await adopt(place)) ?? (await start(place));
    const url = await urlOf(place);
    return {
      url,
      pid,
      async stop() {
        await stopPostmaster(pid, place);
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** For a command: uses the Postgres of a running Rapport, else starts one and stops it again at the end. */
export async function joinOrStart(options: {
  readonly dataDir: string;
  readonly log: Log;
}): Promise<Embedded> {
  const deadline = Date.now() + readyWithinMs;
  for (;;) {
    const joined = await join(options);
    if (joined !== undefined) return joined;
    if (!(await isDataFolderLocked(options.dataDir)) || Date.now() > deadline) return startEmbedded(options);
    // Somebody is starting or stopping it at this moment.
    await pause(pollMs);
  }
}

async function join(options: { readonly dataDir: string; readonly log: Log }): Promise<Embedded | undefined> {
  const clusterDir = path.resolve(options.dataDir, 'postgres');
  const password = await readFile(path.resolve(options.dataDir, 'postgres-password'), 'utf8').catch(() => '');
  if (password.trim() === '') return undefined;
  const place = {
    dataDir: path.resolve(options.dataDir),
    clusterDir,
    password: password.trim(),
    log: options.log,
  };
  const pid = await answeringPostmaster(place);
  if (pid === undefined) return undefined;
  return { url: await urlOf(place), pid, stop: () => Promise.resolve() };
}

async function openPlace(options: { readonly dataDir: string; readonly log: Log }): Promise<Place> {
  const dataDir = path.resolve(options.dataDir);
  const password = await readOrMakeSecret(path.join(dataDir, 'postgres-password'), () =>
    randomBytes(24).toString('base64url'),
  );
  return { dataDir, clusterDir: path.join(dataDir, 'postgres'), password, log: options.log };
}

/** A postmaster left behind by a killed Rapport: adopted if it answers, stopped otherwise. */
async function adopt(place: Place): Promise<number | undefined> {
  const pid = await answeringPostmaster(place);
  if (pid !== undefined) {
    place.log.info({ pid }, 'adopted the Postgres that an earlier Rapport left running');
    return pid;
  }
  const left = await readPostmaster(place.clusterDir);
  if (left === undefined) return undefined;
  if (isAlive(left.pid) && (await processOf(left.pid, place.clusterDir)) === 'ours') {
    place.log.warn({ pid: left.pid }, 'a Postgres left running does not answer: stopping it');
    await stopPostmaster(left.pid, place);
    return undefined;
  }
  // Postgres itself would take a reused process id of the same user for a living postmaster, and refuse to start.
  place.log.info({ pid: left.pid }, 'removed the stale postmaster.pid of a Postgres that is gone');
  await rm(path.join(place.clusterDir, 'postmaster.pid'), { force: true }).catch((cause: unknown) => {
    throw unusable(place.dataDir, cause);
  });
  return undefined;
}

async function start(place: Place): Promise<number> {
  const binaries = await findBinaries();
  const runAs = await chooseRunAs(binaries, [place.dataDir]);
  await makeCluster(place, binaries, runAs);
  await trimLog(logFileOf(place));
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort(place);
    const outcome = await startPostmaster(place, binaries, runAs, port);
    if (outcome.kind === 'ready') {
      await ensureDatabase(place);
      return outcome.pid;
    }
    // Two causes mend themselves: the port was taken between our look and Postgres's, and the children of a killed
    // postmaster still hold its shared memory for a moment.
    const passing = /could not bind|Address already in use|pre-existing shared memory block/.test(
      outcome.words,
    );
    if (!passing || attempt >= startAttemptsMax) throw startRefused(place, outcome.words);
    if (outcome.words.includes('shared memory')) await pause(1000);
  }
}

/** Makes the cluster beside its place and renames it: what bears the name is complete, what is half-made is remade. */
async function makeCluster(place: Place, binaries: Binaries, runAs: RunAs): Promise<void> {
  const version = await readFile(path.join(place.clusterDir, 'PG_VERSION'), 'utf8').catch(
    (error: unknown) => {
      if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
      throw unusable(place.dataDir, error);
    },
  );
  if (version !== undefined) return refuseForeign(place, version.trim(), runAs);
  const existing = await readdir(place.clusterDir).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw unusable(place.clusterDir, error);
  });
  if (existing !== undefined && existing.length > 0) throw notACluster(place);
  const partial = `${place.clusterDir}.new`;
  const passwordFile = path.join(partial, 'password');
  const partialCluster = path.join(partial, 'cluster');
  try {
    await rm(partial, { recursive: true, force: true });
    await mkdir(partialCluster, { recursive: true, mode: 0o700 });
    await replaceFile(passwordFile, `${place.password}\n`);
    if (runAs.kind === 'other') {
      for (const owned of [partial, partialCluster, passwordFile]) await chown(owned, runAs.uid, runAs.gid);
    }
    await initdb(place, binaries, runAs, { cluster: partialCluster, passwordFile });
    await rename(partialCluster, place.clusterDir);
    await flushFolder(place.dataDir);
  } catch (error) {
    throw error instanceof ProblemError ? error : unusable(place.dataDir, error);
  } finally {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function initdb(
  place: Place,
  binaries: Binaries,
  runAs: RunAs,
  paths: { readonly cluster: string; readonly passwordFile: string },
): Promise<void> {
  const args = [
    `--pgdata=${paths.cluster}`,
    '--username=rapport',
    '--auth=scram-sha-256',
    `--pwfile=${paths.passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=icu',
    '--icu-locale=und',
    '--data-checksums',
    '--no-instructions',
  ];
  const { child, words } = await runLogged(place, runAs, { file: binaries.initdb, args });
  const code = await ended(child);
  if (code !== 0) throw startRefused(place, await words());
}

type StartOutcome =
  | { readonly kind: 'ready'; readonly pid: number }
  | { readonly kind: 'ended'; readonly words: string };

async function startPostmaster(
  place: Place,
  binaries: Binaries,
  runAs: RunAs,
  port: number,
): Promise<StartOutcome> {
  const args = [
    '-D',
    place.clusterDir,
    '-p',
    String(port),
    ...Object.entries(serverSettings).map(([k, v]) => `--${k}=${v}`),
  ];
  const { child, words } = await runLogged(place, runAs, { file: binaries.postgres, args });
  const end = ended(child).then(() => 'ended' as const);
  const deadline = Date.now() + readyWithinMs;
  for (;;) {
    const outcome = await Promise.race([end, pause(pollMs)]);
    if (outcome === 'ended') return { kind: 'ended', words: await words() };
    const postmaster = await readPostmaster(place.clusterDir);
    if (postmaster?.pid === child.pid && postmaster?.status === 'ready') {
      child.unref();
      return { kind: 'ready', pid: postmaster.pid };
    }
    if (Date.now() > deadline) {
      if (child.pid !== undefined) await stopPostmaster(child.pid, place);
      return { kind: 'ended', words: `It was not ready within ${readyWithinMs / 1000} s.` };
    }
  }
}

/**
 * Durable first (G1), then small: the whole of Rapport, database included, idles below 400 MB. The log never holds
 * statements or values, which would be personal data.
 */
const serverSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  max_connections: '60',
  shared_buffers: '128MB',
  max_wal_size: '2GB',
  wal_compression: 'on',
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length_on_error: '0',
};

async function ensureDatabase(place: Place): Promise<void> {
  const client = new pg.Client({ connectionString: await urlOf(place, 'postgres') });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query(`select 1 from pg_database where datname = 'rapport'`);
    if (rowCount === 0) await client.query('create database rapport');
  } finally {
    await client.end();
  }
}

/** The pid of a postmaster in this cluster that takes our password and really serves this folder. */
async function answeringPostmaster(place: Place): Promise<number | undefined> {
  const postmaster = await readPostmaster(place.clusterDir);
  if (postmaster === undefined || !isAlive(postmaster.pid)) return undefined;
  const client = new pg.Client({
    connectionString: urlAt(postmaster.port, place.password, 'rapport'),
    connectionTimeoutMillis: 3000,
    query_timeout: 3000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    const [theirs, ours] = await Promise.all([stat(rows[0]?.data_directory ?? ''), stat(place.clusterDir)]);
    return theirs.dev === ours.dev && theirs.ino === ours.ino ? postmaster.pid : undefined;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Fast shutdown, then immediate, then kill: none of the three loses a commit, each is less polite. */
async function stopPostmaster(pid: number, place: Place): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!isAlive(pid)) return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (hasCode(error, 'ESRCH')) return;
      throw error;
    }
    const deadline = Date.now() + (signal === 'SIGINT' ? stopWithinMs : 5000);
    while (isAlive(pid) && Date.now() < deadline) await pause(pollMs);
    if (!isAlive(pid)) return;
    place.log.warn({ pid, signal }, 'Postgres does not stop: asking less politely');
  }
  throw new ProblemError({
    code: 'database_refused',
    message: `The Postgres process ${pid} does not stop.`,
    hint: `Look at it with \`ps -p ${pid}\`; a process that hangs in the disk needs a restart of the machine.`,
  });
}

/** The port is chosen once and remembered; another program that took it meanwhile makes us choose again. */
async function choosePort(place: Place): Promise<number> {
  const file = path.join(place.dataDir, 'postgres-port');
  const remembered = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  if (Number.isSafeInteger(remembered) && remembered > 0 && (await isPortFree(remembered))) return remembered;
  const port = await findFreePort();
  await replaceFile(file, `${port}\n`);
  if (Number.isSafeInteger(remembered))
    place.log.info({ port }, 'the remembered port is taken: chose another one');
  return port;
}

async function urlOf(place: Place, database = 'rapport'): Promise<string> {
  const postmaster = await readPostmaster(place.clusterDir);
  if (postmaster === undefined) throw new Error('Postgres runs, yet its postmaster.pid is gone.');
  return urlAt(postmaster.port, place.password, database);
}

function urlAt(port: number, password: string, database: string): string {
  return `postgres://rapport:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

async function refuseForeign(place: Place, version: string, runAs: RunAs): Promise<void> {
  if (version !== majorVersion) {
    throw new ProblemError({
      code: 'database_refused',
      path: 'RAPPORT_DATA',
      message: `The data in ${place.clusterDir} was written by PostgreSQL ${version || '(unknown)'}; this Rapport brings ${majorVersion}.`,
      hint: 'Dump it with the Rapport that made it (pg_dump) and restore it here into an empty data folder.',
    });
  }
  const { uid } = await stat(place.clusterDir);
  const wanted = runAs.kind === 'other' ? runAs.uid : process.getuid?.();
  if (wanted === undefined || uid === wanted) return;
  throw new ProblemError({
    code: 'data_folder_unusable',
    path: 'RAPPORT_DATA',
    message: `The data in ${place.clusterDir} belongs to user ${uid}, but Postgres would run as user ${wanted}.`,
    hint: `Start Rapport as the user who started it before, or run \`chown -R ${wanted} ${place.clusterDir}\`.`,
  });
}

function notACluster(place: Place): ProblemError {
  return new ProblemError({
    code: 'data_folder_unusable',
    path: 'RAPPORT_DATA',
    message: `The folder ${place.clusterDir} is not empty, yet holds no complete Postgres data (PG_VERSION is missing).`,
    hint: 'If it was half-copied, restore the whole folder from a backup; if you do not need it, move it away.',
  });
}

function startRefused(place: Place, words: string): ProblemError {
  const last = words.trim().split('\n').slice(-3).join(' | ');
  if (/No space left on device|Disk quota exceeded/.test(words)) {
    return new ProblemError({
      code: 'disk_full',
      path: 'RAPPORT_DATA',
      message: `Postgres cannot start in ${place.clusterDir}: the disk is full.`,
      hint: 'Free some space and start again. Nothing that was acknowledged is lost.',
    });
  }
  return new ProblemError({
    code: 'database_refused',
    path: 'RAPPORT_DATA',
    message: `Postgres does not start in ${place.clusterDir}: ${last || 'it said nothing'}.`,
    hint: `Its log is ${logFileOf(place)}.`,
  });
}

const pollMs = 20;

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? -1));
  });
}

function logFileOf(place: Place): string {
  return path.join(place.dataDir, 'postgres.log');
}

/** Runs a binary with its output in postgres.log (it must outlive us); `words` reads back what it wrote there. */
async function runLogged(
  place: Place,
  runAs: RunAs,
  command: { readonly file: string; readonly args: readonly string[] },
): Promise<{ child: ChildProcess; words: () => Promise<string> }> {
  const file = logFileOf(place);
  const handle = await open(file, 'a', 0o600).catch((cause: unknown) => {
    throw unusable(place.dataDir, cause);
  });
  try {
    const { size } = await handle.stat();
    const child = startBinary(runAs, { ...command, logFd: handle.fd, cwd: place.dataDir });
    const words = async (): Promise<string> => {
      const content = await readFile(file).catch(() => Buffer.alloc(0));
      return content.subarray(size).toString('utf8');
    };
    return { child, words };
  } finally {
    await handle.close();
  }
}

async function trimLog(file: string): Promise<void> {
  const info = await stat(file).catch(() => undefined);
  if (info !== undefined && info.size > logBytesMax) await truncate(file, 0);
}
