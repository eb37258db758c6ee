import { SENDER_LIMITS } from '../../src/workers/sender-deps.ts';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { until } from '../support/processes.ts';
import { startSmtpSink, type SmtpSink } from '../support/smtp-sink.ts';
import { askApi, makeKey, makeWhole, sendAll, type Whole } from './whole.ts';

const buyers = 150;
const asked = 'Receipt Asked';
/** No more than this can be under way at once when a process dies. */
const connections = 10;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

test('nobody is written to twice when the process is killed while it sends, again and again, and every message ends', async () => {
  const sink = await openSink();
  const { whole, key } = await openShop(sink.url);
  const client = sendAll(whole, key, receiptsAsked());
  for (const arrived of [20, 60, 100]) {
    await until(`${arrived} messages arrived`, () => sink.accepted.length >= arrived, { withinMs: 60_000 });
    await whole.kill();
    await whole.start();
  }
  await client.done;
  const states = await ended(whole);
  await audit(whole, sink);
  expect(states.get('uncertain') ?? 0).toBeLessThanOrEqual(
    3 * (2 * connections + SENDER_LIMITS.unrecordedMax),
  );
  expect((states.get('sent') ?? 0) + (states.get('uncertain') ?? 0)).toBe(buyers);
}, 180_000);

test('nobody is written to twice when Postgres is killed while messages leave, and every message ends', async () => {
  const sink = await openSink();
  const { whole, key } = await openShop(sink.url);
  const client = sendAll(whole, key, receiptsAsked());
  for (const arrived of [20, 80]) {
    await until(`${arrived} messages arrived`, () => sink.accepted.length >= arrived, {
      withinMs: 60_000,
    }).catch((error: unknown) => {
      throw new Error(`They do not arrive: ${whole.output().slice(-6000)}`, { cause: error });
    });
    process.kill(await whole.postmasterPid(), 'SIGKILL');
  }
  await client.done;
  const states = await ended(whole);
  await audit(whole, sink);
  expect(states.get('sent') ?? 0).toBeGreaterThan(buyers / 2);
}, 180_000);

test('an SMTP server that drops connections at random makes nobody get a message twice, and none vanish', async () => {
  const sink = await openSink();
  const line = await startFlakyLine(sink.port);
  closers.push(line.close);
  const { whole, key } = await openShop(line.url);
  await sendAll(whole, key, receiptsAsked()).done;
  const states = await ended(whole);
  await audit(whole, sink);
  expect(line.dropped()).toBeGreaterThan(0);
  expect(states.get('sent') ?? 0).toBeGreaterThan(0);
}, 180_000);

async function openSink(): Promise<SmtpSink> {
  const sink = await startSmtpSink();
  closers.push(() => sink.close());
  return sink;
}

/** A running Rapport that answers each asked receipt with a service letter. */
async function openShop(smtpUrl: string): Promise<{ readonly whole: Whole; readonly key: string }> {
  const whole = await makeWhole({ env: { SMTP_URL: smtpUrl } });
  closers.push(() => whole.close());
  await whole.start();
  const key = await makeKey(whole);
  const call = (method: string, path: string, body: unknown): Promise<void> =>
    askApi(whole, key, { method, path, body });
  await call('PUT', '/api/settings/sending', {
    mode: 'live',
    from: { name: 'Shop', address: 'shop@shop.example' },
    postal_address: '1 Harbour Street',
  });
  await call('POST', '/api/topics', { key: 'receipts', name: 'Receipts' });
  await call('POST', '/api/templates', {
    key: 'receipt',
    name: 'Receipt',
    purpose: 'transactional',
    subject: 'Your receipt',
    body_mjml:
      '<mjml><mj-body><mj-section><mj-column><mj-text>Thank you.</mj-text></mj-column></mj-section></mj-body></mjml>',
  });
  const graph = {
    entry: 't',
    nodes: {
      t: { kind: 'trigger', on: { kind: 'event', event: asked }, next: 'm' },
      m: { kind: 'email', template: 'receipt', topic: 'receipts', marketing: false, next: 'x' },
      x: { kind: 'exit' },
    },
    reentry: 'after_exit',
  };
  await call('POST', '/api/journeys', { key: 'receipts', name: 'Receipts', graph });
  await call('POST', '/api/journeys/receipts/activate', { who: 'from_now' });
  return { whole, key };
}

