// A new rule knows the past: folded from stored events while traffic goes on, killed anywhere, changed again half-way.
// Afterwards doctor is silent and SQL over the events says who belongs.
import type { Rule } from '@rapport/engine';
import { fileURLToPath } from 'node:url';
import { uuidv7 } from 'uuidv7';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { findBackfill } from '../../src/postgres/backfills.ts';
import { openPool } from '../../src/postgres/pool.ts';
import { createPrograms } from '../../src/postgres/programs.ts';
import { backfill, backfillAll } from '../../src/workers/backfill.ts';
import type { BackfillDeps } from '../../src/workers/backfill.ts';
import { createCommitter } from '../../src/workers/committer.ts';
import { startUpgrade } from '../../src/workers/upgrade.ts';
import { createBackfillWorld, happened, PEOPLE } from '../support/backfill-world.ts';
import type { BackfillWorld } from '../support/backfill-world.ts';
import { startProcess, until } from '../support/processes.ts';

const CHILD = fileURLToPath(new URL('../support/backfill-child.ts', import.meta.url));
const log = createLog({ level: 'silent' });

/** Reads a property of events that nobody remembered so far. */
const TEA: Rule = {
  kind: 'count',
  event: 'Product Viewed',
  where: [{ property: 'category', op: 'is', value: 'tea' }],
  window: { last: 'P30D' },
  op: 'at_least',
  n: 2,
};
const TEA_SQL = `count(*) filter (where e.name = 'Product Viewed' and e.body::json #>> '{properties,category}' = 'tea'
  and e.at > timestamptz '2026-05-04T12:00:00Z' - interval '30 days') >= 2`;
/** Orders and what was paid, with a ledger that folds in order only. */
const PAID: Rule = {
  kind: 'sum',
  event: 'Order Completed',
  property: 'price_paid',
  window: { last: 'P300D' },
  op: 'at_least',
  value: 0,
};
/** Two events in a row: which followed which is told by their ids too. */
const BOUGHT_SOON: Rule = {
  kind: 'sequence',
  first: { event: 'Product Viewed' },
  then: { event: 'Order Completed' },
  within: 'P2D',
};
const BOUGHT_SOON_SQL = `bool_or(e.name = 'Product Viewed' and exists (
    select 1 from events o left join aliases b on b.person_id = o.person_id
    where o.name = 'Order Completed' and o.at >= e.at and o.at < e.at + interval '2 days'
      and coalesce(b.survivor_id, o.person_id) = coalesce(a.survivor_id, e.person_id)))`;

let world: BackfillWorld;
beforeEach(async () => {
  world = await createBackfillWorld();
}, 60_000);
afterEach(() => world.close());

/** Something happens between two steps of the backfill, which waits for it: when it asks for the program so many times. */
function interrupted(at: number, what: () => Promise<void>): BackfillDeps {
  let asked = 0;
  let happening: Promise<void> | null = null;
  return {
    ...world.bulk,
    programs: {
      ...world.programs,
      get: async (workspaceId) => {
        asked += 1;
        if (asked >= at) await (happening ??= what());
        return world.programs.get(workspaceId);
      },
    },
  };
}

async function expectTruth(segment = 'tea', sql = TEA_SQL): Promise<void> {
  expect(await world.wrong()).toBeNull();
  expect(await world.members(segment)).toEqual(await world.oracle(sql));
  const { length } = await world.rows(
    `select person_id from decisions where kind = 'segment_joined' and body::json ->> 'segment' = $1
     group by person_id having count(*) > 1`,
    [segment],
  );
  expect(length, 'people who joined twice').toBe(0);
}

