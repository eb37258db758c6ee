// Dates and anniversaries hold for whole local days where the person lives, whatever clocks and calendars do.
import { expect, test } from 'vitest';
import { parseRule } from '../../src/rules/parse.ts';
import type { DateOf, Rule } from '../../src/rules/rule.ts';
import { sentence } from '../../src/rules/sentence.ts';
import { answer, fact, order, why } from '../support/facts.ts';

const RENEWAL: DateOf = { kind: 'trait', path: 'renewal' };
const BIRTHDAY: DateOf = { kind: 'trait', path: 'birthday' };
const on = (of: DateOf, from = 0, to = from): Rule => ({ kind: 'date', of, from, to });
const yearly = (of: DateOf, from = 0, to = from): Rule => ({ kind: 'anniversary', of, from, to });
const told = (traits: { readonly [key: string]: string | number }) => [
  fact('Identified', '2011-01-01T00:00:00Z', { traits }),
];
const problemsOf = (rule: unknown): readonly string[] => {
  const parsed = parseRule(rule, { segments: new Set(), models: new Map() });
  return parsed.ok ? [] : parsed.problems.map(({ path, code }) => `${path} ${code}`);
};

test('a date holds from its local midnight to the next: 23 hours when the clocks go forward, 25 when they go back', () => {
  const spring = told({ renewal: '2026-03-29' });
  expect(answer(on(RENEWAL), spring, '2026-03-01T00:00:00Z')).toBe('false until 2026-03-28T23:00:00.000Z');
  expect(answer(on(RENEWAL), spring, '2026-03-28T23:00:00Z')).toBe('true until 2026-03-29T22:00:00.000Z');
  expect(answer(on(RENEWAL), spring, '2026-03-29T22:00:00Z')).toBe('false for good');
  const autumn = told({ renewal: '2026-10-25' });
  expect(answer(on(RENEWAL), autumn, '2026-10-24T22:00:00Z')).toBe('true until 2026-10-25T23:00:00.000Z');
});

test('so many days before and after are counted on the calendar, both ends included', () => {
  const said = told({ renewal: '2026-04-05' });
  expect(answer(on(RENEWAL, -14, -7), said, '2026-03-20T00:00:00Z')).toBe(
    'false until 2026-03-21T23:00:00.000Z',
  );
  expect(answer(on(RENEWAL, -14, -7), said, '2026-03-22T00:00:00Z')).toBe(
    'true until 2026-03-29T22:00:00.000Z',
  );
  const only: Rule = { kind: 'date', of: RENEWAL, from: 3 };
  expect(answer(only, said, '2026-04-08T12:00:00Z')).toBe('true until 2026-04-08T22:00:00.000Z');
});

test('the day is that of the zone in which the person lives, else of the workspace', () => {
  const at = '2026-06-01T00:00:00Z';
  const day = { renewal: '2026-06-02' };
  expect(answer(on(RENEWAL), told({ ...day, timezone: 'Pacific/Kiritimati' }), at)).toBe(
    'false until 2026-06-01T10:00:00.000Z',
  );
  expect(answer(on(RENEWAL), told({ ...day, time_zone: 'Pacific/Pago_Pago' }), at)).toBe(
    'false until 2026-06-02T11:00:00.000Z',
  );
  // A trait that names no zone says nothing; the other one is asked.
  expect(answer(on(RENEWAL), told({ ...day, timezone: 'CET-ish', time_zone: 'Asia/Tokyo' }), at)).toBe(
    'false until 2026-06-01T15:00:00.000Z',
  );
  expect(answer(on(RENEWAL), told({ ...day, timezone: 2 }), at)).toBe('false until 2026-06-01T22:00:00.000Z');
});

test('an instant counts as the day it falls on there', () => {
  const late = { renewal: '2026-06-02T23:00:00Z' };
  expect(answer(on(RENEWAL), told(late), '2026-06-01T00:00:00Z')).toBe(
    'false until 2026-06-02T22:00:00.000Z',
  );
  expect(answer(on(RENEWAL), told({ ...late, timezone: 'America/New_York' }), '2026-06-01T00:00:00Z')).toBe(
    'false until 2026-06-02T04:00:00.000Z',
  );
});

test('where midnight is skipped the day begins after the gap; a day that is skipped is no day', () => {
  const beirut = told({ renewal: '2026-03-29', timezone: 'Asia/Beirut' });
  // Clocks went from 24:00 of 28 March to 01:00.
  expect(answer(on(RENEWAL), beirut, '2026-03-28T00:00:00Z')).toBe('false until 2026-03-28T22:00:00.000Z');
  expect(answer(on(RENEWAL), beirut, '2026-03-28T22:00:00Z')).toBe('true until 2026-03-29T21:00:00.000Z');
  // Samoa had no 30 December 2011.
  const apia = told({ renewal: '2011-12-30', birthday: '1990-12-30', timezone: 'Pacific/Apia' });
  expect(answer(on(RENEWAL), apia, '2011-12-01T00:00:00Z')).toBe('false for good');
  expect(answer(yearly(BIRTHDAY), apia, '2011-12-01T00:00:00Z')).toBe('false until 2012-12-29T10:00:00.000Z');
});

test('what is no date is no day', () => {
  for (const renewal of ['soon', '12.03.2026', '2026-02-30', '0026-03-12', 20_260_312]) {
    expect(answer(on(RENEWAL), told({ renewal }), '2026-01-01T00:00:00Z')).toBe('false for good');
  }
  expect(answer(on(RENEWAL), [], '2026-01-01T00:00:00Z')).toBe('false for good');
});

