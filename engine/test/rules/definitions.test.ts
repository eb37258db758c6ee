// The definitions of the rule language, one by one: half-open windows, elapsed days, local midnights, unknown values.
import { expect, test } from 'vitest';
import type { Rule } from '../../src/rules/rule.ts';
import { answer, fact, instant, order, why } from '../support/facts.ts';

const twiceIn60: Rule = {
  kind: 'count',
  event: 'Order Completed',
  window: { last: 'P60D' },
  op: 'at_least',
  n: 2,
};

test('an event at t counts in the last w for t ≤ now < t + w', () => {
  const history = [order('2026-01-01T10:00:00Z'), order('2026-02-01T10:00:00Z')];
  expect(answer(twiceIn60, history, '2026-02-01T10:00:00Z')).toBe('true until 2026-03-02T10:00:00.000Z');
  expect(answer(twiceIn60, history, '2026-03-02T09:59:59.999Z')).toBe('true until 2026-03-02T10:00:00.000Z');
  expect(answer(twiceIn60, history, '2026-03-02T10:00:00Z')).toBe('false for good');
});

test('a day is 24 hours whatever the clocks do', () => {
  const within: Rule = { kind: 'last_order', within: 'P1D' };
  // In Berlin the night to 29 March 2026 is an hour short.
  expect(answer(within, [order('2026-03-28T12:00:00+01:00')], '2026-03-28T20:00:00Z')).toBe(
    'true until 2026-03-29T11:00:00.000Z',
  );
});

test('"never in the last w" turns by silence alone, "at least" does not', () => {
  const never: Rule = { ...twiceIn60, op: 'at_most', n: 0 };
  expect(answer(never, [order('2026-01-01T10:00:00Z')], '2026-01-20T00:00:00Z')).toBe(
    'false until 2026-03-02T10:00:00.000Z',
  );
  expect(answer(never, [], '2026-01-20T00:00:00Z')).toBe('true for good');
  expect(answer(twiceIn60, [order('2026-01-01T10:00:00Z')], '2026-01-20T00:00:00Z')).toBe('false for good');
});

test('exactly n: where two leave at one instant, n between is never met', () => {
  const once: Rule = { ...twiceIn60, op: 'exactly', n: 1 };
  const at = '2026-01-01T10:00:00Z';
  expect(answer(once, [order(at), order(at)], '2026-01-02T00:00:00Z')).toBe('false for good');
  expect(answer(once, [order(at), order('2026-01-01T10:00:00.001Z')], '2026-01-02T00:00:00Z')).toBe(
    'false until 2026-03-02T10:00:00.000Z',
  );
});

test('since an anchor: strictly after it, and without one the leaf is false', () => {
  const since: Rule = {
    kind: 'count',
    event: 'Page Viewed',
    window: { since: { kind: 'last_order' } },
    op: 'at_most',
    n: 0,
  };
  const at = '2026-01-01T10:00:00Z';
  expect(answer(since, [fact('Page Viewed', at)], at)).toBe('false for good');
  expect(answer(since, [fact('Page Viewed', at), order(at)], at)).toBe('true for good');
  expect(
    answer(since, [order(at), fact('Page Viewed', '2026-01-01T10:00:00.001Z')], '2026-01-02T00:00:00Z'),
  ).toBe('false for good');
  const inRun: Rule = { ...since, window: { since: { kind: 'run' } } };
  expect(answer(inRun, [], at, { runStartedAt: at })).toBe('true for good');
  expect(answer(inRun, [], at)).toBe('false for good');
});

test('a false `all` stays false until its last false child might turn; a true one until its first', () => {
  const stage = { stages: { m: { stage: 's', since: instant('2026-01-01T00:00:00Z') } } };
  const long = (text: string): Rule => ({ kind: 'stage', model: 'm', stage: 's', for: text });
  const both: Rule = { kind: 'all', rules: [long('P10D'), long('P30D')] };
  expect(answer(both, [], '2026-01-02T00:00:00Z', { standing: stage })).toBe(
    'false until 2026-01-31T00:00:00.000Z',
  );
  const either: Rule = { kind: 'any', rules: [long('P10D'), long('P30D')] };
  expect(answer(either, [], '2026-01-02T00:00:00Z', { standing: stage })).toBe(
    'false until 2026-01-11T00:00:00.000Z',
  );
  expect(answer(either, [], '2026-01-11T00:00:00Z', { standing: stage })).toBe('true for good');
  expect(answer({ kind: 'all', rules: [] }, [], '2026-01-02T00:00:00Z')).toBe('true for good');
});

