import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { uuidv7 } from 'uuidv7';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { createLog } from '../log.ts';
import { ensureWorkspace, getWorkspace } from '../postgres/definitions.ts';
import { examine } from '../postgres/doctor.ts';
import { identityHash } from '../postgres/erasures.ts';
import {
  cancelImport,
  findImport,
  insertImport,
  pageRefusals,
  startImport,
  type ImportRow,
  type StoredOptions,
} from '../postgres/imports.ts';
import { openPool, type Pool } from '../postgres/pool.ts';
import { createPrograms, type Programs } from '../postgres/programs.ts';
import { stepPeople } from '../postgres/steps.ts';
import { shipped } from '../shipped.ts';
import { runImport, type ImportDeps } from './run.ts';
import { createImportWorker } from '../workers/import.ts';

const NOW = Date.UTC(2026, 5, 1, 10);
const log = createLog({ level: 'error' });

let folder: string;
let database: TestDatabase;
let pool: Pool;
let programs: Programs;
let deps: ImportDeps;
let workspaceId: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rapport-import-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  database = await createTestDatabase();
  pool = openPool({ url: database.url, name: 'import', connectionsMax: 4, statementMs: 0, log });
  programs = createPrograms(pool);
  const workspace = await ensureWorkspace(pool, {
    shipped,
    now: () => NOW,
    newId: uuidv7,
    timeZone: 'America/New_York',
  });
  workspaceId = workspace.id;
  deps = { pool, programs, now: () => NOW, newId: uuidv7, secret: 'a secret of the tests, long enough', log };
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

async function prepare(
  content: string | { readonly copyOf: string },
  options: Partial<StoredOptions> = {},
): Promise<ImportRow> {
  const id = uuidv7();
  const storedPath = path.join(folder, id);
  if (typeof content === 'string') await writeFile(storedPath, content);
  else await copyFile(content.copyOf, storedPath);
  const asked: StoredOptions = { as_of: null, permission: 'none', ...options };
  await insertImport(pool, {
    id,
    workspace_id: workspaceId,
    file_name: 'orders.csv',
    file_hash: null,
    stored_path: storedPath,
    options: asked,
    notices: [],
    at: NOW,
  });
  await startImport(pool, workspaceId, id, {
    options: { ...asked, read_at: new Date(NOW).toISOString() },
    at: NOW,
  });
  return getRow(id);
}

async function getRow(id: string): Promise<ImportRow> {
  const row = await findImport(pool, workspaceId, id);
  if (row === undefined) throw new Error('no such import');
  return row;
}

async function importFile(content: string, options: Partial<StoredOptions> = {}): Promise<ImportRow> {
  const row = await prepare(content, options);
  const outcome = await runImport(deps, row);
  if (outcome.kind === 'taken') throw new Error('taken');
  return outcome.row;
}

/** Everything that an import may write, without what tells one run from another: random ids and the clock. */
async function contents(): Promise<unknown> {
  const { rows: events } = await pool.query(
    `select e.at, e.message_id, e.name, e.body, (select string_agg(i.kind || i.value, ',' order by i.kind, i.value) from identities i where i.person_id = e.person_id) as who
     from events e order by e.message_id`,
  );
  const { rows: people } = await pool.query<{ state: string; who: string }>(
    `select state, wake_at, establish, (select string_agg(i.kind || i.value, ',' order by i.kind, i.value) from identities i where i.person_id = p.id) as who
     from people p order by who`,
  );
  const { rows: memberships } = await pool.query(
    `select m.kind, m."of", m.value, m.since, (select string_agg(i.kind || i.value, ',' order by i.kind, i.value) from identities i where i.person_id = m.person_id) as who
     from memberships m order by who, m.kind, m."of"`,
  );
  const { rows: counts } = await pool.query(
    'select (select count(*) from decisions) as decisions, (select count(*) from seen) as seen, (select count(*) from messages) as messages',
  );
  const states = people.map((person) => ({
    ...person,
    state: JSON.parse(person.state.replaceAll(/"id":"[0-9a-f-]{36}"/g, '"id":""')) as {
      memory: unknown;
      standing: unknown;
    },
  }));
  return { events, people: states, memberships, counts };
}

