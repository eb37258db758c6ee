import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:net';

import { simpleParser } from 'mailparser';
import { afterEach, describe, expect, test } from 'vitest';

import { CUTS, startCuttingLine, startSmtpSink } from '../../test/support/smtp-sink.ts';
import type { Cut, SmtpSink } from '../../test/support/smtp-sink.ts';
import { EMAIL_LIMITS, openEmailChannel } from './email.ts';
import type { EmailChannel, EmailChannelOptions } from './email.ts';
import type { Email } from './mime.ts';
import { bounceOf } from './outcome.ts';
import type { HandOver } from './outcome.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

function email(change: Partial<Email> = {}): Email {
  return {
    id: 'm1',
    from: { name: 'Blue Door Tea', address: 'hello@shop.example' },
    to: { name: 'Sally', address: 'sally@example.com' },
    subject: 'Hello',
    text: 'Hello\n',
    html: '<p>Hello</p>',
    sentAt: new Date('2026-01-01T00:00:00Z'),
    unsubscribeUrl: 'http://localhost:4000/u/1.abc.def',
    ...change,
  };
}

async function sink(options: Parameters<typeof startSmtpSink>[0] = {}): Promise<SmtpSink> {
  const started = await startSmtpSink(options);
  closers.push(() => started.close());
  return started;
}

function channel(smtpUrl: string, options: Partial<EmailChannelOptions> = {}): EmailChannel {
  const opened = openEmailChannel({ smtpUrl, ...options });
  closers.push(() => opened.close());
  return opened;
}

describe('a connection cut at every stage', () => {
  const proven: readonly Cut[] = [
    'at_connect',
    'before_greeting',
    'after_ehlo',
    'after_mail',
    'after_rcpt',
    'after_data_command',
  ];
  test.each(CUTS)('%s: the outcome never claims more than what the sink shows', async (cut) => {
    const target = await sink({ hideSTARTTLS: true });
    const line = await startCuttingLine(target.port, { cut, times: 1 });
    closers.push(() => line.close());
    const outcome = await channel(line.url).handOver(email({ html: `<p>${'x'.repeat(200_000)}</p>` }));
    if (proven.includes(cut)) {
      expect(outcome).toMatchObject({ kind: 'failed', permanent: false, code: 'not_connected' });
      expect(target.accepted).toHaveLength(0);
    } else if (cut === 'after_reply_arrived') {
      expect(outcome).toEqual({ kind: 'sent', providerId: '1' });
      expect(target.accepted).toHaveLength(1);
    } else {
      expect(outcome.kind).toBe('uncertain');
    }
    // no second hand-off ever begins by itself after a byte of the body may have left
    expect(line.connections()).toBe(1);
  });

  test.each(['after_mail', 'after_rcpt', 'after_data_command'] as const)(
    '%s on a connection used before: one more try, because nothing had left',
    async (cut) => {
      const target = await sink();
      const line = await startCuttingLine(target.port, { cut, times: 1, fromMessage: 2 });
      closers.push(() => line.close());
      const open = channel(line.url);
      expect(await open.handOver(email({ id: 'm1' }))).toMatchObject({ kind: 'sent' });
      expect(await open.handOver(email({ id: 'm2' }))).toMatchObject({ kind: 'sent' });
      expect(target.accepted.map((message) => message.messageId)).toEqual(['m1', 'm2']);
      expect(line.connections()).toBe(2);
    },
  );

  test.each(['mid_body', 'after_final_dot', 'after_final_reply_was_made'] as const)(
    '%s on a connection used before: uncertain, and never repeated',
    async (cut) => {
      const target = await sink();
      const line = await startCuttingLine(target.port, { cut, times: 1, fromMessage: 2 });
      closers.push(() => line.close());
      const open = channel(line.url);
      await open.handOver(email({ id: 'm1' }));
      expect(await open.handOver(email({ id: 'm2' }))).toMatchObject({ kind: 'uncertain' });
      expect(line.connections()).toBe(1);
      expect(target.accepted.filter((message) => message.messageId === 'm2').length).toBeLessThanOrEqual(1);
    },
  );

  test('a server that swallows the message and says nothing: uncertain after the deadline', async () => {
    const target = await sink({ onData: (stream) => void stream.resume() });
    expect(await channel(target.url, { limits: { handOverMsMax: 150 } }).handOver(email())).toMatchObject({
      kind: 'uncertain',
    });
  });

  test('a server that accepts the connection and says nothing: proven not accepted', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => silent.close(resolve)));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const outcome = await channel(`smtp://127.0.0.1:${port}`, { limits: { greetingMsMax: 100 } }).handOver(
      email(),
    );
    expect(outcome).toMatchObject({ kind: 'failed', permanent: false, code: 'not_connected' });
  });

  test('nobody listens: proven not accepted', async () => {
    const target = await startSmtpSink();
    await target.close();
    expect(await channel(target.url).handOver(email())).toMatchObject({
      kind: 'failed',
      permanent: false,
      code: 'not_connected',
    });
    expect(await channel(target.url).check()).toMatchObject({ kind: 'failed' });
  });
});

