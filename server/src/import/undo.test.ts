// An import taken back: what goes, who stays and how, and that the same file can be imported again.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { uuidv7 } from 'uuidv7';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { startProcess, until } from '../../test/support/processes.ts';
import { createLog } from '../log.ts';
import { personKey } from '../postgres/bucket.ts';
import { ensureWorkspace } from '../postgres/definitions.ts';
import { examine } from '../postgres/doctor.ts';
import { countTouched } from '../postgres/import-people.ts';
import { lookAhead } from '../postgres/import-undo-ahead.ts';
import { NOTHING_UNDONE } from '../postgres/import-undo.ts';
import {
  findImport,
  insertImport,
  startImport,
  startUndo,
  type ImportRow,
  type StoredOptions,
} from '../postgres/imports.ts';
import { openPool, type Pool } from '../postgres/pool.ts';
import { createPrograms, type Programs } from '../postgres/programs.ts';
import { stepPeople } from '../postgres/steps.ts';
import { shipped } from '../shipped.ts';
import { runImport, type ImportDeps } from './run.ts';
import { undoImport } from './undo.ts';

const NOW = Date.UTC(2026, 5, 1, 10);
const SECRET = 'a secret of the tests, long enough';
const CHILD = fileURLToPath(new URL('../../test/support/import-child.ts', import.meta.url));
const log = createLog({ level: 'error' });

let folder: string;
let database: TestDatabase;
let pool: Pool;
let programs: Programs;
let deps: ImportDeps;
let workspaceId: string;
let now = NOW;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rapport-undo-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  now = NOW;
  database = await createTestDatabase();
  pool = openPool({ url: database.url, name: 'import', connectionsMax: 4, statementMs: 0, log });
  programs = createPrograms(pool);
  ({ id: workspaceId } = await ensureWorkspace(pool, { shipped, now: () => NOW, newId: uuidv7 }));
  deps = { pool, programs, now: () => now, newId: uuidv7, secret: SECRET, log };
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

async function begin(content: string, options: Partial<StoredOptions> = {}): Promise<ImportRow> {
  const id = uuidv7();
  const storedPath = path.join(folder, id);
  await writeFile(storedPath, content);
  const asked: StoredOptions = { as_of: null, permission: 'none', ...options };
  await insertImport(pool, {
    id,
    workspace_id: workspaceId,
    file_name: 'orders.csv',
    file_hash: null,
    stored_path: storedPath,
    options: asked,
    notices: [],
    at: now,
  });
  const read = { ...asked, read_at: new Date(now).toISOString() };
  await startImport(pool, workspaceId, id, { options: read, at: now });
  return look(id);
}

async function look(id: string): Promise<ImportRow> {
  const row = await findImport(pool, workspaceId, id);
  if (row === undefined) throw new Error('the import is gone');
  return row;
}

async function imported(content: string, options: Partial<StoredOptions> = {}): Promise<ImportRow> {
  const row = await begin(content, options);
  await runImport(deps, row);
  // Each import in a time of its own.
  now += 60_000;
  return look(row.id);
}

async function beginUndo(row: ImportRow): Promise<ImportRow> {
  const of = await countTouched(pool, row);
  expect(await startUndo(pool, row, { ...NOTHING_UNDONE, of })).toBe(true);
  return look(row.id);
}

async function takenBack(row: ImportRow): Promise<ImportRow> {
  const ahead = await lookAhead(pool, row);
  await undoImport(deps, await beginUndo(row));
  now += 60_000;
  const undone = await look(row.id);
  const { facts, removed, kept } = undone.progress.undo ?? NOTHING_UNDONE;
  // What was said before is what came of it.
  expect(ahead).toEqual({ people: removed + kept, looked_at: removed + kept, facts, removed, kept });
  return undone;
}

const first = `order_id,email,date,total
1,ann@shop.example,2026-01-05,20
2,ann@shop.example,2026-03-05,30
3,ben@shop.example,2026-02-01,10
`;
const second = `order_id,email,date,total
9,ben@shop.example,2026-04-01,50
10,eve@shop.example,2026-04-02,60
`;

