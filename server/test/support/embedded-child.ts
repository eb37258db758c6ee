// A process that tests kill: starts the embedded Postgres of the folder it is given, says where, and waits.
// SIGTERM stops it in good order.
import { createLog } from '../../src/log.ts';
import { toProblemError } from '../../src/errors.ts';
import { startEmbedded } from '../../src/postgres/embedded.ts';

const [dataDir = ''] = process.argv.slice(2);
try {
  const embedded = await startEmbedded({ dataDir, log: createLog({ level: 'silent' }) });
  process.stdout.write(`${JSON.stringify({ kind: 'ready', url: embedded.url, pid: embedded.pid })}\n`);
  process.once('SIGTERM', () => void embedded.stop().then(() => process.exit(0)));
  setInterval(() => undefined, 60_000);
} catch (error) {
  const { failure } = toProblemError(error);
  process.stdout.write(`${JSON.stringify({ kind: 'refused', ...failure })}\n`);
  process.exit(1);
}
