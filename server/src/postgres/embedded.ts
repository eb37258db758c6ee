// The Postgres that comes with Rapport: made, started, adopted and stopped under the data folder, loopback only, with
// durable settings. Must never touch a folder that it did not make, and never let two Rapports share one.
import { randomBytes } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { ProblemError } from '../errors.ts';
import type { Log } from '../log.ts';
import {
  hasCode,
  isAlive,
  isDataFolderLocked,
  lockDataFolder,
  readOrMakeSecret,
  replaceFile,
  unusable,
} from '../data-folder.ts';
import { chooseRunAs, findBinaries } from './embedded-binaries.ts';
import {
  makeCluster,
  readyWithinMs,
  startPostmaster,
  startRefused,
  trimLog,
  type Place,
} from './embedded-cluster.ts';
import {
  findLastingPort,
  isPortFree,
  listProcessesIn,
  pause,
  pollMs,
  processOf,
  readPostmaster,
} from './embedded-postmaster.ts';

export type Embedded = {
  /** Connection string of the database `rapport`. Holds the password: never logged. */
  readonly url: string;
  /** The postmaster's process id; another one after Postgres had to be started again. */
  readonly pid: number;
  /** Stops Postgres (or leaves it running, when it was only joined) and lets go of the data folder. */
  stop(): Promise<void>;
};

const stopWithinMs = 10_000;
const startAttemptsMax = 4;
const watchMs = 500;

/**
 * Takes the data folder for this process and gives a running Postgres in it; refuses in words what it cannot mend. While
 * this process lives, a postmaster that dies (killed, out of memory) is started again at the same address.
 */
export async function startEmbedded(options: {
  readonly dataDir: string;
  readonly log: Log;
}): Promise<Embedded> {
  const lock = await lockDataFolder(options.dataDir);
  try {
    const place = await openPlace(options);
    let pid = (await adopt(place)) ?? (await start(place));
    const url = await urlOf(place);
    const watch = watchPostmaster(place, {
      port: Number(new URL(url).port),
      pidNow: () => pid,
      restarted(newPid) {
        pid = newPid;
      },
    });
    return {
      url,
      get pid() {
        return pid;
      },
      async stop() {
        await watch.end();
        await stopPostmaster(pid, place);
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Looks twice a second (a process that is not our child cannot tell us) and starts Postgres again when it is gone. */
function watchPostmaster(
  place: Place,
  postmaster: {
    readonly port: number;
    readonly pidNow: () => number;
    readonly restarted: (pid: number) => void;
  },
): { end(): Promise<void> } {
  let restarting: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy || isAlive(postmaster.pidNow())) return;
    busy = true;
    place.log.error({ pid: postmaster.pidNow() }, 'Postgres is gone: starting it again');
    restarting = restart()
      .catch((error: unknown) =>
        place.log.error({ err: error }, 'Postgres could not be started again; trying on'),
      )
      .finally(() => {
        busy = false;
      });
  }, watchMs);
  timer.unref();
  const restart = async (): Promise<void> => {
    // Everybody here holds the old address: when something sits on it, this fails and the next look tries again.
    const pid = (await adopt(place)) ?? (await start(place, { port: postmaster.port }));
    postmaster.restarted(pid);
    place.log.info({ pid }, 'Postgres runs again');
  };
  return {
    end() {
      clearInterval(timer);
      return restarting;
    },
  };
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
    await ensureDatabase(place);
    return pid;
  }
  const left = await readPostmaster(place.clusterDir);
  if (left === undefined) return undefined;
  if (isAlive(left.pid) && (await processOf(left.pid, place.clusterDir)) === 'ours') {
    place.log.warn({ pid: left.pid }, 'a Postgres left running does not answer: stopping it');
    await stopPostmaster(left.pid, place);
  }
  await clearStalePid(place);
  return undefined;
}

/**
 * Postgres takes a reused process id of its own user, and a killed process that nobody has waited for, for a living
 * postmaster and refuses to start; so the stale file goes. It also guards against backends that outlive their
 * postmaster, therefore it goes only after the last of them.
 */
async function clearStalePid(place: Place): Promise<void> {
  const deadline = Date.now() + stopWithinMs;
  for (;;) {
    const orphans = await listProcessesIn(place.clusterDir);
    if (orphans.length === 0) break;
    if (Date.now() > deadline) {
      place.log.warn({ orphans }, 'processes of a Postgres that is gone do not end: killing them');
      for (const orphan of orphans) signalProcess(orphan, 'SIGKILL');
    }
    await pause(pollMs);
  }
  await rm(path.join(place.clusterDir, 'postmaster.pid'), { force: true }).catch((cause: unknown) => {
    throw unusable(place.dataDir, cause);
  });
}

async function start(place: Place, keep?: { readonly port: number }): Promise<number> {
  const binaries = await findBinaries();
  const runAs = await chooseRunAs(binaries, [place.dataDir]);
  await makeCluster(place, binaries, runAs);
  await trimLog(place);
  for (let attempt = 1; ; attempt += 1) {
    const port = keep?.port ?? (await choosePort(place));
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

/**
 * The pid of a postmaster in this cluster that takes our password and really serves this folder. One that is just
 * starting (or recovering, or stopping) is waited for.
 */
async function answeringPostmaster(place: Place): Promise<number | undefined> {
  const deadline = Date.now() + readyWithinMs;
  for (;;) {
    const postmaster = await readPostmaster(place.clusterDir);
    if (postmaster === undefined || !isAlive(postmaster.pid)) return undefined;
    const answer = await askPostmaster(place, postmaster.port);
    if (answer === 'serves us') return postmaster.pid;
    if (answer === 'does not answer' || Date.now() > deadline) return undefined;
    await pause(pollMs);
  }
}

async function askPostmaster(
  place: Place,
  port: number,
): Promise<'serves us' | 'is busy starting or stopping' | 'does not answer'> {
  const client = new pg.Client({
    connectionString: urlAt(port, place.password, 'postgres'),
    connectionTimeoutMillis: 3000,
    query_timeout: 3000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    const [theirs, ours] = await Promise.all([stat(rows[0]?.data_directory ?? ''), stat(place.clusterDir)]);
    return theirs.dev === ours.dev && theirs.ino === ours.ino ? 'serves us' : 'does not answer';
  } catch (error) {
    // 57P03: cannot_connect_now
    return hasCode(error, '57P03') ? 'is busy starting or stopping' : 'does not answer';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Fast shutdown, then immediate, then kill: none of the three loses a commit, each is less polite. */
async function stopPostmaster(pid: number, place: Place): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    signalProcess(pid, signal);
    const deadline = Date.now() + stopWithinMs;
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

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/** The port is chosen once and remembered; another program that took it meanwhile makes us choose again. */
async function choosePort(place: Place): Promise<number> {
  const file = path.join(place.dataDir, 'postgres-port');
  const remembered = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  if (Number.isSafeInteger(remembered) && remembered > 0 && (await isPortFree(remembered))) return remembered;
  const port = await findLastingPort();
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