test('sums are exact and change at the local midnight at which a day leaves', () => {
  const sum: Rule = {
    kind: 'sum',
    event: 'Order Completed',
    property: 'total',
    window: { last: 'P30D' },
    op: 'at_least',
    value: '0.3',
  };
  const history = [
    order('2026-03-01T22:30:00Z', { total: 0.1 }),
    order('2026-03-01T23:30:00Z', { total: 0.2 }),
    order('2026-03-02T00:00:00Z', { total: 'free' }),
  ];
  // In Berlin these are 1 and 2 March; 31 March begins in summer time.
  expect(answer(sum, history, '2026-03-05T00:00:00Z')).toBe('true until 2026-03-30T22:00:00.000Z');
  expect(answer(sum, history, '2026-03-30T22:00:00Z')).toBe('false for good');
});

test('an empty sum is 0; an empty latest fails every comparison, also "unknown"', () => {
  const sum: Rule = {
    kind: 'sum',
    event: 'X',
    property: 'total',
    window: { last: 'P30D' },
    op: 'at_most',
    value: 0,
  };
  expect(answer(sum, [], '2026-03-05T00:00:00Z')).toBe('true for good');
  const latest: Rule = { kind: 'latest', event: 'X', property: 'score', op: 'unknown' };
  expect(answer(latest, [], '2026-03-05T00:00:00Z')).toBe('false for good');
  expect(answer(latest, [fact('X', '2026-03-01T00:00:00Z')], '2026-03-05T00:00:00Z')).toBe('true for good');
});

test('shrinking: spend of 90 days under half of the 90 before, with at least 3 orders, until the earlier days have left', () => {
  const shrinking: Rule = { kind: 'spend_trend', days: 90, op: 'under', share: 0.5, orders_at_least: 3 };
  const history = [
    order('2026-01-10T12:00:00Z', { order_id: 'a', total: 50 }),
    order('2026-01-20T12:00:00Z', { order_id: 'b', total: 50 }),
    order('2026-05-10T12:00:00Z', { order_id: 'c', total: 49 }),
  ];
  // 10 January leaves the 180 days at the end of 8 July: only two orders are left.
  expect(answer(shrinking, history, '2026-05-11T00:00:00Z')).toBe('true until 2026-07-08T22:00:00.000Z');
  expect(
    answer(shrinking, [...history, order('2026-05-10T13:00:00Z', { total: 1 })], '2026-05-11T00:00:00Z'),
  ).toMatch(/^false/);
  expect(answer(shrinking, history.slice(1), '2026-05-11T00:00:00Z')).toBe('false for good');
});

test("quiet: two of the person's own gaps, bounded, from the last order on", () => {
  const quiet: Rule = { kind: 'quiet', of: 'orders', gaps: 2, min: 'P14D', max: 'P365D' };
  const weekly = ['01', '08', '15'].map((day) => order(`2026-01-${day}T12:00:00Z`));
  expect(answer(quiet, weekly, '2026-01-16T00:00:00Z')).toBe('false until 2026-01-29T12:00:00.000Z');
  expect(answer(quiet, weekly, '2026-01-29T12:00:00Z')).toBe('true for good');
  // Two days of orders are no rhythm yet: the workspace's gap, else 60 days.
  expect(answer(quiet, weekly.slice(0, 2), '2026-01-16T00:00:00Z')).toBe(
    'false until 2026-05-08T12:00:00.000Z',
  );
  expect(answer(quiet, weekly.slice(0, 2), '2026-01-16T00:00:00Z', { shop: { gap_days: 30 } })).toBe(
    'false until 2026-03-09T12:00:00.000Z',
  );
  expect(answer(quiet, [], '2026-01-16T00:00:00Z')).toBe('false for good');
});

test('a visitor is quiet only with enough visit days', () => {
  const quiet: Rule = { kind: 'quiet', of: 'visits', gaps: 2, min: 'P14D', max: 'P365D', days_at_least: 3 };
  const visits = ['2026-01-01T08:00:00Z', '2026-01-01T20:00:00Z', '2026-01-11T08:00:00Z'].map((time) =>
    fact('Page Viewed', time),
  );
  expect(answer(quiet, visits, '2026-01-12T00:00:00Z')).toBe('false for good');
  const third = fact('Page Viewed', '2026-01-21T09:00:00Z');
  expect(answer(quiet, [...visits, third], '2026-01-22T00:00:00Z')).toBe(
    'false until 2026-02-10T09:00:00.000Z',
  );
});

