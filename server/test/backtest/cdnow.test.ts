// The ready journeys over a real shop's history (CDNOW, every tenth customer), against figures worked out from the orders
// alone, by code that shares nothing with the engine.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBacktest } from '../../src/backtest/run.ts';
import { askedSchema, readAsked } from '../../src/http/backtest-asked.ts';
import { runImport } from '../../src/import/run.ts';
import { createLog } from '../../src/log.ts';
import { findBacktest, insertBacktest } from '../../src/postgres/backtests.ts';
import type { StoredResult } from '../../src/postgres/backtest-stored.ts';
import { ensureWorkspace } from '../../src/postgres/definitions.ts';
import { findImport, insertImport, startImport } from '../../src/postgres/imports.ts';
import { openPool } from '../../src/postgres/pool.ts';
import type { Pool } from '../../src/postgres/pool.ts';
import { createPrograms, loadDefinition } from '../../src/postgres/programs.ts';
import { shipped } from '../../src/shipped.ts';
import { createTestDatabase } from '../support/postgres.ts';
import type { TestDatabase } from '../support/postgres.ts';

const CDNOW = new URL('../../../../shared/data/cdnow/CDNOW_master.txt', import.meta.url).pathname;
const NOW = Date.UTC(2026, 5, 1, 10);
/** The end of 30 June 1998 in the shop's zone: the last day that the file covers. */
const AS_OF = Date.parse('1998-07-01T04:00:00.000Z');
const DAY = 86_400_000;
const log = createLog({ level: 'error' });

