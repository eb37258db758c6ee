// Remembers for each key what came in and what was refused, and writes it down at most twice a second. At rest it does
// nothing. What a killed process had not written yet is lost: these are signs of life, the events themselves are safe.
import type { Log } from '../log.ts';
import { addHeard, forgetHeard, HEARD_DAYS, RECENT_MAX } from '../postgres/heard.ts';
import type { HeardOne, HeardRequest, HeardSum } from '../postgres/heard.ts';
import type { Pool } from '../postgres/pool.ts';
import { startLoop } from './loop.ts';
import type { Loop } from './loop.ts';

const WRITE_AFTER_MS = 500;
const AT_REST_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Keys times reasons that wait; beyond this the oldest are let go. */
const SUMS_MAX = 1_000;
const TEXT_MAX = 300;

export interface Hearing extends Loop {
  readonly hear: (request: HeardRequest) => void;
}

export function startHearing(deps: {
  readonly pool: Pool;
  readonly now: () => number;
  readonly log: Log;
}): Hearing {
  let sums = new Map<string, HeardSum>();
  let forgottenAt = 0;

  const add = (sum: HeardSum): void => {
    const id = `${sum.workspaceId} ${sum.keyId} ${sum.code}`;
    const before = sums.get(id);
    if (before === undefined && sums.size >= SUMS_MAX) {
      for (const oldest of sums.keys()) {
        sums.delete(oldest);
        break;
      }
    }
    sums.set(id, {
      ...sum,
      count: sum.count + (before?.count ?? 0),
      recent: [...sum.recent, ...(before?.recent ?? [])].slice(0, RECENT_MAX),
    });
  };
  const loop = startLoop({
    name: 'hearing',
    log: deps.log,
    work: async () => {
      const writing = sums;
      sums = new Map();
      await addHeard(deps.pool, [...writing.values()]);
      if (writing.size > 0 && deps.now() - forgottenAt > DAY_MS) {
        forgottenAt = deps.now();
        await forgetHeard(deps.pool, new Date(deps.now() - HEARD_DAYS * DAY_MS));
      }
      return AT_REST_MS;
    },
  });

  return {
    ...loop,
    hear({ workspaceId, keyId, origin, stored, names, refused }) {
      const lastAt = deps.now();
      const at = new Date(lastAt).toISOString();
      const from = cut(origin);
      const one = (name: string | null, note: string | null, hint: string | null): HeardOne => {
        return { at, name: cut(name), origin: from, note: cut(note), hint: cut(hint) };
      };
      const ofKey = { workspaceId, keyId, lastAt };
      if (stored > 0) {
        const recent = names.map((name) => one(name, null, null)).reverse();
        add({ ...ofKey, code: '', count: stored, recent });
      }
      for (const { code, message, hint } of refused)
        add({ ...ofKey, code, count: 1, recent: [one(null, message, hint)] });
      if (stored > 0 || refused.length > 0) loop.wakeIn(WRITE_AFTER_MS);
    },
    async stop() {
      await loop.stop();
      await addHeard(deps.pool, [...sums.values()]).catch(() => undefined);
    },
  };
}

/** What the database takes and a page shows. */
function cut(text: string | null): string | null {
  return text === null ? null : text.slice(0, TEXT_MAX).replaceAll('\0', '\u{FFFD}').toWellFormed();
}
