// A fit over the API, on a real database, in a real thread: what is learnt becomes part of the program once, everyone follows in
// the background with the cause of a refit, and what fails takes nothing away.
import { parsePrediction } from '@rapport/engine';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { backfillAll } from '../../src/workers/backfill.ts';
import { askFit, claimFit, endFit } from '../../src/postgres/predictions.ts';
import { fitNow } from '../../src/prediction/now.ts';
import { runFit } from '../../src/prediction/run.ts';
import { askByNight } from '../../src/workers/fit.ts';
import { createApiWorld, daysBefore, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

const now = Date.parse('2026-06-01T12:00:00.000Z');
const CUSTOMERS = 130;
let world: ApiWorld;
let marketer: Caller;
let sally: string;

beforeAll(async () => {
  world = await createApiWorld({ now });
  marketer = await world.signIn('marketer');
  sally = await customer(0);
}, 120_000);
afterAll(() => world.close());

test('with one customer it says that this is too little, and the program stays as it is', async () => {
  const before = await version();
  const fit = await learn();
  expect(fit).toMatchObject({ state: 'done', verdict: 'too_little', program_version: null });
  expect(fit.orders?.words).toBe(
    'Too little to learn from: 1 customers, 1 of whom came more than once. It takes 100, 50 of whom came more than once, over two months.',
  );
  expect(await version()).toBe(before);
  expect((await predictions()).in_use).toBe(null);
});

test('whoever asks while another process learns waits for it, and goes on where that one left it in the middle', async () => {
  const id = await askFit(world.pool, { workspaceId: world.workspaceId, id: uuidv7(), by: null, at: now });
  const elsewhere = await claimFit(world.pool, now);
  const waiting = await waitingFit();
  await runFit(deps(), elsewhere!);
  expect(await waiting.ended).toMatchObject({ id, state: 'done' });

  await askFit(world.pool, { workspaceId: world.workspaceId, id: uuidv7(), by: null, at: now });
  const left = await claimFit(world.pool, now);
  const again = await waitingFit();
  await endFit(world.pool, left!, { state: 'interrupted', at: now });
  const row = await again.ended;
  expect(row).toMatchObject({ state: 'done' });
  expect(row!.id).not.toBe(left!.id);
});

test('before anything is learnt, nothing is expected of anybody', async () => {
  await world.call(marketer, 'GET', '/api/figures');
  await world.figured();
  const figures = await world.call(marketer, 'GET', '/api/figures');
  expect(figures.body).toContain('no rhythm is learnt yet');
});

test('with enough of them it becomes part of the program; who is moved by it is moved with the cause of a refit', async () => {
  for (let i = 1; i < CUSTOMERS; i += 1) await customer(i);
  const before = await version();
  const fit = await learn();
  expect(fit).toMatchObject({ state: 'done', verdict: 'fits', program_version: before + 1 });
  expect(fit.orders?.words).toMatch(/^Learnt from 130 customers, \d+ of whom came more than once\./);
  expect((await predictions()).in_use).toMatchObject({
    orders: 'fits',
    fitted_at: new Date(now).toISOString(),
  });

  await world.deps.programs.reload(world.workspaceId);
  await backfillAll(
    { pool: world.pool, programs: world.deps.programs, now: world.deps.now },
    world.workspaceId,
  );
  const { rows } = await world.pool.query<{ kind: string }>(
    `select distinct body::jsonb -> 'cause' ->> 'kind' as kind
       from decisions
      where (body::jsonb ->> 'program')::int = $1 and kind in ('segment_joined', 'segment_left', 'stage_changed')`,
    [before + 1],
  );
  expect(rows.map(({ kind }) => kind)).toEqual(['refit']);
  const runs = await world.pool.query(`select 1 from decisions where kind = 'run_started'`);
  expect(runs.rowCount).toBe(0);

  const { prediction } = (await world.call(marketer, 'GET', `/api/people/per_${sally}/prediction`)).json<{
    prediction: { p_alive: number; curve: readonly unknown[]; lapses: readonly { by: string }[] };
  }>();
  expect(prediction.p_alive).toBeGreaterThan(0);
  expect(prediction.p_alive).toBeLessThan(1);
  expect(prediction.curve.length).toBeGreaterThan(100);
  expect(prediction.lapses.map(({ by }) => by)).toEqual(['model', 'model']);
}, 300_000);

test('what everyone together is expected to bring is the sum of what each of them is, and they stand behind it', async () => {
  // Worked out a moment ago, before anything was learnt: that does not have to rest.
  await world.call(marketer, 'GET', '/api/figures');
  await world.figured();
  const { cards } = (await world.call(marketer, 'GET', '/api/figures')).json<{
    cards: readonly { key: string; beside: readonly Sum[] }[];
  }>();
  const sums = cards
    .find(({ key }) => key === 'customer_value')!
    .beside.filter(({ key }) => key === 'expected');
  expect(sums.map(({ name }) => name)).toEqual([
    'expected of everyone together in the next 90 days',
    'expected of everyone together in the next 365 days',
  ]);
  const [, year] = sums;
  const behind = (await world.call(marketer, 'GET', '/api/figures/expected/people?limit=200')).json<{
    items: readonly { id: string }[];
    parts: readonly object[];
  }>();
  expect(behind.parts).toEqual([expect.objectContaining({ part: 'of', people: CUSTOMERS })]);
  const each = await Promise.all(
    behind.items.map(({ id }) => world.call(marketer, 'GET', `/api/people/${id}/prediction`)),
  );
  const expected = each.map(
    (one) => one.json<{ prediction: { worth: { expected: number } } }>().prediction.worth.expected,
  );
  const sum = expected.reduce((all, one) => all + one, 0);
  expect(year!.denominator).toBe(CUSTOMERS);
  // A person's page counts silence to the hour, the sum to the day.
  expect(year!.value / sum).toBeGreaterThan(0.98);
  expect(year!.value / sum).toBeLessThan(1.02);
  expect(year!.low).toBeLessThan(0.95 * year!.value);
  expect(year!.high).toBeGreaterThan(1.05 * year!.value);
  expect(expected.slice(1).every((one, i) => one <= expected[i]! * 1.02)).toBe(true);
}, 60_000);

interface Sum {
  readonly key?: string;
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly denominator: number;
}

test('learnt again from the same orders, nothing moved and nobody is asked again', async () => {
  const before = await version();
  expect(await learn()).toMatchObject({ state: 'done', verdict: 'fits', program_version: null });
  expect(await version()).toBe(before);
});

test('refunds, other currencies, amounts of nothing and less, dates to come, an order every day: each counts as it should', async () => {
  const before = await learn();
  const days = (n: number): number => daysBefore(now, n);
  const bought = (who: string, day: number, more: Parameters<typeof order>[2] = {}) =>
    order(`${who}@shop.example`, days(day), more);
  const refund = (of: ReturnType<typeof order>) => ({
    ...of,
    id: `refund-${of.id}`,
    name: 'Order Refunded',
    at: days(1),
  });
  const whole = bought('refunded', 90);
  const part = bought('partly', 90, { total: 80 });
  await world.person([whole, refund(whole)]);
  await world.person([part, { ...refund(part), properties: { ...part.properties, total: 79 } }]);
  await world.person([
    bought('dollars', 90, { currency: 'USD', total: 9_000_000 }),
    bought('dollars', 30, { currency: 'USD' }),
  ]);
  await world.person([bought('nothing', 60, { total: 0 })]);
  await world.person([bought('less', 60, { total: -4_000 })]);
  await world.person([bought('tomorrow', -40, { total: 50 })]);
  await world.person(
    Array.from({ length: 300 }, (_, i) => bought('daily', 310 - i, { total: 12 + (i % 3) })),
  );
  const after = await learn();
  expect(after).toMatchObject({ state: 'done', verdict: 'fits' });
  // Partly refunded, in dollars and daily. In dollars nothing is known of what an order brings.
  expect(after.orders!.customers).toBe(before.orders!.customers + 3);
  expect(after.spending!.customers).toBe(before.spending!.customers + 2);
  expect(after.spending!.mean_minor! / before.spending!.mean_minor!).toBeCloseTo(1, 1);
  const { rows } = await world.pool.query<{ prediction: unknown }>(
    `select prediction from predictions where state = 'done' order by finished_at desc, id desc limit 1`,
  );
  expect(parsePrediction(rows[0]?.prediction)).toMatchObject({ ok: true });
}, 120_000);

test('a fit that fails says why, and what was learnt before stays in use', async () => {
  const { in_use: inUse } = await predictions();
  const asked = await world.call(marketer, 'POST', '/api/predictions');
  expect(asked.statusCode).toBe(202);
  const row = await claimFit(world.pool, now);
  await runFit({ ...deps(), url: 'postgres://nobody@127.0.0.1:9/none' }, row!);
  const { items, in_use: after } = await predictions();
  expect(items[0]).toMatchObject({ state: 'failed', verdict: null });
  expect(items[0]?.problem).not.toBe(null);
  expect(after).toEqual(inUse);
});

test('asked for twice, the first one stands; an agent may look but not ask', async () => {
  const ask = async () => (await world.call(marketer, 'POST', '/api/predictions')).json<{ id: string }>().id;
  expect(await ask()).toBe(await ask());
  expect(world.woken).toContain('fits');
  const agent = await world.signIn('agent');
  expect((await world.call(agent, 'GET', '/api/predictions')).statusCode).toBe(200);
  expect((await world.call(agent, 'POST', '/api/predictions')).statusCode).toBe(403);
  const row = await claimFit(world.pool, now);
  await runFit(deps(), row!);
});

test('a night’s fit is due once a night, from three o’clock on', async () => {
  const night = { pool: world.pool, programs: world.deps.programs };
  expect(await askByNight({ ...night, now: () => now }, world.workspaceId)).toBe(false);
  const tomorrow = Date.parse('2026-06-02T02:59:59.000Z');
  expect(await askByNight({ ...night, now: () => tomorrow }, world.workspaceId)).toBe(false);
  expect(await askByNight({ ...night, now: () => tomorrow + 1_000 }, world.workspaceId)).toBe(true);
  expect(await askByNight({ ...night, now: () => tomorrow + 2_000 }, world.workspaceId)).toBe(false);
});

test('not while an import brings customers, but when it is done, once', async () => {
  // The night's, of the test above.
  await world.pool.query(`update predictions set state = 'done' where state = 'queued'`);
  const evening = Date.parse('2026-06-02T20:00:00.000Z');
  const night = { pool: world.pool, programs: world.deps.programs, now: () => evening + 60_000 };
  expect(await askByNight(night, world.workspaceId)).toBe(false);
  const id = '01900000-0000-7000-8000-00000000f17e';
  await world.pool.query(
    `insert into imports (id, workspace_id, file_name, file_hash, options, status, progress, notices, created_at, started_at)
     values ($1, $2, 'orders.csv', '', '{}', 'establishing', '{}', '[]', $3, $3)`,
    [id, world.workspaceId, new Date(evening)],
  );
  expect(await askByNight(night, world.workspaceId)).toBe(false);
  await world.pool.query(`update imports set status = 'done', finished_at = $2 where id = $1`, [
    id,
    new Date(evening + 30_000),
  ]);
  expect(await askByNight(night, world.workspaceId)).toBe(true);
  expect(await askByNight(night, world.workspaceId)).toBe(false);
});

/** Every ten to sixty days, from a year ago on; one in three stops on the way. */
function customer(i: number): Promise<string> {
  const gap = 10 + ((i * 7) % 50);
  const count = i % 3 === 0 ? 2 + (i % 4) : Math.floor(330 / gap);
  const days = Array.from({ length: count }, (_, n) => 350 - n * gap - ((i * n * 5) % 7)).filter(
    (day) => day > 0,
  );
  const at = [...new Set(days)].sort((a, b) => b - a);
  const total = (day: number): number => 20 + ((i * 13) % 60) + (day % 9);
  return world.person(
    at.map((day) => order(`c${i}@shop.example`, daysBefore(now, day), { total: total(day) })),
  );
}

interface FitView {
  readonly state: string;
  readonly verdict: string | null;
  readonly program_version: number | null;
  readonly problem: unknown;
  readonly orders: { readonly words: string; readonly customers: number } | null;
  readonly spending: { readonly customers: number; readonly mean_minor: number | null } | null;
}

const deps = () => ({ pool: world.pool, url: world.databaseUrl, now: world.deps.now, log: world.deps.log });

/** Asked for by hand, and told that another process is at it. */
async function waitingFit() {
  const told = Promise.withResolvers<void>();
  const of = { workspaceId: world.workspaceId, onElsewhere: told.resolve };
  const ended = fitNow({ ...deps(), newId: uuidv7 }, of);
  await told.promise;
  return { ended };
}

async function learn(): Promise<FitView> {
  const asked = await world.call(marketer, 'POST', '/api/predictions');
  expect(asked.statusCode, asked.body).toBe(202);
  const row = await claimFit(world.pool, now);
  await runFit(deps(), row!);
  return (await world.call(marketer, 'GET', `/api/predictions/fit_${row!.id}`)).json<FitView>();
}

async function predictions() {
  const response = await world.call(marketer, 'GET', '/api/predictions');
  await world.deps.programs.reload(world.workspaceId);
  return (await world.call(marketer, 'GET', '/api/predictions')).json<{
    in_use: object | null;
    items: readonly FitView[];
    status: typeof response.statusCode;
  }>();
}

async function version(): Promise<number> {
  const { rows } = await world.pool.query<{ version: number }>(
    'select program_version::int as version from workspaces where id = $1',
    [world.workspaceId],
  );
  return rows[0]!.version;
}