describe.skipIf(!existsSync(CDNOW))('a real shop (skipped without shared/data)', () => {
  let database: TestDatabase;
  let pool: Pool;
  let workspaceId: string;
  let gapDays: number;
  let customers: readonly Customer[];

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = openPool({ url: database.url, name: 'test', connectionsMax: 4, statementMs: 0, log });
    const made = { shipped, now: () => NOW, newId: uuidv7, timeZone: 'America/New_York' };
    workspaceId = (await ensureWorkspace(pool, made)).id;
    await importEveryTenth(pool, workspaceId);
    gapDays = (await loadDefinition(pool, workspaceId)).gap_days ?? 60;
    customers = await readCustomers(pool);
  }, 120_000);

  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  test('who would have fallen quiet, how often, and who ordered anyway', async () => {
    const span = { from: Date.parse('1997-09-01T04:00:00Z'), to: AS_OF + 1 };
    // The plain rule, which asks for nothing that is learnt of others: it can be worked out by hand.
    const rule = { kind: 'quiet', of: 'orders', gaps: 2, min: 'P14D', max: 'P365D' };
    const result = await run({ kind: 'rule', rule }, span);
    expect(result.learnt).toEqual({ kind: 'not_asked' });
    const expected = customers.map((customer) => quietOf(customer, gapDays * DAY));
    const inSpan = expected.map(({ joined }) => joined.filter((at) => at >= span.from && at < span.to));
    expect(result.people).toBe(customers.length);
    expect(result.as_of_people).toBe(customers.length);
    expect(result.reached).toEqual({
      people: inSpan.filter((times) => times.length > 0).length,
      times: inSpan.flat().length,
      already: expected.filter((one) => one.isQuiet(span.from - 1)).length,
      at_end: expected.filter((one) => one.isQuiet(span.to - 1)).length,
    });
    const told = customers.flatMap((customer, i) => {
      const at = inSpan[i]?.[0];
      return at === undefined ? [] : [anywayOf(customer, at, gapDays * DAY)];
    });
    const { people, of, undecided, contacted } = result.ordered_anyway;
    expect({ people, of, undecided, contacted }).toEqual({
      people: told.filter((one) => one === 'ordered').length,
      of: told.filter((one) => one !== 'undecided').length,
      undecided: told.filter((one) => one === 'undecided').length,
      contacted: 0,
    });
    // The figures are of some size, so that all of this says something.
    expect(result.reached.people).toBeGreaterThan(500);
    expect(people).toBeGreaterThan(100);
    expect(undecided).toBeGreaterThan(20);
  });

  test('the broken rhythm reaches whoever falls quiet in the span', async () => {
    const span = { from: Date.parse('1997-09-01T04:00:00Z'), to: AS_OF + 1 };
    const [journey, segment] = [
      await run({ kind: 'journey', key: 'broken_rhythm' }, span),
      await run({ kind: 'segment', key: 'quiet' }, span),
    ];
    expect(journey.reached.people).toBe(segment.reached.people);
    expect(journey.learnt).toEqual(segment.learnt);
    expect(journey.ordered_anyway).toEqual(segment.ordered_anyway);
    const [reason, ...others] = journey.messages?.dropped_reasons ?? [];
    expect(others).toEqual([]);
    expect(reason).toMatchObject({ reason: 'no_address', messages: journey.messages?.asked });
    // A few of them by name, each within the span.
    const examples = reason?.examples ?? [];
    expect(new Set(examples.map(({ id }) => id)).size).toBe(3);
    for (const { at } of examples) expect(at >= span.from && at < span.to).toBe(true);
  });

  test('the rhythm is learnt at each month, of who had ordered until then', async () => {
    const span = { from: Date.parse('1997-03-15T05:00:00Z'), to: AS_OF + 1 };
    const { learnt, reached, refits } = await run({ kind: 'segment', key: 'quiet' }, span);
    const days = [
      '1997-03-15',
      ...['04', '05', '06', '07', '08', '09', '10', '11', '12'].map((m) => `1997-${m}-01`),
    ];
    days.push(...['01', '02', '03', '04', '05', '06', '07'].map((m) => `1998-${m}-01`));
    // Who ever paid nothing has no net order.
    const { rows } = await pool.query<{ first: number }>(
      `select min((at at time zone 'America/New_York')::date - date '1970-01-01') as first
       from events
       where name = 'Order Completed' and (body::jsonb -> 'properties' ->> 'total')::numeric > 0
       group by person_id`,
    );
    const known = days.map((day) => rows.filter(({ first }) => first < Date.parse(day) / DAY).length);
    if (learnt?.kind !== 'monthly') throw new Error(`parameters were not learnt: ${learnt?.kind ?? ''}`);
    expect(learnt.fits.map(({ customers: n }) => n)).toEqual(known);
    expect(learnt.fits.map(({ verdict }) => verdict)).toContain('fits');
    expect(reached.people).toBeGreaterThan(500);
    expect(refits.people).toBeGreaterThan(0);
  });

  test('the welcome reaches everyone once; who orders again within 60 days gets no second letter', async () => {
    const span = { from: Date.parse('1997-01-01T05:00:00Z'), to: AS_OF + 1 };
    const result = await run({ kind: 'journey', key: 'welcome' }, span);
    const again = customers.filter(({ orders }) => {
      const first = orders[0] ?? 0;
      return orders.some((at) => at > first && at <= first + 60 * DAY);
    });
    const whole = customers.filter(({ orders }) => (orders[0] ?? 0) + 60 * DAY <= AS_OF);
    expect(whole).toHaveLength(customers.length);
    expect(result.reached).toMatchObject({ people: customers.length, times: customers.length });
    expect(result.journey).toMatchObject({
      runs: customers.length,
      goals: again.length,
      under_way: 0,
      ends: [
        { reason: 'exit', runs: customers.length - again.length },
        { reason: 'goal', runs: again.length },
      ],
    });
    expect(result.messages?.asked).toBe(2 * customers.length - again.length);
  });

  test('the year before the last day of the file is the default', async () => {
    const definition = await loadDefinition(pool, workspaceId);
    const body = askedSchema.parse({ of: { kind: 'segment', key: 'quiet' } });
    const asked = await readAsked({ db: pool, definition, now: NOW }, body);
    expect([asked.from, asked.to]).toEqual([AS_OF + 1 - 365 * DAY, AS_OF + 1]);
  });

  async function run(
    of: unknown,
    span: { readonly from: number; readonly to: number },
  ): Promise<StoredResult> {
    const definition = await loadDefinition(pool, workspaceId);
    const [from, to] = [new Date(span.from).toISOString(), new Date(span.to).toISOString()];
    const asked = await readAsked({ db: pool, definition, now: NOW }, askedSchema.parse({ of, from, to }));
    const id = uuidv7();
    await insertBacktest(pool, { id, workspaceId, asked, by: null, at: NOW, state: 'running' });
    const row = await findBacktest(pool, workspaceId, id);
    if (row === undefined) throw new Error('the backtest is gone');
    await runBacktest({ pool, url: database.url, now: () => NOW, log }, row);
    const ended = await findBacktest(pool, workspaceId, id);
    expect(ended?.state, JSON.stringify(ended?.problem)).toBe('done');
    if (ended?.result === null || ended?.result === undefined)
      throw new Error('it is done and has no result');
    return ended.result;
  }
});

