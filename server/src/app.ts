// Puts one process together: pools, programs, workers, channels, doors. The only file that sees everything, and the only
// one that makes a clock and ids. Decides nothing.
import { statfs } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { uuidv7 } from 'uuidv7';
import { openEmailChannel } from './channels/email.ts';
import type { EmailChannel } from './channels/email.ts';
import { openWebhookChannel } from './channels/webhook.ts';
import { derivedSecret } from './config.ts';
import type { Config } from './config.ts';
import { createTemplateCache } from './content/template-cache.ts';
import { linkKey } from './content/unsubscribe-token.ts';
import { hasCode } from './data-folder.ts';
import type { App, HttpDeps, SystemReport } from './http/deps.ts';
import { registerConfirmations } from './http/confirmations.ts';
import { registerIngest } from './http/ingest.ts';

import { buildServer } from './http/server.ts';
import type { Log } from './log.ts';
import { ProblemError } from './errors.ts';
import { createCounting } from './postgres/counts.ts';
import { askClock } from './postgres/heartbeat.ts';
import { ensureWorkspace } from './postgres/definitions.ts';
import { isPortFree } from './postgres/embedded-postmaster.ts';
import { openPool, type PoolOptions } from './postgres/pool.ts';
import type { Pool } from './postgres/pool.ts';
import { createPrograms } from './postgres/programs.ts';
import type { StepDeps, StepNotify } from './postgres/steps.ts';
import { makeSetupToken } from './postgres/users.ts';
import { shipped } from './shipped.ts';
import { createBacktestWorker } from './workers/backtest.ts';
import { startClock } from './workers/clock.ts';
import { startHearing } from './workers/hearing.ts';
import { createNews, type NewsTeller } from './workers/news.ts';
import { createCommitter } from './workers/committer.ts';
import { crashPoint } from './workers/crash.ts';
import { createImportWorker } from './workers/import.ts';
import { retryAllParked, retryParked } from './workers/parked.ts';
import { createFitWorker } from './workers/fit.ts';
import { startOutages } from './workers/outages.ts';
import { startPartitions } from './workers/partitions.ts';
import { startRamp } from './workers/ramp.ts';
import { openRestoreGuard } from './workers/restore-guard.ts';
import { startSampleWorker } from './workers/sample.ts';
import { createSender } from './workers/sender.ts';
import { createFiguresWorker } from './workers/figures.ts';
import { startStatistics } from './workers/statistics.ts';
import { startTime } from './workers/time.ts';
import { startUpgrade } from './workers/upgrade.ts';

const version = '0.1.0';
/** At this share of free disk ingestion answers 503 and sending stops. */
const DISK_FREE_MIN = 0.05;
const DISK_LOOK_MS = 10_000;
/** Whoever comes back to a page after some minutes need not wait for new connections. */
const PAGE_CONNECTIONS_KEPT_MS = 600_000;

export interface AppOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly secret: string;
  readonly log: Log;
}

export interface RunningApp {
  readonly url: string;
  /** The one-time link while nobody owns this installation, else null. */
  readonly setupUrl: string | null;
  readonly close: () => Promise<void>;
}

