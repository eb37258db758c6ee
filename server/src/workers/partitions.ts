// Keeps the months of events made ahead: looks at the start and every hour.
import type { Log } from '../log.ts';
import { ensurePartitions } from '../postgres/partitions.ts';
import type { Pool } from '../postgres/pool.ts';
import { startLoop } from './loop.ts';
import type { Loop } from './loop.ts';

const LOOK_MS = 3_600_000;

export function startPartitions(deps: {
  readonly pool: Pool;
  readonly now: () => number;
  readonly log: Log;
}): Loop {
  return startLoop({
    name: 'partitions',
    log: deps.log,
    work: async () => {
      const made = await ensurePartitions(deps.pool, deps.now());
      if (made.length > 0) deps.log.info({ partitions: made }, 'months of events were made');
      return LOOK_MS;
    },
  });
}
