// Backtests over the API, on a real database, with real threads.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { backtestSchema } from '../../src/http/backtest-view.ts';
import { createBacktestWorker } from '../../src/workers/backtest.ts';
import type { BacktestWorker } from '../../src/workers/backtest.ts';
import { createApiWorld, daysBefore, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';
import { until } from '../support/processes.ts';

let world: ApiWorld;
let worker: BacktestWorker;
let marketer: Caller;
let sally: string;

beforeAll(async () => {
  world = await createApiWorld();
  const { clock } = world;
  const at = (days: number) => daysBefore(clock.now, days);
  // Ten days apart, then silence: quiet 20 days after the last order, 80 days ago.
  sally = await world.person([120, 110, 100].map((days) => order('sally@shop.example', at(days))));
  await world.step(sally, {
    kind: 'consent',
    changes: [{ channel: 'email', topic: '*', status: 'given', basis: 'phone', source: 'Ana' }],
  });
  // The same, and an order 20 days into the silence.
  await world.person([120, 110, 100, 60].map((days) => order('omar@shop.example', at(days))));
  await world.person([10].map((days) => order('new@shop.example', at(days))));
  worker = createBacktestWorker({
    pool: world.pool,
    url: world.databaseUrl,
    now: world.deps.now,
    log: world.deps.log,
  });
  marketer = await world.signIn('marketer');
});

afterAll(async () => {
  await worker.stop();
  await world.close();
});

describe('a backtest over the API', () => {
  test('of a segment says who would have joined, when, and who ordered anyway', async () => {
    const told = await run({ of: { kind: 'segment', key: 'quiet' } });
    expect(told).toMatchObject({
      state: 'done',
      name: 'Unusually quiet',
      progress: { share: 1, people: 3, events: 8 },
      by: 'The marketer',
    });
    expect(told.result).toMatchObject({
      title:
        'From 1 June 2025 to 1 June 2026, 2 people would have joined “Unusually quiet”; 1 of 2 would have ordered anyway.',
      history: { people: 3, events: 8, until: '2026-06-01T12:00:00.000Z' },
      reached: { people: 2, times: 3, already: 0, at_end: 2 },
      ordered_anyway: { people: 1, of: 2, share: null, undecided: 0, contacted: 0, usual_gap_days: 60 },
      messages: null,
      journey: null,
    });
    expect(told.result.sample.map((one) => one.person.email).sort()).toEqual([
      'omar@shop.example',
      'sally@shop.example',
    ]);
    const omar = told.result.sample.find((one) => one.person.email === 'omar@shop.example');
    expect(omar?.sentence).toBe(
      'Reached on 13 March 2026 by silence alone, 2 times in all; ordered 20 days later, without any message.',
    );
    expect(omar?.timeline.map((item) => [item.kind, item.words])).toEqual([
      ['order', 'Ordered.'],
      ['order', 'Ordered.'],
      ['order', 'Ordered.'],
      ['reached', 'Would have joined “Unusually quiet”, by silence alone.'],
      ['order', 'Ordered.'],
      ['left', 'Would have left again.'],
      ['reached', 'Would have joined “Unusually quiet”, by silence alone.'],
    ]);
  });
});

type Told = z.infer<typeof backtestSchema>;
type Result = NonNullable<Told['result']>;

async function run(body: unknown): Promise<Told & { readonly result: Result }> {
  const told = await ended(await ask(body));
  expect(told.state, JSON.stringify(told.problem)).toBe('done');
  if (told.result === null) throw new Error('it is done and has no result');
  return { ...told, result: told.result };
}

async function ask(body: unknown): Promise<string> {
  const asked = await world.call(marketer, 'POST', '/api/backtests', body);
  expect(asked.statusCode, asked.body).toBe(202);
  worker.wake();
  return asked.json<Told>().id;
}

async function look(id: string): Promise<Told> {
  return (await world.call(marketer, 'GET', `/api/backtests/${id}`)).json<Told>();
}

async function ended(id: string): Promise<Told> {
  await until('the backtest has ended', async () => !['queued', 'running'].includes((await look(id)).state));
  return look(id);
}
