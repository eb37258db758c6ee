// The doors of /v1: what is taken, what is refused and how that is said, and what is stored of it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, createIngestWorld } from '../support/ingest-world.ts';
import type { IngestWorld } from '../support/ingest-world.ts';

let world: IngestWorld;
beforeAll(async () => {
  world = await createIngestWorld();
});
afterAll(() => world.close());

describe('one event', () => {
  it('is stored with its person, stage and profile when the answer comes', async () => {
    const answer = await world.app.inject({
      method: 'POST',
      url: '/v1/identify',
      headers: basic(world.serverKey),
      payload: { userId: 'ada', messageId: 'm-1', traits: { email: 'Ada@Example.test', name: 'Ada 👩🏽‍🚀 עדה' } },
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ success: true });
    const [profile] = await world.rows<{ email: string; name: string; user_id: string }>(
      'select email, name, user_id from profiles',
    );
    expect(profile).toEqual({ email: 'ada@example.test', name: 'Ada 👩🏽‍🚀 עדה', user_id: 'ada' });
    expect(await world.rows('select kind, value from identities order by kind')).toEqual([
      { kind: 'email', value: 'ada@example.test' },
      { kind: 'user_id', value: 'ada' },
    ]);
    expect(await world.rows("select value from memberships where kind = 'stage'")).toHaveLength(1);
  });

  it('counts once when the client sends it again', async () => {
    const event = {
      type: 'track',
      event: 'Order Completed',
      userId: 'ada',
      messageId: 'o-1',
      properties: { order_id: 'o1', total: 30 },
    };
    expect((await world.batch([event, event])).body).toEqual({ success: true, rejected: [] });
    expect((await world.batch([event], { sentAt: new Date().toISOString() })).body).toEqual({
      success: true,
      rejected: [],
    });
    expect(await world.rows("select 1 from events where message_id = 'o-1'")).toHaveLength(1);
  });

  it('is refused and kept when it reuses an id for something else', async () => {
    const { body } = await world.batch([{ type: 'track', event: 'Other', userId: 'ada', messageId: 'o-1' }]);
    expect(body.rejected).toMatchObject([{ index: 0, code: 'message_id_reused', field: 'messageId' }]);
    expect(await world.rows("select message_id from quarantine where code = 'message_id_reused'")).toEqual([
      { message_id: 'o-1' },
    ]);
  });

  it('does not collide with one of a browser that has the same id', async () => {
    const event = { type: 'track', event: 'Seen', userId: 'ada', messageId: 'both' };
    await world.batch([event]);
    const { body } = await world.batch([{ ...event, event: 'Seen elsewhere' }], { key: world.browserKey });
    expect(body.rejected).toEqual([]);
    expect(await world.rows("select 1 from events where message_id = 'both'")).toHaveLength(2);
  });
});

describe('a batch with one event that Postgres refuses', () => {
  it('stores the others, and both of a browser and a server that used one id for one instant', async () => {
    const at = '2026-05-04T00:00:00.000Z';
    const twin = { type: 'track', event: 'Twin', userId: 'twin', messageId: 'twin', timestamp: at };
    await world.batch([twin]);
    const { body } = await world.batch(
      [
        { ...twin, messageId: 'a' },
        { ...twin, event: 'Other' },
        { ...twin, messageId: 'b' },
      ],
      {
        key: world.browserKey,
      },
    );
    expect(body.rejected).toEqual([]);
    const ids = await world.rows<{ message_id: string }>(
      "select message_id from events where name in ('Twin', 'Other') order by 1",
    );
    expect(ids.map((row) => row.message_id)).toEqual(['a', 'b', 'browser:twin', 'twin']);
  });

  it('keeps the culprit in quarantine', async () => {
    await world.pool.query(`alter table events add constraint odd check (name <> 'Odd')`);
    const { status, body } = await world.batch(
      ['Fine 1', 'Odd', 'Fine 2'].map((event) => ({ type: 'track', event, userId: 'c', messageId: event })),
    );
    await world.pool.query('alter table events drop constraint odd');
    expect(status).toBe(200);
    expect(body.rejected).toMatchObject([{ index: 1, code: 'data_refused' }]);
    expect(await world.rows("select name from events where name like 'Fine _' order by 1")).toHaveLength(2);
    expect(await world.rows("select 1 from quarantine where code = 'data_refused'")).toHaveLength(1);
  });
});

