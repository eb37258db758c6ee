// Keeps the planner's picture of fast-growing tables true: a look two seconds after something was written, and now and then
// for what other processes write; work only when a table has doubled.
import type { Log } from '../log.ts';
import type { Pool } from '../postgres/pool.ts';
import { refreshStatistics } from '../postgres/statistics.ts';
import { startLoop } from './loop.ts';
import type { Loop } from './loop.ts';

const LOOK_MS = 2_000;
const AT_REST_MS = 15_000;

export interface Statistics extends Pick<Loop, 'stop'> {
  /** Something was written. May be called at any rate. */
  readonly notice: () => void;
}

export function startStatistics(deps: { readonly pool: Pool; readonly log: Log }): Statistics {
  const loop = startLoop({
    name: 'statistics',
    log: deps.log,
    work: async () => {
      const grown = await refreshStatistics(deps.pool);
      return grown.length > 0 ? LOOK_MS : AT_REST_MS;
    },
  });
  return { stop: loop.stop, notice: () => loop.wakeIn(LOOK_MS) };
}