/** Exact copies of tables, to prove that nothing at all was written. */
async function tables(): Promise<unknown> {
  const all: Record<string, unknown> = {};
  for (const table of [
    'events',
    'people',
    'identities',
    'seen',
    'decisions',
    'memberships',
    'profiles',
    'messages',
    'workspaces',
  ]) {
    const { rows } = await pool.query(
      `select md5(string_agg(t::text, '|' order by t::text)) as sum, count(*) from ${table} t`,
    );
    all[table] = rows[0];
  }
  return all;
}

async function scalar(sql: string): Promise<unknown> {
  const { rows } = await pool.query<{ value: unknown }>(`select (${sql}) as value`);
  return rows[0]?.value;
}

function ordersFile(people: number, ordersEach: number, from = 0): string {
  const lines = ['order_id,email,first_name,date,total'];
  for (let person = from; person < from + people; person += 1) {
    for (let order = 0; order < ordersEach; order += 1) {
      const day = new Date(Date.UTC(2025, order, 1 + (person % 27))).toISOString().slice(0, 10);
      lines.push(`${person}-${order},p${person}@example.org,Person ${person},${day},${10 + person}.50`);
    }
  }
  return `${lines.join('\n')}\n`;
}

describe('an import', () => {
  test('makes people, orders and standings, contacts nobody, and leaves a sound database', async () => {
    const row = await importFile(ordersFile(40, 3));
    expect(row).toMatchObject({
      status: 'done',
      problem: null,
      progress: {
        rows: 120,
        orders: 120,
        people: 40,
        refused: 0,
        duplicates: 0,
        to_establish: 40,
        established: 40,
      },
    });
    expect(await scalar('select count(*)::int from people where not establish')).toBe(40);
    expect(await scalar(`select count(*)::int from memberships where kind = 'stage'`)).toBeGreaterThanOrEqual(
      40,
    );
    expect(await scalar('select count(*)::int from messages')).toBe(0);
    expect(
      await scalar(`select count(*)::int from decisions where kind like 'message%' or kind like 'run%'`),
    ).toBe(0);
    expect(await scalar(`select name from profiles where email = 'p7@example.org'`)).toBe('Person 7');
    expect(await scalar(`select orders from profiles where email = 'p7@example.org'`)).toBe(3);
    const report = await examine({ pool, programs }, workspaceId);
    expect(report).toMatchObject({ people: 40, counts: {} });
    expect(row.stored_path).toBe(null);
    expect(await readdir(folder)).toEqual([]);
  });

  test('run twice changes nothing at all', async () => {
    await importFile(ordersFile(30, 3));
    const before = await tables();
    const again = await importFile(ordersFile(30, 3));
    expect(again.progress).toMatchObject({ orders: 0, people: 0, duplicates: 90, established: 0 });
    expect(again.notices.map(({ code }) => code)).toContain('known_already');
    expect(await tables()).toEqual(before);
  });

  test('of half a file and then of the whole file ends like one of the whole file', async () => {
    const whole = ordersFile(30, 4);
    const lines = whole.split('\n');
    await importFile(lines.slice(0, 61).join('\n'));
    await importFile(whole);
    const inTwo = await contents();
    const { database: other, pool: otherPool } = { database, pool };
    database = await createTestDatabase();
    pool = openPool({ url: database.url, name: 'import', connectionsMax: 4, statementMs: 0, log });
    const second = createPrograms(pool);
    try {
      await pool.query('truncate workspaces cascade');
      await copyWorkspace(otherPool, pool);
      deps = { ...deps, pool, programs: second };
      await importFile(whole);
      const inOne = await contents();
      expect(pick(inTwo)).toEqual(pick(inOne));
    } finally {
      await otherPool.end();
      await other.drop();
    }
  });

  test('that is stopped after any commit goes on where it stood, and ends the same', async () => {
    const file = ordersFile(700, 1);
    const row = await prepare(file);
    let stops = 0;
    for (;;) {
      const stop = new AbortController();
      const outcome = await runImport(deps, await getRow(row.id), {
        signal: stop.signal,
        onProgress: () => {
          stops += 1;
          stop.abort();
        },
      });
      if (outcome.kind === 'ended' && outcome.row.status === 'done') break;
      expect(stops).toBeLessThan(100);
    }
    expect(stops).toBeGreaterThan(6);
    // Also where it stopped as it was done: what was uploaded does not wait for the next start.
    expect((await getRow(row.id)).stored_path).toBeNull();
    expect((await getRow(row.id)).progress).toMatchObject({
      orders: 700,
      people: 700,
      duplicates: 0,
      refused: 0,
      established: 700,
    });
    expect(await scalar('select count(*)::int from events')).toBe(700);
    expect((await examine({ pool, programs }, workspaceId)).counts).toEqual({});
  });

  test('is done by one process at a time', async () => {
    const row = await prepare(ordersFile(300, 2));
    const outcomes = await Promise.all([runImport(deps, row), runImport(deps, row)]);
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['ended', 'taken']);
    expect((await getRow(row.id)).progress).toMatchObject({ orders: 600, people: 300 });
  });

  test('that nobody finished is taken up by the worker at its start', async () => {
    const row = await prepare(ordersFile(20, 2));
    const worker = createImportWorker(deps);
    await expect.poll(async () => (await getRow(row.id)).status, { timeout: 10_000 }).toBe('done');
    await worker.stop();
  });

  test('that was cancelled keeps what it stored, and lives through it', async () => {
    const row = await prepare(ordersFile(900, 1));
    let cancelled = false;
    const outcome = await runImport(deps, row, {
      onProgress: () => {
        if (!cancelled) void cancelImport(pool, workspaceId, row.id, NOW);
        cancelled = true;
      },
    });
    expect(outcome).toMatchObject({ kind: 'ended', row: { status: 'cancelled' } });
    const stored = await scalar('select count(*)::int from events');
    expect(stored).toBeGreaterThan(0);
    expect(stored).toBeLessThan(900);
    expect(await scalar('select count(*)::int from people where establish')).toBe(0);
  });

  test('that was cancelled while nobody was at it is still lived through', async () => {
    const row = await prepare(ordersFile(900, 1));
    const stop = new AbortController();
    await runImport(deps, row, { signal: stop.signal, onProgress: () => stop.abort() });
    expect(await scalar('select count(*)::int from people where establish')).toBeGreaterThan(0);
    await cancelImport(pool, workspaceId, row.id, NOW);
    const worker = createImportWorker(deps);
    await expect.poll(async () => (await getRow(row.id)).stored_path, { timeout: 10_000 }).toBe(null);
    await worker.stop();
    expect(await scalar('select count(*)::int from people where establish')).toBe(0);
  });

  test('of a file that cannot be read fails with the problem and the hint', async () => {
    const row = await importFile('a,b\nx,y\n');
    expect(row).toMatchObject({ status: 'failed', problem: { code: 'column_missing' } });
    expect(row.problem?.hint).toContain('--map');
  });

  test('keeps refused rows with number, reason, hint and text, NUL bytes included', async () => {
    const row = await importFile(
      'order_id,email,date,total\n1,a@example.org,2025-01-01,5.00\n2,b@exa\0mple.org,2025-01-01,5.00\n3,,2025-01-01,x\n',
    );
    expect(row.progress).toMatchObject({ orders: 1, refused: 2 });
    const refusals = await pageRefusals(pool, row, { after: 0, limit: 10 });
    expect(refusals.map(({ row: number, code }) => [number, code])).toEqual([
      [3, 'nul_byte'],
      [4, 'amount_unreadable'],
    ]);
    expect(refusals[0]?.raw).toBe('2,b@exa\ufffdmple.org,2025-01-01,5.00');
  });

  test('of an order that is known with another amount is refused; what was first stands', async () => {
    await importFile('order_id,email,date,total\n1,a@example.org,2025-01-01,5.00\n');
    const row = await importFile('order_id,email,date,total\n1,a@example.org,2025-01-01,6.00\n');
    expect(row.progress).toMatchObject({ orders: 0, refused: 1 });
    expect((await pageRefusals(pool, row, { after: 0, limit: 10 }))[0]).toMatchObject({
      row: 2,
      code: 'order_changed',
    });
    expect(await scalar('select count(*)::int from events')).toBe(1);
  });

  test('of somebody who was erased is refused, and nothing of the row is kept', async () => {
    const key = 'a key of the tests';
    const hash = identityHash(key, { kind: 'email', value: 'a@example.org' });
    await pool.query('insert into erasures (workspace_id, identity_hash, at) values ($1, $2, now())', [
      workspaceId,
      hash,
    ]);
    const file =
      'order_id,email,date,total\n1,A@example.org,2025-01-01,5.00\n2,b@example.org,2025-01-01,5.00\n';
    const row = await prepare(file);
    await runImport({ ...deps, erasureKey: key }, row);
    const done = await findImport(pool, workspaceId, row.id);
    expect(done?.progress).toMatchObject({ orders: 1, people: 1, refused: 1 });
    expect(await pageRefusals(pool, row, { after: 0, limit: 10 })).toMatchObject([
      { row: 2, code: 'person_erased', raw: '' },
    ]);
    expect(await scalar('select email from profiles')).toBe('b@example.org');
  });

  test('as of an earlier day freezes people there, without appointments', async () => {
    await importFile(ordersFile(5, 2), { as_of: '2025-06-01T04:00:00.000Z' });
    expect(await scalar('select count(*)::int from profiles where as_of is not null')).toBe(5);
    expect(await scalar('select count(*)::int from people where wake_at is not null')).toBe(0);
  });

  test('as of an earlier day takes nobody back who has lived on', async () => {
    await importFile('order_id,email,date,total\n1,a@example.org,2026-03-01,5.00\n');
    await importFile('order_id,email,date,total\n2,a@example.org,2025-03-01,5.00\n', {
      as_of: '2025-06-01T04:00:00.000Z',
    });
    expect(await scalar('select as_of from profiles')).toBe(null);
    expect(await scalar('select orders from profiles')).toBe(2);
    expect((await examine({ pool, programs }, workspaceId)).counts).toEqual({});
  });

  test('sets the gap of the workspace from the orders, once', async () => {
    await importFile(ordersFile(40, 3));
    const first = await getWorkspace(pool, workspaceId);
    expect(first.settings.gap_days).toBeGreaterThan(28);
    expect(first.settings.gap_days).toBeLessThan(32);
    await importFile(ordersFile(40, 3));
    expect((await getWorkspace(pool, workspaceId)).program_version).toBe(first.program_version);
  });
});