describe('a new rule', () => {
  test('is folded from the events it names, in one reading, and everyone belongs who should', async () => {
    await world.addSegment('tea', TEA);
    const [{ n } = { n: 0 }] = await world.rows<{ n: number }>(
      `select count(*)::int as n from events where name = 'Product Viewed' and body like '%"category":"tea"%'`,
    );
    expect(await backfillAll(world.bulk, world.workspaceId)).toMatchObject({
      people: PEOPLE,
      refolded: 0,
      events: n,
    });
    expect((await world.members('tea')).length).toBeGreaterThan(50);
    await expectTruth();
    expect(
      await world.rows(
        `select 1 from decisions where kind = 'segment_joined' and body::json ->> 'segment' = 'tea'
         and body::json #>> '{cause,kind}' <> 'definition'`,
      ),
    ).toEqual([]);
  });

  test('about two events in a row is folded from both, whatever order they are read in', async () => {
    await world.addSegment('bought_soon', BOUGHT_SOON);
    expect(await backfillAll(world.bulk, world.workspaceId)).toMatchObject({ people: PEOPLE });
    const members = await world.members('bought_soon');
    expect(members.length).toBeGreaterThan(50);
    expect(members.length).toBeLessThan(PEOPLE - 50);
    await expectTruth('bought_soon', BOUGHT_SOON_SQL);
  });

  test('that needs nothing new reads no event', async () => {
    await world.addSegment('tea', TEA);
    await backfillAll(world.bulk, world.workspaceId);
    await world.addSegment('more', { kind: 'all', rules: [TEA, { kind: 'orders', op: 'at_least', n: 1 }] });
    expect(await backfillAll(world.bulk, world.workspaceId)).toMatchObject({
      people: PEOPLE,
      refolded: 0,
      events: 0,
    });
    await expectTruth('more', `${TEA_SQL} and bool_or(e.name = 'Order Completed')`);
    // Nor does its end: what is kept is cut.
    await world.dropSegment('more');
    await world.dropSegment('tea');
    expect(await backfillAll(world.bulk, world.workspaceId)).toMatchObject({ refolded: 0, events: 0 });
    expect(await world.wrong()).toBeNull();
  });

  test('over a ledger that came in no order is folded again for those few alone', async () => {
    // As after an import of a file that begins with the newest.
    await world.rows(`do $$ begin
      create temp table stored on commit drop as select * from events;
      truncate events;
      insert into events select * from stored order by at desc;
    end $$`);
    await world.rows(`update workspaces set settings = settings || '{"currency": "USD"}' where id = $1`, [
      world.workspaceId,
    ]);
    await world.addSegment('paid', PAID);
    const done = await backfillAll(world.bulk, world.workspaceId);
    expect(done.refolded).toBe(PEOPLE / 90);
    expect(await world.wrong()).toBeNull();
  });

  test('is read in several goes when too much would be held at once', async () => {
    await world.addSegment('tea', TEA);
    const limits = { heldMax: 40, passPeople: 300, fewPeople: 0 };
    const done = await backfillAll({ ...world.bulk, limits }, world.workspaceId);
    expect(done).toMatchObject({ people: PEOPLE, refolded: 0 });
    await expectTruth();
  });
});

