// Makes a cluster and starts its postmaster: the commands, the settings and the words of their failures. Finding,
// adopting and stopping are embedded.ts; nothing here decides whether to.
import type { ChildProcess } from 'node:child_process';
import { chown, mkdir, open, readdir, readFile, rename, rm, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { flushFolder, hasCode, replaceFile, unusable } from '../data-folder.ts';
import { ProblemError } from '../errors.ts';
import type { Log } from '../log.ts';
import { startBinary, type Binaries, type RunAs } from './embedded-binaries.ts';
import { pause, pollMs, readPostmaster } from './embedded-postmaster.ts';

export type Place = {
  readonly dataDir: string;
  readonly clusterDir: string;
  readonly password: string;
  readonly log: Log;
};

/** The major version that comes with npm; a cluster of another one is refused, never upgraded silently. */
const majorVersion = '18';
export const readyWithinMs = 60_000;
const logBytesMax = 10_000_000;

/** Makes the cluster beside its place and renames it: what bears the name is complete, what is half-made is remade. */
export async function makeCluster(place: Place, binaries: Binaries, runAs: RunAs): Promise<void> {
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
export type StartOutcome =
  | { readonly kind: 'ready'; readonly pid: number }
  | { readonly kind: 'ended'; readonly words: string };

export async function startPostmaster(
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
      child.kill('SIGINT');
      await end;
      return { kind: 'ended', words: `It was not ready within ${readyWithinMs / 1000} s.` };
    }
  }
}

/**
 * Durable first (G1), then small: the whole of Rapport, database included, idles below 400 MB. The log never holds
 * statements or values, which would be personal data. Pages in the write-ahead log are not compressed: this Postgres knows
 * pglz alone, which doubled the processor time of a first touch of a page after a checkpoint (3,000 updates of random
 * people: 270 to 480 µs each, 180 to 270 without) to save a third of the log.
 */
const serverSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  // About thirty for each process, and what threads and commands need.
  max_connections: '100',
  shared_buffers: '128MB',
  max_wal_size: '2GB',
  wal_compression: 'off',
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length_on_error: '0',
};
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

export function startRefused(place: Place, words: string): ProblemError {
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

/** Before a start only: a running Postgres appends to it. */
export async function trimLog(place: Place): Promise<void> {
  const file = logFileOf(place);
  const info = await stat(file).catch(() => undefined);
  if (info !== undefined && info.size > logBytesMax) await truncate(file, 0);
}