test('a birthday returns every year; that of 29 February falls on 28 in other years', () => {
  const leap = told({ birthday: '1984-02-29' });
  expect(answer(yearly(BIRTHDAY), leap, '2026-01-01T00:00:00Z')).toBe('false until 2026-02-27T23:00:00.000Z');
  expect(answer(yearly(BIRTHDAY), leap, '2026-02-28T12:00:00Z')).toBe('true until 2026-02-28T23:00:00.000Z');
  expect(answer(yearly(BIRTHDAY), leap, '2026-02-28T23:00:00Z')).toBe('false until 2027-02-27T23:00:00.000Z');
  expect(answer(yearly(BIRTHDAY), leap, '2028-02-28T12:00:00Z')).toBe('false until 2028-02-28T23:00:00.000Z');
  expect(answer(yearly(BIRTHDAY), leap, '2028-02-29T12:00:00Z')).toBe('true until 2028-02-29T23:00:00.000Z');
});

test('days around an anniversary may lie in another year', () => {
  const january = told({ birthday: '1990-01-03' });
  expect(answer(yearly(BIRTHDAY, -7, 0), january, '2026-12-26T00:00:00Z')).toBe(
    'false until 2026-12-26T23:00:00.000Z',
  );
  expect(answer(yearly(BIRTHDAY, -7, 0), january, '2026-12-31T12:00:00Z')).toBe(
    'true until 2027-01-03T23:00:00.000Z',
  );
  const december = told({ birthday: '1990-12-30' });
  expect(answer(yearly(BIRTHDAY, 0, 5), december, '2027-01-01T12:00:00Z')).toBe(
    'true until 2027-01-04T23:00:00.000Z',
  );
});

test('the day itself is no anniversary: the first comes a year later', () => {
  const first = yearly({ kind: 'first_order' });
  const history = [order('2025-06-01T10:00:00Z')];
  expect(answer(first, history, '2025-06-01T12:00:00Z')).toBe('false until 2026-05-31T22:00:00.000Z');
  expect(answer(first, history, '2026-06-01T12:00:00Z')).toBe('true until 2026-06-01T22:00:00.000Z');
  // The days before the first anniversary belong to it.
  const week = yearly({ kind: 'first_order' }, -7, 0);
  expect(answer(week, history, '2026-05-26T12:00:00Z')).toBe('true until 2026-06-01T22:00:00.000Z');
  expect(answer(week, history, '2025-05-28T12:00:00Z')).toMatch(/^false/);
});

test('orders that were taken back give no date; the first event of all does', () => {
  const history = [
    fact('Page Viewed', '2026-01-01T12:00:00Z'),
    order('2026-02-01T12:00:00Z', { order_id: 'a' }),
    order('2026-03-01T12:00:00Z', { order_id: 'b' }),
    fact('Order Refunded', '2026-03-02T12:00:00Z', { properties: { order_id: 'b' } }),
  ];
  const now = '2026-03-05T00:00:00Z';
  expect(answer(on({ kind: 'last_order' }, 30, 60), history, now)).toBe(
    'true until 2026-04-02T22:00:00.000Z',
  );
  expect(answer(on({ kind: 'first_order' }, 32), history, now)).toBe('true until 2026-03-05T23:00:00.000Z');
  expect(answer(on({ kind: 'first_seen' }, 63), history, now)).toBe('true until 2026-03-05T23:00:00.000Z');
});

test('what cannot be a span is told with its place', () => {
  expect(problemsOf({ kind: 'date', of: RENEWAL, from: 3, to: 1 })).toEqual(['/to contradiction']);
  expect(problemsOf({ kind: 'date', of: { kind: 'birthday' }, from: 0.5 })).toEqual([
    '/of/kind not_one_of',
    '/from out_of_range',
  ]);
  expect(problemsOf({ kind: 'date', from: 1 })).toEqual(['/of wrong_type']);
  expect(problemsOf({ kind: 'date', of: { kind: 'first_order', path: 'x' }, from: 1 })).toEqual([
    '/of/path unknown_key',
  ]);
  expect(problemsOf({ kind: 'anniversary', of: BIRTHDAY, from: -184 })).toEqual(['/from out_of_range']);
  expect(problemsOf({ kind: 'anniversary', of: BIRTHDAY, from: -180, to: 180 })).toEqual([
    '/to out_of_range',
  ]);
});

test('the sentence says which days, the evidence which date and where', () => {
  expect(sentence(on(RENEWAL, -14))).toBe('is 14 days before their “renewal”');
  expect(sentence({ kind: 'not', rule: yearly(BIRTHDAY, -7, 0) })).toBe(
    'is neither on an anniversary of their “birthday” nor at most 7 days before',
  );
  expect(sentence(on({ kind: 'last_order' }, 1, 7))).toBe('is 1 to 7 days after their last order');
  const said = told({ birthday: '1984-02-29', timezone: 'Asia/Tokyo' });
  expect(why(yearly(BIRTHDAY), said, '2026-02-27T20:00:00Z').evidence).toBe(
    '29 February 1984, next on 28 February 2026; today is 28 February 2026 in Asia/Tokyo',
  );
  expect(why(yearly(BIRTHDAY), [], '2026-02-27T20:00:00Z').evidence).toBe('no date');
});
