// A process that tests kill while it brings people to the newest definitions. Says what it did and ends.
import { createLog } from '../../src/log.ts';
import { openPool } from '../../src/postgres/pool.ts';
import { createPrograms } from '../../src/postgres/programs.ts';
import { backfillAll } from '../../src/workers/backfill.ts';
import { crashPoint } from '../../src/workers/crash.ts';

const [url = '', workspaceId = '', now = ''] = process.argv.slice(2);
const log = createLog({ level: 'error' });
const pool = openPool({ url, name: 'bulk', connectionsMax: 3, statementMs: 60_000, log });
const programs = createPrograms(pool);
const done = await backfillAll(
  { pool, programs, now: () => Number(now), crash: crashPoint(process.env) },
  workspaceId,
);
process.stdout.write(`${JSON.stringify(done)}\n`);
await pool.end();
