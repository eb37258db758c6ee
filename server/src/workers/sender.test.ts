import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { simpleParser } from 'mailparser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../test/support/postgres.ts';
import type { TestDatabase } from '../../test/support/postgres.ts';
import {
  addPeople,
  enrol,
  isEnded,
  ledger,
  openSendingWorld,
  senderDeps,
  setSending,
  settled,
  uuid,
} from '../../test/support/sending-world.ts';
import type { SendingWorld } from '../../test/support/sending-world.ts';
import { startSmtpSink } from '../../test/support/smtp-sink.ts';
import type { SmtpSink } from '../../test/support/smtp-sink.ts';
import { samplePersonKey } from '../postgres/sample-ids.ts';
import { addressHash, insertSuppression } from '../postgres/sending.ts';
import { stepPeople } from '../postgres/steps.ts';
import type { SenderDeps } from './sender-deps.ts';
import { createSender } from './sender.ts';
import type { Sender } from './sender.ts';

let database: TestDatabase;
let world: SendingWorld;
const closers: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  world = await openSendingWorld(database.url);
});
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
  await world.close();
  await database.drop();
});

async function sink(options: Parameters<typeof startSmtpSink>[0] = {}): Promise<SmtpSink> {
  const started = await startSmtpSink(options);
  closers.push(() => started.close());
  return started;
}

function start(options: Parameters<typeof senderDeps>[1] = {}, change: Partial<SenderDeps> = {}): Sender {
  const deps = { ...senderDeps(world, options), ...change };
  const sender = createSender(deps);
  closers.push(() => deps.email?.close() ?? Promise.resolve());
  closers.push(() => sender.stop());
  sender.start();
  return sender;
}

const refusing = (code: number, text: string): Error =>
  Object.assign(new Error(text), { responseCode: code });

