// What every command needs: the settings, a log on stderr (stdout is for answers), and the database for the time of the
// call. A command joins the Postgres of a running Rapport, else starts one and stops it again.
import { uuidv7 } from 'uuidv7';
import { loadConfig, type Config } from '../config.ts';
import { ProblemError } from '../errors.ts';
import { createLog, type Log } from '../log.ts';
import { openDatabase } from '../postgres/open.ts';
import { openPool, type Pool } from '../postgres/pool.ts';

export type CommandContext = {
  readonly config: Config;
  readonly log: Log;
  readonly pool: Pool;
  readonly url: string;
  /** Migrations that ran when the database was opened. */
  readonly applied: readonly string[];
  readonly now: () => number;
  readonly newId: () => string;
};

export function getConfig(): Config {
  const loaded = loadConfig(process.env);
  if (loaded.ok) return loaded.config;
  throw new ProblemError(
    {
      code: 'bad_setting',
      message: 'The settings are not valid.',
      hint: 'The README lists every setting.',
    },
    { problems: loaded.problems },
  );
}

export async function withDatabase<T>(work: (context: CommandContext) => Promise<T>): Promise<T> {
  const config = getConfig();
  const log = createLog({ level: config.logLevel ?? 'warn' });
  const { databaseUrl, dataDir } = config;
  const database = await openDatabase({ databaseUrl, dataDir, mode: 'join', log });
  const pool = openPool({ url: database.url, name: 'cli', connectionsMax: 4, statementMs: 0, log });
  try {
    const { url, applied } = database;
    return await work({ config, log, pool, url, applied, now: Date.now, newId: uuidv7 });
  } finally {
    await pool.end();
    await database.stop();
  }
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
