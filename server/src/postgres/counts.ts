// How many people are where: stages, segments, customers. Counting a million memberships takes a second or two, so what was
// dear to count is kept for a while; what was cheap is counted afresh each time and never shown late.
import type { Pool, Queryable } from './pool.ts';

export interface Counts {
  readonly people: number;
  readonly customers: number;
  /** Model key → stage key → people. */
  readonly stages: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly segments: ReadonlyMap<string, number>;
  /** Programme key → tier key → people. */
  readonly tiers: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export interface Counter<T> {
  readonly get: (of: string) => Promise<T>;
  /** For a page that must stand at once: what was counted last, up to ten minutes ago. */
  readonly latest: (of: string) => Promise<Latest<T>>;
}

export interface Latest<T> {
  readonly value: T;
  /** It is old, and counted afresh now: whoever asks again in a moment has the new one. */
  readonly counting: boolean;
}

/** Kept for this many times as long as counting took, at most `keptMaxMs`; what took less than `cheapMs` is counted each time. */
const keptFactor = 10;
const keptMaxMs = 15_000;
const cheapMs = 250;
/** For a page that must stand at once: a dozen counts of a tenth of a second each keep two processors for a second. */
const latestCheapMs = 100;
const latestMaxMs = 600_000;
/** Until a page that stands with old counts has drawn itself: counting takes the processors that it needs. */
const afterPageMs = 1_000;
const noted = (): void => undefined;

/** Different things counted; more than this are not kept. */
const keptMax = 1_000;

interface Kept<T> {
  readonly value: T;
  readonly tookMs: number;
  readonly history: number;
  readonly brought: number;
  readonly freshUntil: number;
}

export interface CountingDeps {
  readonly pool: Pool;
  /** For counts that nobody waits for: theirs give way to everything else. */
  readonly aside: Pool;
  readonly now: () => number;
  /** `what` failed, in words. */
  readonly onError: (error: unknown, what: string) => void;
}

export interface Counting {
  /**
   * `of` is what is counted for: a workspace, or one thing in it. One count at a time for each. While a dear count is kept but
   * old, it is shown and a fresh one is made behind it.
   */
  readonly keep: <T>(
    load: (of: string, pool: Pool) => Promise<T>,
    how: {
      /** In the log: "customers could not be counted". */
      readonly failed: string;
      /** What is dear is fresh for so long at least. */
      readonly freshMs?: number;
    },
  ) => Counter<T>;
  /** A whole history (a file, the sample store) came in or went: what was counted before is not shown any more. */
  readonly forget: () => void;
  /** Everyone was brought to other definitions: `get` counts afresh, and `latest` shows the old while fresh ones are made. */
  readonly outdate: () => void;
}

export function createCounting(deps: CountingDeps): Counting {
  const shared: Shared = { ...deps, history: 0, brought: 0, oneByOne: Promise.resolve() };
  return {
    keep: (load, { failed, freshMs = 0 }) =>
      createCounter(shared, load, { freshMs, onError: (error) => deps.onError(error, failed) }),
    forget: () => {
      shared.history += 1;
    },
    outdate: () => {
      shared.brought += 1;
    },
  };
}

interface Look {
  /** What took less is counted each time. */
  readonly cheap: number;
  /** What is older is not shown. */
  readonly oldMaxMs: number;
  /** What was counted under other definitions. */
  readonly outdated: 'shown' | 'counted';
  /** Counts behind the one that is shown. */
  readonly again: (of: string) => void;
}

/** Of all counters of a process. */
interface Shared extends CountingDeps {
  /** Grows when a whole history came or went. */
  history: number;
  /** Grows when everyone was brought to other definitions. */
  brought: number;
  /** Counts that nobody waits for: together they would keep whoever opens the next page waiting. */
  oneByOne: Promise<void>;
}

function createCounter<T>(
  shared: Shared,
  load: (of: string, pool: Pool) => Promise<T>,
  how: { readonly freshMs: number; readonly onError: (error: unknown) => void },
): Counter<T> {
  const { now } = shared;
  const { freshMs, onError } = how;
  const kept = new Map<string, Kept<T>>();
  /** What the count before took. */
  const before = new Map<string, number>();
  const running = new Map<string, Promise<T>>();
  const count = (of: string, pool = shared.pool): Promise<T> => {
    const under = running.get(of);
    if (under !== undefined) return under;
    const startedAt = now();
    const { history, brought } = shared;
    const promise = load(of, pool)
      .then((value) => {
        const tookMs = now() - startedAt;
        // Once may be chance: a cold start, a busy machine.
        const isDear = tookMs >= cheapMs || Math.min(tookMs, before.get(of) ?? 0) >= latestCheapMs;
        if (before.size < keptMax || before.has(of)) before.set(of, tookMs);
        if (!isDear || kept.size >= keptMax) kept.delete(of);
        else kept.set(of, { value, tookMs, history, brought, freshUntil: now() + freshFor(tookMs) });
        return value;
      })
      .finally(() => running.delete(of));
    running.set(of, promise);
    return promise;
  };
  const freshFor = (tookMs: number): number => Math.max(freshMs, Math.min(tookMs * keptFactor, keptMaxMs));
  const countNow = (of: string): void => void count(of, shared.aside).catch(onError);
  const waiting = new Set<string>();
  const countLater = (of: string): void => {
    if (waiting.has(of)) return;
    waiting.add(of);
    setTimeout(() => {
      shared.oneByOne = shared.oneByOne.then(() => {
        waiting.delete(of);
        return count(of, shared.aside).then(noted, onError);
      });
    }, afterPageMs).unref();
  };
  const look = async (of: string, { cheap, oldMaxMs, outdated, again }: Look): Promise<Latest<T>> => {
    const keptDear = (): Kept<T> | undefined => {
      const one = kept.get(of);
      if (one === undefined || one.tookMs < cheap || one.history !== shared.history) return undefined;
      return outdated === 'shown' || one.brought === shared.brought ? one : undefined;
    };
    const known = keptDear();
    if (known === undefined) {
      // A count under way may have begun before a change that the caller has just made: cheap ones are begun afresh.
      await running.get(of)?.catch(() => undefined);
      return { value: keptDear()?.value ?? (await count(of)), counting: false };
    }
    if (known.freshUntil + oldMaxMs <= now()) return { value: await count(of), counting: false };
    const counting = known.freshUntil <= now() || known.brought !== shared.brought;
    if (counting) again(of);
    return { value: known.value, counting };
  };
  return {
    // Nobody looked for a while: what was true then is not shown as now.
    get: async (of) =>
      (await look(of, { cheap: cheapMs, oldMaxMs: keptMaxMs, outdated: 'counted', again: countNow })).value,
    latest: (of) =>
      look(of, { cheap: latestCheapMs, oldMaxMs: latestMaxMs, outdated: 'shown', again: countLater }),
  };
}

export async function loadCounts(db: Queryable, workspaceId: string): Promise<Counts> {
  const [memberships, totals] = await Promise.all([
    db.query<{ kind: 'stage' | 'segment' | 'tier'; of: string; value: string; people: number }>(
      `select kind, "of", value, count(*)::int as people
         from memberships
        where workspace_id = $1
        group by kind, "of", value`,
      [workspaceId],
    ),
    db.query<{ people: number; customers: number }>(
      `select
         (select count(*)::int from people where workspace_id = $1 and merged_into is null) as people,
         (select count(*)::int from profiles where workspace_id = $1 and orders > 0) as customers`,
      [workspaceId],
    ),
  ]);
  const stages = new Map<string, Map<string, number>>();
  const tiers = new Map<string, Map<string, number>>();
  const segments = new Map<string, number>();
  for (const row of memberships.rows) {
    if (row.kind === 'segment') segments.set(row.of, row.people);
    else {
      const places = row.kind === 'stage' ? stages : tiers;
      const inside = places.get(row.of) ?? new Map<string, number>();
      inside.set(row.value, row.people);
      places.set(row.of, inside);
    }
  }
  const [total] = totals.rows;
  return { people: total?.people ?? 0, customers: total?.customers ?? 0, stages, segments, tiers };
}
