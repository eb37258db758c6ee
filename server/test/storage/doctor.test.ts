// Law 7 on a live database: doctor is silent on a healthy one, finds each planted corruption, and rebuild mends what follows
// from facts and decisions without asking for a single message.
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { examine } from '../../src/postgres/doctor.ts';
import type { DoctorReport } from '../../src/postgres/doctor.ts';
import { loadDefinition } from '../../src/postgres/programs.ts';
import { rebuild } from '../../src/postgres/rebuild.ts';
import { createIngestWorld } from '../support/ingest-world.ts';
import type { IngestWorld } from '../support/ingest-world.ts';

const NOON = Date.parse('2026-05-04T12:00:00Z');
const at = (days: number): string => new Date(NOON + days * 86_400_000).toISOString();

let world: IngestWorld;

beforeEach(async () => {
  world = await createIngestWorld();
  world.clock.now = NOON;
  const events = [1, 2, 3].flatMap((n) => [
    { type: 'track', event: 'Page Viewed', anonymousId: `a${n}`, messageId: `v${n}`, timestamp: at(-5) },
    {
      type: 'identify',
      userId: `u${n}`,
      anonymousId: `a${n}`,
      messageId: `i${n}`,
      traits: { email: `u${n}@example.test`, name: 'Ana' },
    },
    {
      type: 'track',
      event: 'Consent Given',
      userId: `u${n}`,
      messageId: `c${n}`,
      properties: { channel: 'email', topic: 'offers' },
    },
    {
      type: 'track',
      event: 'Order Completed',
      userId: `u${n}`,
      messageId: `o${n}`,
      properties: { order_id: `o${n}`, total: 12.5 },
      timestamp: at(-4),
    },
    {
      type: 'track',
      event: 'Order Completed',
      userId: `u${n}`,
      messageId: `p${n}`,
      properties: { order_id: `p${n}`, total: 20 },
      timestamp: at(-1),
    },
    {
      type: 'track',
      event: 'Order Refunded',
      userId: `u${n}`,
      messageId: `r${n}`,
      properties: { order_id: `o${n}` },
    },
  ]);
  const stored = await world.batch(events);
  expect(stored.body.rejected).toEqual([]);
});

afterEach(() => world.close());

const look = (): Promise<DoctorReport> => examine(world, world.workspaceId);
const kinds = (report: DoctorReport): readonly string[] => Object.keys(report.counts).sort();

/** Changes one person's stored state by hand. */
async function tamper(change: (state: { [key: string]: never }) => void): Promise<void> {
  const [row] = await world.rows<{ id: string; state: string }>(
    'select id, state from people where merged_into is null order by id limit 1',
  );
  const state = JSON.parse(row?.state ?? '') as { [key: string]: never };
  change(state);
  await world.rows('update people set state = $2 where id = $1', [row?.id, JSON.stringify(state)]);
}

