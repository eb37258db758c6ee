// Calendar windows: this and the previous day, week, month, quarter, year of the workspace, to the millisecond.
import { expect, test } from 'vitest';
import type { CalendarWindow, Rule } from '../../src/rules/rule.ts';
import { answer, fact, order, why } from '../support/facts.ts';

const ordered = (window: CalendarWindow, n = 1): Rule => ({
  kind: 'count',
  event: 'Order Completed',
  window,
  op: 'at_least',
  n,
});

test('"this week" ends with Sunday, at the midnight of the workspace', () => {
  // Wednesday 11 March 2026 in Berlin, an hour ahead of UTC.
  const history = [order('2026-03-11T10:00:00Z')];
  const rule = ordered({ this: 'week' });
  expect(answer(rule, history, '2026-03-11T10:00:00Z')).toBe('true until 2026-03-15T23:00:00.000Z');
  expect(answer(rule, history, '2026-03-15T22:59:59.999Z')).toMatch(/^true/);
  expect(answer(rule, history, '2026-03-15T23:00:00Z')).toBe('false for good');
});

test('an event of this month is in "the previous month" from the first of the next one until the end of that', () => {
  const history = [order('2026-03-11T10:00:00Z')];
  const rule = ordered({ previous: 'month' });
  // April begins in summer time.
  expect(answer(rule, history, '2026-03-12T00:00:00Z')).toBe('false until 2026-03-31T22:00:00.000Z');
  expect(answer(rule, history, '2026-03-31T22:00:00Z')).toBe('true until 2026-04-30T22:00:00.000Z');
  expect(answer(rule, history, '2026-04-30T22:00:00Z')).toBe('false for good');
});

test('"never in the previous quarter" turns twice by silence alone', () => {
  const rule: Rule = { ...ordered({ previous: 'quarter' }), op: 'at_most', n: 0 } as Rule;
  const history = [order('2026-02-11T10:00:00Z')];
  expect(answer(rule, history, '2026-03-01T00:00:00Z')).toBe('true until 2026-03-31T22:00:00.000Z');
  expect(answer(rule, history, '2026-04-01T00:00:00Z')).toBe('false until 2026-06-30T22:00:00.000Z');
  expect(answer(rule, history, '2026-07-01T00:00:00Z')).toBe('true for good');
});

test('"this year" knows leap years; 29 February is a day like any other', () => {
  const history = [order('2028-02-29T10:00:00Z')];
  expect(answer(ordered({ this: 'day' }), history, '2028-02-29T12:00:00Z')).toBe(
    'true until 2028-02-29T23:00:00.000Z',
  );
  expect(answer(ordered({ previous: 'day' }), history, '2028-03-01T12:00:00Z')).toBe(
    'true until 2028-03-01T23:00:00.000Z',
  );
  expect(answer(ordered({ previous: 'year' }), history, '2028-12-31T22:59:59.999Z')).toBe(
    'false until 2028-12-31T23:00:00.000Z',
  );
});

test('where midnight is skipped the day begins an hour later', () => {
  // Cairo put its clocks forward at midnight to Friday 24 April 2026.
  const cairo = { shop: { time_zone: 'Africa/Cairo' } };
  const history = [order('2026-04-23T10:00:00Z')];
  expect(answer(ordered({ this: 'day' }), history, '2026-04-23T12:00:00Z', cairo)).toBe(
    'true until 2026-04-23T22:00:00.000Z',
  );
  expect(answer(ordered({ previous: 'day' }), history, '2026-04-23T22:00:00Z', cairo)).toBe(
    'true until 2026-04-24T21:00:00.000Z',
  );
});

test('a day that a zone skipped is never yesterday', () => {
  // Apia went from 29 to 31 December 2011.
  const apia = { shop: { time_zone: 'Pacific/Apia' } };
  const history = [order('2011-12-29T20:00:00Z')];
  const never: Rule = { ...ordered({ previous: 'day' }), op: 'at_most', n: 0 } as Rule;
  expect(answer(never, history, '2011-12-29T21:00:00Z', apia)).toBe('true for good');
});

