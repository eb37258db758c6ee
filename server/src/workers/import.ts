// Takes up imports that were started, or are being taken back, and not finished, in this life or an earlier one, one at a
// time. What the machine lacks for a while is waited for; what fails again and again is failed, with its reason.

import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { toProblemError } from '../errors.ts';
import { problem } from '../import/problem.ts';
import { endImport, removeFile, runImport, type ImportDeps } from '../import/run.ts';
import { undoImport } from '../import/undo.ts';
import { deleteStalePreviews, listUnfinishedImports, type ImportRow } from '../postgres/imports.ts';

export type ImportWorker = {
  /** Something is to do now. */
  readonly wake: () => void;
  /** Finishes the transaction under way; the import goes on at the next start. */
  readonly stop: () => Promise<void>;
};

const LOOK_EVERY_MS = 15_000;
const FAILED_MS = 5_000;
const FAILURES_MAX = 5;
/** Uploads that nobody started are forgotten after a week. */
const PREVIEW_KEPT_MS = 7 * 86_400_000;

export function createImportWorker(deps: ImportDeps): ImportWorker {
  const stopping = new AbortController();
  const failures = new Map<string, number>();
  let nudge = new AbortController();

  async function loop(): Promise<void> {
    await forgetStalePreviews(deps);
    while (!stopping.signal.aborted) {
      const isDone = await runAll().catch((error: unknown) => {
        deps.log.warn({ err: error }, 'unfinished imports could not be looked for');
        return false;
      });
      if (stopping.signal.aborted) return;
      nudge = new AbortController();
      await delay(isDone ? LOOK_EVERY_MS : FAILED_MS, undefined, {
        signal: AbortSignal.any([stopping.signal, nudge.signal]),
        ref: false,
      }).catch(() => undefined);
    }
  }

  /** False: something failed and is tried again. */
  async function runAll(): Promise<boolean> {
    let isDone = true;
    for (const row of await listUnfinishedImports(deps.pool)) {
      if (stopping.signal.aborted) return isDone;
      try {
        const take = row.status === 'undoing' ? undoImport : runImport;
        await take(deps, row, { signal: stopping.signal });
        failures.delete(row.id);
      } catch (error) {
        isDone = false;
        await onFailure(row, error);
      }
    }
    return isDone;
  }

  /** What the machine lacks for a while is waited for; what fails again and again is failed, with its reason. */
  async function onFailure(row: ImportRow, error: unknown): Promise<void> {
    if (stopping.signal.aborted) return;
    const { failure } = toProblemError(error);
    const count = (failures.get(row.id) ?? 0) + 1;
    deps.log.error({ err: error, import: row.id, count }, 'an import was interrupted');
    if (failure.code === 'database_unreachable' || failure.code === 'disk_full') return;
    failures.set(row.id, count);
    if (count < FAILURES_MAX) return;
    if (row.finished_at !== null && row.status !== 'undoing')
      return removeFile(deps, row).catch(() => undefined);
    const why = problem('nothing_readable', failure.message, failure.hint);
    await endImport(deps, row, { status: 'failed', problem: why }).catch(() => undefined);
  }

  const running = loop();
  return {
    wake: () => nudge.abort(),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function forgetStalePreviews(deps: ImportDeps): Promise<void> {
  try {
    for (const path of await deleteStalePreviews(deps.pool, deps.now() - PREVIEW_KEPT_MS))
      await rm(path, { force: true });
  } catch (error) {
    deps.log.warn({ err: error }, 'old uploads could not be removed');
  }
}
