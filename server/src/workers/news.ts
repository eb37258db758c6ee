// Tells the others of this process what other processes wrote, so that no worker has to look for itself: asked once a second
// together with Postgres' clock (workers/time.ts), because at rest each statement counts. What this process writes is told at
// once, without it.
import { askNews } from '../postgres/news.ts';
import type { Pool } from '../postgres/pool.ts';
import type { Programs } from '../postgres/programs.ts';

export interface NewsDeps {
  readonly pool: Pool;
  readonly now: () => number;
  readonly workspaceId: string;
  readonly programs?: Pick<Programs, 'notice'>;
  readonly clock?: { readonly notice: (wakeAt: number) => void };
  readonly sender?: { readonly wake: () => void };
  /** A whole history came in or went since the last look. */
  readonly onHistory?: () => void;
  readonly onError?: (error: unknown) => void;
}

export interface NewsTeller {
  /** Asks and tells; gives what Postgres' clock says, and how long the question took. */
  readonly ask: () => Promise<{ readonly at: number; readonly tookMs: number }>;
}

export function createNews(deps: NewsDeps): NewsTeller {
  let history: string | null = null;
  return {
    ask: async () => {
      const news = await askNews(deps.pool, deps.workspaceId);
      if (news === null) throw new Error(`workspace ${deps.workspaceId} does not exist`);
      if (news.wakeAt !== null) deps.clock?.notice(news.wakeAt);
      if (news.messageAt !== null && news.messageAt <= deps.now()) deps.sender?.wake();
      if (history !== null && history !== news.history) deps.onHistory?.();
      history = news.history;
      // Definitions are read beside: what the clock says must not wait for them.
      void deps.programs?.notice(deps.workspaceId, news.version).catch(deps.onError ?? (() => undefined));
      return news;
    },
  };
}
