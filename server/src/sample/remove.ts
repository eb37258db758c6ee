// Takes the sample store away: its people with everything that is theirs, then the definitions that came with it. What
// somebody made or imported stays as it is. Whoever takes up an unfinished removal goes on where it stood.
import type { PersonKey } from '../postgres/bucket.ts';
import { inTransaction } from '../postgres/pool.ts';
import { samplePersonKey } from '../postgres/sample-ids.ts';
import { deleteSamplePeople } from '../postgres/sample-people.ts';
import { noteSampleRemoval, type SampleStoreRow } from '../postgres/sample-store.ts';
import { refreshStatistics } from '../postgres/statistics.ts';
import { isRetryable } from '../postgres/steps.ts';
import { forgetSample } from './define.ts';
import { withSample, type LoadOptions, type SampleDeps } from './load.ts';

const BATCH_PEOPLE_MAX = 100;
const RETRIES_MAX = 8;

/** `taken`: another process is at it. */
export async function removeSample(
  deps: SampleDeps,
  workspaceId: string,
  options: LoadOptions = {},
): Promise<'ended' | 'taken'> {
  return withSample(deps, workspaceId, async (row) => {
    if (row.status === 'removing') await removeClaimed(deps, row, options);
  });
}

/** The newest first, so that an interrupted removal knows what is left. */
async function removeClaimed(deps: SampleDeps, row: SampleStoreRow, options: LoadOptions): Promise<void> {
  const { workspace_id: workspaceId, seed } = row;
  const { newest: all, people, events } = row.progress;
  for (let newest = all; newest > 0;) {
    if (options.signal?.aborted === true) return;
    const from = Math.max(newest - BATCH_PEOPLE_MAX, 0);
    const keys = Array.from({ length: newest - from }, (_, i) =>
      samplePersonKey(workspaceId, seed, from + 1 + i),
    );
    newest = from;
    const share = newest / all;
    const left = { people: Math.round(people * share), events: Math.round(events * share), newest };
    await removeBatch(deps, workspaceId, { keys, left });
    options.onProgress?.(left);
  }
  await forgetSample(deps, row);
  await refreshStatistics(deps.pool);
  await deps.programs.reload(workspaceId);
  deps.wakeDefinitions?.();
}

async function removeBatch(
  deps: SampleDeps,
  workspaceId: string,
  what: { readonly keys: readonly PersonKey[]; readonly left: SampleStoreRow['progress'] },
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(deps.pool, async (client) => {
        await deleteSamplePeople(client, workspaceId, what.keys);
        await noteSampleRemoval(client, workspaceId, what.left);
      });
    } catch (error) {
      if (attempt >= RETRIES_MAX || !isRetryable(error)) throw error;
    }
  }
}
