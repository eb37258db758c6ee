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

describe('what may be asked', () => {
  test('a rule that is not stored', async () => {
    const rule = { kind: 'orders', op: 'at_least', n: 3 };
    const { result, of, sentence } = await run({ of: { kind: 'rule', rule }, sample: 0 });
    expect(of).toEqual({ kind: 'rule', rule });
    expect(sentence).toBe('has ordered on at least 3 days');
    expect(result.reached).toMatchObject({ people: 2, times: 2, at_end: 2 });
    expect(result.title).toContain('2 people would have come to meet this rule');
    expect(result.sample).toEqual([]);
  });

  test('a journey that is off, in its newest version, with what the sending rules would have said', async () => {
    const told = await run({ of: { kind: 'journey', key: 'broken_rhythm' } });
    expect(told.of).toEqual({ kind: 'journey', key: 'broken_rhythm', version: 1 });
    expect(told.sentence).toContain('E-mail: Broken rhythm: ask what changed');
    const { messages, journey, consent } = told.result;
    expect(consent).toBe('history');
    expect(journey).toMatchObject({ runs: 2, control: 0 });
    // Consent was recorded today by hand: nobody had agreed when they fell quiet.
    expect(messages).toMatchObject({ sent: 0, dropped_reasons: [{ reason: 'no_consent' }] });
    const assumed = await run({ of: { kind: 'journey', key: 'broken_rhythm' }, assume_consent: true });
    expect(assumed.result.consent).toBe('assumed');
    expect(assumed.result.messages).toMatchObject({ dropped: 0, people: 2 });
    expect(assumed.result.notes[0]).toBe(
      'At the beginning and at each month after it too little was known to learn a model from: usual gaps were used; nobody was moved by that.',
    );
    expect(assumed.result.notes[1]).toMatch(/^Everyone is taken to have agreed/);
    // The few of each reason are told with their names.
    const [reason] = messages?.dropped_reasons ?? [];
    expect(reason?.examples.map(({ person }) => person.email).sort()).toEqual([
      'omar@shop.example',
      'sally@shop.example',
    ]);
    const lines = assumed.result.sample.flatMap(({ timeline }) => timeline.map(({ words }) => words));
    expect(lines).toContain('E-mail: Broken rhythm: ask what changed would have been sent.');
    expect(lines).toContain('Would have entered “Broken rhythm”, by silence alone.');
  });

  test('a journey that is not stored', async () => {
    const graph = {
      entry: 't',
      nodes: {
        t: { kind: 'trigger', on: { kind: 'segment_joined', segment: 'quiet' }, next: 'm' },
        m: { kind: 'email', template: 'welcome', topic: 'offers', next: 'x' },
        x: { kind: 'exit' },
      },
      reentry: 'once',
    };
    const { result } = await run({ of: { kind: 'journey', graph } });
    expect(result.reached).toMatchObject({ people: 2, times: 2 });
    expect(result.journey?.nodes.map(({ node, visits }) => [node, visits])).toEqual([
      ['m', 2],
      ['t', 2],
      ['x', 2],
    ]);
  });

  test('a model as it is shown, changed', async () => {
    const shown = (await world.call(marketer, 'GET', '/api/lifecycle')).json<{ items: object[] }>();
    const { result, name } = await run({ of: { kind: 'model', model: shown.items[0] } });
    const stored = await run({ of: { kind: 'model', key: 'default' } });
    expect(name).toBe(stored.name);
    expect(result.stages).toEqual(stored.result.stages);
    expect(result.stages?.map(({ stage, at_end }) => [stage, at_end])).toEqual([
      ['acquaintance', 0],
      ['build_up', 1],
      ['continuation', 0],
      ['deterioration', 2],
      ['termination', 0],
    ]);
    expect(result.moves).toContainEqual({ from: 'continuation', to: 'deterioration', times: 3 });
  });

  test('a span of days, which begin in the zone of the workspace', async () => {
    const told = await run({ of: { kind: 'segment', key: 'quiet' }, from: '2026-03-13', to: '2026-03-14' });
    expect([told.from, told.to]).toEqual(['2026-03-13T00:00:00.000Z', '2026-03-14T00:00:00.000Z']);
    expect(told.result.series).toMatchObject({ unit: 'day', points: [{ from: '2026-03-13', times: 2 }] });
  });

  test.each([
    [{}, 400, 'invalid_body'],
    [{ of: { kind: 'weather' } }, 400, 'invalid_body'],
    [{ of: { kind: 'segment', key: 'nobody_made_this' } }, 404, 'not_found'],
    [{ of: { kind: 'model', key: 'nobody_made_this' } }, 404, 'not_found'],
    [{ of: { kind: 'model' } }, 400, 'invalid_body'],
    [{ of: { kind: 'model', key: 'default', model: {} } }, 400, 'invalid_body'],
    [{ of: { kind: 'model', model: { key: 'x', name: 'X', stages: [] } } }, 400, 'invalid_model'],
    [{ of: { kind: 'model', model: 'default' } }, 400, 'invalid_model'],
    [{ of: { kind: 'journey', key: 'welcome', version: 99 } }, 404, 'not_found'],
    [{ of: { kind: 'journey', graph: { entry: 'nowhere', nodes: {} } } }, 400, 'invalid_journey'],
    [{ of: { kind: 'rule', rule: { kind: 'segment', segment: 'nobody_made_this' } } }, 400, 'invalid_rule'],
    [{ of: { kind: 'rule' } }, 400, 'invalid_body'],
    [{ of: { kind: 'segment', key: 'quiet' }, from: '2026-02-30' }, 400, 'invalid_body'],
    [{ of: { kind: 'segment', key: 'quiet' }, from: 'yesterday' }, 400, 'invalid_body'],
    [{ of: { kind: 'segment', key: 'quiet' }, from: '2026-05-01', to: '2026-05-01' }, 400, 'invalid_body'],
    [{ of: { kind: 'segment', key: 'quiet' }, to: '2030-01-01' }, 400, 'invalid_body'],
    [{ of: { kind: 'segment', key: 'quiet' }, sample: 101 }, 400, 'invalid_body'],
    [{ of: { kind: 'segment', key: 'quiet' }, assume_consents: true }, 400, 'invalid_body'],
  ])('%j is refused', async (body, status, code) => {
    const answer = await world.call(marketer, 'POST', '/api/backtests', body);
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code]);
    expect(answer.json<{ hint: string }>().hint).not.toBe('');
  });

  test('what is no backtest is not found', async () => {
    for (const id of ['bkt_00000000-0000-7000-8000-000000000000', 'nonsense']) {
      for (const method of ['GET', 'DELETE'] as const)
        expect((await world.call(marketer, method, `/api/backtests/${id}`)).statusCode).toBe(404);
    }
  });
});

