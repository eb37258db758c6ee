import { uuidv7 } from 'uuidv7';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { changeDefinition, ensureWorkspace } from '../../src/postgres/definitions.ts';
import { examine } from '../../src/postgres/doctor.ts';
import { inTransaction, openPool, type Pool } from '../../src/postgres/pool.ts';
import { createPrograms, type Programs } from '../../src/postgres/programs.ts';
import { personKey } from '../../src/postgres/bucket.ts';
import { isSamplePerson } from '../../src/postgres/sample-ids.ts';
import { findSampleStore } from '../../src/postgres/sample-store.ts';
import { stepPeople } from '../../src/postgres/steps.ts';
import { beginSample, endSample } from '../../src/sample/define.ts';
import { loadSample, type SampleDeps } from '../../src/sample/load.ts';
import { removeSample } from '../../src/sample/remove.ts';
import { shipped } from '../../src/shipped.ts';
import { countRows } from '../support/count-rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startProcess, until } from '../support/processes.ts';

const NOW = Date.UTC(2026, 5, 1, 10);
const SECRET = 'a secret of the tests, long enough';
const CHILD = fileURLToPath(new URL('../support/sample-child.ts', import.meta.url));
let database: TestDatabase;
let pool: Pool;
let programs: Programs;
let workspaceId: string;
let deps: SampleDeps;
beforeAll(async () => {
  database = await createTestDatabase();
  const log = createLog({ level: 'error' });
  pool = openPool({ url: database.url, name: 'test', connectionsMax: 6, statementMs: 0, log });
  programs = createPrograms(pool);
  const now = (): number => NOW;
  const made = await ensureWorkspace(pool, { shipped, now, newId: uuidv7, timeZone: 'Europe/Berlin' });
  workspaceId = made.id;
  const publicUrl = 'http://localhost:21500';
  deps = { pool, programs, now, newId: uuidv7, secret: SECRET, publicUrl, log };
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test(
  'loading takes seconds, tells the same story for the same seed, and leaves a database in which all is well',
  { timeout: 240_000 },
  async () => {
    const before = await countRows(pool);
    await begin({ seed: 7, people: 3_000 });
    const began = performance.now();
    expect(await loadSample(deps, workspaceId)).toBe('ended');
    const seconds = (performance.now() - began) / 1_000;
    process.stderr.write(`loaded in ${seconds.toFixed(1)} s\n`);
    expect(seconds).toBeLessThan(90);
    const row = await findSampleStore(pool, workspaceId);
    expect(row).toMatchObject({ status: 'ready', progress: { people: 3_000 } });
    expect(row?.made.journeys).toEqual([
      'sample_welcome',
      'sample_abandoned_checkout',
      'sample_review_request',
      'sample_ask_why',
    ]);
    expect(await examine({ pool, programs }, workspaceId)).toMatchObject({ people: 3_000, counts: {} });

    const journeys = await countRuns();
    for (const key of row?.made.journeys ?? []) expect(journeys.get(key) ?? 0, key).toBeGreaterThan(20);
    await remove();
    expect(await countRows(pool)).toEqual(before);
  },
);

test('the same seed at the same instant makes the same rows, also after it was removed', async () => {
  await begin({ seed: 7 });
  await loadSample(deps, workspaceId);
  const first = await hashRows();
  await remove();
  await begin({ seed: 7 });
  await loadSample(deps, workspaceId);
  expect(await hashRows()).toBe(first);
});

test('every letter of the past has its subject, the newest can be read, and why one did not go is written down', async () => {
  const { rows: states } = await pool.query<{
    state: string;
    reason: string | null;
    n: number;
    subjects: number;
  }>(`select state, reason, count(*)::int as n, count(subject)::int as subjects from messages group by 1, 2`);
  const sent = states.find(({ state }) => state === 'sent');
  expect(sent?.n).toBeGreaterThan(100);
  expect(sent?.subjects).toBe(sent?.n);
  const reasons = states.map(({ reason }) => reason);
  for (const reason of ['no_consent', 'open_complaint']) expect(reasons).toContain(reason);
  const { rows: mail } = await pool.query<{ n: number }>('select count(*)::int as n from mailbox');
  expect(mail[0]?.n).toBeGreaterThan(10);
});

test(
  'beside real people it is refused, comes when asked for, and takes nobody but its own',
  { timeout: 240_000 },
  async () => {
    await remove();
    const real = await makeReal();
    const before = await countRows(pool);
    await expect(begin({ seed: 1 })).rejects.toThrow('real people');
    await begin({ seed: 1, beside: true });
    await loadSample(deps, workspaceId);
    const { rows: sample } = await pool.query<{ id: string }>(`select id from people where id <> $1`, [real]);
    expect(sample.every(({ id }) => isSamplePerson(id))).toBe(true);
    expect(isSamplePerson(real)).toBe(false);
    await remove();
    expect(await countRows(pool)).toEqual(before);
    const { rows } = await pool.query('select id from people');
    expect(rows).toEqual([{ id: real }]);
    expect(await examine({ pool, programs }, workspaceId)).toMatchObject({ people: 1, counts: {} });
  },
);

test(
  'kill -9 in the middle of loading, and of removing: either goes on, and both come out whole',
  { timeout: 240_000 },
  async () => {
    const before = await countRows(pool);
    const people = async (): Promise<number> =>
      (await findSampleStore(pool, workspaceId))?.progress.people ?? 0;
    const status = async (): Promise<string> => (await findSampleStore(pool, workspaceId))?.status ?? 'none';
    await begin({ seed: 3, beside: true, people: 1_200 });
    for (let kills = 0; kills < 3; kills += 1) {
      const child = startProcess({
        file: process.execPath,
        args: [CHILD, database.url, SECRET, String(NOW)],
      });
      const had = await people();
      await until('some people are loaded', async () => (await people()) > had, { withinMs: 60_000 });
      await child.kill('SIGKILL');
      expect(await status()).toBe('loading');
    }
    await waitForClaim();
    await loadSample(deps, workspaceId);
    expect(await status()).toBe('ready');
    expect(await examine({ pool, programs }, workspaceId)).toMatchObject({ people: 1_201, counts: {} });

    await inTransaction(pool, (connection) => endSample(connection, workspaceId));
    const child = startProcess({ file: process.execPath, args: [CHILD, database.url, SECRET, String(NOW)] });
    await until('some people are gone', async () => (await people()) < 1_200, { withinMs: 60_000 });
    await child.kill('SIGKILL');
    expect(await status()).toBe('removing');
    await waitForClaim();
    await removeSample(deps, workspaceId);
    expect(await countRows(pool)).toEqual(before);
  },
);

async function begin(how: {
  readonly seed: number;
  readonly beside?: boolean;
  readonly people?: number;
}): Promise<void> {
  const change = {
    workspaceId,
    auditId: uuidv7(),
    at: new Date(NOW),
    by: null,
    action: 'sample_store.load',
    subject: 'sample store',
  };
  await changeDefinition(pool, change, (connection, definition) =>
    beginSample(connection, definition, {
      workspaceId,
      seed: how.seed,
      beside: how.beside ?? false,
      people: how.people ?? 400,
      now: NOW,
      newId: uuidv7,
    }),
  );
}

async function remove(): Promise<void> {
  await inTransaction(pool, (connection) => endSample(connection, workspaceId));
  expect(await removeSample(deps, workspaceId)).toBe('ended');
  expect(await findSampleStore(pool, workspaceId)).toBeUndefined();
}

/** The connection of a killed process lets go of its claim when Postgres notices. */
async function waitForClaim(): Promise<void> {
  await until(
    'nobody holds the claim',
    async () => {
      const { rows } = await pool.query<{ n: number }>(
        `select count(*)::int as n from pg_locks where locktype = 'advisory' and database =
           (select oid from pg_database where datname = current_database())`,
      );
      return rows[0]?.n === 0;
    },
    { withinMs: 20_000 },
  );
}

/** Everything about the sample's people that does not name a version of the program. */
async function hashRows(): Promise<string> {
  const hash = createHash('sha256');
  for (const [table, columns, order] of [
    ['people', `state::jsonb - 'program_version' as state, wake_at`, 'id'],
    ['events', 'at, message_id, name, body', 'message_id'],
    ['decisions', `seq, due_at, decided_at, body::jsonb - 'program' as body`, 'person_id, seq'],
    ['memberships', 'kind, "of", value, since', 'person_id, kind, "of"'],
    ['messages', 'id, state, reason, subject, sent_to, next_at', 'id'],
    ['identities', 'kind, value, person_id', 'kind, value'],
  ] as const) {
    const { rows } = await pool.query(`select ${columns} from ${table} order by ${order}`);
    expect(rows.length, table).toBeGreaterThan(100);
    hash.update(JSON.stringify(rows));
  }
  return hash.digest('hex');
}

async function countRuns(): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ journey: string; runs: number }>(
    `select body::json -> 'run' ->> 'journey' as journey, count(*)::int as runs
     from decisions where kind = 'run_started' group by 1`,
  );
  return new Map(rows.map(({ journey, runs }) => [journey, runs]));
}

/** Somebody who exists. */
async function makeReal(): Promise<string> {
  const id = uuidv7();
  const person = personKey(id);
  const program = await programs.reload(workspaceId);
  await pool.query(
    `insert into people (bucket, workspace_id, id, created_at, state, program_version)
     values ($1, $2, $3, $4, '{}', $5)`,
    [person.bucket, workspaceId, id, new Date(NOW), program.version],
  );
  await stepPeople(deps, workspaceId, [{ person, input: { kind: 'time' } }]);
  return id;
}
