// A process that tests kill: the doors, the committer and the clock on the database it is given. Says its address and
// serves until it is killed.
import Fastify from 'fastify';
import { uuidv7 } from 'uuidv7';
import { createLog } from '../../src/log.ts';
import { registerIngest } from '../../src/http/ingest.ts';
import { askClock } from '../../src/postgres/heartbeat.ts';
import { openPool } from '../../src/postgres/pool.ts';
import { createPrograms } from '../../src/postgres/programs.ts';
import { startClock } from '../../src/workers/clock.ts';
import type { Clock } from '../../src/workers/clock.ts';
import { createCommitter } from '../../src/workers/committer.ts';
import { createNews, type NewsTeller } from '../../src/workers/news.ts';
import { startTime } from '../../src/workers/time.ts';

const [url = ''] = process.argv.slice(2);
const log = createLog({ level: 'silent' });
const pool = openPool({ url, name: 'child', connectionsMax: 6, statementMs: 30_000, log });
let news: NewsTeller | null = null;
const time = await startTime({ pool, log, backlogMs: 0, ask: () => news?.ask() ?? askClock(pool) });
const programs = createPrograms(pool);
let clock: Clock | null = null;
const deps = {
  pool,
  programs,
  now: time.now,
  silenceUpTo: time.silenceUpTo,
  notify: { wakeAt: (at: number) => clock?.notice(at), messages: () => undefined },
  log,
};
clock = startClock(deps);
const { rows } = await pool.query<{ id: string }>('select id from workspaces');
news = createNews({ ...deps, workspaceId: rows[0]?.id ?? '', clock });
const committer = createCommitter({ ...deps, newId: uuidv7 });
const app = Fastify();
await registerIngest(
  app,
  { pools: { ingest: pool }, now: time.now, newId: uuidv7, log, workspaceId: '' },
  { submit: committer.submit, diskLow: () => false, hear: () => undefined },
);
const address = await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${JSON.stringify({ kind: 'ready', address })}\n`);
