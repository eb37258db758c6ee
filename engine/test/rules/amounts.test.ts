// Amounts: exact, whole days and hours, empty ones, extremes, distinct values, spend net of refunds.
import { describe, expect, test } from 'vitest';
import type { AmountOf, Rule, Window } from '../../src/rules/rule.ts';
import { answer, fact, order, why } from '../support/facts.ts';

const now = '2026-03-05T12:00:00Z';

function amount(
  kind: 'sum' | 'average' | 'minimum' | 'maximum',
  op: AmountOf['op'],
  value: number | string,
  window?: Window,
): Rule {
  const of = { event: 'Order Completed', property: 'total', op, value };
  return { kind, ...of, ...(window === undefined ? {} : { window }) };
}

const paid = (time: string, total: number | string, more: { [key: string]: string } = {}) =>
  order(time, { total, ...more });

describe('of all time', () => {
  test('sums and averages are exact and nothing but a new event changes them', () => {
    const history = [paid('2019-01-01T10:00:00Z', 0.1), paid('2026-03-01T10:00:00Z', '0.2')];
    expect(answer(amount('sum', 'at_least', '0.3'), history, now)).toBe('true for good');
    expect(answer(amount('sum', 'over', '0.3'), history, now)).toBe('false for good');
    expect(answer(amount('average', 'at_most', 0.15), history, now)).toBe('true for good');
    expect(answer(amount('average', 'under', 0.15), history, now)).toBe('false for good');
  });

  test('a third of ten is neither over nor under what it cannot be written as', () => {
    const history = [1, 2, 7].map((total) => paid('2026-03-01T10:00:00Z', total));
    expect(answer(amount('average', 'over', '3.33333333333333333333'), history, now)).toBe('true for good');
    expect(answer(amount('average', 'under', '3.33333333333333333334'), history, now)).toBe('true for good');
    expect(why(amount('average', 'over', 3), history, now).evidence).toBe('3.33 on average of 3 events');
  });

  test('smallest and largest count events that carry an amount only', () => {
    const history = [
      paid('2020-03-01T10:00:00Z', -5),
      paid('2026-03-01T10:00:00Z', 'free'),
      paid(now, '20.50'),
    ];
    expect(answer(amount('minimum', 'at_most', -5), history, now)).toBe('true for good');
    expect(answer(amount('minimum', 'under', -5), history, now)).toBe('false for good');
    expect(answer(amount('maximum', 'at_least', '20.5'), history, now)).toBe('true for good');
    expect(answer(amount('maximum', 'under', '20.5'), history, now)).toBe('false for good');
    expect(why(amount('maximum', 'over', 1), history, now).evidence).toBe('largest: 20.5');
  });
});

test('an empty sum is 0; an empty average, minimum or maximum fails every comparison', () => {
  for (const window of [undefined, { last: 'P30D' }, { previous: 'month' }] as const) {
    expect(answer(amount('sum', 'at_most', 0, window), [], now)).toBe('true for good');
    for (const kind of ['average', 'minimum', 'maximum'] as const) {
      for (const op of ['over', 'at_least', 'under', 'at_most'] as const)
        expect(answer(amount(kind, op, 0, window), [], now)).toBe('false for good');
    }
  }
});

test('without its anchor an amount is false, also a sum that would be 0', () => {
  expect(answer(amount('sum', 'at_most', 0, { since: { kind: 'run' } }), [], now)).toBe('false for good');
});

test('the largest of the last days falls when its day leaves, and fails when nothing is left', () => {
  const history = [paid('2026-03-01T10:00:00Z', 100), paid('2026-03-03T10:00:00Z', 10)];
  const under = amount('maximum', 'under', 50, { last: 'P7D' });
  expect(answer(under, history, now)).toBe('false until 2026-03-07T23:00:00.000Z');
  expect(answer(under, history, '2026-03-07T23:00:00Z')).toBe('true until 2026-03-09T23:00:00.000Z');
  expect(answer(under, history, '2026-03-09T23:00:00Z')).toBe('false for good');
});

