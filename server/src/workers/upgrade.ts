// After a change of definitions: brings everyone to the newest program, in the lane for bulk work. At rest it looks now and
// then for what a process wrote that had not noticed the change.
import type { Log } from '../log.ts';
import { backfill } from './backfill.ts';
import type { BackfillDeps } from './backfill.ts';
import { startLoop } from './loop.ts';
import type { Loop } from './loop.ts';

/** A process that had not noticed the change may still write an older state. */
const LOOK_MS = 15_000;
/** Another process reads: whether it is still there. */
const ELSEWHERE_MS = 500;

export interface UpgradeDeps extends Omit<BackfillDeps, 'stopping'> {
  readonly log: Log;
  readonly workspaceIds: () => Promise<readonly string[]>;
  /** People were brought to the newest definitions: what was counted before is of older ones. */
  readonly onBrought: () => void;
}

export function startUpgrade(deps: UpgradeDeps): Loop {
  let stopping = false;
  const loop = startLoop({
    name: 'upgrade',
    log: deps.log,
    work: async () => {
      let wait = LOOK_MS;
      for (const workspaceId of await deps.workspaceIds()) {
        if (stopping) return LOOK_MS;
        const { people, refolded, events, elsewhere } = await backfill(
          { ...deps, stopping: () => stopping },
          workspaceId,
        );
        if (elsewhere) wait = Math.min(wait, ELSEWHERE_MS);
        if (people > 0) {
          wait = 0;
          deps.onBrought();
          deps.log.info({ people, refolded, events }, 'people were brought to the newest definitions');
        }
      }
      return wait;
    },
  });
  return {
    ...loop,
    stop: () => {
      stopping = true;
      return loop.stop();
    },
  };
}
