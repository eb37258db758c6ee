// The first event's value, an event's own time, and the value seen most often: what counts and when silence changes it.
import { expect, test } from 'vitest';
import type { Rule } from '../../src/rules/rule.ts';
import { sentence } from '../../src/rules/sentence.ts';
import { answer, fact, order, why } from '../support/facts.ts';

const viewed = (category: string | number, time: string) =>
  fact('Product Viewed', time, { properties: { category } });
const mostly: Rule = {
  kind: 'most_frequent',
  event: 'Product Viewed',
  property: 'category',
  window: { last: 'P10D' },
  op: 'is',
  value: 'shoes',
};

test('the first event ever is asked, wherever it came; a window asks whether that one lies in it', () => {
  const first: Rule = { kind: 'first', event: 'Order Completed', property: 'total', op: 'over', value: 50 };
  const history = [
    order('2026-02-01T10:00:00Z', { total: 10 }),
    order('2026-01-01T10:00:00Z', { total: 60 }),
  ];
  expect(answer(first, history, '2026-03-01T00:00:00Z')).toBe('true for good');
  const recent: Rule = { ...first, window: { last: 'P45D' } };
  expect(answer(recent, history, '2026-02-02T00:00:00Z')).toBe('true until 2026-02-15T10:00:00.000Z');
  expect(answer(recent, history, '2026-02-15T10:00:00Z')).toBe('false for good');
  expect(sentence(recent)).toBe(
    'the first “Order Completed” ever came in the last 45 days and says that “total” is over 50',
  );
});

test("an event's own time compares as a date, in local days or to the instant", () => {
  const asked = (kind: 'first' | 'latest', op: 'before' | 'after', value: string): Rule => ({
    kind,
    event: 'Order Completed',
    property: '$time',
    op,
    value,
  });
  // In Berlin this is 1 March already.
  const history = [order('2026-02-28T23:30:00Z')];
  const now = '2026-04-01T00:00:00Z';
  expect(answer(asked('first', 'before', '2026-03-01'), history, now)).toBe('false for good');
  expect(answer(asked('first', 'before', '2026-03-02'), history, now)).toBe('true for good');
  expect(answer(asked('latest', 'after', '2026-02-28T23:29:59.999Z'), history, now)).toBe('true for good');
  expect(answer(asked('latest', 'after', '2026-02-28T23:30:00Z'), history, now)).toBe('false for good');
  expect(sentence(asked('first', 'before', '2026-03-01'))).toBe(
    'the first “Order Completed” ever says that the time is before “2026-03-01”',
  );
});

test('the most frequent value: silence turns it when what counts leaves the window', () => {
  const history = [
    viewed('shoes', '2026-05-01T10:00:00Z'),
    viewed('shoes', '2026-05-02T10:00:00Z'),
    viewed('coats', '2026-05-03T10:00:00Z'),
    viewed('shoes', '2026-05-04T10:00:00Z'),
    viewed('coats', '2026-05-05T10:00:00Z'),
  ];
  // Two against two from 11 May on, and coats were seen last.
  expect(answer(mostly, history, '2026-05-06T00:00:00Z')).toBe('true until 2026-05-11T10:00:00.000Z');
  // On 12 May one pair of shoes is left against two coats; on 13 May one against one; on 14 May only coats.
  expect(answer(mostly, history, '2026-05-11T10:00:00Z')).toBe('false for good');
  expect(answer({ ...mostly, value: 'coats' }, history, '2026-05-11T10:00:00Z')).toBe(
    'true until 2026-05-15T10:00:00.000Z',
  );
  expect(answer({ ...mostly, op: 'unknown' } as Rule, [], '2026-05-11T10:00:00Z')).toBe('false for good');
});

test('of several seen as often the one seen last; the text "5" and the number 5 are two values', () => {
  const tied = [viewed('shoes', '2026-05-01T10:00:00Z'), viewed('coats', '2026-05-01T10:00:00.001Z')];
  const now = '2026-05-02T00:00:00Z';
  expect(answer(mostly, tied, now)).toBe('false for good');
  expect(answer({ ...mostly, value: 'coats' }, tied, now)).toBe('true until 2026-05-11T10:00:00.001Z');
  const fives = [viewed('5', '2026-05-01T10:00:00Z'), viewed(5, '2026-05-01T11:00:00Z')];
  expect(answer({ ...mostly, value: 5 }, fives, now)).toMatch(/^true/);
  expect(answer({ ...mostly, value: '5' }, fives, now)).toBe('false for good');
});

test('a value too long to be kept counts, and compares as unknown', () => {
  const long = 'x'.repeat(70);
  const history = [viewed(long, '2026-05-01T10:00:00Z'), viewed(long, '2026-05-01T11:00:00Z')];
  const mixed = [...history, viewed('shoes', '2026-05-01T12:00:00Z')];
  expect(answer(mostly, mixed, '2026-05-02T00:00:00Z')).toBe('false until 2026-05-11T10:00:00.000Z');
  const unknown: Rule = {
    kind: 'most_frequent',
    event: 'Product Viewed',
    property: 'category',
    op: 'unknown',
  };
  expect(answer(unknown, mixed, '2026-05-02T00:00:00Z')).toBe('true for good');
  expect(why(mostly, mixed, '2026-05-02T00:00:00Z').evidence).toBe('unknown: 2 times');
});

test('what leaves the window at one instant leaves together', () => {
  const seen = (id: string, category: string, time: string) => ({ ...viewed(category, time), id });
  const history = [
    seen('a', 'shoes', '2026-05-01T10:00:00Z'),
    seen('b', 'coats', '2026-05-01T10:00:00Z'),
    seen('c', 'coats', '2026-05-02T10:00:00Z'),
    seen('d', 'shoes', '2026-05-02T10:00:00Z'),
  ];
  // Two against two, then one against one, and shoes were seen last: never were there more coats.
  expect(answer(mostly, history, '2026-05-03T00:00:00Z')).toBe('true until 2026-05-12T10:00:00.000Z');
});
