// A sender in a process of its own, to be killed: works the ledger at DATABASE_URL against SMTP_URL until it dies.
import { createSender } from '../../src/workers/sender.ts';
import { openSendingWorld, senderDeps } from './sending-world.ts';

const world = await openSendingWorld(process.env['DATABASE_URL'] ?? '', { fresh: false });
const deps = senderDeps(world, {
  smtpUrl: process.env['SMTP_URL'] ?? null,
  email: { connectionsMax: 4 },
  limits: { claimMax: 25, readyMin: 10, groupMax: 4 },
});
createSender(deps).start();
process.stdout.write('started\n');
// Nothing here keeps the process alive by itself: the sender's timers are for whoever has other work to do.
setInterval(() => undefined, 1_000);
