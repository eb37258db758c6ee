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
  /** A whole history came in or went since the last look. */
  readonly onHistory?: () => void;
}

export function startNews(deps: NewsDeps): Loop {
  const known: Known = new Map();
  return startLoop({
    name: 'news',
    log: deps.log,
    work: async () => {
      await tellNews(deps, known);
      return LOOK_MS;
    },
  });
}

/** Workspace → the histories it had at the last look. */
type Known = Map<string, string>;

/** Asks once. */
export async function tellNews(deps: Omit<NewsDeps, 'log'>, known: Known = new Map()): Promise<void> {
  for (const workspaceId of await deps.workspaceIds()) {
    const news = await askNews(deps.pool, workspaceId);
    if (news === null) continue;
    if (news.wakeAt !== null) deps.clock?.notice(news.wakeAt);
    if (news.messageAt !== null && news.messageAt <= deps.now()) deps.sender?.wake();
    const before = known.get(workspaceId);
    known.set(workspaceId, news.history);
    if (before !== undefined && before !== news.history) deps.onHistory?.();
    await deps.programs?.notice(workspaceId, news.version);
  }
}