export async function startApp(options: AppOptions): Promise<RunningApp> {
  const { config, log, secret } = options;
  // Before anything runs: a start that cannot serve must not have stepped anybody.
  await assertPortFree(config.port);
  const pools = openPools(options.databaseUrl, log);
  const guard = await openRestoreGuard({ pool: pools.console, dataDir: config.dataDir, log });
  let news: NewsTeller | null = null;
  const time = await startTime({
    pool: pools.clock,
    log,
    ask: () => news?.ask() ?? askClock(pools.clock),
    onBeat: guard.note,
    onOutage: (span) => outages.note(span),
  });
  const { now } = time;
  const programs = createPrograms(pools.console);
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const workspace = await ensureWorkspace(pools.console, { shipped, now, newId: uuidv7, timeZone });
  const outages = startOutages({ pool: pools.bulk, now, silenceUpTo: time.silenceUpTo, log });
  // Before anything of it is judged or sent.
  if (time.outage !== null) await outages.note(time.outage);
  const disk = watchDisk(config.dataDir);
  const counting = createCounting({
    pool: pools.console,
    aside: pools.aside,
    now,
    onError: (error, what) => log.warn({ err: error }, what),
  });
  const listening = { url: config.publicUrl ?? `http://localhost:${config.port}` };

  const statistics = startStatistics({ pool: pools.bulk, log });
  const notify: StepNotify = {
    wakeAt: (at) => {
      clock.notice(at);
      statistics.notice();
    },
    messages: () => sender.wake(),
  };
  const steps = (pool: Pool): StepDeps => ({ pool, programs, now, silenceUpTo: time.silenceUpTo, notify });
  const erasureKey = derivedSecret(secret, 'erasures');
  const committer = createCommitter({
    ...steps(pools.ingest),
    programs,
    newId: uuidv7,
    log,
    erasureKey,
  });
  const busy = (): boolean => committer.waiting().events > 0;
  const workspaceIds = async (): Promise<readonly string[]> => [workspace.id];
  const email = config.smtpUrl === null ? null : openEmailChannel({ smtpUrl: config.smtpUrl });
  const paused = (): string | null =>
    guard.paused() ?? time.paused() ?? (disk.low() ? 'less than 5 % of the disk is free' : null);
  const sender = createSender({
    ...steps(pools.sender),
    log,
    email,
    webhook: openWebhookChannel({ allowPrivate: config.allowPrivate }),
    templates: createTemplateCache({ entriesMax: 200 }),
    get publicUrl() {
      return listening.url;
    },
    linkKey: linkKey(secret),
    addressKey: derivedSecret(secret, 'addresses'),
    webhookSecret: (workspaceId) => derivedSecret(secret, `webhooks ${workspaceId}`),
    paused,
    sendFrom: guard.sendFrom,
    crash: crashPoint(process.env),
  });
  const clock = startClock({ ...steps(pools.clock), log, busy, paused: time.paused });
  const bulk = { ...steps(pools.bulk), log, busy, workspaceIds };
  const upgrade = startUpgrade({ ...bulk, onBrought: counting.outdate, crash: crashPoint(process.env) });
  const partitions = startPartitions({ pool: pools.bulk, now, log });
  const hearing = startHearing({ pool: pools.console, now, log });
  const ramp = startRamp({ ...bulk, paused: time.paused });
  news = createNews({
    pool: pools.clock,
    now,
    workspaceId: workspace.id,
    programs,
    clock,
    sender,
    onHistory: counting.forget,
    onError: (error) => log.warn({ err: error }, 'definitions could not be read; trying on'),
  });
  programs.onChange(() => {
    upgrade.wake();
    ramp.wake();
  });
  const definitions = (): void => {
    void programs
      .reload(workspace.id)
      .then(() => (upgrade.wake(), ramp.wake(), retryAllParked(bulk, workspace.id)))
      .catch((error: unknown) => log.warn({ err: error }, 'definitions could not be read; trying on'));
  };
  const figures = createFiguresWorker({
    pool: pools.bulk,
    url: options.databaseUrl,
    programs,
    now,
    log,
  });
  const imports = createImportWorker({
    pool: pools.imports,
    programs,
    now,
    newId: uuidv7,
    secret,
    erasureKey,
    log,
    notify,
    wakeDefinitions: definitions,
    onHistory: counting.forget,
  });
  const backtests = createBacktestWorker({
    pool: pools.bulk,
    url: options.databaseUrl,
    now,
    log,
    crash: crashPoint(process.env),
  });
  const fits = createFitWorker({
    pool: pools.bulk,
    url: options.databaseUrl,
    programs,
    workspaceIds,
    now,
    log,
    wakeDefinitions: definitions,
  });
  const sample = startSampleWorker({
    pool: pools.imports,
    programs,
    now,
    newId: uuidv7,
    secret,
    log,
    notify,
    wakeDefinitions: definitions,
    onHistory: counting.forget,
    get publicUrl() {
      return listening.url;
    },
  });

  const deps: HttpDeps = {
    pools,
    programs,
    counting,
    now,
    newId: uuidv7,
    log,
    workspaceId: workspace.id,
    config: {
      get publicUrl() {
        return listening.url;
      },
      secret,
      dataDir: config.dataDir,
      consoleDir: findConsole(),
      tagFile: findTag(),
      allowPrivate: config.allowPrivate,
      smtpUrl: config.smtpUrl,
      version,
    },
    wake: {
      clock: clock.wake,
      sender: sender.wake,
      definitions,
      imports: imports.wake,
      backtests: backtests.wake,
      fits: fits.wake,
      sample: sample.wake,
    },
    retryParked: async (workspaceId, { person_id: personId, ...parked }) => {
      await retryParked(bulk, workspaceId, { ...parked, personId });
    },
    figures,
    ...(email === null ? {} : { handTest: testsBy(email, paused) }),
    system: (): SystemReport => ({
      workers: {
        clock: clock.state(),
        sender: sender.state(),
        upgrade: upgrade.state(),
        ramp: ramp.state(),
        backtest: backtests.state(),
        fit: fits.state(),
      },
      clock: { offset_ms: time.offsetMs(), paused: time.paused() !== null },
      disk: disk.report(),
    }),
  };
  const server = await buildServer(deps);
  await registerIngest(server, deps, {
    submit: (request) => {
      statistics.notice();
      return committer.submit(request);
    },
    diskLow: disk.low,
    hear: hearing.hear,
  });
  registerConfirmations(server, deps, { restore: guard.confirm, clock: time.confirm });
  const address = await listen(server, config.port);
  if (config.publicUrl === null) listening.url = localUrl(address);
  sender.start();

  const token = await makeSetupToken(pools.console, now);
  return {
    url: listening.url,
    setupUrl: token === null ? null : `${listening.url}/setup?token=${token}`,
    async close() {
      await server.close();
      await committer.drain();
      const workers = [
        clock,
        upgrade,
        ramp,
        partitions,
        statistics,
        hearing,
        outages,
        figures,
        imports,
        sample,
        backtests,
        fits,
        sender,
      ];
      await Promise.all(workers.map((worker) => worker.stop()));
      await email?.close();
      await time.stop();
      disk.stop();
      await Promise.all(Object.values(pools).map((pool) => pool.end()));
    },
  };
}