describe('where a letter goes', () => {
  test('as installed, into the mailbox, even with an SMTP server set', async () => {
    const target = await sink();
    const people = await addPeople(world, [{ id: uuid(1) }]);
    await enrol(world, people);
    start({ smtpUrl: target.url });
    const [row] = await settled(world, (rows) => rows.every(isEnded));
    expect(row).toMatchObject({
      state: 'sent',
      via: 'mailbox',
      sent_to: `${uuid(1)}@example.com`,
      subject: 'Sally, something for your second order',
    });
    const { rows } = await world.pool.query<{ html: string; headers: Record<string, string> }>(
      'select html, headers from mailbox',
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.html).toContain('Hello Sally');
    expect(rows[0]?.headers['List-Unsubscribe']).toMatch(/^<http:\/\/localhost:4000\/u\/[\w.-]+>$/);
    expect(target.accepted).toHaveLength(0);
  });

  test('in test mode only what is on the allow-list leaves', async () => {
    const target = await sink();
    await setSending(world, { mode: 'test', allow: [`${uuid(1)}@example.com`, '@shop.example'] });
    const people = await addPeople(world, [
      { id: uuid(1) },
      { id: uuid(2) },
      { id: uuid(3), traits: { email: 'ana@shop.example' } },
    ]);
    await enrol(world, people);
    start({ smtpUrl: target.url });
    const rows = await settled(world, (all) => all.length === 3 && all.every(isEnded));
    expect(rows.map((row) => row.via)).toEqual(['smtp', 'mailbox', 'smtp']);
    expect(target.accepted.flatMap((message) => message.to).toSorted()).toEqual([
      `${uuid(1)}@example.com`,
      'ana@shop.example',
    ]);
  });

  test('live, to the server, with its id, links and both one-click headers', async () => {
    const target = await sink();
    await setSending(world, { mode: 'live', reply_to: 'people@shop.example' });
    const people = await addPeople(world, [
      { id: uuid(1), traits: { first_name: 'Zoë 🎉\r\nBcc: x@example.com', last_name: 'محمد' } },
    ]);
    await enrol(world, people);
    start({ smtpUrl: target.url });
    const [row] = await settled(world, (rows) => rows.every(isEnded));
    expect(row).toMatchObject({ state: 'sent', via: 'smtp', provider_id: '1', attempt: 1 });
    const raw = target.accepted[0]?.raw ?? '';
    const parsed = await simpleParser(raw);
    expect(parsed.messageId).toBe(`<${row?.id}@shop.example>`);
    expect(parsed.headers.has('bcc')).toBe(false);
    expect(parsed.subject).toBe('Zoë 🎉 Bcc: x@example.com, something for your second order');
    expect(parsed.text).toMatch(/[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}/);
    expect(raw).toMatch(
      /\r\nList-Unsubscribe: <http:\/\/localhost:4000\/u\/[\w.-]+>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n/,
    );
  });

  test('live without a server: it waits, and leaves when there is one', async () => {
    await setSending(world, { mode: 'live' });
    await enrol(world, await addPeople(world, [{ id: uuid(1) }]));
    const without = start();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await ledger(world))[0]).toMatchObject({ state: 'queued', attempt: 0 });
    await without.stop();
    const target = await sink();
    start({ smtpUrl: target.url });
    await settled(world, (rows) => rows.every((row) => row.state === 'sent'));
  });

  test('switching back to the mailbox stops the very next message', async () => {
    const target = await sink();
    await setSending(world, { mode: 'live' });
    const people = await addPeople(world, [{ id: uuid(1) }]);
    await enrol(world, people, 'letter', '1');
    start({ smtpUrl: target.url });
    await settled(world, (rows) => rows.every(isEnded));
    await setSending(world, { mode: 'mailbox' });
    await enrol(world, people, 'letter', '2');
    const rows = await settled(world, (all) => all.length === 2 && all.every(isEnded));
    expect(rows.map((row) => row.via).toSorted()).toEqual(['mailbox', 'smtp']);
    expect(target.accepted).toHaveLength(1);
  });

  test('what was claimed when the database was lost goes when it is back, not at the end of its lease', async () => {
    const target = await sink();
    await setSending(world, { mode: 'live' });
    await enrol(world, await addPeople(world, [{ id: uuid(1) }]));
    let failures = 0;
    start(
      { smtpUrl: target.url },
      {
        crash(point) {
          if (point !== 'sender.after_claim' || failures > 0) return;
          failures += 1;
          throw new Error('Connection terminated unexpectedly');
        },
      },
    );
    // The lease is a minute.
    await settled(world, (rows) => rows.length > 0 && rows.every((row) => row.state === 'sent'));
    expect(failures).toBe(1);
    expect(target.accepted).toHaveLength(1);
  });

  test('a webhook is called with the person and an id that stays', async () => {
    const received: { readonly headers: IncomingMessage['headers']; readonly body: unknown }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        received.push({ headers: request.headers, body: JSON.parse(body) });
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await world.pool.query(
      `update journey_versions set graph = jsonb_set(graph, '{nodes,m,url}', to_jsonb($1::text)) where journey_key = 'hook'`,
      [`http://127.0.0.1:${port}/in`],
    );
    await world.programs.reload(world.workspaceId);
    await enrol(world, await addPeople(world, [{ id: uuid(1), consent: false }]), 'hook');
    start();
    const [row] = await settled(world, (rows) => rows.length > 0 && rows.every(isEnded));
    expect(row).toMatchObject({ state: 'sent', via: 'webhook' });
    expect(received[0]?.headers['webhook-id']).toBe(`msg_${row?.id}`);
    expect(received[0]?.body).toMatchObject({
      type: 'journey.webhook',
      data: {
        journey: 'hook',
        person: { id: `per_${uuid(1)}`, email: `${uuid(1)}@example.com`, traits: { first_name: 'Sally' } },
      },
    });
  });
});

