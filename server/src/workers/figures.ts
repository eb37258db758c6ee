// Home's figures, worked out when somebody looks and they are older than a few minutes, in a thread of their own: one reading
// of the events that orders and answers are made of. Nothing runs while nobody looks. One at a time a workspace.
import { localDay } from '@rapport/engine';
import type { Log } from '../log.ts';
import { modelsOf } from '../figures/work-out.ts';
import type { ThreadData, ThreadWord } from '../figures/thread.ts';
import { findFigures, storeFigures } from '../postgres/figures.ts';
import type { Pool } from '../postgres/pool.ts';
import type { Programs } from '../postgres/programs.ts';
import { askThread } from '../threads.ts';

/** Looked at again within this time, they are not worked out anew. */
const FRESH_MS = 5 * 60_000;
/** A reading that took long rests for this many times as long. */
const REST_TIMES = 20;
const THREAD_HEAP_MB = 1_024;

export interface FiguresDeps {
  readonly pool: Pool;
  /** Where the thread connects to. */
  readonly url: string;
  readonly programs: Pick<Programs, 'get'>;
  readonly now: () => number;
  readonly log: Log;
}

export interface FiguresWorker {
  /** Works them out unless they are fresh or being worked out; returns at once. */
  readonly refresh: (workspaceId: string) => void;
  readonly isRunning: (workspaceId: string) => boolean;
  /** What is under way is given up. */
  readonly stop: () => Promise<void>;
}

export function createFiguresWorker(deps: FiguresDeps): FiguresWorker {
  const running = new Map<string, Promise<unknown>>();
  const stopping = new AbortController();
  const { signal } = stopping;
  return {
    refresh: (workspaceId) => {
      if (signal.aborted || running.has(workspaceId)) return;
      const work = refreshFigures(deps, workspaceId, signal)
        .catch((error: unknown) => {
          if (!signal.aborted) deps.log.warn({ err: error }, 'the figures could not be worked out');
        })
        .finally(() => running.delete(workspaceId));
      running.set(workspaceId, work);
    },
    isRunning: (workspaceId) => running.has(workspaceId),
    stop: async () => {
      stopping.abort();
      await Promise.all(running.values());
    },
  };
}

/** False: they are fresh enough. */
export async function refreshFigures(
  deps: Omit<FiguresDeps, 'log'>,
  workspaceId: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const program = await deps.programs.get(workspaceId);
  const before = await findFigures(deps.pool, workspaceId);
  const now = deps.now();
  if (before !== null) {
    const rest = Math.max(FRESH_MS, before.took_ms * REST_TIMES);
    const isToday = before.results.day === localDay(program.zone, now);
    // A rhythm that was learnt since says what is to be expected.
    const isMissing = !before.results.expected && modelsOf(program) !== null;
    if (isToday && !isMissing && now - before.worked_out_at.getTime() < rest) return false;
  }
  const began = performance.now();
  const data: ThreadData = { url: deps.url, workspaceId, definition: program.definition, now };
  const { results, parts } = await askThread({
    file: new URL('../figures/thread.ts', import.meta.url),
    name: 'figures',
    data,
    heapMb: THREAD_HEAP_MB,
    signal,
    hear: (word: ThreadWord) => word,
  });
  const took_ms = Math.round(performance.now() - began);
  await storeFigures(deps.pool, workspaceId, { results, worked_out_at: new Date(now), took_ms }, parts);
  return true;
}
