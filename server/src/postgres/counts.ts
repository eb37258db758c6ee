// How many people are where: stages, segments, customers. Counting a million memberships takes a second or two, so what was
// dear to count is kept for a while; what was cheap is counted afresh each time and never shown late.
import type { Queryable } from './pool.ts';

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
}

/** Kept for this many times as long as counting took, at most `keptMaxMs`; what took less than `cheapMs` not at all. */
const keptFactor = 10;
const keptMaxMs = 15_000;
const cheapMs = 250;
/** Different things counted; more than this are not kept. */
const keptMax = 1_000;

/**
 * `of` is what is counted for: a workspace, or one thing in it. One count at a time for each. While a dear count is kept but old, it is shown and a fresh one is made behind it.
 */
export function keepDear<T>(
  load: (of: string) => Promise<T>,
  now: () => number,
  onError: (error: unknown) => void,
): Counter<T> {
  const kept = new Map<string, { readonly value: T; readonly freshUntil: number }>();
  const running = new Map<string, Promise<T>>();
  const count = (of: string): Promise<T> => {
    const under = running.get(of);
    if (under !== undefined) return under;
    const startedAt = now();
    const promise = load(of)
      .then((value) => {
        const tookMs = now() - startedAt;
        if (tookMs < cheapMs || kept.size >= keptMax) kept.delete(of);
        else kept.set(of, { value, freshUntil: now() + Math.min(tookMs * keptFactor, keptMaxMs) });
        return value;
      })
      .finally(() => running.delete(of));
    running.set(of, promise);
    return promise;
  };
  return {
    async get(of) {
      const known = kept.get(of);
      if (known === undefined) {
        // A count under way may have begun before a change that the caller has just made: cheap ones are begun afresh.
        await running.get(of)?.catch(() => undefined);
        return kept.get(of)?.value ?? count(of);
      }
      // Nobody looked for a while: what was true then is not shown as now.
      if (known.freshUntil + keptMaxMs <= now()) return count(of);
      if (known.freshUntil <= now()) count(of).catch(onError);
      return known.value;
    },
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