describe('identities of a file', () => {
  test('that come together in one row belong to one person, in any order of rows', async () => {
    const rows = [
      '1,u1,,2025-01-01,5.00',
      '2,,a@example.org,2025-01-02,5.00',
      '3,u1,a@example.org,2025-01-03,5.00',
    ];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      await pool.query(
        'truncate events, people, identities, seen, decisions, memberships, profiles, aliases',
      );
      for (const at of order) await importFile(`order_id,customer_id,email,date,total\n${rows[at]}\n`);
      expect(await scalar('select count(*)::int from people where merged_into is null')).toBe(1);
      expect(await scalar('select count(distinct person_id)::int from identities')).toBe(1);
      expect(await scalar('select orders from profiles')).toBe(3);
      expect((await examine({ pool, programs }, workspaceId)).counts).toEqual({});
    }
    await pool.query('truncate events, people, identities, seen, decisions, memberships, profiles, aliases');
    await importFile(`order_id,customer_id,email,date,total\n${rows.join('\n')}\n`);
    expect(await scalar('select count(*)::int from people')).toBe(1);
    expect(await scalar('select orders from profiles')).toBe(3);
  });
});

describe('permission', () => {
  const file =
    'order_id,email,date,total\n1,a@example.org,2025-01-01,5.00\n2,b@example.org,2025-01-01,5.00\n';
  const consents = () =>
    scalar(
      `select json_object_agg(email, (select p.state::json -> 'standing' -> 'consents' -> 'email/*' ->> 'status' from people p where p.id = r.person_id)) from profiles r`,
    );

  test("is nobody's by default", async () => {
    await importFile(file);
    expect(await consents()).toEqual({ 'a@example.org': null, 'b@example.org': null });
  });

  test('that was given later reaches people of an earlier import, once', async () => {
    await importFile(file);
    await importFile(file, { permission: 'existing', permission_source: 'checkout, 2024' });
    expect(await consents()).toEqual({ 'a@example.org': 'given', 'b@example.org': 'given' });
    expect(
      await scalar(`select body::json ->> 'basis' from decisions where kind = 'consent_changed' limit 1`),
    ).toBe('existing_customer');
    const before = await tables();
    await importFile(file, { permission: 'existing', permission_source: 'checkout, 2024' });
    expect(await tables()).toEqual(before);
  });

  test('never speaks against somebody who withdrew', async () => {
    await importFile(file);
    const { rows } = await pool.query<{ bucket: number; id: string }>(
      `select bucket, person_id as id from profiles where email = 'a@example.org'`,
    );
    const [person] = rows;
    if (person === undefined) throw new Error('no person');
    await stepPeople(deps, workspaceId, [
      {
        person,
        input: {
          kind: 'consent',
          changes: [
            { channel: 'email', topic: '*', status: 'withdrawn', basis: 'unsubscribe', source: 'link' },
          ],
        },
      },
    ]);
    await importFile(`${file}3,a@example.org,2025-02-01,5.00\n`, { permission: 'opted_in' });
    expect(await consents()).toEqual({ 'a@example.org': 'withdrawn', 'b@example.org': 'given' });
  });

  test('follows the column of the file where there is one', async () => {
    await importFile(
      'Email,First Name,Accepts Marketing\na@example.org,A,yes\nb@example.org,B,no\nc@example.org,C,unsubscribed\nd@example.org,D,\n',
      { permission: 'opted_in' },
    );
    expect(await consents()).toEqual({
      'a@example.org': 'given',
      'b@example.org': null,
      'c@example.org': 'withdrawn',
      'd@example.org': null,
    });
  });
});

