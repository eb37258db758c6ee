import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { ensureWorkspace } from '../../src/postgres/definitions.ts';
import { examine } from '../../src/postgres/doctor.ts';
import { findImport, insertImport, startImport, type ImportRow } from '../../src/postgres/imports.ts';
import { openPool, type Pool } from '../../src/postgres/pool.ts';
import { createPrograms, type Programs } from '../../src/postgres/programs.ts';
import { shipped } from '../../src/shipped.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startProcess, until, type Started } from '../support/processes.ts';

const NOW = Date.UTC(2026, 5, 1, 10);
const SECRET = 'a secret of the tests, long enough';
const CHILD = fileURLToPath(new URL('../support/import-child.ts', import.meta.url));
const PEOPLE = 1_500;

let folder: string;
let database: TestDatabase;
let pool: Pool;
let programs: Programs;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rapport-import-'));
  database = await createTestDatabase();
  pool = openPool({
    url: database.url,
    name: 'test',
    connectionsMax: 4,
    statementMs: 0,
    log: createLog({ level: 'error' }),
  });
  programs = createPrograms(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

test(
  'kill -9 of the process, again and again, at any point of an import, loses nothing and counts nothing twice',
  { timeout: 180_000 },
  async () => {
    const { id: workspaceId } = await ensureWorkspace(pool, {
      shipped,
      now: () => NOW,
      newId: uuidv7,
      timeZone: 'Europe/Berlin',
    });
    const id = await prepare(workspaceId);
    const row = async (): Promise<ImportRow> => {
      const found = await findImport(pool, workspaceId, id);
      if (found === undefined) throw new Error('the import is gone');
      return found;
    };
    const done = ({ progress }: ImportRow): number => progress.items + progress.established;
    const killedAt = new Set<string>();
    for (let kills = 0; (await row()).status !== 'done' && kills < 60; kills += 1) {
      const before = done(await row());
      const child = start();
      // Every third life is killed before it has done anything, to be found in the middle of its work.
      await (kills % 3 === 0
        ? child.line((line) => line === 'ready')
        : until(
            'some work is done',
            async () => done(await row()) > before || (await row()).status === 'done',
            { withinMs: 60_000 },
          ));
      killedAt.add((await row()).status);
      await child.kill('SIGKILL');
    }
    expect([...killedAt]).toEqual(expect.arrayContaining(['storing', 'establishing']));
    expect(await row()).toMatchObject({
      status: 'done',
      progress: {
        rows: PEOPLE * 2,
        orders: PEOPLE * 2,
        people: PEOPLE,
        refused: 0,
        duplicates: 0,
        established: PEOPLE,
      },
    });
    const { rows } = await pool.query(
      `select count(*)::int as events, count(distinct message_id)::int as ids, sum((body::json -> 'properties' ->> 'total_minor')::int)::int as minor
     from events`,
    );
    expect(rows[0]).toEqual({ events: PEOPLE * 2, ids: PEOPLE * 2, minor: PEOPLE * 2 * 1250 });
    expect(await examine({ pool, programs }, workspaceId)).toMatchObject({ people: PEOPLE, counts: {} });
  },
);

async function prepare(workspaceId: string): Promise<string> {
  const id = uuidv7();
  const storedPath = path.join(folder, id);
  const lines = ['customer_id,email,date,total'];
  for (let person = 0; person < PEOPLE; person += 1) {
    for (const month of ['01', '03'])
      lines.push(`u${person},p${person}@example.org,2026-${month}-1${person % 9},12.50`);
  }
  await writeFile(storedPath, lines.join('\n'));
  const options = { as_of: null, permission: 'none' } as const;
  await insertImport(pool, {
    id,
    workspace_id: workspaceId,
    file_name: 'orders.csv',
    file_hash: null,
    stored_path: storedPath,
    options,
    notices: [],
    at: NOW,
  });
  await startImport(pool, workspaceId, id, {
    options: { ...options, read_at: new Date(NOW).toISOString() },
    at: NOW,
  });
  return id;
}

function start(): Started {
  return startProcess({ file: process.execPath, args: [CHILD, database.url, SECRET, String(NOW)] });
}