describe('bad events', () => {
  const at = '2026-05-03T10:00:00.000Z';
  const good = { type: 'track', event: 'Fine', userId: 'u' };
  const deep = JSON.parse('{"a":'.repeat(40) + '1' + '}'.repeat(40)) as unknown;
  const cases: readonly (readonly [string, unknown, string, string | null])[] = [
    ['a text', 'hello', 'not_an_object', null],
    ['no type', { userId: 'u' }, 'missing_field', 'type'],
    ['an unknown type', { ...good, type: 'purchase' }, 'unknown_type', 'type'],
    ['no event name', { type: 'track', userId: 'u' }, 'missing_field', 'event'],
    ['a number as event name', { ...good, event: 7 }, 'invalid_type', 'event'],
    ['a name of 1,000 letters', { ...good, event: 'x'.repeat(1_000) }, 'too_long', 'event'],
    ['nobody', { type: 'track', event: 'X' }, 'missing_identity', 'userId'],
    ['a placeholder for a user', { ...good, userId: '[object Object]' }, 'placeholder_id', 'userId'],
    ['an object as user', { ...good, userId: { id: 1 } }, 'invalid_type', 'userId'],
    ['a list as properties', { ...good, properties: [1] }, 'invalid_type', 'properties'],
    ['a text as traits', { type: 'identify', userId: 'u', traits: 'vip' }, 'invalid_type', 'traits'],
    ['a NUL character', { ...good, properties: { note: 'a\0b' } }, 'nul_character', 'properties.note'],
    ['a NUL character in a key', { ...good, properties: { 'a\0b': 1 } }, 'nul_character', 'properties.a\\0b'],
    [
      'half an emoji',
      { ...good, properties: { items: [{ name: '\ud83d' }] } },
      'broken_unicode',
      'properties.items[0].name',
    ],
    ['absurd nesting', { ...good, properties: deep }, 'too_deep', null],
    ['the year 275760', { ...good, timestamp: '+275760-09-13T00:00:00.000Z' }, 'invalid_time', 'timestamp'],
    ['the year 9999', { ...good, timestamp: '9999-12-31T00:00:00Z' }, 'time_ahead', 'timestamp'],
    ['a time that is none', { ...good, timestamp: 'yesterday' }, 'invalid_time', 'timestamp'],
    ['a time as number', { ...good, timestamp: 1_700_000_000_000 }, 'invalid_time', 'timestamp'],
    ['1899', { ...good, timestamp: '1899-01-01' }, 'time_too_old', 'timestamp'],
    ['40 KB', { ...good, properties: { text: 'x'.repeat(40_000) } }, 'event_too_large', null],
    ['an alias of nothing', { type: 'alias', userId: 'u' }, 'missing_field', 'previousId'],
    ['a messageId that is no text', { ...good, messageId: 5 }, 'invalid_type', 'messageId'],
  ];

  it.each(cases)(
    '%s is refused with its reason, and the rest of the batch is stored',
    async (label, bad, code, field) => {
      const before = { ...good, messageId: `before ${label}`, timestamp: at };
      const after = { ...good, messageId: `after ${label}`, timestamp: at };
      const { status, body } = await world.batch([before, bad, after]);
      expect(status).toBe(200);
      expect(body.success).toBe(true);
      expect(body.rejected).toMatchObject([field === null ? { index: 1, code } : { index: 1, code, field }]);
      expect(body.rejected[0]?.message.length).toBeGreaterThan(10);
      const stored = await world.rows<{ message_id: string }>(
        'select message_id from events where message_id = any($1)',
        [[before.messageId, after.messageId]],
      );
      expect(stored).toHaveLength(2);
      expect((await world.rows('select 1 from quarantine where code = $1', [code])).length).toBeGreaterThan(
        0,
      );
    },
  );

  it('a __proto__ key is refused and pollutes nothing', async () => {
    const text =
      '{"batch":[{"type":"track","event":"X","userId":"u","properties":{"__proto__":{"admin":true}}}]}';
    const answer = await world.app.inject({
      method: 'POST',
      url: '/v1/batch',
      headers: { ...basic(world.serverKey), 'content-type': 'application/json' },
      payload: text,
    });
    expect(answer.json()).toMatchObject({
      rejected: [{ code: 'forbidden_key', field: 'properties.__proto__' }],
    });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('nesting beyond the stack is refused, and the process stays up', async () => {
    const text = `{"batch":[{"type":"track","event":"X","userId":"u","properties":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}]}`;
    const answer = await world.app.inject({
      method: 'POST',
      url: '/v1/batch',
      headers: basic(world.serverKey),
      payload: text,
    });
    expect(answer.json()).toMatchObject({ rejected: [{ code: 'too_deep' }] });
  });

  it('a single one is answered 400 with field and hint', async () => {
    const answer = await world.app.inject({
      method: 'POST',
      url: '/v1/track',
      headers: basic(world.serverKey),
      payload: { userId: 'u' },
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      success: false,
      code: 'missing_field',
      field: 'event',
      hint: expect.stringContaining('Order Completed'),
    });
  });
});

describe('bad requests', () => {
  const post = (payload: string | Buffer, headers: Record<string, string> = basic(world.serverKey)) =>
    world.app.inject({
      method: 'POST',
      url: '/v1/batch',
      headers: { 'content-type': 'application/json', ...headers },
      payload,
    });

  it('JSON that breaks off is answered 400 and kept', async () => {
    const answer = await post('{"batch":[{"type":"tra');
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ success: false, code: 'malformed_json' });
    expect(await world.rows("select body from quarantine where code = 'malformed_json'")).toMatchObject([
      { body: '{"batch":[{"type":"tra' },
    ]);
  });

  it('10 MB are answered 413 without being read', async () => {
    const answer = await post(Buffer.alloc(10_000_000, 0x20));
    expect(answer.statusCode).toBe(413);
    expect(answer.json()).toMatchObject({ success: false, code: 'body_too_large' });
  });

  it('Latin-1 is answered 400', async () => {
    expect((await post(Buffer.from('{"batch":[{"event":"caf\xe9"}]}', 'latin1'))).json()).toMatchObject({
      code: 'malformed_json',
    });
  });

  it('a missing or unknown key is answered 401', async () => {
    expect((await post('{"batch":[]}', {})).json()).toMatchObject({ code: 'missing_key' });
    const unknown = await post('{"batch":[]}', basic('rk_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'));
    expect(unknown.statusCode).toBe(401);
  });

  it('a full disk is answered 503 with Retry-After', async () => {
    world.clock.diskLow = true;
    const answer = await post('{"batch":[]}');
    world.clock.diskLow = false;
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBeDefined();
  });
});

