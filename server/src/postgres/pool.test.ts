// What a lost connection does to whoever holds it: the statement fails, the process lives.
import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { inTransaction, openPool } from './pool.ts';

test('Postgres’s readiness and its last words in one read: the transaction fails, the process does not', async () => {
  const lastWords = await listen((socket) => {
    socket.once('data', () => socket.end(Buffer.concat([authenticated, ready, shuttingDown])));
  });
  const log = createLog({ level: 'silent' });
  const pool = openPool({ url: lastWords.url, name: 'test', connectionsMax: 1, statementMs: 0, log });
  try {
    // An error that nobody listens to would end the test run.
    await expect(inTransaction(pool, () => Promise.resolve())).rejects.toThrow();
  } finally {
    await pool.end();
    lastWords.close();
  }
});

/** As Postgres says them (Frontend/Backend Protocol, Message Formats): a letter, the length with itself, the content. */
function said(letter: string, content: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(letter);
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

const authenticated = said('R', Buffer.alloc(4));
const ready = said('Z', Buffer.from('I'));
const shuttingDown = said(
  'E',
  Buffer.from('SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0'),
);

async function listen(
  onConnection: (socket: Socket) => void,
): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = createServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `postgres://rapport@127.0.0.1:${port}/rapport`, close: () => server.close() };
}