function receiptsAsked() {
  return Array.from({ length: buyers / 5 }, (_, batch) =>
    Array.from({ length: 5 }, (_, n) => ({
      type: 'track',
      event: asked,
      userId: `buyer-${batch * 5 + n}`,
      messageId: `asked-${batch * 5 + n}`,
      context: { traits: { email: `buyer-${batch * 5 + n}@shop.example` } },
      properties: {},
    })),
  );
}

/** Waits until nothing is under way, due or soon due (a refused message waits for a minute); gives how many messages ended how. */
async function ended(whole: Whole): Promise<ReadonlyMap<string, number>> {
  await until(
    'every message has ended or waits for its next try',
    async () => {
      const rows = await whole
        .query<{ n: number }>(
          `select count(*)::int as n from messages
            where state in ('claimed', 'handing') or (state = 'queued' and next_at < now() + interval '20 seconds')`,
        )
        .catch(() => undefined);
      return rows?.[0]?.n === 0;
    },
    { withinMs: 120_000 },
  ).catch(async (error: unknown) => {
    const left = await whole
      .query(
        `select state, reason, attempt, next_at, lease_until, now() from messages where state <> 'sent' limit 20`,
      )
      .catch(String);
    throw new Error(`They do not end: ${JSON.stringify(left)}\n${whole.output().slice(-6000)}`, {
      cause: error,
    });
  });
  const rows = await whole.query<{ state: string; n: number }>(
    'select state, count(*)::int as n from messages group by state',
  );
  return new Map(rows.map((row) => [row.state, row.n]));
}

/** The ledger against what the SMTP server really accepted. */
async function audit(whole: Whole, sink: SmtpSink): Promise<void> {
  const ledger = await whole.query<{ id: string; person_id: string; state: string; reason: string | null }>(
    'select id, person_id, state, reason from messages',
  );
  expect(ledger.length).toBe(buyers);
  expect(new Set(ledger.map((row) => row.person_id)).size).toBe(buyers);

  const arrived = sink.accepted.map((mail) => ledger.find((row) => mail.messageId.includes(row.id))?.id);
  expect(arrived).not.toContain(undefined);
  expect(new Set(arrived).size).toBe(arrived.length);
  const addresses = sink.accepted.flatMap((mail) => mail.to);
  expect(new Set(addresses).size).toBe(addresses.length);

  const isThere = new Set(arrived);
  const saysSentButIsNot = ledger.filter((row) => row.state === 'sent' && !isThere.has(row.id));
  expect(saysSentButIsNot).toEqual([]);
  const mayBeThere = new Set(['sent', 'uncertain']);
  const isThereButNotSaid = ledger.filter((row) => isThere.has(row.id) && !mayBeThere.has(row.state));
  expect(isThereButNotSaid).toEqual([]);
  const endedWithoutReason = ledger.filter((row) => row.state !== 'sent' && row.reason === null);
  expect(endedWithoutReason).toEqual([]);
}

interface FlakyLine {
  readonly url: string;
  readonly dropped: () => number;
  readonly close: () => Promise<void>;
}

/** Passes everything on, and cuts a connection after a number of bytes that differs from one to the next. */
async function startFlakyLine(sinkPort: number): Promise<FlakyLine> {
  const sockets = new Set<Socket>();
  let made = 0;
  let dropped = 0;
  const server = createServer((client) => {
    const upstream = connect(sinkPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    made += 1;
    // From inside the greeting to the middle of the fifth message or so; every seventh line holds.
    let left = made % 7 === 0 ? Infinity : 40 + ((made * 7_919) % 6_000);
    const pass =
      (to: Socket) =>
      (chunk: Buffer): void => {
        left -= chunk.length;
        if (left > 0) {
          to.write(chunk);
          return;
        }
        dropped += 1;
        client.resetAndDestroy();
        // What was on its way arrives, or not: the sender cannot know.
        if (made % 2 === 0) upstream.destroy();
        else upstream.end(chunk);
      };
    client.on('data', pass(upstream)).on('end', () => upstream.end());
    upstream.on('data', pass(client)).on('end', () => client.end());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}?ignoreTLS=true`,
    dropped: () => dropped,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
