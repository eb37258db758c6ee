// A process that tests kill while it imports: takes up whatever import its database has left unfinished. Says when it is
// ready; SIGTERM stops it in good order.
import { uuidv7 } from 'uuidv7';
import { createLog } from '../../src/log.ts';
import { openPool } from '../../src/postgres/pool.ts';
import { createPrograms } from '../../src/postgres/programs.ts';
import { createImportWorker } from '../../src/workers/import.ts';

const [url = '', secret = '', now = ''] = process.argv.slice(2);
const log = createLog({ level: 'error' });
const pool = openPool({ url, name: 'import', connectionsMax: 4, statementMs: 0, log });
const programs = createPrograms(pool);
const worker = createImportWorker({ pool, programs, now: () => Number(now), newId: uuidv7, secret, log });
process.stdout.write('ready\n');
process.once('SIGTERM', () => {
  void worker.stop().then(async () => {
    await pool.end();
  });
});
