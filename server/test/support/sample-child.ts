// A process that tests kill while it loads or removes a sample store: takes up whatever its database has left unfinished.
// Says when it is ready.
import { uuidv7 } from 'uuidv7';
import { createLog } from '../../src/log.ts';
import { openPool } from '../../src/postgres/pool.ts';
import { createPrograms } from '../../src/postgres/programs.ts';
import { startSampleWorker } from '../../src/workers/sample.ts';

const [url = '', secret = '', now = ''] = process.argv.slice(2);
const log = createLog({ level: 'error' });
const pool = openPool({ url, name: 'sample', connectionsMax: 4, statementMs: 0, log });
const programs = createPrograms(pool);
startSampleWorker({
  pool,
  programs,
  now: () => Number(now),
  newId: uuidv7,
  secret,
  publicUrl: 'http://localhost:21500',
  log,
});
process.stdout.write('ready\n');
