// Clocks that jump, and a month of downtime: the whole process against a Postgres whose clock the test moves. A function of
// that name in a schema that is searched before Postgres' own is what the process asks.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase } from '../support/postgres.ts';
import type { TestDatabase } from '../support/postgres.ts';
import { until } from '../support/processes.ts';
import { startSmtpSink } from '../support/smtp-sink.ts';
import type { SmtpSink } from '../support/smtp-sink.ts';
import { askApi, makeKey, makeWhole } from './whole.ts';
import type { Whole } from './whole.ts';

let database: TestDatabase;
let sink: SmtpSink;
let whole: Whole;
let key = '';

beforeEach(async () => {
  database = await createTestDatabase();
  sink = await startSmtpSink();
  whole = await makeWhole({ env: { SMTP_URL: sink.url, DATABASE_URL: database.url } });
  await whole.query('create schema moved');
  await whole.query('create table moved.clock (seconds double precision not null)');
  await whole.query('insert into moved.clock values (0)');
  await whole.query(
    `create function moved.clock_timestamp() returns timestamptz language sql volatile as
     'select pg_catalog.clock_timestamp() + make_interval(secs => seconds) from moved.clock'`,
  );
  const name = new URL(database.url).pathname.slice(1);
  await whole.query(`alter database ${name} set search_path = moved, pg_catalog, public`);
  await whole.start();
  key = await makeKey(whole);
  await api('PUT', '/api/settings/sending', { mode: 'live', from: 'Tea <hello@shop.example>' });
});
afterEach(async () => {
  await whole.close();
  await sink.close();
  await database.drop();
});

const api = <T>(method: string, path: string, body?: unknown): Promise<T> =>
  askApi<T>(whole, key, { method, path, ...(body === undefined ? {} : { body }) });
const moveClock = async (seconds: number): Promise<void> =>
  void (await whole.query('update moved.clock set seconds = seconds + $1', [seconds]));

let messages = 0;
async function send(userId: string, event: string): Promise<void> {
  const traits = { email: `${userId}@shop.example` };
  const batch = [{ type: 'track', userId, event, context: { traits }, messageId: `m${(messages += 1)}` }];
  expect(await api('POST', '/v1/batch', { batch })).toEqual({ success: true, rejected: [] });
}

/** Asked for by its event, after this wait. */
async function journey(name: string, wait: string): Promise<void> {
  const letter = { kind: 'email', template: 'welcome', topic: 'offers', marketing: false, promised: true };
  const nodes = {
    t: { kind: 'trigger', on: { kind: 'event', event: name }, next: 'w' },
    w: { kind: 'wait', for: wait, next: 'm' },
    m: { ...letter, next: 'x' },
    x: { kind: 'exit' },
  };
  await api('POST', '/api/journeys', { key: name, name, graph: { entry: 't', nodes, reentry: 'once' } });
  await api('POST', `/api/journeys/${name}/activate`, { version: 1, who: 'from_now' });
}

interface System {
  readonly appointments: { readonly due: number; readonly lag_ms: number };
  readonly clock: { readonly offset_ms: number; readonly paused: boolean };
  readonly workers: { readonly [name: string]: { readonly state: string; readonly detail?: string } };
}
const system = (): Promise<System> => api<System>('GET', '/api/system');
const letters = (): readonly string[] => sink.accepted.map(({ to }) => to[0] ?? '').sort();

test('a clock that jumps by two minutes pauses appointments and sending, takes events on, and waits for a person', async () => {
  await journey('soon', 'PT3S');
  await send('ann', 'soon');
  await moveClock(120);
  await until('it rests', async () => (await system()).clock.paused);
  const { workers } = await system();
  for (const worker of ['clock', 'sender'])
    expect(workers[worker]).toEqual({
      state: 'paused',
      detail: 'the clock of Postgres is 120 s ahead of the clock of this process',
    });

  // Her three seconds pass, and somebody else comes: taken, but nothing is decided by the clock and nothing leaves.
  await send('ben', 'soon');
  await until('moments are overdue', async () => {
    const { appointments } = await system();
    return appointments.due >= 1 && appointments.lag_ms > 1_500;
  });
  expect(sink.accepted).toEqual([]);

  await api('POST', '/api/system/confirm-clock', {});
  expect((await system()).clock.paused).toBe(false);
  await until('both have their letter', () => sink.accepted.length === 2);
  expect(letters()).toEqual(['ann@shop.example', 'ben@shop.example']);
  expect(await whole.query(`select 1 from audit_log where action = 'system.confirm_clock'`)).toHaveLength(1);
  expect(await whole.command('doctor')).toContain('All is well.');
}, 60_000);