test('counts in a calendar window are not limited to newest times', () => {
  const history = Array.from({ length: 1_000 }, (_, i) =>
    fact('Page Viewed', new Date(Date.UTC(2026, 2, 2) + i * 60_000).toISOString()),
  );
  const rule: Rule = { ...ordered({ previous: 'month' }, 1_000), event: 'Page Viewed' } as Rule;
  expect(answer(rule, history, '2026-03-10T00:00:00Z')).toBe('false until 2026-03-31T22:00:00.000Z');
  expect(answer({ ...rule, n: 1_001 } as Rule, history, '2026-03-10T00:00:00Z')).toBe('false for good');
});

test('days of a calendar period are local days, also of the previous year', () => {
  const visited: Rule = {
    kind: 'days',
    event: 'Page Viewed',
    window: { previous: 'year' },
    op: 'at_least',
    n: 3,
  };
  const history = [
    fact('Page Viewed', '2025-12-31T22:59:59.999Z'),
    fact('Page Viewed', '2025-12-31T10:00:00Z'),
    fact('Page Viewed', '2025-12-31T23:00:00Z'),
    fact('Page Viewed', '2025-03-31T10:00:00Z'),
    fact('Page Viewed', '2025-01-01T10:00:00Z'),
  ];
  expect(answer(visited, history, '2026-06-01T00:00:00Z')).toBe('true until 2026-12-31T23:00:00.000Z');
  expect(answer({ ...visited, n: 4 } as Rule, history, '2026-06-01T00:00:00Z')).toBe('false for good');
});

test.each([
  ['day', '2027-12-29T23:00:00Z'],
  ['week', '2027-12-19T23:00:00Z'],
  ['month', '2027-10-31T23:00:00Z'],
  ['quarter', '2027-06-30T22:00:00Z'],
  ['year', '2025-12-31T23:00:00Z'],
] as const)(
  'what happened in the first instant of the previous %s is known to the last of this one',
  (period, at) => {
    // A Friday; the next week begins in the next year.
    const end = { day: '2027-12-31T22:59:59.999Z', week: '2028-01-02T22:59:59.999Z' };
    const now = period === 'day' || period === 'week' ? end[period] : end.day;
    const history = [order(at, { total: 5 })];
    const selector = { event: 'Order Completed', window: { previous: period } } as const;
    const rules: readonly Rule[] = [
      { kind: 'count', ...selector, op: 'at_least', n: 1 },
      { kind: 'days', ...selector, op: 'at_least', n: 1 },
      { kind: 'sum', ...selector, property: 'total', op: 'at_least', value: 5 },
    ];
    for (const rule of rules) {
      const until = new Date(Date.parse(now) + 1).toISOString();
      expect(answer(rule, history, now)).toBe(`true until ${until}`);
      expect(answer(rule, [order(new Date(Date.parse(at) - 1).toISOString(), { total: 5 })], now)).toMatch(
        /^false/,
      );
    }
  },
);

test('the newest event is asked whether it lies inside', () => {
  const bought: Rule = {
    kind: 'latest',
    event: 'Order Completed',
    property: 'channel',
    window: { previous: 'month' },
    op: 'is',
    value: 'web',
  };
  const web = order('2026-02-10T10:00:00Z', { channel: 'web' });
  expect(answer(bought, [web], '2026-03-10T00:00:00Z')).toBe('true until 2026-03-31T22:00:00.000Z');
  // The newest is of this month: next month it is of the previous one.
  const again = order('2026-03-09T10:00:00Z', { channel: 'web' });
  expect(answer(bought, [web, again], '2026-03-10T00:00:00Z')).toBe('false until 2026-03-31T22:00:00.000Z');
  expect(answer(bought, [web, order('2026-03-09T10:00:00Z')], '2026-03-10T00:00:00Z')).toBe('false for good');
});

test('a value seen n times within the period', () => {
  const twice: Rule = {
    kind: 'per_value',
    event: 'Product Viewed',
    property: 'product_id',
    window: { previous: 'week' },
    n: 2,
  };
  const viewed = (time: string) => fact('Product Viewed', time, { properties: { product_id: 7 } });
  // Once before the week of 9 March, twice in it.
  const history = ['2026-03-08T10:00:00Z', '2026-03-09T10:00:00Z', '2026-03-15T10:00:00Z'].map(viewed);
  expect(answer(twice, history, '2026-03-15T12:00:00Z')).toBe('false until 2026-03-15T23:00:00.000Z');
  expect(answer(twice, history, '2026-03-16T00:00:00Z')).toBe('true until 2026-03-22T23:00:00.000Z');
  expect(answer(twice, history.slice(1), '2026-03-15T12:00:00Z')).toMatch(/^false until/);
  expect(answer(twice, history.slice(0, 2), '2026-03-15T12:00:00Z')).toBe('false for good');
});

