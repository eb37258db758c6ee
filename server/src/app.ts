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
import type { Config } from './config.ts';
import { createTemplateCache } from './content/template-cache.ts';
import { linkKey } from './content/unsubscribe-token.ts';
import { derivedSecret } from './http/auth.ts';
import type { HttpDeps, SystemReport } from './http/deps.ts';
import { registerIngest } from './http/ingest.ts';
import { buildServer } from './http/server.ts';
import type { Log } from './log.ts';
import { ensureWorkspace } from './postgres/definitions.ts';
import { openPool } from './postgres/pool.ts';
import type { Pool } from './postgres/pool.ts';
import { createPrograms } from './postgres/programs.ts';
import type { StepNotify } from './postgres/steps.ts';
import { makeSetupToken } from './postgres/users.ts';
import { shipped } from './shipped.ts';
import { createCommitter } from './workers/committer.ts';
import { crashPoint } from './workers/crash.ts';
import { createSender } from './workers/sender.ts';

const version = '0.1.0';
/** At this share of free disk ingestion answers 503 and sending stops. */
const DISK_FREE_MIN = 0.05;
const DISK_LOOK_MS = 10_000;

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
  const now = Date.now;
  const pools = openPools(options.databaseUrl, log);
  const programs = createPrograms(pools.console, {
    onError: (error) => log.warn({ err: error }, 'definitions could not be looked at; trying on'),
  });
  const workspace = await ensureWorkspace(pools.console, {
    shipped,
    now,
    newId: uuidv7,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  const disk = watchDisk(config.dataDir);

  const notify: StepNotify = { wakeAt: () => undefined, messages: () => sender.wake() };
  const email = config.smtpUrl === null ? null : openEmailChannel({ smtpUrl: config.smtpUrl });
  const committer = createCommitter({ pool: pools.ingest, programs, now, notify, newId: uuidv7, log });
  const listening = { url: config.publicUrl ?? `http://localhost:${config.port}` };
  const sender = createSender({
    pool: pools.sender,
    programs,
    now,
    notify,
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
    paused: () => (disk.low() ? 'less than 5 % of the disk is free' : null),
    crash: crashPoint(process.env),
  });

  const deps: HttpDeps = {
    pools,
    programs,
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
      allowPrivate: config.allowPrivate,
      smtpUrl: config.smtpUrl,
      version,
    },
    wake: {
      clock: () => undefined,
      sender: () => sender.wake(),
      definitions: () =>
        void programs
          .reload(workspace.id)
          .catch((error: unknown) => log.warn({ err: error }, 'definitions could not be read')),
      imports: () => undefined,
    },
    retryParked: async () => undefined,
    system: (): SystemReport => ({
      workers: { sender: sender.state() },
      clock: { offset_ms: 0, paused: false },
      disk: disk.report(),
    }),
  };
  const server = await buildServer(deps);
  await registerIngest(server, deps, { submit: committer.submit, diskLow: disk.low });
  const url = await server.listen({ port: config.port, host: '::' });
  if (config.publicUrl === null) listening.url = localUrl(url);
  sender.start();

  const token = await makeSetupToken(pools.console, now);
  return {
    url: listening.url,
    setupUrl: token === null ? null : `${listening.url}/setup?token=${token}`,
    async close() {
      await server.close();
      await committer.drain();
      await sender.stop();
      await closeEmail(email);
      programs.close();
      disk.stop();
      await Promise.all(Object.values(pools).map((pool) => pool.end()));
    },
  };
}

/** One pool a lane, so that a slow report never holds up ingestion. */
function openPools(url: string, log: Log): HttpDeps['pools'] {
  const open = (name: string, connectionsMax: number, statementMs: number): Pool =>
    openPool({ url, name, connectionsMax, statementMs, log });
  return {
    ingest: open('ingest', 4, 30_000),
    clock: open('clock', 3, 60_000),
    sender: open('sender', 5, 30_000),
    console: open('console', 6, 30_000),
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

function findConsole(): string | null {
  const dir = fileURLToPath(new URL('../../console/dist', import.meta.url));
  return existsSync(path.join(dir, 'index.html')) ? dir : null;
}

/** The address as a person types it: the port that was taken, on this machine. */
function localUrl(listening: string): string {
  return `http://localhost:${new URL(listening).port}`;
}

async function closeEmail(email: EmailChannel | null): Promise<void> {
  await email?.close();
}
