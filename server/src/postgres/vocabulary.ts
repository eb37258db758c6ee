// What a workspace has seen: names of events, their properties, traits of people. Read from a fair share of the buckets and
// never longer than a fraction of a second: a builder of rules offers these, it does not count with them.
import { setImmediate } from 'node:timers/promises';
import { BUCKETS } from '@rapport/engine';
import type { Queryable } from './pool.ts';

export interface SeenName {
  readonly name: string;
  /** How often among the events looked at. */
  readonly seen: number;
}

/** Rows looked at, and how long looking may take: whichever comes first ends it. */
export interface Bounds {
  readonly rowsMax: number;
  readonly budgetMs: number;
  /** As many are looked at however long it takes: a small workspace is told whole, also on a busy machine. */
  readonly rowsMin?: number;
  readonly now: () => number;
}

/** Small first, so that a large workspace is answered from its first portions and a small one soon read whole. */
const portions: readonly number[] = [16, 48, 192, BUCKETS];

/** Names of events, most frequent first. */
export async function sampleEventNames(
  db: Queryable,
  workspaceId: string,
  bounds: Bounds,
): Promise<{ readonly names: readonly SeenName[]; readonly looked: number; readonly whole: boolean }> {
  const counts = new Map<string, number>();
  const { looked, whole } = await inPortions(bounds, async (buckets, limit) => {
    const { rows } = await db.query<{ name: string; seen: number }>(
      `select name, count(*)::int as seen
         from (select name from events where bucket = any($1::int2[]) and workspace_id = $2 limit $3) as looked
        group by name`,
      [buckets, workspaceId, limit],
    );
    for (const { name, seen } of rows) counts.set(name, (counts.get(name) ?? 0) + seen);
    return rows.reduce((sum, { seen }) => sum + seen, 0);
  });
  const names = [...counts].map(([name, seen]) => ({ name, seen }));
  names.sort((a, b) => b.seen - a.seen || (a.name < b.name ? -1 : 1));
  return { names, looked, whole };
}

/** Bodies of events with one of these names (null: any name). */
export async function sampleEventBodies(
  db: Queryable,
  workspaceId: string,
  names: readonly string[] | null,
  bounds: Bounds,
): Promise<readonly string[]> {
  const bodies: string[] = [];
  await inPortions(bounds, async (buckets, limit) => {
    const { rows } = await db.query<{ body: string }>(
      `select body from events
        where bucket = any($1::int2[]) and workspace_id = $2 and ($3::text[] is null or name = any($3)) and not parked
        limit $4`,
      [buckets, workspaceId, names, limit],
    );
    for (const { body } of rows) bodies.push(body);
    return rows.length;
  });
  return bodies;
}

/** States of people, as JSON text. */
export async function sampleStates(
  db: Queryable,
  workspaceId: string,
  bounds: Bounds,
): Promise<readonly string[]> {
  const states: string[] = [];
  await inPortions(bounds, async (buckets, limit) => {
    const { rows } = await db.query<{ state: string }>(
      `select state from people
        where bucket = any($1::int2[]) and workspace_id = $2 and merged_into is null and state <> '{}' limit $3`,
      [buckets, workspaceId, limit],
    );
    for (const { state } of rows) states.push(state);
    return rows.length;
  });
  return states;
}

/** Buckets are a hash of the person's id: any of them are a fair sample. */
async function inPortions(
  bounds: Bounds,
  read: (buckets: readonly number[], limit: number) => Promise<number>,
): Promise<{ looked: number; whole: boolean }> {
  const { now, rowsMax, rowsMin = 0, budgetMs } = bounds;
  const startedAt = now();
  let looked = 0;
  let from = 0;
  for (const to of portions) {
    const buckets = Array.from({ length: to - from }, (_nothing, i) => from + i);
    const limit = rowsMax - looked;
    looked += await read(buckets, limit);
    from = to;
    if (looked >= rowsMax || (looked >= rowsMin && now() - startedAt > budgetMs)) break;
    await setImmediate();
  }
  return { looked, whole: from === BUCKETS && looked < rowsMax };
}
