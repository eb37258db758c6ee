// Learns each workspace's rhythm: every night, once there are customers enough for the first time, after an import, and when
// somebody asks. One fit at a time in this process, in a thread of its own; those whose process ended are marked as
// interrupted.
import { compileZone, dayStart, HOUR_MS, localDay } from '@rapport/engine';
import { uuidv7 } from 'uuidv7';
import { askFit, claimFit, interruptSilentFits, lookAtFits } from '../postgres/predictions.ts';
import type { Programs } from '../postgres/programs.ts';
import { runFit } from '../prediction/run.ts';
import type { FitDeps } from '../prediction/run.ts';
import { startLoop } from './loop.ts';
import type { LoopState } from './loop.ts';

export interface FitWorkerDeps extends FitDeps {
  readonly programs: Programs;
  readonly workspaceIds: () => Promise<readonly string[]>;
}

export interface FitWorker {
  /** One was asked for. */
  readonly wake: () => void;
  /** The one under way ends as interrupted. */
  readonly stop: () => Promise<void>;
  readonly state: () => LoopState;
}

const LOOK_EVERY_MS = 20_000;
/** Local hour of the workspace from which on a night's fit is due. */
const NIGHT_HOUR = 3;
/** As many customers are worth a first look. */
const CUSTOMERS_MIN = 100;

export function createFitWorker(deps: FitWorkerDeps): FitWorker {
  const stopping = new AbortController();
  let looked = false;
  const loop = startLoop({
    name: 'fit',
    log: deps.log,
    work: async () => {
      await interruptSilentFits(deps.pool, deps.now());
      // Not in the first moments of a process: whoever just started has more urgent things to do.
      if (looked) for (const workspaceId of await deps.workspaceIds()) await askByNight(deps, workspaceId);
      looked = true;
      for (;;) {
        if (stopping.signal.aborted) return LOOK_EVERY_MS;
        const row = await claimFit(deps.pool, deps.now());
        if (row === undefined) return LOOK_EVERY_MS;
        await runFit(deps, row, { signal: stopping.signal });
      }
    },
  });
  return {
    wake: loop.wake,
    state: loop.state,
    async stop() {
      stopping.abort();
      await loop.stop();
    },
  };
}

/**
 * Due when the newest fit is older than the newest night or than the last import, or there was none yet; never while an import is
 * at it: half of the customers would be learnt from until the next night.
 */
export async function askByNight(
  deps: Pick<FitWorkerDeps, 'pool' | 'programs' | 'now'>,
  workspaceId: string,
): Promise<boolean> {
  const { lastAt, enough, filling, filledAt } = await lookAtFits(deps.pool, workspaceId, CUSTOMERS_MIN);
  if (!enough || filling) return false;
  const now = deps.now();
  const { definition } = await deps.programs.get(workspaceId);
  const zone = compileZone(definition.time_zone);
  if (zone === null) return false;
  const today = localDay(zone, now - NIGHT_HOUR * HOUR_MS);
  const night = dayStart(zone, today) + NIGHT_HOUR * HOUR_MS;
  if (lastAt !== null && lastAt.getTime() >= Math.max(night, filledAt?.getTime() ?? 0)) return false;
  await askFit(deps.pool, { workspaceId, id: uuidv7(), by: null, at: now });
  return true;
}