describe('time', () => {
  it('a wrong clock is corrected by sentAt', async () => {
    const hourAhead = Date.now() + 3_600_000;
    await world.batch(
      [
        {
          type: 'track',
          event: 'Skewed',
          userId: 'u',
          messageId: 'skewed',
          timestamp: new Date(hourAhead - 60_000).toISOString(),
        },
      ],
      {
        sentAt: new Date(hourAhead).toISOString(),
      },
    );
    const [row] = await world.rows<{ at: Date }>("select at from events where message_id = 'skewed'");
    expect(Math.abs((row?.at.getTime() ?? 0) - (Date.now() - 60_000))).toBeLessThan(10_000);
  });

  it('a few minutes ahead is taken as received now', async () => {
    await world.batch([
      {
        type: 'track',
        event: 'Early',
        userId: 'u',
        messageId: 'early',
        timestamp: new Date(Date.now() + 300_000).toISOString(),
      },
    ]);
    const [row] = await world.rows<{ at: Date; received_at: Date }>(
      "select at, received_at from events where message_id = 'early'",
    );
    expect(row?.at).toEqual(row?.received_at);
  });
});

describe('the browser', () => {
  it('sends text/plain to the short paths, with the key in the body', async () => {
    const answer = await world.app.inject({
      method: 'POST',
      url: '/v1/p',
      headers: { 'content-type': 'text/plain', origin: 'https://shop.example' },
      payload: JSON.stringify({
        type: 'page',
        anonymousId: 'a-1',
        userId: null,
        writeKey: world.browserKey,
        messageId: 'p-1',
        properties: { url: 'https://shop.example/' },
      }),
    });
    expect(answer.json()).toEqual({ success: true });
    expect(answer.headers['access-control-allow-origin']).toBe('https://shop.example');
    const [row] = await world.rows<{ name: string; body: string }>(
      "select name, body from events where message_id = 'p-1'",
    );
    expect(row?.name).toBe('Page Viewed');
    expect(JSON.parse(row?.body ?? '{}')).toMatchObject({ trust: 'browser', type: 'page' });
  });

  it('may ask first whether it may send', async () => {
    const answer = await world.app.inject({
      method: 'OPTIONS',
      url: '/v1/t',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,x-retry-count',
      },
    });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers['access-control-allow-headers']).toContain('x-retry-count');
  });

  it('is told where to send', async () => {
    const answer = await world.app.inject({
      url: `/v1/projects/${world.browserKey}/settings`,
      headers: { host: 'localhost:4000' },
    });
    expect(answer.json()).toMatchObject({
      integrations: { 'Segment.io': { apiHost: 'localhost:4000/v1', protocol: 'http' } },
    });
    expect((await world.app.inject({ url: '/v1/projects/NOPE/settings' })).statusCode).toBe(404);
  });

  it('cannot give a consent, but can withdraw one', async () => {
    const consent = (event: string, messageId: string, key: string) =>
      world.batch(
        [
          {
            type: 'track',
            event,
            userId: 'carl',
            messageId,
            properties: { channel: 'email', topic: 'offers' },
          },
        ],
        { key },
      );
    await consent('Consent Given', 'c-1', world.browserKey);
    expect(await world.rows("select 1 from decisions where kind = 'consent_changed'")).toHaveLength(0);
    const noticed = "select code from quarantine where code = 'browser_consent'";
    expect(await world.rows(noticed)).toHaveLength(1);
    await consent('Consent Given', 'c-2', world.serverKey);
    await consent('Consent Withdrawn', 'c-3', world.browserKey);
    expect(await world.rows("select 1 from decisions where kind = 'consent_changed'")).toHaveLength(2);
    expect(await world.rows(noticed)).toHaveLength(1);
  });
});

describe('too much', () => {
  it('what does not fit into the queue is answered 503 and taken later', async () => {
    const small = await createIngestWorld({ limits: { waitingEvents: 3 } });
    const events = [1, 2, 3, 4].map((n) => ({
      type: 'track',
      event: 'X',
      userId: `u${n}`,
      messageId: `m${n}`,
    }));
    const refused = await small.batch(events);
    expect(refused.status).toBe(503);
    expect(refused.body).toMatchObject({ success: false, code: 'overloaded' });
    expect((await small.batch(events.slice(0, 3))).status).toBe(200);
    expect((await small.batch(events.slice(3))).status).toBe(200);
    await small.close();
  });
});
