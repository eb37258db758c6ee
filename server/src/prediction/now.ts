// One fit from asking to its end, for whoever waits for it: run here, or waited for where another process is at it.
import { setTimeout as pause } from 'node:timers/promises';
import { askFit, claimFit, findFit, interruptSilentFits } from '../postgres/predictions.ts';
import type { FitRow } from '../postgres/predictions.ts';
import { runFit } from './run.ts';
import type { FitDeps } from './run.ts';

const LOOK_EVERY_MS = 300;

/** The row as it ended. One that its process left in the middle is asked for again. */
export async function fitNow(
  deps: FitDeps & { readonly newId: () => string },
  of: { readonly workspaceId: string; readonly onElsewhere: () => void },
): Promise<FitRow | undefined> {
  const { pool, now } = deps;
  let told = false;
  for (;;) {
    const id = await askFit(pool, { workspaceId: of.workspaceId, id: deps.newId(), by: null, at: now() });
    for (;;) {
      const claimed = await claimFit(pool, now());
      if (claimed !== undefined) await runFit(deps, claimed);
      const row = await findFit(pool, of.workspaceId, id);
      if (row === undefined || row.state === 'done' || row.state === 'failed') return row;
      if (row.state === 'interrupted') break;
      if (!told) of.onElsewhere();
      told = true;
      await pause(LOOK_EVERY_MS);
      await interruptSilentFits(pool, now());
    }
  }
}