test('a small disagreement is followed without a word', async () => {
  await journey('soon', 'PT20S');
  await send('ann', 'soon');
  await moveClock(40);
  await until('her letter', () => sink.accepted.length === 1, { withinMs: 10_000 });
  expect((await system()).clock.paused).toBe(false);
}, 60_000);

test('after a month of downtime every moment is noticed once, as of its own time, and what is past its use is not sent', async () => {
  await journey('early', 'P2D');
  await journey('late', 'P29DT23H');
  await journey('next', 'P40D');
  for (const event of ['early', 'late', 'next']) await send(event, event);
  const away = {
    kind: 'not',
    rule: { kind: 'count', event: 'early', window: { last: 'P20D' }, op: 'at_least', n: 1 },
  };
  const came = { kind: 'count', event: 'early', op: 'at_least', n: 1 };
  await api('POST', '/api/segments', {
    key: 'away',
    name: 'Away',
    rule: { kind: 'all', rules: [came, away] },
  });
  await until('everyone knows it', async () => {
    const { program } = await api<{ program: { behind: number } }>('GET', '/api/system');
    return program.behind === 0;
  });
  const started = await whole.query<{ due_at: Date }>(
    `select due_at from decisions where kind = 'run_started' order by due_at`,
  );
  const [from] = started.map(({ due_at: at }) => at.getTime());

  await whole.kill();
  await moveClock(30 * 86_400);
  await whole.start();
  // This machine and Postgres are a month apart: somebody has to say which is right.
  expect((await system()).workers['clock']?.detail).toMatch(/2592000 s ahead of the clock of this machine/);
  await send('zoe', 'early');
  await api('POST', '/api/system/confirm-clock', {});
  // Clients' backlogs come first; then a minute has gone by, in steps that nobody has to confirm.
  await moveClock(40);
  await until('it follows', async () => (await system()).clock.offset_ms > 2_592_030_000);
  await moveClock(40);

  await until('the one that is still of use', () => sink.accepted.length === 1, { withinMs: 30_000 });
  expect(letters()).toEqual(['late@shop.example']);
  const { items } = await api<{ items: readonly { state: string; reason: string | null; due_at: string }[] }>(
    'GET',
    '/api/messages?state=dropped',
  );
  expect(items).toMatchObject([{ state: 'dropped', reason: 'too_late' }]);
  expect(Date.parse(items[0]?.due_at ?? '')).toBe((from ?? 0) + 2 * 86_400_000);
  const [joined, ...more] = await whole.query<{ due_at: Date }>(
    `select due_at from decisions where kind = 'segment_joined' and body like '%"away"%'`,
  );
  expect(more).toEqual([]);
  expect((joined?.due_at.getTime() ?? 0) - (from ?? 0)).toBeLessThan(20 * 86_400_000 + 60_000);

  // It is said how long it was off, and what became of all that came due.
  await until('it is gone through', async () => {
    const { items: outages } = await api<{ items: readonly { settled: boolean }[] }>('GET', '/api/outages');
    return outages.at(-1)?.settled === true;
  });
  const told = await api<{ items: readonly object[] }>('GET', '/api/outages');
  expect(told.items.at(-1)).toMatchObject({
    people: 2,
    messages: { sent: 1, too_late: 1, not_sent: 0, waiting: 0, failed: 0 },
  });

  // Once is once, also after another start.
  await whole.kill();
  await whole.start();
  await api('POST', '/api/system/confirm-clock', {});
  expect(await whole.command('doctor')).toContain('All is well.');
  expect(letters()).toEqual(['late@shop.example']);
  const asked = await whole.query<{ n: number }>('select count(*)::int as n from messages');
  expect(asked).toEqual([{ n: 2 }]);
}, 120_000);
