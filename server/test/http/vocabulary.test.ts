// What a rule may speak of: names, properties and traits as the workspace has seen them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleEventNames } from '../../src/postgres/vocabulary.ts';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

let world: ApiWorld;
let marketer: Caller;
const now = Date.parse('2026-06-01T12:00:00.000Z');

beforeAll(async () => {
  world = await createApiWorld({ now });
  marketer = await world.signIn('marketer');
});
afterAll(() => world.close());

const ask = async (path: string) => (await world.call(marketer, 'GET', path)).json();

test('before anything came in there are the definitions and no names', async () => {
  const seen = await ask('/api/vocabulary');
  expect(seen).toMatchObject({ events: [], traits: [], looked: { events: 0, whole: true } });
  expect(seen.segments).toContainEqual({ key: 'quiet', name: 'Unusually quiet' });
  expect(seen.models[0].stages.map(({ key }: { key: string }) => key)).toContain('build_up');
});

test('names come most frequent first, properties and traits as paths with examples', async () => {
  await world.person([
    identify('sally@example.com', daysBefore(now, 90), {
      address: { city: 'Bristol' },
      points: 12,
      'odd.key': 'top',
    }),
    order('sally@example.com', daysBefore(now, 20), { items: [{ sku: 'a' }], gift: true }),
    order('sally@example.com', daysBefore(now, 10), { total: 12.5 }),
  ]);
  world.clock.now = now + 60_000;
  const { events, traits } = await ask('/api/vocabulary');
  expect(events.slice(0, 2)).toEqual([
    { name: 'Order Completed', seen: 2 },
    { name: 'Identified', seen: 1 },
  ]);
  expect(traits).toContainEqual({ path: 'address.city', types: ['text'], examples: ['Bristol'] });
  expect(traits).toContainEqual({ path: 'points', types: ['number'], examples: [12] });
  expect(traits).toContainEqual({ path: 'odd.key', types: ['text'], examples: ['top'] });

  const { items } = await ask('/api/vocabulary/properties?event=Order%20Completed');
  expect(items).toContainEqual({ path: 'total', types: ['number'], examples: [50, 12.5] });
  expect(items).toContainEqual({ path: 'gift', types: ['boolean'], examples: [true] });
  expect(items).toContainEqual({ path: 'items', types: ['list'], examples: [] });
  expect(await ask('/api/vocabulary/properties?event=Nothing')).toEqual({ items: [] });
  const both = await ask('/api/vocabulary/properties?event=Order%20Completed&event=Identified');
  expect(both.items.map(({ path }: { path: string }) => path)).toEqual(
    expect.arrayContaining(['total', 'address.city']),
  );
});

test('a small workspace is told whole, however slow the machine; a large one as far as the time goes', async () => {
  let time = 0;
  const slow = { rowsMax: 50_000, budgetMs: 300, now: () => (time += 1_000) };
  const small = await sampleEventNames(world.pool, world.workspaceId, { ...slow, rowsMin: 20_000 });
  expect(small).toMatchObject({ looked: 3, whole: true });
  expect(await sampleEventNames(world.pool, world.workspaceId, slow)).toMatchObject({ whole: false });
});

test('ten thousand names at most are told, and many properties are bounded', async () => {
  const wide = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`property_${i}`, i]));
  await world.person([{ ...order('ana@example.com', now), name: 'Wide', properties: wide }]);
  const { items } = await ask('/api/vocabulary/properties?event=Wide');
  expect(items.length).toBe(300);
});

test('nobody who is not signed in learns a name', async () => {
  expect((await world.call(null, 'GET', '/api/vocabulary')).statusCode).toBe(401);
});