const CDNOW = new URL('../../../../shared/data/cdnow/CDNOW_master.txt', import.meta.url).pathname;

test.skipIf(!existsSync(CDNOW))(
  'CDNOW is imported whole, as of its last day (skipped without shared/data)',
  { timeout: 180_000 },
  async () => {
    const startedMs = performance.now();
    const startedCpu = process.cpuUsage();
    const row = await prepare({ copyOf: CDNOW }, { as_of: '1998-07-01T04:00:00.000Z', currency: 'USD' });
    const outcome = await runImport(deps, row);
    const seconds = (performance.now() - startedMs) / 1000;
    const { user, system } = process.cpuUsage(startedCpu);
    const cpuSeconds = (user + system) / 1e6;
    expect(outcome).toMatchObject({
      kind: 'ended',
      row: {
        status: 'done',
        progress: {
          rows: 69_659,
          orders: 69_659,
          people: 23_570,
          refused: 0,
          identical_rows: 255,
          established: 23_570,
        },
      },
    });
    expect(
      await scalar(`select sum((body::json -> 'properties' ->> 'total_minor')::int)::int from events`),
    ).toBe(250_031_563);
    expect(
      await scalar(
        `select count(distinct person_id)::int from memberships where kind = 'stage' and "of" = (select key from lifecycle_models order by position limit 1)`,
      ),
    ).toBe(23_570);
    expect(await scalar('select count(*)::int from profiles where as_of is not null')).toBe(23_570);
    // Time on the clock depends on who else uses the machine; what is held is the processor time of this process.
    expect(cpuSeconds).toBeLessThan(30);
    process.stdout
      .write(`CDNOW: ${seconds.toFixed(1)} s, processor ${cpuSeconds.toFixed(1)} s without Postgres
`);
  },
);

/** Which states, memberships and facts there are, without when and how often they were decided. */
function pick(all: unknown): unknown {
  const { events, people, memberships } = all as {
    events: unknown;
    people: {
      state: { memory: unknown; standing: { stages: unknown; segments: unknown } };
      who: string;
      wake_at: unknown;
    }[];
    memberships: unknown;
  };
  return {
    events,
    memberships,
    people: people.map(({ state, who, wake_at: wakeAt }) => ({
      who,
      wakeAt,
      memory: state.memory,
      stages: state.standing.stages,
      segments: state.standing.segments,
    })),
  };
}

async function copyWorkspace(from: Pool, to: Pool): Promise<void> {
  for (const table of ['workspaces', 'lifecycle_models', 'segments', 'journeys', 'journey_versions']) {
    const { rows } = await from.query<Record<string, unknown>>(`select to_jsonb(t) as row from ${table} t`);
    for (const { row } of rows) {
      await to.query(`insert into ${table} select * from jsonb_populate_record(null::${table}, $1)`, [
        JSON.stringify(row),
      ]);
    }
  }
}
