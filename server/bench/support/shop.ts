// The shop of the bench: twenty segments, histories that make states of about 1 kB, and events of random people. All
// made from seeds, so that two runs ask for the same.
import type { Random } from './statistics.ts';
import { callApi } from './rapport.ts';

const dayMs = 86_400_000;
const categories = ['tea', 'coffee', 'cups', 'filters', 'gifts', 'books'] as const;
const cities = ['Porto', 'Lyon', 'Graz', 'Ghent', 'Turku', 'Cork'] as const;

const count = (event: string, last: string, n: number): object => ({
  kind: 'count',
  event,
  window: { last },
  op: 'at_least',
  n,
});

/** Added to what ships until twenty segments are active; each names events that the bench sends. */
export const ownSegments: readonly { readonly key: string; readonly name: string; readonly rule: object }[] =
  [
    { key: 'browsing', name: 'Browsing', rule: count('Product Viewed', 'P14D', 3) },
    { key: 'carts', name: 'Left a cart', rule: count('Product Added', 'P3D', 1) },
    {
      key: 'big_spenders',
      name: 'Big spenders',
      rule: {
        kind: 'sum',
        event: 'Order Completed',
        property: 'total',
        window: { last: 'P90D' },
        op: 'at_least',
        value: 300,
      },
    },
    {
      key: 'tea_lovers',
      name: 'Tea lovers',
      rule: {
        kind: 'per_value',
        event: 'Product Viewed',
        property: 'category',
        window: { last: 'P60D' },
        n: 4,
      },
    },
    { key: 'regulars', name: 'Regulars', rule: { kind: 'orders', op: 'at_least', n: 3 } },
    { key: 'porto', name: 'From Porto', rule: { kind: 'trait', path: 'city', op: 'is', value: 'Porto' } },
    {
      key: 'no_second',
      name: 'No order for 60 days',
      rule: { kind: 'count', event: 'Order Completed', window: { last: 'P60D' }, op: 'at_most', n: 0 },
    },
    { key: 'readers', name: 'Readers', rule: count('Page Viewed', 'P30D', 5) },
  ];
export const segmentsWanted = 20;

/** Defines what is missing up to twenty segments; says how many rules are then active. */
export async function defineRules(rapport: { readonly port: number }, key: string): Promise<string> {
  const there = listOf(await callApi(rapport, key, { method: 'GET', path: '/api/segments' }));
  const missing = ownSegments.slice(0, Math.max(0, segmentsWanted - there.length));
  for (const segment of missing)
    await callApi(rapport, key, { method: 'POST', path: '/api/segments', body: segment });
  const models = listOf(await callApi(rapport, key, { method: 'GET', path: '/api/lifecycle' }));
  const stages = models.reduce((sum: number, model) => sum + stagesOf(model), 0);
  return `${there.length + missing.length} segments (${there.length} shipped) and ${stages} stages are active`;
}

function listOf(answer: unknown): readonly unknown[] {
  if (typeof answer === 'object' && answer !== null && 'items' in answer && Array.isArray(answer.items)) {
    return answer.items;
  }
  throw new Error('the API did not answer with a list');
}

function stagesOf(model: unknown): number {
  if (typeof model !== 'object' || model === null || !('stages' in model)) return 0;
  return Array.isArray(model.stages) ? model.stages.length : 0;
}

/** One batch body; `sentAt` is the last moment, so that no clock skew is seen. */
export function batchOf(events: readonly object[]): Buffer {
  return Buffer.from(JSON.stringify({ batch: events, sentAt: new Date().toISOString() }));
}

/** A person's past: who they are, up to two orders, visits and an answer. Own times lie up to 250 days back. */
export function historyOf(userId: string, random: Random, nowMs: number): readonly object[] {
  const events: object[] = [
    {
      type: 'identify',
      userId,
      traits: {
        email: `${userId}@bench.example`,
        first_name: 'Ana',
        city: random.pick(cities),
      },
      ...stamp(nowMs - 250 * dayMs, `${userId}-i`),
    },
  ];
  const orders = Math.max(0, random.below(10) - 5) >> 1;
  for (let n = 0; n < orders; n += 1) {
    events.push(
      orderBy(userId, random, stamp(nowMs - (10 + random.next() * 230) * dayMs, `${userId}-o${n}`)),
    );
  }
  for (let n = 0; n < 2; n += 1) {
    events.push(viewBy(userId, random, stamp(nowMs - (1 + random.next() * 60) * dayMs, `${userId}-v${n}`)));
  }
  if (random.next() < 0.1)
    events.push({
      type: 'track',
      userId,
      event: 'Survey Answered',
      properties: { metric: 'nps', score: random.below(11) },
      ...stamp(nowMs - random.next() * 80 * dayMs, `${userId}-s`),
    });
  return events;
}

/** Who somebody is and a year of what they did, so many events in all, oldest first. */
export function yearOf(
  userId: string,
  random: Random,
  year: { readonly nowMs: number; readonly events: number },
): readonly object[] {
  const [identify] = historyOf(userId, random, year.nowMs);
  const times = Array.from({ length: year.events - 1 }, () => year.nowMs - random.next() * 365 * dayMs);
  times.sort((a, b) => a - b);
  const events = times.map((at, n) => eventBy(userId, random, `${userId}-${n}`, at));
  return [{ ...identify, ...stamp(year.nowMs - 365 * dayMs, `${userId}-i`) }, ...events];
}

/** What a shop sends all day: mostly views, some carts, an order now and then. */
export function eventBy(
  userId: string,
  random: Random,
  messageId: string,
  atMs: number = Date.now(),
): object {
  const share = random.next();
  const at = stamp(atMs, messageId);
  if (share < 0.5) return viewBy(userId, random, at);
  if (share < 0.75) return pageBy(userId, random, at);
  if (share < 0.9) return { ...viewBy(userId, random, at), event: 'Product Added' };
  return orderBy(userId, random, at);
}

interface Stamp {
  readonly messageId: string;
  readonly timestamp: string;
}

function stamp(atMs: number, messageId: string): Stamp {
  return { messageId, timestamp: new Date(atMs).toISOString() };
}

const context = {
  library: { name: 'analytics-node', version: '3.1.0' },
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
  locale: 'en-GB',
};

function viewBy(userId: string, random: Random, at: Stamp): object {
  const product = random.below(500);
  return {
    type: 'track',
    userId,
    event: 'Product Viewed',
    properties: {
      product_id: `p-${product}`,
      name: `Product ${product}`,
      category: random.pick(categories),
      price: 5 + random.below(80),
      currency: 'EUR',
    },
    context,
    ...at,
  };
}

function pageBy(userId: string, random: Random, at: Stamp): object {
  const path = `/${random.pick(categories)}/${random.below(500)}`;
  return {
    type: 'page',
    userId,
    name: 'Shop',
    properties: { path, url: `https://shop.example${path}`, title: 'Shop' },
    context,
    ...at,
  };
}

function orderBy(userId: string, random: Random, at: Stamp): object {
  const product = random.below(500);
  const price = 10 + random.below(90);
  return {
    type: 'track',
    userId,
    event: 'Order Completed',
    properties: {
      order_id: at.messageId,
      total: price + 0.9,
      currency: 'EUR',
      products: [{ product_id: `p-${product}`, quantity: 1, price, category: random.pick(categories) }],
    },
    context,
    ...at,
  };
}
