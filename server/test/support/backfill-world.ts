// What the tests of backfills share: a shop of some hundred people with histories of every awkward kind (merged visitors,
// orders that came in no order, late facts), definitions that change, and what SQL says of who belongs where.
import type { Rule } from '@rapport/engine';
import { examine } from '../../src/postgres/doctor.ts';
import { bumpProgram } from '../../src/postgres/programs.ts';
import { backfillAll } from '../../src/workers/backfill.ts';
import type { BackfillDeps } from '../../src/workers/backfill.ts';
import { createIngestWorld } from './ingest-world.ts';
import type { IngestWorld } from './ingest-world.ts';

export const NOON = Date.parse('2026-05-04T12:00:00Z');
export const DAY = 86_400_000;
export const PEOPLE = 450;

export interface BackfillWorld extends IngestWorld {
  readonly bulk: BackfillDeps;
  readonly addSegment: (key: string, rule: Rule) => Promise<void>;
  readonly dropSegment: (key: string) => Promise<void>;
  readonly members: (segment: string) => Promise<readonly string[]>;
  /** Who an SQL condition over their events (`e`, grouped by person) holds for. */
  readonly oracle: (having: string) => Promise<readonly string[]>;
  /** What doctor finds: nothing, or what is wrong. */
  readonly wrong: () => Promise<unknown>;
}

export async function createBackfillWorld(): Promise<BackfillWorld> {
  const world = await createIngestWorld();
  world.clock.now = NOON;
  const everyone = Array.from({ length: PEOPLE }, (_, n) => n);
  // Visitors are people of their own until they say who they are.
  for (const events of [
    everyone.flatMap(visitOf),
    everyone.flatMap(historyOf),
    everyone.flatMap(meetingOf),
  ]) {
    for (let at = 0; at < events.length; at += 500) {
      const { body } = await world.batch(events.slice(at, at + 500));
      if (body.rejected.length > 0) throw new Error(JSON.stringify(body.rejected[0]));
    }
  }
  const bulk: BackfillDeps = world.deps;
  // As the worker does at every start: what memory keeps now is written down.
  await backfillAll(bulk, world.workspaceId);
  const bump = async (what: string): Promise<void> => {
    await bumpProgram(world.pool, world.workspaceId, { what, by: null, at: world.deps.now() });
    await world.programs.reload(world.workspaceId);
  };
  return {
    ...world,
    bulk,
    addSegment: async (key, rule) => {
      await world.pool.query(
        `insert into segments (workspace_id, key, name, rule, created_at) values ($1, $2, $2, $3, now())
         on conflict (workspace_id, key) do update set rule = excluded.rule`,
        [world.workspaceId, key, JSON.stringify(rule)],
      );
      await bump(key);
    },
    dropSegment: async (key) => {
      await world.pool.query('delete from segments where workspace_id = $1 and key = $2', [
        world.workspaceId,
        key,
      ]);
      await bump(key);
    },
    members: async (segment) =>
      (
        await world.rows<{ id: string }>(
          `select person_id as id from memberships where kind = 'segment' and "of" = $1 order by 1`,
          [segment],
        )
      ).map(({ id }) => id),
    oracle: async (having) =>
      (
        await world.rows<{ id: string }>(
          `select coalesce(a.survivor_id, e.person_id) as id
           from events e left join aliases a on a.person_id = e.person_id
           group by 1 having ${having} order by 1`,
        )
      ).map(({ id }) => id),
    wrong: async () => {
      const { counts, findings, skipped } = await examine(world, world.workspaceId);
      return skipped === 0 && findings.length === 0 ? null : { skipped, counts, findings };
    },
  };
}

export interface Happened {
  readonly name: string;
  readonly daysAgo: number;
  readonly id: string;
  readonly properties?: object;
}

export function happened(userId: string, { name, daysAgo, id, properties }: Happened): object {
  return {
    type: 'track',
    event: name,
    userId,
    messageId: id,
    timestamp: new Date(NOON - daysAgo * DAY).toISOString(),
    ...(properties === undefined ? {} : { properties }),
  };
}

function historyOf(n: number): readonly object[] {
  const user = `u${n}`;
  const order = (i: number, daysAgo: number): object =>
    happened(user, {
      name: 'Order Completed',
      daysAgo,
      id: `${user}-o${i}`,
      properties: { order_id: `${user}-o${i}`, total: 10 + (n % 7) },
    });
  const view = (i: number): object =>
    happened(user, {
      name: 'Product Viewed',
      daysAgo: (i * 11 + n) % 60,
      id: `${user}-v${i}`,
      properties: { category: i % 2 === 0 ? 'tea' : 'cups', price: n },
    });
  const events: object[] = Array.from({ length: n % 9 }, (_, i) => view(i));
  // Seventy orders: more than memory keeps one by one.
  const orders = n % 90 === 0 ? 70 : n % 4;
  for (let i = 0; i < orders; i += 1) events.push(order(i, 1 + i * 4));
  return [{ type: 'identify', userId: user, messageId: `${user}-i` }, ...events];
}

/** Every fifth was here before without a name. */
function visitOf(n: number): readonly object[] {
  if (n % 5 !== 0) return [];
  return [1, 2].map((i) => ({
    type: 'track',
    event: 'Product Viewed',
    anonymousId: `a${n}`,
    messageId: `u${n}-a${i}`,
    timestamp: new Date(NOON - i * 20 * DAY).toISOString(),
    properties: { category: 'tea', price: n },
  }));
}

function meetingOf(n: number): readonly object[] {
  if (n % 5 !== 0) return [];
  return [{ type: 'identify', userId: `u${n}`, anonymousId: `a${n}`, messageId: `u${n}-m` }];
}
