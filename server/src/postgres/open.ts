// The database of this installation, ready for use: DATABASE_URL, else the embedded Postgres; judged by the guard and
// brought to this code's schema. Whoever opens it stops it.
import { ProblemError } from '../errors.ts';
import type { Log } from '../log.ts';
import { joinOrStart, startEmbedded } from './embedded.ts';
import { guardDatabase } from './guard.ts';
import { migrate } from './migrate.ts';

export type OpenDatabase = {
  readonly url: string;
  /** Migrations that ran now. */
  readonly applied: readonly string[];
  stop(): Promise<void>;
};

/** `own`: for the server, which holds the data folder. `join`: for a command, which uses a running Rapport's Postgres. */
export async function openDatabase(options: {
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly mode: 'own' | 'join';
  readonly log: Log;
}): Promise<OpenDatabase> {
  const { databaseUrl, dataDir, mode, log } = options;
  if (databaseUrl !== null) {
    const applied = await makeReady(databaseUrl).catch(explainUrl);
    return { url: databaseUrl, applied, stop: () => Promise.resolve() };
  }
  const embedded = await (mode === 'own' ? startEmbedded : joinOrStart)({ dataDir, log });
  try {
    const applied = await makeReady(embedded.url);
    return { url: embedded.url, applied, stop: () => embedded.stop() };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

async function makeReady(url: string): Promise<readonly string[]> {
  await guardDatabase(url);
  return migrate({ url });
}

/** A host that cannot be found says so without the name of the setting it came from. */
function explainUrl(error: unknown): never {
  if (error instanceof ProblemError || !(error instanceof Error)) throw error;
  throw new Error(`DATABASE_URL: ${error.message}`, { cause: error });
}