interface Customer {
  /** Instants, in order. */
  readonly orders: readonly number[];
  /** Local days of the same. */
  readonly days: readonly number[];
}

/** The usual gap after the first n orders: the geometric mean between distinct days, from three on. */
function gapOf({ days }: Customer, n: number, otherwise: number): number {
  const distinct = [...new Set(days.slice(0, n))];
  if (distinct.length < 3) return otherwise;
  const product = distinct.slice(1).reduce((sum, day, i) => sum + Math.log(day - (distinct[i] ?? 0)), 0);
  return Math.round(Math.exp(product / (distinct.length - 1)) * DAY);
}

function between(least: number, value: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** Quiet from the last order plus two gaps (14 to 365 days) on, until the next order. */
function quietOf(customer: Customer, otherwise: number) {
  const spells = customer.orders.flatMap((at, i) => {
    const from = at + between(14 * DAY, Math.round(2 * gapOf(customer, i + 1, otherwise)), 365 * DAY);
    const until = customer.orders[i + 1] ?? Infinity;
    return from < until ? [{ from, until }] : [];
  });
  return {
    joined: spells.map(({ from }) => from),
    isQuiet: (at: number): boolean => spells.some(({ from, until }) => from <= at && at < until),
  };
}

function anywayOf(customer: Customer, at: number, otherwise: number): 'ordered' | 'not' | 'undecided' {
  const before = customer.orders.filter((order) => order <= at).length;
  const until = at + between(30 * DAY, Math.round(2 * gapOf(customer, before, otherwise)), 180 * DAY);
  if (until > AS_OF + 1) return 'undecided';
  return customer.orders.some((order) => order > at && order < until) ? 'ordered' : 'not';
}

async function importEveryTenth(pool: Pool, workspaceId: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rapport-cdnow-'));
  const [header = '', ...lines] = (await readFile(CDNOW, 'utf8')).split('\n');
  const tenth = lines.filter((line) => /^\s*\d{4}0\s/.test(line));
  const id = uuidv7();
  const file = path.join(folder, id);
  await writeFile(file, [header, ...tenth].join('\n'));
  const options = { as_of: new Date(AS_OF).toISOString(), permission: 'none' as const, currency: 'USD' };
  const about = {
    id,
    workspace_id: workspaceId,
    file_name: 'orders.txt',
    file_hash: null,
    stored_path: file,
  };
  await insertImport(pool, { ...about, options, notices: [], at: NOW });
  await startImport(pool, workspaceId, id, {
    options: { ...options, read_at: new Date(NOW).toISOString() },
    at: NOW,
  });
  const programs = createPrograms(pool);
  const row = await findImport(pool, workspaceId, id);
  if (row === undefined) throw new Error('the import is gone');
  await runImport(
    { pool, programs, now: () => NOW, newId: uuidv7, secret: 'a secret of the tests, long enough', log },
    row,
  );
  await rm(folder, { recursive: true, force: true });
}

/** As they are stored: who ordered when. */
async function readCustomers(pool: Pool): Promise<readonly Customer[]> {
  const { rows } = await pool.query<{ orders: string[]; days: number[] }>(
    `select array_agg((extract(epoch from at) * 1000)::bigint::text order by at, message_id) as orders,
       array_agg(((at at time zone 'America/New_York')::date - date '1970-01-01') order by at, message_id) as days
     from events
     where name = 'Order Completed'
     group by person_id`,
  );
  return rows.map(({ orders, days }) => ({ orders: orders.map(Number), days }));
}