describe('doctor', () => {
  test('has nothing to say of a healthy database, also after merges', async () => {
    const report = await look();
    expect(report).toMatchObject({
      people: 3,
      events: 18,
      skipped: 0,
      counts: {},
      findings: [],
      parameters: [],
    });
  });

  test('finds stored parameters that cannot be used, which nobody is judged by meanwhile', async () => {
    const none = { new: 0.3, fast: 0.3, middle: 0.3, slow: 0.3 };
    const store = (alpha: unknown) =>
      world.rows(`update workspaces set settings = jsonb_set(settings, '{prediction}', $1::jsonb)`, [
        JSON.stringify({
          fitted_at: NOON,
          purchases: {
            verdict: 'fits',
            model: { k: 1, modified: true, r: 1, alpha, a: 1, b: 3 },
            groups: [10, 30],
            thresholds: { one_in_3: none, one_in_10: none },
            pooled_gap_days: { one_in_3: 40, one_in_10: 90 },
          },
          visits: null,
          spending: null,
        }),
      ]);
    const inUse = async () => (await loadDefinition(world.pool, world.workspaceId)).prediction;
    await store(20);
    expect((await look()).parameters).toEqual([]);
    expect(await inUse()).toMatchObject({ fitted_at: NOON });
    for (const alpha of [null, 'NaN', -4, 1e300]) {
      await store(alpha);
      const { parameters } = await look();
      expect(parameters[0]?.what, String(alpha)).toContain('/purchases/model/alpha');
      expect(parameters[0]?.hint).toContain('rapport fit');
      expect(await inUse()).toBe(undefined);
    }

    // Sound, but not those of the fit that says it made them, or of a version that is yet to come.
    await store(20);
    const fit = (version: number, fittedAt: number) =>
      world.rows(
        `insert into predictions (workspace_id, id, state, created_at, prediction, program_version)
         values ($1, gen_random_uuid(), 'done', now(), $2, $3)`,
        [world.workspaceId, JSON.stringify({ fitted_at: fittedAt }), version],
      );
    await fit(1, NOON);
    expect((await look()).parameters).toEqual([]);
    await world.rows('delete from predictions');
    await fit(1, NOON - 1);
    expect((await look()).parameters[0]?.what).toContain('the fit in use at 2026-05-04T11:59:59.999Z');
    await fit(99_999, NOON);
    expect((await look()).parameters[0]?.what).toContain('version 99999');
  });

  test('finds memory that differs from the stored events', async () => {
    await tamper((state) => Object.assign(state['memory']!, { events: 99 }));
    expect(kinds(await look())).toEqual(['memory']);
  });

  test('finds an event that is gone', async () => {
    await world.rows(`delete from events where message_id = 'p1'`);
    expect(kinds(await look())).toEqual(['memory']);
  });

  test('finds standing that differs from the decisions', async () => {
    await tamper((state) =>
      Object.assign(state['standing']!, { episode: { n: 7, since: null, gone: false } }),
    );
    expect(kinds(await look())).toEqual(['standing']);
  });

  test('finds a decision that is gone', async () => {
    await world.rows(
      'delete from decisions where seq = 1 and person_id = (select person_id from decisions order by person_id limit 1)',
    );
    expect(kinds(await look())).toEqual(['decisions']);
  });

  test('finds an appointment that was lost or moved later', async () => {
    await world.rows(
      `update people set wake_at = wake_at + interval '1 millisecond' where merged_into is null`,
    );
    const report = await look();
    expect(report.counts).toEqual({ appointment: 3 });
    await world.rows('update people set wake_at = null');
    expect((await look()).counts).toEqual({ appointment: 3 });
  });

  test('finds a membership that is missing and one that is left over', async () => {
    await world.rows(
      `delete from memberships where kind = 'stage' and person_id = (select min(person_id::text)::uuid from memberships)`,
    );
    await world.rows(
      `insert into memberships (bucket, workspace_id, person_id, kind, "of", since)
       select bucket, workspace_id, id, 'segment', 'gone', now() from people where merged_into is null order by id desc limit 1`,
    );
    const report = await look();
    expect(report.counts).toEqual({ membership: 2 });
    const said = report.findings.map((f) => f.what).sort();
    expect(said).toEqual([
      expect.stringContaining('left over: segment gone'),
      expect.stringContaining('missing: stage default'),
    ]);
  });

  test('finds an identity that points at someone no event brought it to', async () => {
    await world.rows(
      `update identities set person_id = (select id from people where merged_into is null and id <> identities.person_id order by id limit 1)
       where kind = 'user_id' and value = 'u2'`,
    );
    expect(kinds(await look())).toEqual(['identity']);
  });

  test('finds a state that cannot be read', async () => {
    await world.rows(
      `update people set state = '{"id": 1}' where id = (select id from people where merged_into is null limit 1)`,
    );
    expect(kinds(await look())).toEqual(['unreadable']);
  });
});

/** One person on their way in a journey. */
async function startWelcome(): Promise<void> {
  await world.rows(`update journeys set active_version = 1 where key = 'welcome'`);
  await world.rows('update workspaces set program_version = program_version + 1');
  await world.programs.reload(world.workspaceId);
  await world.batch([
    { type: 'identify', userId: 'new', messageId: 'in', traits: { email: 'new@example.test' } },
    {
      type: 'track',
      event: 'Order Completed',
      userId: 'new',
      messageId: 'on',
      properties: { order_id: 'on', total: 9 },
    },
  ]);
}