test('an average over hours changes on the full hour', () => {
  const average = amount('average', 'over', 20, { last: 'PT3H' });
  const history = [paid('2026-03-05T09:59:00Z', 10), paid('2026-03-05T10:00:00Z', 30)];
  // The hour from 9 leaves at 12: 30 alone is left, and that leaves at 13.
  expect(answer(average, history, '2026-03-05T11:59:59.999Z')).toBe('false until 2026-03-05T12:00:00.000Z');
  expect(answer(average, history, '2026-03-05T12:00:00Z')).toBe('true until 2026-03-05T13:00:00.000Z');
});

test('an average of this quarter is one of the previous quarter from its end on', () => {
  const history = [paid('2026-02-01T10:00:00Z', 10), paid('2026-03-01T10:00:00Z', 30)];
  const previous = amount('average', 'at_least', 20, { previous: 'quarter' });
  expect(answer(previous, history, now)).toBe('false until 2026-03-31T22:00:00.000Z');
  expect(answer(previous, history, '2026-04-01T00:00:00Z')).toBe('true until 2026-06-30T22:00:00.000Z');
});

describe('distinct values', () => {
  const viewed = (category: string | number, time: string) =>
    fact('Product Viewed', time, { properties: { category } });
  const distinct = (op: 'at_least' | 'at_most' | 'exactly', n: number, window?: Window): Rule => ({
    kind: 'distinct',
    event: 'Product Viewed',
    property: 'category',
    ...(window === undefined ? {} : { window }),
    op,
    n,
  });

  test('the n-th most recently seen value decides, by its newest time', () => {
    const history = [
      viewed('a', '2026-03-01T10:00:00Z'),
      viewed('b', '2026-03-02T10:00:00Z'),
      viewed('a', '2026-03-04T10:00:00Z'),
    ];
    const two = distinct('at_least', 2, { last: 'P7D' });
    expect(answer(two, history, now)).toBe('true until 2026-03-09T10:00:00.000Z');
    expect(answer(two, history, '2026-03-09T10:00:00Z')).toBe('false for good');
    expect(answer(distinct('exactly', 1, { last: 'P7D' }), history, now)).toBe(
      'false until 2026-03-09T10:00:00.000Z',
    );
    expect(answer(distinct('at_most', 1), history, now)).toBe('false for good');
    expect(answer(distinct('at_most', 2), history, now)).toBe('true for good');
  });

  test('a value of the first instant of this month is of it, one of the last before is not', () => {
    const one = distinct('at_least', 1, { this: 'month' });
    const first = [viewed('a', '2026-02-28T23:00:00Z')];
    expect(answer(one, first, now)).toBe('true until 2026-03-31T22:00:00.000Z');
    expect(answer(one, [viewed('a', '2026-02-28T22:59:59.999Z')], now)).toBe('false for good');
  });

  test('the text "5" and the number 5 are two; lists and nothing are none', () => {
    const history = [viewed('5', now), viewed(5, now), fact('Product Viewed', now), viewed('5', now)];
    expect(answer(distinct('exactly', 2), history, now)).toBe('true for good');
  });

  test('a value of this month was of the previous month too', () => {
    const history = [viewed('a', '2026-02-10T10:00:00Z'), viewed('a', '2026-03-01T10:00:00Z')];
    const one = distinct('at_least', 1, { previous: 'month' });
    expect(answer(one, history, now)).toBe('true until 2026-04-30T22:00:00.000Z');
    expect(answer(one, history.slice(0, 1), now)).toBe('true until 2026-03-31T22:00:00.000Z');
    expect(answer(distinct('at_most', 0, { this: 'month' }), history, now)).toBe(
      'false until 2026-03-31T22:00:00.000Z',
    );
  });
});