describe('traffic during a backfill', () => {
  /** A process that has not noticed the change: it writes under the older program. */
  async function withOldProcess(
    work: (send: (events: readonly object[]) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const programs = createPrograms(world.pool);
    await programs.get(world.workspaceId);
    const committer = createCommitter({ ...world.deps, programs, newId: uuidv7, log });
    const app = await world.door(committer.submit);
    try {
      await work(async (events) => {
        const answer = await app(events);
        expect(answer.rejected).toEqual([]);
        expect(answer.parked).toBeUndefined();
      });
    } finally {
      await committer.drain();
    }
  }

  const view = (n: number, daysAgo: number, id: string): object =>
    happened(`u${n}`, { name: 'Product Viewed', daysAgo, id: `${id}-${n}`, properties: { category: 'tea' } });

  test('events before, during and after, late ones and merges, by processes old and new: nothing is lost or doubled', async () => {
    await withOldProcess(async (old) => {
      await world.addSegment('tea', TEA);
      const some = (from: number): readonly number[] =>
        Array.from({ length: 40 }, (_, i) => (from + i * 11) % PEOPLE);
      const meanwhile = async (): Promise<void> => {
        // Known to the reading, and moved on since, under the old program: only their own history tells.
        await old(some(3).map((n) => view(n, 1, 'old')));
        await old(some(5).map((n) => view(n, 25, 'late')));
        await old(
          [7, 11, 13].flatMap((n) => [
            {
              type: 'track',
              event: 'Product Viewed',
              anonymousId: `x${n}`,
              messageId: `x${n}`,
              properties: { category: 'tea' },
            },
            { type: 'identify', userId: `u${n}`, anonymousId: `x${n}`, messageId: `xi${n}` },
          ]),
        );
        // Turned up first, and are upgraded at once.
        const { body } = await world.batch(some(200).map((n) => view(n, 1, 'new')));
        expect(body.rejected).toEqual([]);
        // Strangers who come to be meanwhile.
        await old([
          happened('stranger', {
            name: 'Product Viewed',
            daysAgo: 1,
            id: 's1',
            properties: { category: 'tea' },
          }),
        ]);
      };
      // Asked for first at the beginning, then by the first batch, after everything was read.
      const done = await backfillAll(interrupted(2, meanwhile), world.workspaceId);
      expect(done.refolded).toBeGreaterThan(50);
      expect(done.refolded).toBeLessThan(150);
      await world.batch(some(100).map((n) => view(n, 2, 'after')));
      await expectTruth();
    });
  });

  test('a second change in the middle of the first is brought about as well', async () => {
    await world.addSegment('tea', TEA);
    const second = (): Promise<void> =>
      world.addSegment('cups', {
        ...TEA,
        where: [{ property: 'category', op: 'is', value: 'cups' }],
      } as Rule);
    const deps = { ...interrupted(4, second), limits: { fewPeople: 0 } };
    const done = await backfillAll(deps, world.workspaceId);
    expect(done).toMatchObject({ people: PEOPLE + 2 * 200, refolded: 0 });
    await expectTruth();
    await expectTruth('cups', TEA_SQL.replace("'tea'", "'cups'"));
  });

  test('two processes share the work and decide once', async () => {
    await world.addSegment('tea', TEA);
    const pool = openPool({ url: world.url, name: 'other', connectionsMax: 3, statementMs: 30_000, log });
    const programs = createPrograms(pool);
    try {
      await Promise.all([
        backfillAll(world.bulk, world.workspaceId),
        backfillAll({ ...world.bulk, pool, programs }, world.workspaceId),
      ]);
    } finally {
      await pool.end();
    }
    await expectTruth();
  });
});

describe('kill -9', () => {
  test.for(['before_read', 'after_read', 'before_commit', 'after_commit'])(
    'at %s loses nothing and decides nothing twice',
    { timeout: 60_000 },
    async (boundary) => {
      await world.addSegment('tea', TEA);
      const start = (crash: string) =>
        startProcess({
          file: process.execPath,
          args: [CHILD, world.url, world.workspaceId, String(world.deps.now())],
          env: { NODE_ENV: 'test', RAPPORT_CRASH_AT: crash },
        });
      const killed = start(`backfill.${boundary}`);
      expect(await killed.ended, killed.output()).toBeNull();
      const left = await world.rows('select 1 from people where program_version = 1 and merged_into is null');
      const [least, most] = boundary === 'after_commit' ? [PEOPLE - 400, PEOPLE - 200] : [PEOPLE, PEOPLE];
      expect(left.length).toBeGreaterThanOrEqual(least);
      expect(left.length).toBeLessThanOrEqual(most);
      const next = start('');
      expect(await next.ended, next.output()).toBe(0);
      await expectTruth();
    },
  );
});

describe('progress', () => {
  test('is noted while people are read and written, and the worker brings everyone there and rests', async () => {
    await world.addSegment('tea', TEA);
    const seen: unknown[] = [];
    const deps = interrupted(
      2,
      async () => void seen.push(await findBackfill(world.pool, world.workspaceId)),
    );
    await backfill(deps, world.workspaceId);
    expect(seen).toMatchObject([
      { version: 2, phase: 'writing', people: PEOPLE, leftNow: PEOPLE, leftBefore: PEOPLE, readShare: 1 },
    ]);
    expect(await findBackfill(world.pool, world.workspaceId)).toMatchObject({ leftNow: 0, phase: 'writing' });
    await world.addSegment('cups', TEA);
    let brought = 0;
    const worker = startUpgrade({
      ...world.bulk,
      log,
      workspaceIds: async () => [world.workspaceId],
      onBrought: () => (brought += 1),
    });
    try {
      await until(
        'everyone is at the newest program',
        async () =>
          (await world.rows('select 1 from people where program_version < 3 and merged_into is null'))
            .length === 0,
      );
    } finally {
      await worker.stop();
    }
    expect(brought).toBe(1);
    expect(await world.wrong()).toBeNull();
  });
});
