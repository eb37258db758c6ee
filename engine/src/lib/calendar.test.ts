import fc from 'fast-check';
import { expect, test } from 'vitest';
import { monthOf, monthStart, nextPeriod, PERIODS, periodStart } from './calendar.ts';
import type { Period } from './calendar.ts';

const day = fc.integer({ min: -800_000, max: 800_000 });
const EPOCH = Temporal.PlainDate.from('1970-01-01');

/** The same in the words of Temporal. */
function start(period: Period, of: Temporal.PlainDate): Temporal.PlainDate {
  switch (period) {
    case 'day':
      return of;
    case 'week':
      return of.subtract({ days: of.dayOfWeek - 1 });
    case 'month':
      return of.with({ day: 1 });
    case 'quarter':
      return of.with({ day: 1, month: of.month - ((of.month - 1) % 3) });
    case 'year':
      return of.with({ day: 1, month: 1 });
  }
}

const LENGTHS = {
  day: { days: 1 },
  week: { days: 7 },
  month: { months: 1 },
  quarter: { months: 3 },
  year: { years: 1 },
};

const daysOf = (date: Temporal.PlainDate): number => EPOCH.until(date).days;

test('periods begin where Temporal says, and each is followed by the next', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PERIODS), day, (period, at) => {
      const date = EPOCH.add({ days: at });
      const first = periodStart(period, at);
      expect(first).toBe(daysOf(start(period, date)));
      expect(nextPeriod(period, first)).toBe(daysOf(start(period, date).add(LENGTHS[period])));
    }),
    { numRuns: 2_000 },
  );
});

test('a week begins on Monday', () => {
  // 9 March 2026 is a Monday.
  const monday = daysOf(Temporal.PlainDate.from('2026-03-09'));
  expect(periodStart('week', monday - 1)).toBe(monday - 7);
  expect(periodStart('week', monday)).toBe(monday);
  expect(periodStart('week', monday + 6)).toBe(monday);
});

test('months are counted from January 1970, before it too', () => {
  expect(monthOf(0)).toBe(0);
  expect(monthOf(-1)).toBe(-1);
  expect(monthStart(-1)).toBe(-31);
});
