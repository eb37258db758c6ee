// Bulk work lets ingestion go first: between two transactions it waits for what is queued, but not for ever.
import { setTimeout as pause } from 'node:timers/promises';

/** How long bulk work waits before it takes its turn all the same. */
const YIELD_MS = 20;

/** `busy`: events wait to be stored. */
export async function giveWay(deps: { readonly busy?: () => boolean }): Promise<void> {
  const until = performance.now() + YIELD_MS;
  do {
    await new Promise((resolve) => setImmediate(resolve));
    if (deps.busy?.() !== true) return;
    await pause(2);
  } while (performance.now() < until);
}
