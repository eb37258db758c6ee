// Remembers when Rapport was off and, once everything that came due meanwhile was noticed, how much that was. Decides
// nothing about anybody; at rest it does nothing.
import type { Log } from '../log.ts';
import { countOutage, isBehind, listUnsettled, recordOutage, settleOutage } from '../postgres/outages.ts';
import type { Span } from '../postgres/outages.ts';
import type { Pool } from '../postgres/pool.ts';
import { startLoop } from './loop.ts';
import type { Loop } from './loop.ts';

const LOOK_MS = 5_000;
const AT_REST_MS = 3_600_000;

export interface Outages extends Loop {
  /** Written down at once where that is possible, else as soon as it is. */
  readonly note: (span: Span) => Promise<void>;
}

export interface OutagesDeps {
  readonly pool: Pool;
  readonly now: () => number;
  /** Until then what came due meanwhile is not judged. */
  readonly silenceUpTo: (now: number) => number;
  readonly log: Log;
}

export function startOutages(deps: OutagesDeps): Outages {
  let noted: readonly Span[] = [];
  const loop = startLoop({
    name: 'outages',
    log: deps.log,
    failedMs: LOOK_MS,
    work: async () => {
      for (const span of noted) {
        await recordOutage(deps.pool, span);
        noted = noted.filter((one) => one !== span);
      }
      return (await settleOutages(deps)) ? AT_REST_MS : LOOK_MS;
    },
  });
  return {
    ...loop,
    note: async (span) => {
      try {
        await recordOutage(deps.pool, span);
      } catch (error) {
        deps.log.warn({ err: error }, 'an outage could not be written down; trying on');
        noted = [...noted, span];
      }
      loop.wake();
    },
  };
}

/** Counts those that are through; true when none is left. */
export async function settleOutages(deps: Omit<OutagesDeps, 'log'>): Promise<boolean> {
  let left = 0;
  for (const { workspace_id: workspaceId, from_at: from, until_at: until } of await listUnsettled(
    deps.pool,
  )) {
    const at = new Date(deps.now());
    if (deps.silenceUpTo(at.getTime()) < until.getTime() || (await isBehind(deps.pool, workspaceId, until))) {
      left += 1;
      continue;
    }
    const counts = await countOutage(deps.pool, { workspaceId, from, until, upTo: at });
    await settleOutage(deps.pool, { workspaceId, from, until, at, counts });
  }
  return left === 0;
}