describe('the last look', () => {
  test('someone who unsubscribed while the message waited gets nothing', async () => {
    const target = await sink();
    await setSending(world, {});
    const people = await addPeople(world, [{ id: uuid(1) }, { id: uuid(2) }]);
    await enrol(world, people);
    const [first] = people;
    if (first === undefined) expect.fail();
    await stepPeople(world.deps, world.workspaceId, [
      {
        person: first,
        input: {
          kind: 'consent',
          changes: [
            { channel: 'email', topic: 'offers', status: 'withdrawn', basis: 'unsubscribe', source: 'test' },
          ],
        },
      },
    ]);
    start({ smtpUrl: target.url });
    const rows = await settled(world, (all) => all.every(isEnded));
    expect(rows.map((row) => [row.state, row.reason])).toEqual([
      ['dropped', 'no_consent'],
      ['sent', null],
    ]);
    expect(target.accepted).toHaveLength(1);
  });

  test('a suppressed address gets nothing, not even service messages', async () => {
    const target = await sink();
    await setSending(world, {});
    const people = await addPeople(world, [{ id: uuid(1) }]);
    await enrol(world, people, 'service');
    await insertSuppression(world.pool, {
      workspaceId: world.workspaceId,
      channel: 'email',
      hash: addressHash('address key', `${uuid(1)}@EXAMPLE.com`),
      reason: 'by_hand',
      at: Date.now(),
    });
    start({ smtpUrl: target.url });
    const [row] = await settled(world, (all) => all.every(isEnded));
    expect(row).toMatchObject({ state: 'dropped', reason: 'suppressed' });
    expect(target.accepted).toHaveLength(0);
  });

  test('with live sending on, nobody of the sample store gets anything, neither letters nor webhooks', async () => {
    const target = await sink();
    await setSending(world, {});
    const people = await addPeople(world, [
      { id: samplePersonKey(world.workspaceId, 1, 1).id },
      { id: uuid(1) },
    ]);
    await enrol(world, people);
    await enrol(world, people.slice(0, 1), 'hook');
    start({ smtpUrl: target.url });
    const rows = await settled(world, (all) => all.length === 3 && all.every(isEnded));
    expect(rows.map((row) => [row.state, row.via, row.reason]).toSorted()).toEqual([
      ['failed', null, 'sample_person'],
      ['sent', 'mailbox', null],
      ['sent', 'smtp', null],
    ]);
    expect(target.accepted).toHaveLength(1);
  });

  test('beyond the day cap a message waits with its reason', async () => {
    await world.close();
    world = await openSendingWorld(database.url, { caps: 1 });
    const people = await addPeople(world, [{ id: uuid(1) }]);
    await enrol(world, people, 'letter', '1');
    await enrol(world, people, 'letter', '2');
    start();
    const rows = await settled(
      world,
      (all) => all.some(isEnded) && all.some((row) => row.state === 'queued' && row.reason !== null),
    );
    expect(rows.map((row) => row.state).toSorted()).toEqual(['queued', 'sent']);
    const held = rows.find((row) => row.state === 'queued');
    expect(held?.reason).toBe('cap_day');
    expect(held?.next_at.getTime()).toBeGreaterThan(Date.now());
  });

  test('a template that cannot be rendered fails its own message only, with the reason', async () => {
    const people = await addPeople(world, [{ id: uuid(1) }, { id: uuid(2) }]);
    await enrol(world, people.slice(0, 1), 'broken');
    await enrol(world, people.slice(1), 'letter');
    start();
    const rows = await settled(world, (all) => all.length === 2 && all.every(isEnded));
    expect(rows.map((row) => [row.state, row.reason])).toEqual([
      ['failed', 'bad_template'],
      ['sent', null],
    ]);
    const { rows: decisions } = await world.pool.query<{ body: string }>(
      `select body from decisions where kind = 'message_result' and person_id = $1`,
      [uuid(1)],
    );
    expect(decisions[0]?.body).toContain('broken_on_purpose');
  });
});

