import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { afterEach, describe, expect, test } from 'vitest';

import { isPublicAddress } from './public-address.ts';
import { openWebhookChannel } from './webhook.ts';
import type { WebhookCall } from './webhook.ts';

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly path: string;
}

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function endpoint(
  answer: (request: Received, response: ServerResponse) => void,
): Promise<{ readonly url: string; readonly port: number; readonly received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        path: request.url ?? '',
      };
      received.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/hook`, port, received };
}

const secret = `whsec_${Buffer.from('a key for this endpoint').toString('base64')}`;

function call(url: string, payload: unknown = { hello: 'world' }): WebhookCall {
  return { id: 'msg_1', url, payload, sentAt: new Date('2026-01-01T00:00:00Z'), secret };
}

const open = openWebhookChannel({ allowPrivate: true });
const closed = openWebhookChannel({ allowPrivate: false });

describe('what is sent', () => {
  test('carries the Standard Webhooks headers, and the signature verifies', async () => {
    const target = await endpoint((_request, response) => response.writeHead(204).end());
    expect(await open.handOver(call(target.url, { name: 'محمد 🎉' }))).toEqual({
      kind: 'sent',
      providerId: null,
    });
    const [got] = target.received;
    const signed = `msg_1.${got?.headers['webhook-timestamp']}.${got?.body}`;
    const expected = createHmac('sha256', 'a key for this endpoint').update(signed).digest('base64');
    expect(got?.headers).toMatchObject({
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1767225600',
      'webhook-signature': `v1,${expected}`,
      'content-type': 'application/json',
    });
    expect(JSON.parse(got?.body ?? '')).toEqual({ name: 'محمد 🎉' });
  });

  test.each([
    [200, { kind: 'sent' }],
    [400, { kind: 'failed', permanent: true, code: 'endpoint_refused' }],
    [410, { kind: 'failed', permanent: true, code: 'endpoint_refused' }],
    [303, { kind: 'failed', permanent: true, code: 'endpoint_refused' }],
    [429, { kind: 'failed', permanent: false, code: 'endpoint_busy' }],
    [500, { kind: 'failed', permanent: false, code: 'endpoint_busy' }],
  ])('an answer of %i is %o', async (status, expected) => {
    const target = await endpoint((_request, response) => response.writeHead(status).end());
    expect(await open.handOver(call(target.url))).toMatchObject(expected);
  });

  test('a connection lost after the body went out is uncertain', async () => {
    const target = await endpoint((_request, response) => response.destroy());
    expect(await open.handOver(call(target.url))).toMatchObject({ kind: 'uncertain' });
  });

  test('an endpoint that never answers is uncertain after the time is up', async () => {
    const target = await endpoint(() => undefined);
    const hasty = openWebhookChannel({ allowPrivate: true, limits: { timeoutMs: 100 } });
    expect(await hasty.handOver(call(target.url))).toMatchObject({ kind: 'uncertain' });
  });

  test('nobody there: proven not accepted', async () => {
    expect(await open.handOver(call('http://127.0.0.1:1/'))).toMatchObject({
      kind: 'failed',
      permanent: false,
      code: 'not_connected',
    });
  });

  test('an endless answer is not read to its end', async () => {
    const target = await endpoint((_request, response) => {
      response.writeHead(200);
      const more = (): void => {
        if (!response.destroyed && response.write(Buffer.alloc(65_536))) setImmediate(more);
      };
      response.on('drain', more);
      more();
    });
    expect(await open.handOver(call(target.url))).toEqual({ kind: 'sent', providerId: null });
  });

  test('a body beyond the limit is refused before anything is sent', async () => {
    const target = await endpoint((_request, response) => response.end());
    expect(await open.handOver(call(target.url, 'x'.repeat(256_001)))).toMatchObject({
      kind: 'failed',
      code: 'message_too_large',
    });
    expect(target.received).toHaveLength(0);
  });

  test.each([
    '',
    'not a url',
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http://',
    `http://example.com/${'x'.repeat(2_000)}`,
  ])('%j is no URL to call', async (url) => {
    expect(await open.handOver(call(url))).toMatchObject({
      kind: 'failed',
      permanent: true,
      code: 'bad_url',
    });
  });
});