test('a value seen n times holds until the n-th newest leaves the window', () => {
  const twice: Rule = {
    kind: 'per_value',
    event: 'Product Viewed',
    property: 'product_id',
    window: { last: 'P14D' },
    n: 2,
  };
  const viewed = (product: string | number, time: string) =>
    fact('Product Viewed', time, { properties: { product_id: product } });
  const history = [
    viewed('a', '2026-01-01T00:00:00Z'),
    viewed('b', '2026-01-02T00:00:00Z'),
    viewed('a', '2026-01-03T00:00:00Z'),
  ];
  expect(answer(twice, history, '2026-01-04T00:00:00Z')).toBe('true until 2026-01-15T00:00:00.000Z');
  // The text "5" and the number 5 are two values.
  expect(
    answer(
      twice,
      [viewed('5', '2026-01-01T00:00:00Z'), viewed(5, '2026-01-01T00:00:00Z')],
      '2026-01-02T00:00:00Z',
    ),
  ).toBe('false for good');
});

test('unknown fails every comparison but "unknown", and a text is never ordered against a number', () => {
  const trait = (op: 'is' | 'is_not' | 'over' | 'unknown' | 'known', value?: string | number): Rule =>
    value === undefined ? { kind: 'trait', path: 'age', op } : { kind: 'trait', path: 'age', op, value };
  const said = (age: string | number | null) => [
    fact('Identified', '2026-01-01T00:00:00Z', { traits: { age } }),
  ];
  const now = '2026-01-02T00:00:00Z';
  expect(answer(trait('is_not', 5), [], now)).toBe('false for good');
  expect(answer(trait('is_not', 5), said(null), now)).toBe('false for good');
  expect(answer(trait('unknown'), said(null), now)).toBe('true for good');
  expect(answer(trait('over', 5), said('6'), now)).toBe('false for good');
  expect(answer(trait('over', 5), said(6), now)).toBe('true for good');
  expect(answer(trait('is', '6'), said(6), now)).toBe('false for good');
});

test('consent: the latest word on the channel and topic stands, a withdrawal of all covers each', () => {
  const at = instant('2026-01-01T00:00:00Z');
  const word = (status: 'given' | 'withdrawn', later = 0) => ({
    status,
    basis: 'opted_in',
    source: 'test',
    at: at + later,
  });
  const asked: Rule = { kind: 'consent', channel: 'email', topic: 'offers' };
  const now = '2026-02-01T00:00:00Z';
  const ask = (rule: Rule, consents: { [key: string]: ReturnType<typeof word> }) =>
    answer(rule, [], now, { standing: { consents } });
  expect(ask(asked, { 'email/offers': word('given') })).toBe('true for good');
  expect(ask(asked, { 'email/*': word('given') })).toBe('true for good');
  expect(ask(asked, { 'email/offers': word('given'), '*/*': word('withdrawn', 1) })).toBe('false for good');
  expect(ask(asked, { 'email/offers': word('given', 2), '*/*': word('withdrawn', 1) })).toBe('true for good');
  expect(ask(asked, { 'sms/offers': word('given') })).toBe('false for good');
  expect(ask({ kind: 'consent' }, { 'sms/offers': word('given'), 'email/*': word('withdrawn', 1) })).toBe(
    'true for good',
  );
});

test('an explanation says what is known and until when', () => {
  const rule: Rule = {
    kind: 'all',
    rules: [
      { kind: 'orders', op: 'at_least', n: 1 },
      { kind: 'not', rule: { kind: 'quiet', of: 'orders', gaps: 2, min: 'P14D', max: 'P365D' } },
    ],
  };
  const told = why(rule, [order('2026-03-12T12:00:00Z')], '2026-04-01T00:00:00Z');
  expect(told.sentence).toBe(
    'has ordered and is not unusually quiet (no order for 2 of their usual gaps, but at least 14 days and at most 365 days)',
  );
  expect(told).toMatchObject({ holds: true, until: instant('2026-07-10T12:00:00Z'), evidence: '' });
  expect(told.children[1]?.children[0]?.evidence).toBe(
    'no order since 12 March 2026; a usual gap of 60 days; quiet from 10 July 2026',
  );
});