async function profiles(): Promise<readonly { email: string | null; orders: number }[]> {
  const { rows } = await pool.query<{ email: string | null; orders: number }>(
    'select email, orders from profiles order by email',
  );
  return rows;
}
const count = async (table: string): Promise<number> =>
  (await pool.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n ?? -1;
const idOf = async (email: string): Promise<string> =>
  (await pool.query<{ person_id: string }>('select person_id from profiles where email = $1', [email]))
    .rows[0]?.person_id ?? '';
const consentOf = async (email: string): Promise<string | undefined> => {
  const { rows } = await pool.query<{ state: string }>(
    'select p.state from people p join profiles f on f.person_id = p.id where f.email = $1',
    [email],
  );
  const state = JSON.parse(rows[0]?.state ?? '{}') as {
    standing?: { consents?: { [key: string]: { status: string } } };
  };
  return state.standing?.consents?.['email/*']?.status;
};
const isWell = async (): Promise<void> =>
  expect((await examine({ pool, programs }, workspaceId)).counts).toEqual({});

test('whoever is known by the file alone goes with everything that was theirs, and the file can be imported again', async () => {
  const row = await imported(first);
  expect(await profiles()).toEqual([
    { email: 'ann@shop.example', orders: 2 },
    { email: 'ben@shop.example', orders: 1 },
  ]);
  const undone = await takenBack(row);
  expect(undone).toMatchObject({
    status: 'undone',
    progress: { undo: { of: 2, done: 2, facts: 3, removed: 2, kept: 0, withdrawn: 0 } },
  });
  for (const table of [
    'people',
    'profiles',
    'identities',
    'events',
    'decisions',
    'seen',
    'memberships',
    'stage_moves',
    'import_people',
  ])
    expect([table, await count(table)]).toEqual([table, 0]);

  const again = await imported(first);
  expect(again).toMatchObject({ status: 'done', progress: { orders: 3, people: 2, duplicates: 0 } });
  expect(await profiles()).toHaveLength(2);
  await isWell();
});

test('whoever another file knows too stays, and is as if this file had never been', async () => {
  await imported(second);
  const before = await profiles();
  const wrong = await imported(first);
  expect(await profiles()).toEqual([
    { email: 'ann@shop.example', orders: 2 },
    { email: 'ben@shop.example', orders: 2 },
    { email: 'eve@shop.example', orders: 1 },
  ]);
  const undone = await takenBack(wrong);
  expect(undone.progress.undo).toMatchObject({ facts: 3, removed: 1, kept: 1 });
  expect(await profiles()).toEqual(before);
  const again = await imported(first);
  expect(again.progress).toMatchObject({ orders: 3, people: 1 });
  expect(await profiles()).toHaveLength(3);
  await isWell();
});

test('whoever lived on stays with what was decided live, without the facts of the file, and nobody is contacted', async () => {
  const row = await imported(first);
  const ben = personKey(await idOf('ben@shop.example'));
  await stepPeople({ pool, programs, now: () => now }, workspaceId, [
    {
      person: ben,
      input: {
        kind: 'consent',
        changes: [{ channel: 'email', topic: 'offers', status: 'given', basis: 'opted_in', source: 'form' }],
      },
    },
  ]);
  const undone = await takenBack(row);
  expect(undone.progress.undo).toMatchObject({ facts: 3, removed: 1, kept: 1 });
  const { rows } = await pool.query<{ state: string }>('select state from people');
  expect(rows).toHaveLength(1);
  const state = JSON.parse(rows[0]?.state ?? '{}') as { memory: { events: number } };
  // Only what tells who it is about.
  expect(state.memory.events).toBe(1);
  expect(await profiles()).toEqual([{ email: 'ben@shop.example', orders: 0 }]);
  expect(rows[0]?.state).toContain('email/offers');
  expect(await count('messages')).toBe(0);
  await isWell();
});

test('a consent that only the file gave is withdrawn from those who stay; their own word stands', async () => {
  await imported(second);
  const said = {
    permission: 'opted_in',
    permission_source: 'a form',
    permission_date: '2025-01-01',
  } as const;
  const row = await imported(first, said);
  expect(await consentOf('ben@shop.example')).toBe('given');
  const undone = await takenBack(row);
  expect(undone.progress.undo).toMatchObject({ kept: 1, withdrawn: 1 });
  expect(await consentOf('ben@shop.example')).toBe('withdrawn');
  expect(await consentOf('eve@shop.example')).toBeUndefined();
  await isWell();
});

test('an address that only the file brought goes, where the person is known by another', async () => {
  await imported('order_id,user_id,date,total\n21,u-7,2026-01-06,25\n');
  const wrong = await imported(
    'order_id,user_id,email,date,total\n22,u-7,wrong@shop.example,2026-02-01,30\n',
  );
  expect(await profiles()).toEqual([{ email: 'wrong@shop.example', orders: 2 }]);
  await takenBack(wrong);
  expect(await profiles()).toEqual([{ email: null, orders: 1 }]);
  expect(await count('identities')).toBe(1);
  await isWell();
});

test('people whom the file showed to be one remain one, and everything else of it goes', async () => {
  await imported('order_id,email,date,total\n20,ann@shop.example,2026-01-05,20\n');
  await imported('order_id,user_id,date,total\n21,u-7,2026-01-06,25\n');
  expect(await count('profiles')).toBe(2);
  const joining = await imported(
    'order_id,user_id,email,date,total\n22,u-7,ann@shop.example,2026-02-01,30\n',
  );
  expect(await profiles()).toEqual([{ email: 'ann@shop.example', orders: 3 }]);
  const undone = await takenBack(joining);
  expect(undone.progress.undo).toMatchObject({ facts: 1, removed: 0, kept: 1 });
  expect(await profiles()).toEqual([{ email: 'ann@shop.example', orders: 2 }]);
  await isWell();
});

test('one that has not ended, or is of before, is not taken back', async () => {
  const row = await begin(first);
  expect(await startUndo(pool, row, NOTHING_UNDONE)).toBe(false);
  await runImport(deps, row);
  await pool.query('update imports set undoable = false');
  expect(await startUndo(pool, row, NOTHING_UNDONE)).toBe(false);
});

test('kill -9 in the midst of it, again and again: it goes on where it stood and counts nobody twice', async () => {
  const people = 450;
  const lines = Array.from({ length: people }, (_, n) => `${n},p${n}@shop.example,2026-01-05,20`);
  const row = await imported(`order_id,email,date,total\n${lines.join('\n')}\n`);
  await beginUndo(row);
  const killedAt: number[] = [];
  while ((await look(row.id)).status !== 'undone') {
    const before = (await look(row.id)).progress.undo?.done ?? 0;
    const child = startProcess({
      file: process.execPath,
      args: [CHILD, database.url, SECRET, String(now)],
      env: {},
    });
    await until(
      'some of it is done',
      async () => {
        const { status, progress } = await look(row.id);
        return status === 'undone' || (progress.undo?.done ?? 0) > before;
      },
      { withinMs: 60_000 },
    );
    await child.kill('SIGKILL');
    killedAt.push((await look(row.id)).progress.undo?.done ?? 0);
  }
  expect(killedAt.length).toBeGreaterThan(1);
  expect((await look(row.id)).progress.undo).toMatchObject({ of: people, done: people, removed: people });
  expect(await count('people')).toBe(0);
  expect(await count('seen')).toBe(0);
}, 120_000);