/** What stops sending stops tests too. */
function testsBy(email: EmailChannel, paused: () => string | null): NonNullable<HttpDeps['handTest']> {
  return async (letter) => {
    const reason = paused();
    if (reason !== null) return { kind: 'failed', detail: `Sending is paused: ${reason}.` };
    return email.handOver(letter);
  };
}

/** One pool a lane, so that a slow report never holds up ingestion. */
type Pools = {
  readonly [lane in 'ingest' | 'clock' | 'sender' | 'console' | 'aside' | 'bulk' | 'imports']: Pool;
};

function openPools(url: string, log: Log): Pools {
  const open = (
    name: string,
    connectionsMax: number,
    statementMs: number,
    more: Pick<PoolOptions, 'pipeline' | 'oneProcessor' | 'yields' | 'keptMs'> = {},
  ): Pool => openPool({ url, name, connectionsMax, statementMs, ...more, log });
  return {
    ingest: open('ingest', 4, 30_000),
    clock: open('clock', 3, 60_000),
    sender: open('sender', 8, 30_000, { pipeline: true }),
    console: open('console', 6, 30_000, { oneProcessor: true, keptMs: PAGE_CONNECTIONS_KEPT_MS }),
    aside: open('aside', 2, 30_000, {
      oneProcessor: true,
      yields: true,
      keptMs: PAGE_CONNECTIONS_KEPT_MS,
    }),
    bulk: open('bulk', 3, 120_000),
    imports: open('imports', 4, 600_000),
  };
}

interface Disk {
  readonly low: () => boolean;
  readonly report: () => SystemReport['disk'];
  readonly stop: () => void;
}

/** Looks at the data folder's disk now and then; an unreadable one is not called full. */
function watchDisk(dataDir: string): Disk {
  let seen: SystemReport['disk'] = null;
  const look = async (): Promise<void> => {
    const stats = await statfs(dataDir).catch(() => null);
    seen =
      stats === null
        ? null
        : { free_bytes: stats.bavail * stats.bsize, total_bytes: stats.blocks * stats.bsize };
  };
  void look();
  const timer = setInterval(() => void look(), DISK_LOOK_MS);
  timer.unref();
  return {
    low: () => seen !== null && seen.free_bytes < seen.total_bytes * DISK_FREE_MIN,
    report: () => seen,
    stop: () => clearInterval(timer),
  };
}

async function assertPortFree(port: number): Promise<void> {
  if (port === 0 || (await isPortFree(port))) return;
  throw new ProblemError({
    code: 'address_taken',
    message: `Port ${port} is in use by another program.`,
    hint: 'Stop it, or set PORT to another one.',
  });
}

/** On all addresses of both kinds; where there is no IPv6, on those of the other. */
async function listen(server: App, port: number): Promise<string> {
  try {
    return await server.listen({ port, host: '::' });
  } catch (error) {
    if (!hasCode(error, 'EAFNOSUPPORT') && !hasCode(error, 'EADDRNOTAVAIL')) throw error;
    return server.listen({ port, host: '0.0.0.0' });
  }
}

function findConsole(): string | null {
  const dir = fileURLToPath(new URL('../../console/dist', import.meta.url));
  return existsSync(path.join(dir, 'index.html')) ? dir : null;
}

function findTag(): string | null {
  const file = fileURLToPath(new URL('../../tag/dist/tag.js', import.meta.url));
  return existsSync(file) ? file : null;
}

/** The address as a person types it: the port that was taken, on this machine. */
function localUrl(listening: string): string {
  return `http://localhost:${new URL(listening).port}`;
}