describe('what the provider says', () => {
  test('a mailbox that does not exist: failed at once, and the address is suppressed', async () => {
    const target = await sink({
      onRcptTo: (_address, _session, done) => done(refusing(550, '5.1.1 no such user')),
    });
    await setSending(world, {});
    const people = await addPeople(world, [{ id: uuid(1) }]);
    await enrol(world, people, 'letter', '1');
    start({ smtpUrl: target.url });
    await settled(world, (rows) => rows.every(isEnded));
    await enrol(world, people, 'letter', '2');
    const rows = await settled(world, (all) => all.length === 2 && all.every(isEnded));
    expect(rows.map((row) => [row.state, row.reason]).toSorted()).toEqual([
      ['dropped', 'suppressed'],
      ['failed', 'recipient_refused'],
    ]);
  });

  test('not now: queued again with back-off; the fifth time running suppresses', async () => {
    const target = await sink({ onRcptTo: (_address, _session, done) => done(refusing(451, '4.2.0 later')) });
    await setSending(world, {});
    await enrol(world, await addPeople(world, [{ id: uuid(1) }]));
    start({ smtpUrl: target.url });
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const [row] = await settled(world, (rows) =>
        rows.every((one) => one.state === 'queued' && one.attempt === attempt),
      );
      expect(row?.reason).toBe('recipient_deferred');
      expect(row?.next_at.getTime()).toBeGreaterThan(Date.now() + 50_000);
      await world.pool.query('update messages set next_at = now()');
    }
    const [row] = await settled(world, (rows) => rows.every(isEnded));
    expect(row).toMatchObject({ state: 'dropped', reason: 'suppressed' });
  });

  test('a provider that is down says nothing about the people behind it', async () => {
    const gone = await startSmtpSink();
    await gone.close();
    await setSending(world, {});
    await enrol(world, await addPeople(world, [{ id: uuid(1) }]));
    start({ smtpUrl: gone.url });
    for (let attempt = 1; attempt <= 7; attempt += 1) {
      await settled(world, (rows) =>
        rows.every(
          (one) => one.state === 'queued' && one.attempt === attempt && one.reason === 'not_connected',
        ),
      );
      await world.pool.query('update messages set next_at = now()');
    }
    const { rows } = await world.pool.query('select 1 from suppressions');
    expect(rows).toHaveLength(0);
  });

  test('no answer after the message went out: uncertain, and never repeated', async () => {
    let bodies = 0;
    const target = await sink({
      onData: (stream) => {
        bodies += 1;
        stream.resume();
      },
    });
    await setSending(world, {});
    await enrol(world, await addPeople(world, [{ id: uuid(1) }]));
    start({ smtpUrl: target.url, email: { limits: { handOverMsMax: 200 } } });
    const [row] = await settled(world, (rows) => rows.every(isEnded));
    expect(row).toMatchObject({ state: 'uncertain', attempt: 1 });
    expect(bodies).toBe(1);
  });
});

describe('many at once', () => {
  test('two senders on one ledger: everyone once', async () => {
    const target = await sink();
    await setSending(world, {});
    const people = await addPeople(
      world,
      Array.from({ length: 150 }, (_, at) => ({ id: uuid(at + 1) })),
    );
    await enrol(world, people);
    start({ smtpUrl: target.url });
    start({ smtpUrl: target.url });
    const rows = await settled(world, (all) => all.every(isEnded));
    expect(rows.every((row) => row.state === 'sent')).toBe(true);
    expect(target.accepted).toHaveLength(150);
    expect(new Set(target.accepted.map((message) => message.messageId)).size).toBe(150);
  });

  test('what another process held when it died is uncertain at the next start, not sent again', async () => {
    const target = await sink();
    await setSending(world, {});
    const people = await addPeople(world, [{ id: uuid(1) }]);
    await enrol(world, people);
    const { rows } = await world.pool.query<{ id: string }>('select id from messages');
    const [person] = people;
    if (person === undefined) expect.fail();
    await stepPeople(world.deps, world.workspaceId, [
      { person, input: { kind: 'look', message: rows[0]?.id ?? '', suppressed: false } },
    ]);
    expect((await ledger(world))[0]?.state).toBe('handing');
    start({ smtpUrl: target.url });
    const [row] = await settled(world, (all) => all.every(isEnded));
    expect(row).toMatchObject({ state: 'uncertain', reason: expect.stringContaining('stopped') });
    expect(target.accepted).toHaveLength(0);
  });

  test('connections that Postgres ends under the sender are replaced, and everything goes on', async () => {
    const target = await sink();
    await setSending(world, {});
    const people = await addPeople(world, [{ id: uuid(1) }]);
    await enrol(world, people, 'letter', '1');
    start({ smtpUrl: target.url });
    await settled(world, (rows) => rows.every(isEnded));
    await world.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await enrol(world, people, 'letter', '2');
    const rows = await settled(world, (all) => all.length === 2 && all.every(isEnded));
    expect(rows.map((row) => row.state)).toEqual(['sent', 'sent']);
    expect(target.accepted).toHaveLength(2);
  });

  test('stopping gives back what is claimed and waits for what is under way', async () => {
    const target = await sink();
    await setSending(world, {});
    await enrol(
      world,
      await addPeople(
        world,
        Array.from({ length: 60 }, (_, at) => ({ id: uuid(at + 1) })),
      ),
    );
    const sender = start({ smtpUrl: target.url, email: { connectionsMax: 2 } });
    await settled(world, (rows) => rows.some((row) => row.state === 'sent'));
    await sender.stop();
    const rows = await ledger(world);
    expect(rows.filter((row) => row.state === 'claimed' || row.state === 'handing')).toEqual([]);
    expect(rows.filter((row) => row.state === 'sent')).toHaveLength(target.accepted.length);
  });
});
