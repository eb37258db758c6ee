import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALWAYS, planOf } from '../../sim/memories.ts';
import type { EventFact } from '../../src/input.ts';
import { needsHistory, remember } from '../../src/memory/remember.ts';
import { prove } from '../support/prove.ts';
import { definition, START } from '../support/random.ts';
import { rememberAll } from '../support/remember-all.ts';

const DAY = 86_400_000;

prove('arrival');

test('a person with many orders needs no history for new orders in order, and does for a refund of an old one', () => {
  const plan = planOf({ definition: fc.sample(definition, { numRuns: 1, seed: 1 })[0]!, rules: ALWAYS });
  const orders = Array.from({ length: 500 }, (_, i) =>
    order(`m${i}`, START + i * DAY, { order_id: `o${i}`, total: 10 }),
  );
  const counts = { history: 0 };
  const memory = rememberAll(plan, orders, START + 500 * DAY, counts);
  // The set of old orders may take a new one for an old one, but seldom.
  expect(counts.history).toBeLessThan(5);

  const refund: EventFact = { ...order('r', START + 500 * DAY, { order_id: 'o3' }), name: 'Order Refunded' };
  expect(remember(plan, memory, refund, START + 500 * DAY)).toEqual({
    needs_history: true,
    reason: 'orders',
  });
  const recent: EventFact = {
    ...order('r', START + 500 * DAY, { order_id: 'o490' }),
    name: 'Order Refunded',
  };
  expect(needsHistory(remember(plan, memory, recent, START + 500 * DAY))).toBe(false);
});

function order(id: string, at: number, properties: EventFact['properties']): EventFact {
  return {
    id,
    at,
    type: 'track',
    name: 'Order Completed',
    trust: 'server',
    properties,
    traits: {},
    identities: [],
  };
}