describe('who is lived through', () => {
  test('people who turned out to be one are lived through once, with all their events and messages', async () => {
    const at = (days: number) => daysBefore(world.clock.now, days);
    const one = await world.person([order('one@shop.example', at(300)), order('one@shop.example', at(290))]);
    const other = await world.person([order('two@shop.example', at(280))]);
    const before = await run({ of: { kind: 'rule', rule: { kind: 'orders', op: 'at_least', n: 3 } } });
    await writeAlias(world, other, one);
    const after = await run({ of: { kind: 'rule', rule: { kind: 'orders', op: 'at_least', n: 3 } } });
    expect(after.result.history).toMatchObject({
      people: before.result.history.people - 1,
      events: before.result.history.events,
    });
    expect(after.result.reached.people).toBe(before.result.reached.people + 1);
    const found = after.result.sample.find(({ person }) => person.id === `per_${one}`);
    expect(found?.timeline.filter(({ kind }) => kind === 'order')).toHaveLength(3);
    // A message that really went to the one merged away counts as theirs.
    await writeSent(world, other, at(270));
    const contacted = await run({ of: { kind: 'rule', rule: { kind: 'orders', op: 'at_least', n: 3 } } });
    expect(contacted.result.ordered_anyway.contacted).toBe(1);
  });

  test('who is known up to an earlier day is lived through up to it', async () => {
    const at = (days: number) => daysBefore(world.clock.now, days);
    const id = await world.person([order('old@shop.example', at(200))]);
    const quiet = { of: { kind: 'segment', key: 'quiet' } };
    const before = await run(quiet);
    // One order only: quiet 120 days later, twice the usual gap of all.
    await world.pool.query('update profiles set as_of = $2 where person_id = $1', [id, new Date(at(80) - 1)]);
    const after = await run(quiet);
    expect(after.result.history.as_of_people).toBe(1);
    expect(after.result.reached.people).toBe(before.result.reached.people - 1);
    expect(after.result.notes).toContain(
      '1 person is known up to an earlier day only, and lived through up to it.',
    );
  });
});

/** As a merge leaves the rows that a backtest reads. */
async function writeAlias(world: ApiWorld, loser: string, survivor: string): Promise<void> {
  await world.pool.query(
    `insert into aliases (bucket, workspace_id, person_id, survivor_bucket, survivor_id, at, reason)
     select l.bucket, l.workspace_id, l.id, s.bucket, s.id, now(), 'test'
     from people l, people s
     where l.id = $1 and s.id = $2`,
    [loser, survivor],
  );
}

async function writeSent(world: ApiWorld, person: string, at: number): Promise<void> {
  await world.pool.query(
    `insert into messages (bucket, workspace_id, id, person_id, channel, topic, marketing, state, next_at,
       requested_at, due_at, expires_at, handing_at)
     select bucket, workspace_id, gen_random_uuid(), id, 'email', 'offers', true, 'sent', $2, $2, $2, $2, $2
     from people
     where id = $1`,
    [person, new Date(at)],
  );
}

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
