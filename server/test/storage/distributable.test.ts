// The schema and the SQL stay distributable: every table says how it would be distributed, person-owned ones have `bucket`
// first in every key, and no statement uses what Citus refuses.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPool } from '../../src/postgres/pool.ts';
import type { Pool } from '../../src/postgres/pool.ts';
import { createLog } from '../../src/log.ts';
import { createTestDatabase } from '../support/postgres.ts';
import type { TestDatabase } from '../support/postgres.ts';

/** Small, read whole, copied to every node. */
const REFERENCE = [
  'activations',
  'audit_log',
  'backfills',
  'backtests',
  'erasures',
  'figure_people',
  'figures',
  'heard',
  'idempotency_keys',
  'import_refusals',
  'imports',
  'installation',
  'invitations',
  'journey_versions',
  'journeys',
  'keys',
  'lifecycle_models',
  'lifecycle_versions',
  'memory_plans',
  'migrations',
  'outages',
  'people_columns',
  'people_views',
  'predictions',
  'program_changes',
  'programmes',
  'quarantine',
  'sample_stores',
  'segments',
  'suppressions',
  'templates',
  'topics',
  'user_logins',
  'user_sessions',
  'user_verifications',
  'users',
  'workspaces',
];
/** Distributed by `bucket`: `identities` by that of the identity, all others by the person's. */
const DISTRIBUTED = [
  'aliases',
  'decisions',
  'events',
  'identities',
  'import_people',
  'mailbox',
  'memberships',
  'messages',
  'notes',
  'parked',
  'people',
  'point_entries',
  'profiles',
  'run_moves',
  'runs',
  'seen',
  'stage_moves',
];

/** What is refused on distributed tables, or means something else there. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/\bmerge\s+into\b/, 'merge: use insert … on conflict'],
  [/\bwith\s+recursive\b/, 'recursive CTE'],
  [/\bgrouping\s+sets\b|\brollup\s*\(/, 'grouping sets, rollup'],
  [/\bgen_random_uuid\s*\(|\buuidv7\s*\(/, 'ids are made by the application'],
  [
    /do\s+update\s+set[^;]*\b(now|clock_timestamp|statement_timestamp)\s*\(/,
    'a volatile time in an upsert: pass the instant',
  ],
  [/\breturning\b[^;`]*\b(now|clock_timestamp)\s*\(/, 'a volatile time in returning'],
  [/\bcreate\s+trigger\b/, 'triggers'],
];

const root = fileURLToPath(new URL('../..', import.meta.url));
let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openPool({
    url: database.url,
    name: 'test',
    connectionsMax: 2,
    statementMs: 10_000,
    log: createLog({ level: 'silent' }),
  });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('the schema', () => {
  test('every table says how it is distributed', async () => {
    const { rows } = await pool.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
    );
    expect(rows.map((r) => r.name)).toEqual([...REFERENCE, ...DISTRIBUTED].sort());
  });

  test('every key of a distributed table begins with bucket', async () => {
    const { rows } = await pool.query<{ name: string; first: string }>(
      `select i.indrelid::regclass::text as name, a.attname as first
       from pg_index i
       join pg_class c on c.oid = i.indrelid
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
       where i.indisunique and c.relname = any($1) and not c.relispartition`,
      [DISTRIBUTED],
    );
    expect(rows.length).toBe(DISTRIBUTED.length);
    expect(rows.filter((r) => r.first !== 'bucket')).toEqual([]);
  });

  test('every table has a workspace', async () => {
    const { rows } = await pool.query<{ name: string }>(
      `select c.relname as name from pg_class c
       where c.relname = any($1) and not exists (
         select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id')`,
      [DISTRIBUTED],
    );
    expect(rows).toEqual([]);
  });

  test('no foreign key leads from a reference table to a distributed one', async () => {
    const { rows } = await pool.query<{ name: string }>(
      `select conname as name from pg_constraint k
       join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
       where k.contype = 'f' and f.relname = any($1) and t.relname = any($2)`,
      [REFERENCE, DISTRIBUTED],
    );
    expect(rows).toEqual([]);
  });
});

describe('the statements', () => {
  test('use nothing that is refused across nodes', async () => {
    const folder = path.join(root, 'src/postgres');
    const files = (await readdir(folder)).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
    );
    const found: string[] = [];
    for (const name of files) {
      const text = (await readFile(path.join(folder, name), 'utf8')).toLowerCase();
      for (const statement of text.match(/`[^`]*`/g) ?? []) {
        for (const [pattern, why] of REFUSED) if (pattern.test(statement)) found.push(`${name}: ${why}`);
      }
    }
    expect(files.length).toBeGreaterThan(10);
    expect(found).toEqual([]);
  });
});
