// Keeps the planner's picture of fast-growing tables true: a look every two seconds, work only when one has doubled.
import type { Log } from '../log.ts';
import type { Pool } from '../postgres/pool.ts';
import { refreshStatistics } from '../postgres/statistics.ts';
import { startLoop } from './loop.ts';
import type { Loop } from './loop.ts';

const LOOK_MS = 2_000;

export function startStatistics(deps: { readonly pool: Pool; readonly log: Log }): Loop {
  return startLoop({
    name: 'statistics',
    log: deps.log,
    work: async () => {
      await refreshStatistics(deps.pool);
      return LOOK_MS;
    },
  });
}