describe('what the server says', () => {
  const replying = (code: number, text: string): Error =>
    Object.assign(new Error(text), { responseCode: code });

  test.each([
    [550, '5.1.1 No such user', { permanent: true, code: 'recipient_refused' }, 'hard'],
    [550, 'no such user here', { permanent: true, code: 'recipient_refused' }, 'hard'],
    [550, '5.7.1 Relaying denied', { permanent: true, code: 'refused_by_policy' }, 'none'],
    [554, 'blocked by list', { permanent: true, code: 'refused_by_policy' }, 'none'],
    [552, '5.2.2 Mailbox full', { permanent: false, code: 'mailbox_full' }, 'soft'],
    [451, '4.7.1 Greylisted', { permanent: false, code: 'recipient_deferred' }, 'soft'],
    [503, 'bad sequence', { permanent: false, code: 'recipient_deferred' }, 'soft'],
  ] as const)('to RCPT: %i %s', async (code, text, expected, bounce) => {
    const target = await sink({ onRcptTo: (_address, _session, done) => done(replying(code, text)) });
    const outcome = await channel(target.url).handOver(email());
    expect(outcome).toMatchObject({ kind: 'failed', ...expected });
    expect(outcome.kind === 'failed' && bounceOf(outcome.code)).toBe(bounce);
    expect(target.accepted).toHaveLength(0);
  });

  test('to MAIL: the sender is ours, so that the recipient is not blamed', async () => {
    const target = await sink({
      onMailFrom: (_address, _session, done) => done(replying(553, '5.7.1 not your domain')),
    });
    expect(await channel(target.url).handOver(email())).toMatchObject({
      kind: 'failed',
      permanent: false,
      code: 'sender_refused',
    });
  });

  test.each([
    [554, { permanent: true, code: 'message_refused' }],
    [451, { permanent: false, code: 'message_deferred' }],
  ] as const)('to the body: %i is proof that it was not accepted', async (code, expected) => {
    const target = await sink({
      onData: (stream, _session, done) => {
        stream.resume().on('end', () => done(replying(code, 'no')));
      },
    });
    expect(await channel(target.url).handOver(email())).toMatchObject({ kind: 'failed', ...expected });
  });

  test('a reply outside the protocol after the body proves nothing', async () => {
    const odd = createServer((socket) => {
      socket.on('error', () => undefined).write('220 hi\r\n');
      socket.on('data', (chunk: Buffer) => {
        const text = chunk.toString();
        if (/^EHLO/.test(text)) socket.write('250 hi\r\n');
        else if (/^(MAIL|RCPT)/.test(text)) socket.write('250 ok\r\n');
        else if (/^DATA/.test(text)) socket.write('354 go\r\n');
        else if (/\r\n\.\r\n$/.test(text)) socket.write('354 go on\r\n');
      });
    });
    await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => odd.close(resolve)));
    const address = odd.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await channel(`smtp://127.0.0.1:${port}`).handOver(email())).toMatchObject({ kind: 'uncertain' });
  });

  test('the address never stands in the reason', async () => {
    const target = await sink({
      onRcptTo: (_address, _session, done) => done(replying(550, '5.1.1 <sally@example.com>: unknown')),
    });
    const outcome = await channel(target.url).handOver(email());
    expect(JSON.stringify(outcome)).not.toContain('sally');
  });

  test('a refused recipient does not cost the connection', async () => {
    let connections = 0;
    const target = await sink({
      onConnect: (_session, done) => {
        connections += 1;
        done();
      },
      onRcptTo: (address, _session, done) =>
        done(address.address.startsWith('bad') ? replying(550, '5.1.1 no') : null),
    });
    const open = channel(target.url, { connectionsMax: 1 });
    expect(await open.handOver(email({ to: { name: '', address: 'bad@example.com' } }))).toMatchObject({
      kind: 'failed',
    });
    expect(await open.handOver(email({ id: 'm2' }))).toMatchObject({ kind: 'sent' });
    expect(connections).toBe(1);
  });

  test('a wrong password is about us, not about the message', async () => {
    const target = await sink({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(replying(535, 'no')),
    });
    const url = target.url.replace('smtp://', 'smtp://user:wrong@');
    expect(await channel(url).handOver(email())).toMatchObject({
      kind: 'failed',
      permanent: false,
      code: 'auth_failed',
    });
  });

  test.each([
    'no at sign',
    'a@b\r\nRCPT TO:<c@d>',
    '<a@b>',
    'a b@c.example',
    '',
    '@x',
    'jörg@example.com',
    `${'x'.repeat(65)}@example.com`,
  ])('the address %j is refused before anything is sent', async (address) => {
    const target = await sink();
    expect(await channel(target.url).handOver(email({ to: { name: '', address } }))).toMatchObject({
      kind: 'failed',
      permanent: true,
      code: 'bad_address',
    });
  });
});

