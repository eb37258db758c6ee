// A process that tests kill while it runs a backtest: takes up whatever its database has waiting. Says when it is ready.
import { createLog } from '../../src/log.ts';
import { openPool } from '../../src/postgres/pool.ts';
import { createBacktestWorker } from '../../src/workers/backtest.ts';
import { crashPoint } from '../../src/workers/crash.ts';

const [url = ''] = process.argv.slice(2);
const log = createLog({ level: 'error' });
const pool = openPool({ url, name: 'backtest', connectionsMax: 3, statementMs: 0, log });
createBacktestWorker({ pool, url, now: Date.now, log, crash: crashPoint(process.env) });
process.stdout.write('ready\n');
