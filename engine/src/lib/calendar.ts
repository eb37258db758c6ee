// Calendar periods over local days: which period a day lies in, where it begins, which comes next. Weeks begin on
// Monday. Where a day begins as an instant is zone.ts's matter.
import type { LocalDay } from './instant.ts';
import { DAY_MS } from './instant.ts';

export type Period = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** A calendar month as whole months since January 1970. */
export type MonthIndex = number;

export const PERIODS = ['day', 'week', 'month', 'quarter', 'year'] as const satisfies readonly Period[];

/** The first day of the period in which a day lies. */
export function periodStart(period: Period, day: LocalDay): LocalDay {
  switch (period) {
    case 'day':
      return day;
    case 'week':
      // 1970-01-01 was a Thursday: three days after a Monday.
      return Math.floor((day + 3) / 7) * 7 - 3;
    case 'month':
    case 'quarter':
    case 'year': {
      const months = MONTHS_OF[period];
      return monthStart(Math.floor(monthOf(day) / months) * months);
    }
  }
}

/** The first day of the period after the one that begins on `start`. */
export function nextPeriod(period: Period, start: LocalDay): LocalDay {
  switch (period) {
    case 'day':
      return start + 1;
    case 'week':
      return start + 7;
    case 'month':
    case 'quarter':
    case 'year':
      return monthStart(monthOf(start) + MONTHS_OF[period]);
  }
}

export function monthOf(day: LocalDay): MonthIndex {
  const date = new Date(day * DAY_MS);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

export function monthStart(month: MonthIndex): LocalDay {
  return Date.UTC(1970, month, 1) / DAY_MS;
}

const MONTHS_OF = { month: 1, quarter: 3, year: 12 };
