// A restored backup must not send again: a database whose last sign of life is older than the one this data folder remembers
// sends nothing until a person says from when. What was asked for before that may have gone already, and does not go again.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { hasCode, replaceFile } from '../data-folder.ts';
import type { Log } from '../log.ts';
import { loadLastSeen } from '../postgres/heartbeat.ts';
import type { Pool } from '../postgres/pool.ts';
import { loadRestored, saveRestored } from '../postgres/restore.ts';

const FILE = 'last-seen';

export interface RestoreGuard {
  /** Why nothing is sent, or null. */
  readonly paused: () => string | null;
  /** What was asked for before this instant does not go; null: never restored. */
  readonly sendFrom: () => number | null;
  /** A person says from when messages may go again. */
  readonly confirm: (from: number) => Promise<void>;
  /** A sign of life was written to the database: the folder remembers it after that, never before. */
  readonly note: (at: number) => Promise<void>;
}

export interface RestoreGuardDeps {
  readonly pool: Pool;
  readonly dataDir: string;
  readonly log: Log;
}

/** Before the first sign of life of this process is written. */
export async function openRestoreGuard(deps: RestoreGuardDeps): Promise<RestoreGuard> {
  const { pool, log } = deps;
  const file = path.join(deps.dataDir, FILE);
  let known = await loadRestored(pool);
  const remembered = await readInstant(file);
  if (remembered > ((await loadLastSeen(pool)) ?? 0)) {
    known = { ...known, pending: true };
    await saveRestored(pool, known);
  }
  if (known.pending)
    log.error(
      'this database is older than the one last used here: nothing is sent until someone says from when',
    );
  return {
    paused: () =>
      known.pending
        ? 'this database is older than the one last used here; say from when messages may go'
        : null,
    sendFrom: () => known.sendFrom,
    confirm: async (from) => {
      known = { pending: false, sendFrom: Math.max(from, known.sendFrom ?? 0) };
      await saveRestored(pool, known);
    },
    note: (at) => replaceFile(file, `${at}\n`),
  };
}

async function readInstant(file: string): Promise<number> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '0';
    throw error;
  });
  const at = Number(text.trim());
  return Number.isSafeInteger(at) && at >= 0 ? at : 0;
}
