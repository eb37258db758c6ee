// Takes up backtests that wait, at most two at a time in this process, and marks those whose process ended as interrupted.
import { runBacktest } from '../backtest/run.ts';
import type { BacktestDeps } from '../backtest/run.ts';
import { claimBacktest, interruptSilent } from '../postgres/backtests.ts';
import { startLoop } from './loop.ts';
import type { LoopState } from './loop.ts';

export interface BacktestWorker {
  /** One was asked for. */
  readonly wake: () => void;
  /** Those under way end as interrupted. */
  readonly stop: () => Promise<void>;
  readonly state: () => LoopState;
}

const RUNNING_MAX = 2;
const LOOK_EVERY_MS = 5_000;

export function createBacktestWorker(deps: BacktestDeps): BacktestWorker {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const loop = startLoop({
    name: 'backtest',
    log: deps.log,
    work: async () => {
      await interruptSilent(deps.pool, deps.now());
      while (running.size < RUNNING_MAX && !stopping.signal.aborted) {
        const row = await claimBacktest(deps.pool, deps.now());
        if (row === undefined) break;
        const run: Promise<void> = runBacktest(deps, row, { signal: stopping.signal })
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