describe('the message that arrives', () => {
  test('is what was meant, in both parts, with the same id', async () => {
    const target = await sink();
    const html = `<p>Grüße 🎉 محمد = "quoted"  \n.dot at the start\n${'long '.repeat(400)}</p>`;
    const text = `Grüße 🎉 محمد\n.\n..two dots \n\tend=20`;
    await channel(target.url).handOver(
      email({
        html,
        text,
        subject: 'Grüße an محمد 🎉 und noch viel mehr, damit es umbrochen werden muss, wirklich',
        to: { name: 'محمد "علي" 🎉', address: 'm@bücher.example' },
      }),
    );
    const raw = target.accepted[0]?.raw ?? '';
    const parsed = await simpleParser(raw);
    expect(parsed.text?.replace(/\r\n/g, '\n')).toContain(text);
    expect(typeof parsed.html === 'string' && parsed.html.replace(/\r\n/g, '\n').trim()).toBe(html.trim());
    expect(parsed.subject).toBe(
      'Grüße an محمد 🎉 und noch viel mehr, damit es umbrochen werden muss, wirklich',
    );
    expect(parsed.to).toMatchObject({ value: [{ name: 'محمد "علي" 🎉', address: 'm@bücher.example' }] });
    expect(parsed.messageId).toBe('<m1@shop.example>');
    expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThan(300);
  });

  test('carries both one-click headers, unfolded and unencoded', async () => {
    const target = await sink();
    const long = `http://localhost:4000/u/1.${'a'.repeat(400)}`;
    await channel(target.url).handOver(email({ unsubscribeUrl: long }));
    expect(target.accepted[0]?.raw).toContain(
      `\r\nList-Unsubscribe: <${long}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n`,
    );
  });

  test.each([
    'Sally\r\nBcc: everyone@example.com',
    'Sally\nBcc: everyone@example.com',
    '"\\"',
    '=?utf-8?q?x?=',
    '<b>',
    'a, b@c.example',
  ])('a name like %j adds no header and no recipient', async (name) => {
    const target = await sink();
    await channel(target.url).handOver(
      email({
        to: { name, address: 'sally@example.com' },
        from: { name, address: 'hello@shop.example' },
        subject: name,
      }),
    );
    const parsed = await simpleParser(target.accepted[0]?.raw ?? '');
    expect(parsed.headers.has('bcc')).toBe(false);
    expect(parsed.to).toMatchObject({ value: [{ address: 'sally@example.com' }] });
    expect(target.accepted[0]?.to).toEqual(['sally@example.com']);
  });

  test('is signed when a key is there, and the signature covers both one-click headers', async () => {
    const target = await sink();
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    await channel(target.url, { dkim: { domain: 'shop.example', selector: 's1', privateKey } }).handOver(
      email(),
    );
    const signature =
      /^DKIM-Signature:[\s\S]*?\r\n(?=\S)/m.exec(target.accepted[0]?.raw ?? '')?.[0].replace(/\s+/g, '') ??
      '';
    expect(signature).toMatch(/h=[^;]*list-unsubscribe:list-unsubscribe-post/i);
    expect(signature).toContain('d=shop.example;');
  });
});

test('a hundred messages at once go over at most the connections allowed, each once', async () => {
  let open = 0;
  let most = 0;
  const target = await sink({
    onConnect: (_session, done) => {
      open += 1;
      most = Math.max(most, open);
      done();
    },
    onClose: () => {
      open -= 1;
    },
  });
  const pool = channel(target.url, { connectionsMax: 4, limits: { messagesPerConnectionMax: 7 } });
  expect(pool.freeConnections()).toBe(4);
  const outcomes: HandOver[] = await Promise.all(
    Array.from({ length: 100 }, (_, at) => pool.handOver(email({ id: `m${at}` }))),
  );
  expect(outcomes.every((outcome) => outcome.kind === 'sent')).toBe(true);
  expect(new Set(target.accepted.map((message) => message.messageId)).size).toBe(100);
  expect(target.accepted).toHaveLength(100);
  expect(most).toBeLessThanOrEqual(5);
  expect(pool.freeConnections()).toBe(4);
});

test('a provider that allows three connections gets three, and every message once', async () => {
  let open = 0;
  const target = await sink({
    onConnect: (_session, done) => {
      if (open >= 3)
        return done(Object.assign(new Error('4.7.0 too many connections'), { responseCode: 421 }));
      open += 1;
      done();
    },
    onClose: () => {
      open -= 1;
    },
  });
  const pool = channel(target.url, { connectionsMax: 12 });
  const outcomes = await Promise.all(
    Array.from({ length: 60 }, (_, at) => pool.handOver(email({ id: `m${at}` }))),
  );
  expect(outcomes.filter((outcome) => outcome.kind !== 'sent')).toEqual([]);
  expect(new Set(target.accepted.map((message) => message.messageId)).size).toBe(60);
  expect(target.accepted).toHaveLength(60);
  expect(pool.freeConnections()).toBeLessThanOrEqual(3);
});

test('how many connections may stand in the URL', async () => {
  expect(channel('smtp://127.0.0.1:1?maxConnections=5').freeConnections()).toBe(5);
  expect(channel('smtp://127.0.0.1:1?maxConnections=many').freeConnections()).toBe(
    EMAIL_LIMITS.connectionsMax,
  );
});
