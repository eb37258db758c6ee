// `rapport start`: console, database and app, in as little time as possible; then it waits to be told to stop. Prints the
// address, and the one-time set-up link while nobody owns this installation.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { loadSecret, type Config } from '../config.ts';
import { makeDataFolder } from '../data-folder.ts';
import { createLog, type Log } from '../log.ts';
import { openDatabase } from '../postgres/open.ts';
import { getConfig, print } from './context.ts';

const stopWithinMs = 30_000;

export function addStart(program: Command): void {
  program
    .command('start')
    .description('serve Rapport: console, API, clock and sender in one process')
    .action(async () => {
      const config = getConfig();
      const log = createLog({ level: config.logLevel ?? 'info' });
      const running = await start(config, log);
      await stopSignal();
      await stop(running, log);
    });
}

type Running = { stop(): Promise<void> };

async function start(config: Config, log: Log): Promise<Running> {
  await makeDataFolder(config.dataDir);
  const { databaseUrl, dataDir } = config;
  // Side by side: Postgres, loading the app's modules, and building what browsers load when it is stale.
  const opening = openDatabase({ databaseUrl, dataDir, mode: 'own', log });
  const loading = Promise.all([import('../app.ts'), loadSecret(config), buildForBrowsers(log)]);
  try {
    const [database, [{ startApp }, secret]] = await Promise.all([opening, loading]);
    const app = await startApp({ config, databaseUrl: database.url, secret, log });
    print(`Rapport is ready at ${app.url}`);
    if (app.setupUrl !== null) print(`Nobody owns it yet. Make the owner here, once: ${app.setupUrl}`);
    return {
      async stop() {
        await app.close();
        await database.stop();
      },
    };
  } catch (error) {
    // Whatever failed: no Postgres stays behind. If it was Postgres itself, there is none to stop.
    await opening.then((database) => database.stop()).catch(() => undefined);
    throw error;
  }
}

/** In a checkout, console and tag are built when their sources changed; an installed package brings them built. */
async function buildForBrowsers(log: Log): Promise<void> {
  const script = new URL('../../../scripts/build-browser.ts', import.meta.url);
  if (!existsSync(fileURLToPath(script))) return;
  const { buildIfStale } = await import('../../../scripts/build-browser.ts');
  for (const outcome of await buildIfStale()) {
    if (outcome.kind === 'built') log.info(`the ${outcome.part} was stale and has been built`);
    if (outcome.kind === 'failed')
      log.error(
        { reason: outcome.words },
        `the ${outcome.part} could not be built; the rest is served without it`,
      );
  }
}

/** The first signal asks to stop in good order; a second one does not wait. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve();
      });
    }
  });
}

/** Whatever hangs (a client that never finishes) may not keep the process: everything acknowledged is on disk anyway. */
async function stop(running: Running, log: Log): Promise<void> {
  const timer = setTimeout(() => {
    log.error({ stopWithinMs }, 'not stopped in time: leaving');
    process.exit(1);
  }, stopWithinMs);
  await running.stop();
  clearTimeout(timer);
}