test('sums by hours change on the full hour of the workspace, also where it is not that of UTC', () => {
  const sum: Rule = {
    kind: 'sum',
    event: 'Order Completed',
    property: 'total',
    window: { last: 'PT2H' },
    op: 'at_least',
    value: 10,
  };
  const kathmandu = { shop: { time_zone: 'Asia/Kathmandu' } };
  // 10:20 UTC is 16:05 in Kathmandu: the hour from 16:00, which leaves "the last 2 hours" at 18:00.
  const history = [order('2026-03-11T10:20:00Z', { total: 10 })];
  expect(answer(sum, history, '2026-03-11T10:20:00Z', kathmandu)).toBe('true until 2026-03-11T12:15:00.000Z');
  expect(answer(sum, history, '2026-03-11T12:15:00Z', kathmandu)).toBe('false for good');
  expect(why(sum, history, '2026-03-11T10:20:00Z').sentence).toContain('in the last 2 hours');
});

test('an hour lived twice counts as two', () => {
  const sum: Rule = {
    kind: 'sum',
    event: 'Order Completed',
    property: 'total',
    window: { last: 'PT1H' },
    op: 'at_least',
    value: 10,
  };
  // Berlin puts its clocks back at 01:00 UTC on 25 October 2026: the local hour from 2 to 3 comes twice.
  const history = [order('2026-10-25T00:30:00Z', { total: 10 })];
  expect(answer(sum, history, '2026-10-25T00:30:00Z')).toBe('true until 2026-10-25T01:00:00.000Z');
});

test('two days are days, forty-eight hours are hours', () => {
  const sum = (last: string): Rule => ({
    kind: 'sum',
    event: 'Order Completed',
    property: 'total',
    window: { last },
    op: 'over',
    value: 1,
  });
  const history = [order('2026-03-11T10:20:00Z', { total: 10 })];
  expect(answer(sum('P2D'), history, '2026-03-11T12:00:00Z')).toBe('true until 2026-03-12T23:00:00.000Z');
  expect(answer(sum('PT48H'), history, '2026-03-11T12:00:00Z')).toBe('true until 2026-03-13T10:00:00.000Z');
  expect(why(sum('PT48H'), history, '2026-03-11T12:00:00Z').sentence).toContain('in the last 48 hours');
});

test('an amount since an anchor counts from its local day on, and reaches 400 days back', () => {
  const sum: Rule = {
    kind: 'sum',
    event: 'Page Viewed',
    property: 'points',
    window: { since: { kind: 'last_order' } },
    op: 'at_least',
    value: 3,
  };
  const points = (time: string) => fact('Page Viewed', time, { properties: { points: 1 } });
  const history = [
    points('2026-01-01T22:59:00Z'),
    points('2026-01-01T23:00:00Z'),
    order('2026-01-02T12:00:00Z'),
    points('2026-01-03T10:00:00Z'),
    points('2026-01-03T11:00:00Z'),
  ];
  expect(answer(sum, history, '2026-01-05T00:00:00Z')).toBe('true until 2027-02-05T23:00:00.000Z');
  expect(answer(sum, history.slice(0, 2), '2026-01-05T00:00:00Z')).toBe('false for good');
});

test.each<[Rule, string]>([
  [ordered({ this: 'day' }), 'has done “Order Completed” today'],
  [ordered({ previous: 'day' }, 2), 'has done “Order Completed” at least 2 times yesterday'],
  [ordered({ this: 'quarter' }), 'has done “Order Completed” this quarter'],
  [ordered({ previous: 'year' }), 'has done “Order Completed” in the previous year'],
])('%j is said in words', (rule, words) => {
  expect(why(rule, [], '2026-01-05T00:00:00Z').sentence).toBe(words);
});
