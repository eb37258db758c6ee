// Runs one fit in a thread of its own and takes what was learnt into the program, where it says anything new. Whatever goes
// wrong, the parameters in use stay as they are.
import { keptGood, movedMaterially, parsePrediction } from '@rapport/engine';
import type { Prediction } from '@rapport/engine';
import { setInterval } from 'node:timers';
import { uuidv7 } from 'uuidv7';
import { ProblemError, toProblemError } from '../errors.ts';
import type { Log } from '../log.ts';
import { loadKnownUntil } from '../postgres/backtests.ts';
import { changeDefinition, getWorkspace, updateWorkspace } from '../postgres/definitions.ts';
import type { Pool } from '../postgres/pool.ts';
import { endFit, noteFit } from '../postgres/predictions.ts';
import type { FitProgress, FitRow } from '../postgres/predictions.ts';
import { loadDefinition } from '../postgres/programs.ts';
import { askThread } from '../threads.ts';
import type { ThreadData, ThreadWord } from './thread.ts';

export interface FitDeps {
  readonly pool: Pool;
  /** Where the thread connects to. */
  readonly url: string;
  readonly now: () => number;
  readonly log: Log;
  /** The program changed. */
  readonly wakeDefinitions?: () => void;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FitProgress) => void;
}

const BEAT_MS = 1_000;
const THREAD_HEAP_MB = 2_048;

/** Ends the row in every case but a lost database. Never throws for what went wrong with the fit. */
export async function runFit(deps: FitDeps, row: FitRow, options: RunOptions = {}): Promise<void> {
  let progress: FitProgress = { phase: 'reading', share: 0 };
  let beating: Promise<void> | null = null;
  const timer = setInterval(() => {
    beating ??= noteFit(deps.pool, row, progress, deps.now())
      .catch((error: unknown) => deps.log.warn({ err: error, fit: row.id }, 'progress could not be noted'))
      .finally(() => (beating = null));
  }, BEAT_MS);
  const began = performance.now();
  try {
    const done = await inThread(deps, row, {
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onProgress: (next) => {
        progress = next;
        options.onProgress?.(next);
      },
    });
    const parsed = parsePrediction(JSON.parse(JSON.stringify(done.prediction)));
    if (!parsed.ok) {
      // Never into the program what is not a number: the last good parameters stay.
      throw new ProblemError({
        code: 'fit_unusable',
        message: `What was learnt cannot be used: ${parsed.problems[0]?.message ?? ''}`,
        hint: 'The parameters in use stay as they are. Look at the orders: amounts and dates far out of range.',
      });
    }
    clearInterval(timer);
    await beating;
    const programVersion = await adopt(deps, row, parsed.value);
    await endFit(deps.pool, row, {
      state: 'done',
      at: deps.now(),
      prediction: parsed.value,
      report: done.report,
      programVersion,
      tookMs: Math.round(performance.now() - began),
      memoryMb: done.memoryMb,
    });
    if (programVersion !== null) deps.wakeDefinitions?.();
  } catch (error) {
    clearInterval(timer);
    await beating;
    if (options.signal?.aborted === true) {
      await endFit(deps.pool, row, { state: 'interrupted', at: deps.now() });
      return;
    }
    deps.log.warn({ err: error, fit: row.id }, 'a fit failed; what was learnt before stays in use');
    await endFit(deps.pool, row, { state: 'failed', at: deps.now(), problem: toProblemError(error).failure });
  }
}

/**
 * Into the program, under a new version, where lapse moments, chances or values moved; null: they did not. What could not be
 * learnt this time does not take away what was learnt before, unless there is too little of it now.
 */
async function adopt(deps: FitDeps, row: FitRow, learnt: Prediction): Promise<number | null> {
  const { result, version } = await changeDefinition(
    deps.pool,
    {
      workspaceId: row.workspace_id,
      by: row.asked_by,
      auditId: uuidv7(),
      at: new Date(deps.now()),
      action: 'prediction.fit',
      subject: row.id,
    },
    async (connection, before) => {
      const next = keptGood(before.prediction ?? null, learnt);
      if (!movedMaterially(before.prediction ?? null, next)) return { result: false, bumps: false };
      const workspace = await getWorkspace(connection, row.workspace_id);
      await updateWorkspace(connection, {
        ...workspace,
        settings: { ...workspace.settings, prediction: next },
      });
      return { result: true, bumps: true };
    },
  );
  return result ? version : null;
}

type Done = Extract<ThreadWord, { kind: 'done' }>;

async function inThread(
  deps: FitDeps,
  row: FitRow,
  how: { readonly signal?: AbortSignal; readonly onProgress: (progress: FitProgress) => void },
): Promise<Done> {
  const definition = await loadDefinition(deps.pool, row.workspace_id);
  const now = deps.now();
  const known = await loadKnownUntil(deps.pool, row.workspace_id);
  const isOld = known.newest_as_of !== null && known.as_of_people * 2 > known.people;
  const data: ThreadData = {
    url: deps.url,
    workspaceId: row.workspace_id,
    definition,
    now,
    knownUntil: isOld && known.newest_as_of !== null ? known.newest_as_of.getTime() : now,
  };
  return askThread({
    file: new URL('thread.ts', import.meta.url),
    name: 'fit',
    data,
    heapMb: THREAD_HEAP_MB,
    signal: how.signal,
    hear: (word: ThreadWord) => {
      if (word.kind === 'done') return word;
      how.onProgress(word.progress);
      return undefined;
    },
  });
}