describe('rebuild', () => {
  test('finds nothing to change on a healthy database, also with people under way in a journey and a minute later', async () => {
    await startWelcome();
    expect(await world.rows(`select 1 from decisions where kind = 'run_started'`)).toHaveLength(1);
    world.clock.now = NOON + 60_000;
    expect(await rebuild(world.deps, world.workspaceId)).toMatchObject({ people: 4, failed: [] });
    expect(await rebuild(world.deps, world.workspaceId)).toEqual({ people: 4, changed: 0, failed: [] });
    expect((await look()).counts).toEqual({});
  });

  test('finds a move between stages whose row is gone or wrong, and writes it again from the log', async () => {
    const rows = () => world.rows('select * from stage_moves order by person_id, seq');
    const before = await rows();
    await world.rows(`delete from stage_moves where to_stage = 'continuation'`);
    await world.rows(`update stage_moves set to_stage = 'elsewhere'`);
    expect((await look()).counts).toEqual({ stage: 3 });
    await rebuild(world.deps, world.workspaceId);
    expect((await look()).counts).toEqual({});
    expect(await rows()).toEqual(before);
  });

  test('finds a run whose row is gone, elsewhere or left over, and writes it again from the log', async () => {
    await startWelcome();
    await world.rows('delete from runs');
    expect((await look()).findings).toEqual([
      expect.objectContaining({ kind: 'run', what: expect.stringContaining('stored not at all') }),
    ]);
    await rebuild(world.deps, world.workspaceId);
    expect((await look()).counts).toEqual({});
    await world.rows(`update runs set node = 'elsewhere'`);
    expect((await look()).counts).toEqual({ run: 1 });
    await world.rows(
      `insert into runs (bucket, workspace_id, id, person_id, journey_key, version, arm, node, node_at, started_at)
       select bucket, workspace_id, '00000000-0000-8000-8000-000000000001', person_id, journey_key, 1, arm, node, node_at, started_at from runs`,
    );
    expect((await look()).counts).toEqual({ run: 2 });
    await rebuild(world.deps, world.workspaceId);
    expect((await look()).counts).toEqual({});
    expect(await world.rows('select from_node, to_node from run_moves order by visit')).toEqual([
      { from_node: 'first_order', to_node: 'welcome_kit' },
      { from_node: 'welcome_kit', to_node: 'sixty_days' },
    ]);
  });

  test('rows of runs filled from the log by the migration are those that the steps wrote', async () => {
    await startWelcome();
    world.clock.now = NOON + 120_000;
    await world.batch([
      {
        type: 'track',
        event: 'Order Completed',
        userId: 'new',
        messageId: 'again',
        properties: { order_id: 'again', total: 9 },
      },
    ]);
    const runs = await world.rows('select * from runs order by id');
    const moves = await world.rows('select * from run_moves order by run_id, visit');
    expect(runs).toMatchObject([{ end_reason: 'goal', node: 'sixty_days' }]);
    await world.rows('delete from runs');
    await world.rows('delete from run_moves');
    const file = new URL('../../migrations/0009_runs.sql', import.meta.url);
    const statements = (await readFile(file, 'utf8')).split(/;\s*$/m);
    for (const statement of statements.filter((one) => /^\s*insert into/m.test(one)))
      await world.rows(statement);
    expect(await world.rows('select * from runs order by id')).toEqual(runs);
    expect(await world.rows('select * from run_moves order by run_id, visit')).toEqual(moves);
  });

  test('mends memory, appointments and memberships, and asks for no message', async () => {
    const before = await world.rows('select id from messages');
    await tamper((state) => Object.assign(state['memory']!, { slots: {} }));
    await world.rows('update people set wake_at = null');
    await world.rows('delete from memberships');
    expect(kinds(await look())).toEqual(['appointment', 'membership', 'memory', 'profile']);
    const rebuilt = await rebuild(world.deps, world.workspaceId);
    expect(rebuilt.people).toBe(3);
    expect((await look()).counts).toEqual({});
    expect(await world.rows('select id from messages')).toEqual(before);
  });
});