describe('private addresses', () => {
  test.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://[::1]/',
    'http://169.254.169.254/latest/meta-data',
    'http://10.1.2.3/',
    'http://0x7f.1/',
    'http://2130706433/',
    'http://[::ffff:127.0.0.1]/',
    'http://0/',
    'http://[fe80::1]/',
  ])('%s is not reached', async (url) => {
    expect(await closed.handOver(call(url))).toMatchObject({
      kind: 'failed',
      permanent: true,
      code: 'private_address',
    });
  });

  test('a name that has one private address among public ones is not reached', async () => {
    const mixed = openWebhookChannel({
      allowPrivate: false,
      resolve: async () => [
        { address: '93.184.216.34', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
    });
    expect(await mixed.handOver(call('http://rebind.example/'))).toMatchObject({ code: 'private_address' });
  });

  test('a name that changes its address between the check and the call is called at the checked one', async () => {
    const target = await endpoint((_request, response) => response.end());
    let asked = 0;
    const changing = openWebhookChannel({
      allowPrivate: true,
      resolve: async () => {
        asked += 1;
        return [{ address: asked === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
      },
    });
    // the name itself resolves nowhere: only the pinned address can have been used
    expect(await changing.handOver(call(`http://changing.invalid:${target.port}/`))).toMatchObject({
      kind: 'sent',
    });
    expect(asked).toBe(1);
    expect(target.received[0]?.headers.host).toBe(`changing.invalid:${target.port}`);
  });

  test('a redirect to a private address is checked like the first', async () => {
    const target = await endpoint((_request, response) =>
      response.writeHead(307, { location: 'http://inside.invalid/' }).end(),
    );
    const public1 = openWebhookChannel({
      // the test's endpoint is on loopback, so its name passes and only the next one is refused
      allowPrivate: true,
      resolve: async (hostname) => {
        if (hostname === 'inside.invalid') throw Object.assign(new Error('checked'), { code: 'CHECKED' });
        return [{ address: '127.0.0.1', family: 4 }];
      },
    });
    expect(await public1.handOver(call(`http://outside.invalid:${target.port}/`))).toMatchObject({
      kind: 'failed',
      code: 'server_not_found',
      detail: expect.stringContaining('CHECKED'),
    });
  });

  test('three redirects are followed, with the same signed body; a fourth is not', async () => {
    const target = await endpoint((request, response) => {
      const step = Number(request.path.slice(1)) || 0;
      if (step < 3) response.writeHead(308, { location: `/${step + 1}` }).end();
      else response.writeHead(200).end();
    });
    expect(await open.handOver(call(target.url))).toMatchObject({ kind: 'sent' });
    expect(target.received.map((one) => one.body)).toEqual(
      Array.from({ length: 4 }, () => '{"hello":"world"}'),
    );
    const endless = await endpoint((_request, response) =>
      response.writeHead(302, { location: '/again' }).end(),
    );
    expect(await open.handOver(call(endless.url))).toMatchObject({
      kind: 'failed',
      code: 'too_many_redirects',
    });
    expect(endless.received).toHaveLength(4);
  });

  test('which addresses are public', () => {
    const inside = [
      '127.0.0.1',
      '10.0.0.1',
      '172.31.255.255',
      '192.168.0.1',
      '100.64.0.1',
      '169.254.1.1',
      '0.0.0.0',
      '224.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      'fc00::1',
      'fe80::1',
      'fe80::1%eth0',
      '::ffff:8.8.8.8',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      '2001:0:7f00:1::',
      '2001:db8::1',
      'ff02::1',
      'nonsense',
      '',
    ];
    for (const address of inside) expect([address, isPublicAddress(address)]).toEqual([address, false]);
    for (const address of ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'])
      expect([address, isPublicAddress(address)]).toEqual([address, true]);
  });
});