describe('spend', () => {
  const spend = (
    per: 'all' | 'order',
    op: AmountOf['op'],
    value: number | string,
    window?: Window,
  ): Rule => ({
    kind: 'spend',
    per,
    ...(window === undefined ? {} : { window }),
    op,
    value,
  });
  const refund = (time: string, order_id: string, total?: number) =>
    fact('Order Refunded', time, { properties: { order_id, ...(total === undefined ? {} : { total }) } });

  test('is in major units, and a refund is taken off the order, on the day of the order', () => {
    const history = [
      paid('2026-02-20T10:00:00Z', 50, { order_id: 'a' }),
      paid('2026-03-01T10:00:00Z', 40, { order_id: 'b' }),
      refund('2026-03-04T10:00:00Z', 'a', 20),
    ];
    expect(answer(spend('all', 'at_least', 70), history, now)).toBe('true for good');
    expect(answer(spend('all', 'over', '70.00'), history, now)).toBe('false for good');
    expect(answer(spend('all', 'at_least', 40, { last: 'P7D' }), history, now)).toBe(
      'true until 2026-03-07T23:00:00.000Z',
    );
    expect(answer(spend('order', 'at_least', 35), history, now)).toBe('true for good');
    expect(why(spend('order', 'over', 35), history, now).evidence).toBe('EUR 35 on average of 2 orders');
  });

  test('an order taken back, in another currency or of unknown total is none of it, not an order of 0', () => {
    const history = [
      paid('2026-03-01T10:00:00Z', 40, { order_id: 'a' }),
      paid('2026-03-02T10:00:00Z', 90, { order_id: 'b' }),
      refund('2026-03-03T10:00:00Z', 'b'),
      paid('2026-03-03T10:00:00Z', 9_000, { order_id: 'c', currency: 'JPY' }),
      order('2026-03-04T10:00:00Z', { order_id: 'd' }),
    ];
    expect(answer(spend('order', 'at_least', 40), history, now)).toBe('true for good');
    expect(answer(spend('all', 'at_most', 40), history, now)).toBe('true for good');
    expect(answer(spend('order', 'under', 1), history.slice(3), now)).toBe('false for good');
  });

  test('a workspace without minor units', () => {
    const history = [paid('2026-03-01T10:00:00Z', 4_000)];
    const yen = { shop: { currency: 'JPY' } };
    expect(answer(spend('all', 'at_least', 4_000), history, now, yen)).toBe('true for good');
    expect(answer(spend('all', 'over', 4_000), history, now, yen)).toBe('false for good');
  });

  test('the hundredth order back is still part of all that was spent', () => {
    const history = Array.from({ length: 100 }, (_, i) =>
      paid(new Date(Date.UTC(2026, 2, 5) - i * 3_600_000).toISOString(), '0.10', { order_id: `o${i}` }),
    );
    expect(answer(spend('all', 'at_least', 10), history, now)).toBe('true for good');
    expect(answer(spend('all', 'over', 10), history, now)).toBe('false for good');
    // 60 hours of them, from the current one back; the newest order is of the hour from midnight UTC.
    expect(answer(spend('all', 'at_least', '6.00', { last: 'PT72H' }), history, now)).toBe(
      'true until 2026-03-05T13:00:00.000Z',
    );
    expect(answer(spend('all', 'over', '6.00', { last: 'PT72H' }), history, now)).toBe('false for good');
    expect(answer(spend('all', 'at_least', 9, { this: 'month' }), history, now)).toMatch(/^true/);
  });
});

test.each<[Rule, string]>([
  [
    amount('average', 'under', 3, { last: 'PT48H' }),
    'has an average “total” of under 3 across “Order Completed” in the last 48 hours',
  ],
  [
    amount('minimum', 'at_least', '9.50', { previous: 'month' }),
    'has a smallest “total” of at least 9.50 across “Order Completed” in the previous month',
  ],
  [amount('maximum', 'over', 100), 'has a largest “total” of over 100 across “Order Completed”'],
  [
    { kind: 'distinct', event: 'Product Viewed', property: 'category', op: 'at_least', n: 3 },
    'has done “Product Viewed” with at least 3 different values of “category”',
  ],
  [{ kind: 'spend', per: 'all', op: 'over', value: 500 }, 'has spent over 500 in all'],
  [
    { kind: 'spend', per: 'order', window: { this: 'year' }, op: 'at_most', value: 20 },
    'has spent at most 20 per order on average this year',
  ],
])('%j is said in words', (rule, words) => {
  expect(why(rule, [], now).sentence).toBe(words);
});
