// The real Segment clients against the doors: Node's, the browser's in Chromium across origins, and the requests that were
// captured from both.
import { Analytics } from '@segment/analytics-node';
import Fastify from 'fastify';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/chromium.ts';
import { createIngestWorld } from '../support/ingest-world.ts';
import type { IngestWorld } from '../support/ingest-world.ts';

let world: IngestWorld;
let address: string;
beforeAll(async () => {
  world = await createIngestWorld();
  address = await world.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => world.close());

const namesOf = async (kind: string, value: string): Promise<readonly string[]> => {
  const rows = await world.rows<{ name: string }>(
    `select e.name from identities i
     join people p on p.id = i.person_id
     join events e on e.person_id = p.id or e.person_id in (select person_id from aliases where survivor_id = p.id)
     where i.kind = $1 and i.value = $2 order by e.at, e.name`,
    [kind, value],
  );
  return rows.map((row) => row.name);
};

describe('@segment/analytics-node', () => {
  it('is taken as it is, and a client that is told to wait sends again without counting twice', async () => {
    const analytics = new Analytics({
      writeKey: world.serverKey,
      host: address,
      maxRetries: 3,
      flushInterval: 50,
    });
    const failures: unknown[] = [];
    analytics.on('error', (error) => failures.push(error));
    analytics.identify({ userId: 'node-1', traits: { email: 'Node@Example.test', plan: 'pro' } });
    analytics.track({
      userId: 'node-1',
      event: 'Order Completed',
      properties: { order_id: 'n1', total: 30 },
    });
    analytics.page({ userId: 'node-1', name: 'Home', properties: { url: 'https://shop.example/' } });
    analytics.group({ userId: 'node-1', groupId: 'g1', traits: { name: 'Acme' } });
    analytics.alias({ userId: 'node-1', previousId: 'node-anon' });
    await analytics.flush();
    world.clock.diskLow = true;
    analytics.track({ userId: 'node-1', event: 'Late' });
    setTimeout(() => (world.clock.diskLow = false), 300);
    await analytics.closeAndFlush({ timeout: 20_000 });
    expect(failures).toEqual([]);
    expect((await namesOf('user_id', 'node-1')).toSorted()).toEqual([
      'Aliased',
      'Grouped',
      'Identified',
      'Late',
      'Order Completed',
      'Page Viewed',
    ]);
    expect(await world.rows("select email, orders from profiles where user_id = 'node-1'")).toEqual([
      { email: 'node@example.test', orders: 1 },
    ]);
  });
});

describe('@segment/analytics-next', () => {
  it('loads its settings, sends across origins, and its visitor becomes the user', async () => {
    const require = createRequire(import.meta.url);
    const bundles = path.resolve(
      path.dirname(require.resolve('@segment/analytics-next/package.json')),
      'dist/umd',
    );
    const page = Fastify();
    page.get('/', async (_request, reply) =>
      reply.type('text/html').send('<!doctype html><title>Shop</title><script src="/index.js"></script>'),
    );
    page.get<{ Params: { '*': string } }>('/*', async (request, reply) => {
      const file = path.join(bundles, path.basename(request.params['*']));
      if (!existsSync(file)) return reply.code(404).send();
      return reply.type('text/javascript').send(readFileSync(file));
    });
    const shop = await page.listen({ port: 0, host: '127.0.0.1' });
    const browser = await launchBrowser();
    try {
      const tab = await browser.newPage();
      const problems: string[] = [];
      tab.on(
        'console',
        (message) =>
          message.type() === 'error' && !message.text().includes('favicon') && problems.push(message.text()),
      );
      await tab.goto(`${shop}/`);
      await tab.evaluate(
        async ({ writeKey, cdnURL }) => {
          const { AnalyticsBrowser } = (
            globalThis as unknown as {
              AnalyticsNext: {
                AnalyticsBrowser: {
                  load: (o: object) => Record<string, (...args: unknown[]) => Promise<unknown>>;
                };
              };
            }
          ).AnalyticsNext;
          const analytics = AnalyticsBrowser.load({ writeKey, cdnURL });
          await analytics['page']?.();
          await analytics['track']?.('Product Viewed', { sku: 'A', price: 9.5 });
          await analytics['identify']?.('web-1', { email: 'Web@Example.test' });
          await analytics['group']?.('g1', { name: 'Acme' });
          await analytics['alias']?.('web-1');
        },
        { writeKey: world.browserKey, cdnURL: address },
      );
      const end = performance.now() + 15_000;
      while ((await namesOf('user_id', 'web-1')).length < 5 && performance.now() < end)
        await tab.waitForTimeout(50);
      expect((await namesOf('user_id', 'web-1')).toSorted()).toEqual([
        'Aliased',
        'Grouped',
        'Identified',
        'Page Viewed',
        'Product Viewed',
      ]);
      expect(await world.rows("select email from profiles where user_id = 'web-1'")).toEqual([
        { email: 'web@example.test' },
      ]);
      expect(problems.filter((text) => !text.includes('404'))).toEqual([]);
    } finally {
      await browser.close();
      await page.close();
    }
  });
});

const captured = fileURLToPath(new URL('../../../../shared/data/segment_payloads.json', import.meta.url));

describe('captured requests', () => {
  it.skipIf(!existsSync(captured))('are all taken (skipped where ../shared/data is absent)', async () => {
    type Captured = {
      readonly method?: string;
      readonly url?: string;
      readonly headers?: Record<string, string>;
      readonly body?: unknown;
    };
    const requests = (JSON.parse(readFileSync(captured, 'utf8')) as readonly Captured[]).filter(
      (r) => r.method === 'POST',
    );
    expect(requests.length).toBeGreaterThan(10);
    for (const request of requests) {
      const key = request.headers?.['content-type'] === 'text/plain' ? world.browserKey : world.serverKey;
      const basicKey = Buffer.from(`${key}:`).toString('base64');
      const answer = await world.app.inject({
        method: 'POST',
        url: request.url ?? '',
        headers: {
          'content-type': request.headers?.['content-type'] ?? 'application/json',
          ...(request.headers?.['authorization'] === undefined ? {} : { authorization: `Basic ${basicKey}` }),
        },
        payload: JSON.stringify(request.body).replaceAll('WRITEKEY', key),
      });
      expect(answer.statusCode, answer.body).toBe(200);
      expect(answer.json()).toMatchObject({ success: true });
    }
    // 4 retries among them repeat their messageIds: nothing counts twice.
    const ids = requests.flatMap((r) => {
      const body = r.body as { batch?: readonly { messageId: string }[]; messageId?: string };
      return body.batch?.map((e) => e.messageId) ?? [body.messageId ?? ''];
    });
    const [row] = await world.rows<{ n: number }>(
      'select count(*)::int as n from events where message_id = any($1)',
      [ids],
    );
    expect(row?.n).toBe(new Set(ids).size);
    expect(new Set(ids).size).toBeLessThan(ids.length);
  });
});
