// Loads and removes sample stores that were asked for, in this life or an earlier one. What the machine lacks for a while
// is waited for; a loading that fails for good says so.
import { toProblemError } from '../errors.ts';
import { listSampleWork, saveSampleProgress, type SampleStoreRow } from '../postgres/sample-store.ts';
import { loadSample, type SampleDeps } from '../sample/load.ts';
import { removeSample } from '../sample/remove.ts';
import { startLoop } from './loop.ts';

export interface SampleWorker {
  readonly wake: () => void;
  /** Finishes the transaction under way; the rest goes on at the next start. */
  readonly stop: () => Promise<void>;
}

/** Another process may have been asked, or have died. */
const LOOK_EVERY_MS = 15_000;
/** Another process is at it and may be about to let go. */
const TAKEN_MS = 250;
const FAILURES_MAX = 3;

export function startSampleWorker(deps: SampleDeps): SampleWorker {
  const stopping = new AbortController();
  const { signal } = stopping;
  let failures = 0;

  async function work(): Promise<number> {
    let taken = false;
    for (const row of await listSampleWork(deps.pool)) {
      if (signal.aborted) return LOOK_EVERY_MS;
      try {
        const run = row.status === 'loading' ? loadSample : removeSample;
        taken = (await run(deps, row.workspace_id, { signal })) === 'taken' || taken;
        failures = 0;
      } catch (error) {
        await onFailure(row, error);
      }
    }
    return taken ? TAKEN_MS : LOOK_EVERY_MS;
  }

  async function onFailure(row: SampleStoreRow, error: unknown): Promise<void> {
    const { failure } = toProblemError(error);
    deps.log.error({ err: error, status: row.status }, 'the sample store was interrupted');
    if (failure.code === 'database_unreachable' || failure.code === 'disk_full') throw error;
    failures += 1;
    if (row.status !== 'loading' || (failures < FAILURES_MAX && failure.code !== 'conflict')) throw error;
    const { code, message, hint } = failure;
    const now = { progress: row.progress, problem: { code, message, hint }, finishedAt: deps.now() };
    await saveSampleProgress(deps.pool, row.workspace_id, { ...now, to: 'failed' });
    deps.onHistory?.();
  }

  const loop = startLoop({ name: 'sample', log: deps.log, work });
  return {
    wake: loop.wake,
    async stop() {
      stopping.abort();
      await loop.stop();
    },
  };
}
