import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addHeard, listHeard, UNKNOWN_KEY, type HeardRow } from '../../src/postgres/heard.ts';
import { createApiWorld, type ApiWorld } from '../support/api-world.ts';
import { basic, createIngestWorld, type IngestWorld } from '../support/ingest-world.ts';
import { until } from '../support/processes.ts';

const origin = 'https://shop.example';
const dayMs = 86_400_000;

describe('what comes in', () => {
  let world: IngestWorld;
  let keyId: string;

  beforeAll(async () => {
    world = await createIngestWorld();
    const [key] = await world.rows<{ id: string }>("select id from keys where kind = 'browser'");
    keyId = key?.id ?? '';
  });
  beforeEach(() => world.rows('delete from heard'));
  afterAll(() => world.close());

  const send = (batch: readonly unknown[], key = world.browserKey) =>
    world.app.inject({
      method: 'POST',
      url: '/v1/b',
      headers: { origin, 'content-type': 'text/plain' },
      payload: JSON.stringify({ batch, writeKey: key }),
    });
  const heard = async (count: number, of = keyId): Promise<readonly HeardRow[]> => {
    const list = () => listHeard(world.pool, { workspaceId: world.workspaceId, keyId: of, now: new Date() });
    await until(`${count} heard`, async () => {
      const rows = await list();
      return rows.reduce((sum, row) => sum + row.count, 0) >= count;
    });
    return list();
  };
  const event = (name: string, n: number) => ({
    type: 'track',
    event: name,
    anonymousId: 'a',
    messageId: `h-${name}-${n}`,
  });

  test('is heard with its site and its newest names, and counted, within a second', async () => {
    await send([1, 2, 3, 4].map((n) => event('Page Viewed', n)));
    await heard(4);
    await send([event('Product Viewed', 1), event('Order Completed', 1)]);
    const [stored] = await heard(6);
    expect(stored).toMatchObject({ code: '', count: 6 });
    expect(stored?.recent.map(({ name }) => name)).toEqual([
      'Order Completed',
      'Product Viewed',
      'Page Viewed',
      'Page Viewed',
      'Page Viewed',
    ]);
    expect(stored?.recent[0]).toMatchObject({ origin, note: null });
  });

  test('what was refused is heard with its reason, beside what was not', async () => {
    await send([
      { type: 'track', anonymousId: 'a' },
      event('Good', 1),
      { type: 'nonsense', anonymousId: 'a' },
    ]);
    const rows = await heard(3);
    expect(rows.map(({ code, count }) => [code, count]).sort()).toEqual([
      ['', 1],
      ['missing_field', 1],
      ['unknown_type', 1],
    ]);
    const [missing] = rows.filter(({ code }) => code === 'missing_field');
    expect(missing?.recent[0]).toMatchObject({ origin, note: expect.stringMatching(/no event name/) });
  });

  test('a key that nobody knows is heard by its beginning only', async () => {
    await send([event('X', 1)], 'wk_mistyped0000000000000000000000000000');
    const [row] = await heard(1, UNKNOWN_KEY);
    expect(row).toMatchObject({ code: 'unknown_key', count: 1 });
    expect(row?.recent[0]?.note).toBe('A key that begins with wk_mist is not known.');
  });

  test('a server’s own events have no site', async () => {
    const [key] = await world.rows<{ id: string }>("select id from keys where kind = 'server'");
    await world.app.inject({
      method: 'POST',
      url: '/v1/track',
      headers: basic(world.serverKey),
      payload: event('From A Server', 1),
    });
    const [stored] = await heard(1, key?.id);
    expect(stored?.recent[0]).toMatchObject({ name: 'From A Server', origin: null });
  });
});

describe('GET /api/keys/{id}/heard', () => {
  let world: ApiWorld;

  beforeAll(async () => {
    world = await createApiWorld();
  });
  afterAll(() => world.close());

  test('sums up the last seven days, and tells of keys that nobody knows', async () => {
    const owner = await world.signIn('owner');
    const made = (await world.call(owner, 'POST', '/api/keys', { kind: 'browser', name: 'Site' })).json();
    expect((await world.call(owner, 'GET', '/api/keys')).json().items[0].key).toBe(made.key);
    const nothing = (await world.call(owner, 'GET', `/api/keys/${made.id}/heard`)).json();
    expect(nothing).toEqual({
      days: 7,
      stored: { count: 0, last_at: null, recent: [] },
      refused: [],
      unknown: null,
    });
    const { now } = world.clock;
    const keyId = String(made.id).replace('key_', '');
    const sum = (daysAgo: number, code: string, of = keyId) => {
      const lastAt = now - daysAgo * dayMs;
      const one = {
        at: new Date(lastAt).toISOString(),
        name: `day ${daysAgo}`,
        origin,
        note: 'n',
        hint: 'h',
      };
      return { workspaceId: world.workspaceId, keyId: of, code, count: 2, lastAt, recent: [one] };
    };
    await addHeard(world.pool, [
      sum(0, ''),
      sum(1, ''),
      sum(9, ''),
      sum(1, 'too_deep'),
      sum(0, 'unknown_key', UNKNOWN_KEY),
    ]);
    const heard = (await world.call(owner, 'GET', `/api/keys/${made.id}/heard`)).json();
    expect(heard.stored).toEqual({
      count: 4,
      last_at: new Date(now).toISOString(),
      recent: [{ at: new Date(now).toISOString(), name: 'day 0', origin }],
    });
    expect(heard.refused).toMatchObject([{ code: 'too_deep', count: 2, origin, message: 'n', hint: 'h' }]);
    expect(heard.unknown).toMatchObject({ code: 'unknown_key', count: 2 });
  });

  test('is for those who connect, about keys that work', async () => {
    const developer = await world.signIn('developer');
    const server = (
      await world.call(developer, 'POST', '/api/keys', { kind: 'server', name: 'Shop' })
    ).json();
    const { items } = (await world.call(developer, 'GET', '/api/keys')).json();
    expect(items.find(({ id }: { id: string }) => id === server.id).key).toBeNull();
    expect(
      (await world.call(await world.signIn('marketer'), 'GET', `/api/keys/${server.id}/heard`)).statusCode,
    ).toBe(403);
    await world.call(developer, 'DELETE', `/api/keys/${server.id}`);
    expect((await world.call(developer, 'GET', `/api/keys/${server.id}/heard`)).statusCode).toBe(404);
  });
});
