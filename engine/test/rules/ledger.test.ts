// The ledger of orders: what counts as one, what a refund takes back, and what only history can tell.
import { expect, test } from 'vitest';
import type { Rule } from '../../src/rules/rule.ts';
import { answer, fact, order } from '../support/facts.ts';

const now = '2026-03-01T00:00:00Z';
const ordered = (n: number): Rule => ({ kind: 'orders', op: 'exactly', n });
const refund = (time: string, properties: { [key: string]: string | number }) =>
  fact('Order Refunded', time, { properties });

function days(history: Parameters<typeof answer>[1]): number {
  for (let n = 0; n < 10; n++) if (answer(ordered(n), history, now) === 'true for good') return n;
  throw new Error('more than ten days');
}

test('orders of one local day are one occasion', () => {
  expect(days([order('2026-01-01T22:30:00Z'), order('2026-01-01T22:59:59Z')])).toBe(1);
  expect(days([order('2026-01-01T22:30:00Z'), order('2026-01-01T23:00:00Z')])).toBe(2);
});

test('an order told twice is one order, on the day of the earliest', () => {
  const told = [
    order('2026-01-05T12:00:00Z', { order_id: 'a' }),
    order('2026-01-01T12:00:00Z', { order_id: 'a' }),
  ];
  expect(days(told)).toBe(1);
  const within: Rule = { kind: 'last_order', within: 'P60D' };
  expect(answer(within, told, '2026-02-01T00:00:00Z')).toBe('true until 2026-03-02T12:00:00.000Z');
});

test('a number and the same text are the same order id; an empty one is none', () => {
  expect(
    days([order('2026-01-01T12:00:00Z', { order_id: 7 }), order('2026-01-02T12:00:00Z', { order_id: '7' })]),
  ).toBe(1);
  expect(
    days([order('2026-01-01T12:00:00Z', { order_id: '' }), order('2026-01-02T12:00:00Z', { order_id: '' })]),
  ).toBe(2);
});

test.each([
  ['a refund without an amount takes all back', { order_id: 'a' }, 0],
  ['a refund of the whole amount takes all back', { order_id: 'a', total: 20 }, 0],
  ['a refund in minor units is the same amount', { order_id: 'a', amount_minor: 2_000 }, 0],
  ['a partial refund leaves an order', { order_id: 'a', total: '19.99' }, 1],
  ['a refund of an unknown order waits', { order_id: 'b' }, 1],
  ['a refund without an order id refunds nothing', { total: 20 }, 1],
])('%s', (_, properties, left) => {
  const history = [
    order('2026-01-01T12:00:00Z', { order_id: 'a', total: 20 }),
    refund('2026-01-02T12:00:00Z', properties),
  ];
  expect(days(history)).toBe(left);
  expect(days(history.toReversed())).toBe(left);
});

test('partial refunds add up, exactly', () => {
  const parts = ['0.1', '0.2', '19.7'].map((total, i) =>
    refund(`2026-01-0${i + 2}T12:00:00Z`, { order_id: 'a', total }),
  );
  const bought = order('2026-01-01T12:00:00Z', { order_id: 'a', total: 20 });
  expect(days([bought, ...parts.slice(0, 2)])).toBe(1);
  expect(days([bought, ...parts])).toBe(0);
});

test('an order of nothing is an order until it is refunded', () => {
  const free = order('2026-01-01T12:00:00Z', { order_id: 'a', total: 0 });
  expect(days([free])).toBe(1);
  expect(days([free, refund('2026-01-02T12:00:00Z', { order_id: 'a', total: 0 })])).toBe(0);
});

test('when the last order is refunded, the one before is the last', () => {
  const within: Rule = { kind: 'last_order', within: 'P60D' };
  const history = [
    order('2026-01-01T12:00:00Z', { order_id: 'a' }),
    order('2026-02-01T12:00:00Z', { order_id: 'b' }),
    refund('2026-02-03T12:00:00Z', { order_id: 'b' }),
  ];
  expect(answer(within, history, '2026-02-04T00:00:00Z')).toBe('true until 2026-03-02T12:00:00.000Z');
});

test('money in another currency is not added, and its order is none of spend', () => {
  const spent: Rule = { kind: 'spend_trend', days: 10, op: 'over', share: 1, orders_at_least: 2 };
  const before = order('2026-01-05T12:00:00Z', { total: 10 });
  const ask = (properties: { [key: string]: string | number }) =>
    answer(spent, [before, order('2026-01-15T12:00:00Z', properties)], '2026-01-16T00:00:00Z').split(' ')[0];
  expect(ask({ total: 11 })).toBe('true');
  expect(ask({ total: 11, currency: 'eur' })).toBe('true');
  expect(ask({ total: 5_000, currency: 'JPY' })).toBe('false');
});

test('of an order told twice at one instant the known and smaller amount stands, whichever came first', () => {
  const spent = (value: number): Rule => ({
    kind: 'all',
    rules: (['at_least', 'at_most'] as const).map((op) => ({ kind: 'spend', per: 'all', op, value })),
  });
  const at = '2026-01-05T12:00:00Z';
  const told = [
    order(at, { order_id: 'a', total: 12 }),
    order(at, { order_id: 'a', total: 9.5 }),
    order(at, { order_id: 'a', total: 'unknown' }),
  ];
  expect(answer(spent(9.5), told, now)).toBe('true for good');
  expect(answer(spent(9.5), told.toReversed(), now)).toBe('true for good');
});
