// Takes up backtests that wait, at most two at a time in this process; those whose process ended go on where they were.
import { runBacktest } from '../backtest/run.ts';
import type { BacktestDeps } from '../backtest/run.ts';
import { claimBacktest, requeueSilent } from '../postgres/backtests.ts';
import { startLoop } from './loop.ts';
import type { LoopState } from './loop.ts';

export interface BacktestWorker {
  /** One was asked for. */
  readonly wake: () => void;
  /** Those under way wait for whoever goes on with them. */
  readonly stop: () => Promise<void>;
  readonly state: () => LoopState;
}

const RUNNING_MAX = 2;
const LOOK_EVERY_MS = 15_000;

export function createBacktestWorker(deps: BacktestDeps): BacktestWorker {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const loop = startLoop({
    name: 'backtest',
    log: deps.log,
    work: async () => {
      await requeueSilent(deps.pool, deps.now());
      while (running.size < RUNNING_MAX && !stopping.signal.aborted) {
        const row = await claimBacktest(deps.pool, deps.now());
        if (row === undefined) break;
        const run: Promise<void> = runBacktest(deps, row, {
          signal: stopping.signal,
          resumes: true,
        })
          .catch((error: unknown) => deps.log.warn({ err: error, backtest: row.id }, 'a backtest was lost'))
          .finally(() => {
            running.delete(run);
            loop.wake();
          });
        running.add(run);
      }
      return LOOK_EVERY_MS;
    },
  });
  return {
    wake: loop.wake,
    state: loop.state,
    async stop() {
      stopping.abort();
      await loop.stop();
      await Promise.all(running);
    },
  };
}
