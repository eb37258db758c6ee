// Tells the others of this process what other processes wrote: one question a second, so that no worker has to ask for
// itself. What this process writes is told at once, without it.
import type { Log } from '../log.ts';
import { askNews } from '../postgres/news.ts';
import type { Pool } from '../postgres/pool.ts';
import type { Programs } from '../postgres/programs.ts';
import { startLoop } from './loop.ts';
import type { Loop } from './loop.ts';

const LOOK_MS = 1_000;

export interface NewsDeps {
  readonly pool: Pool;
  readonly now: () => number;
  readonly log: Log;
  readonly workspaceIds: () => Promise<readonly string[]>;
  readonly programs?: Pick<Programs, 'notice'>;
  readonly clock?: { readonly notice: (wakeAt: number) => void };
  readonly sender?: { readonly wake: () => void };
}

export function startNews(deps: NewsDeps): Loop {
  return startLoop({
    name: 'news',
    log: deps.log,
    work: async () => {
      await tellNews(deps);
      return LOOK_MS;
    },
  });
}

/** Asks once. */
export async function tellNews(deps: Omit<NewsDeps, 'log'>): Promise<void> {
  for (const workspaceId of await deps.workspaceIds()) {
    const news = await askNews(deps.pool, workspaceId);
    if (news === null) continue;
    if (news.wakeAt !== null) deps.clock?.notice(news.wakeAt);
    if (news.messageAt !== null && news.messageAt <= deps.now()) deps.sender?.wake();
    await deps.programs?.notice(workspaceId, news.version);
  }
}
