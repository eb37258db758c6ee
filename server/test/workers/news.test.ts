// What another process wrote, and nobody here was told of: definitions, appointments, messages. Real Postgres; the other
// process writes by statements of its own.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { askNews } from '../../src/postgres/news.ts';
import { bumpProgram, createPrograms } from '../../src/postgres/programs.ts';
import { createNews } from '../../src/workers/news.ts';
import { startTime } from '../../src/workers/time.ts';
import type { Time } from '../../src/workers/time.ts';
import { createIngestWorld } from '../support/ingest-world.ts';
import type { IngestWorld } from '../support/ingest-world.ts';

const log = createLog({ level: 'silent' });
let world: IngestWorld;
let time: Time | undefined;
beforeEach(async () => {
  world = await createIngestWorld();
});
afterEach(async () => {
  await time?.stop();
  time = undefined;
  await world.close();
});

const here = () => ({ pool: world.pool, now: world.deps.now, workspaceId: world.workspaceId });

it('a new installation has none', async () => {
  const asked = await askNews(world.pool, world.workspaceId);
  expect(asked).toMatchObject({ wakeAt: null, messageAt: null });
  expect(await askNews(world.pool, '00000000-0000-7000-8000-000000000000')).toBeNull();
});

it('a change of definitions comes into use within a second and is told to whoever listens', async () => {
  const programs = createPrograms(world.pool);
  const before = (await programs.get(world.workspaceId)).version;
  const changed = new Promise<number>((resolve) =>
    programs.onChange((_, program) => resolve(program.version)),
  );
  time = await startTime({
    pool: world.pool,
    log,
    backlogMs: 0,
    ask: createNews({ ...here(), programs }).ask,
  });
  await bumpProgram(world.pool, world.workspaceId, { what: 'test', by: null, at: Date.now() });
  const written = performance.now();
  expect(await changed).toBe(before + 1);
  expect(performance.now() - written).toBeLessThan(2_000);
  expect((await programs.get(world.workspaceId)).version).toBe(before + 1);
});

it('the earliest appointment is told, due or not', async () => {
  await world.batch([{ type: 'track', event: 'Page Viewed', userId: 'u', messageId: '1' }]);
  const at = Date.UTC(2040, 0, 1);
  await world.pool.query('update people set wake_at = $1 where workspace_id = $2', [
    new Date(at),
    world.workspaceId,
  ]);
  const told: number[] = [];
  await createNews({ ...here(), clock: { notice: (wakeAt) => told.push(wakeAt) } }).ask();
  expect(told).toEqual([at]);
});

it.each([true, false])(
  'a message (marketing: %s) wakes the sender from its instant on',
  async (marketing) => {
    const dueAt = Date.UTC(2040, 0, 1);
    await queueMessage(dueAt, marketing);
    const woken: number[] = [];
    const { ask } = createNews({ ...here(), sender: { wake: () => woken.push(world.deps.now()) } });
    world.clock.now = dueAt - 1;
    await ask();
    world.clock.now = dueAt;
    await ask();
    expect(woken).toEqual([dueAt]);
  },
);

it('one that has ended, or is being handed over, is none', async () => {
  for (const state of ['handing', 'sent', 'dropped']) await queueMessage(0, true, state);
  expect((await askNews(world.pool, world.workspaceId))?.messageAt).toBeNull();
});

it('what Postgres’ clock says comes with them', async () => {
  const { at, tookMs } = await createNews(here()).ask();
  expect(Math.abs(at - Date.now())).toBeLessThan(tookMs + 5_000);
});

it('a history that came in or went is told once, and not the one that was there before', async () => {
  let told = 0;
  const { ask: look } = createNews({ ...here(), onHistory: () => (told += 1) });
  const sample = (status: string, finishedAt: Date | null) =>
    world.pool.query(
      `insert into sample_stores (workspace_id, seed, story, status, made, progress, started_at, finished_at)
       values ($1, 1, '{}', $2, '{}', '{}', now(), $3)
       on conflict (workspace_id) do update set status = excluded.status, finished_at = excluded.finished_at`,
      [world.workspaceId, status, finishedAt],
    );
  await sample('loading', null);
  await look();
  expect(told).toBe(0);
  await sample('ready', new Date());
  await look();
  await look();
  expect(told).toBe(1);
  await world.pool.query('delete from sample_stores');
  await look();
  expect(told).toBe(2);
});

async function queueMessage(nextAt: number, marketing: boolean, state = 'queued'): Promise<void> {
  await world.pool.query(
    `insert into messages (bucket, workspace_id, id, person_id, channel, topic, marketing, state, next_at,
                           requested_at, due_at, expires_at)
     values (1, $1, gen_random_uuid(), gen_random_uuid(), 'email', 'offers', $3, $4, $2, $2, $2, $2)`,
    [world.workspaceId, new Date(nextAt), marketing, state],
  );
}
