// Calendar windows: this day, week, month, quarter or year, and the previous one, in the workspace's zone. As time goes on
// alone, a period that is "this" is emptied at its end; what happened in it is "previous" from then on, until the next end.
import { nextPeriod, periodStart } from '../lib/calendar.ts';
import type { Instant, LocalDay } from '../lib/instant.ts';
import { NEVER } from '../lib/instant.ts';
import type { Zone } from '../lib/zone.ts';
import { dayStart, localDay } from '../lib/zone.ts';
import type { Answer, CalendarWindow, Window } from './rule.ts';

/** Local days from `from` to before `to`. */
export interface Days {
  readonly from: LocalDay;
  readonly to: LocalDay;
}

export function isCalendar(window: Window | undefined): window is CalendarWindow {
  return window !== undefined && ('this' in window || 'previous' in window);
}

/** The days a window covers now. */
export function daysOf(window: CalendarWindow, zone: Zone, now: Instant): Days {
  return stagesOf(window, localDay(zone, now))[0]!;
}

/** `holdsIn` says whether the rule holds of what happened in some days, as far as is known. */
export function askPeriods(
  window: CalendarWindow,
  zone: Zone,
  now: Instant,
  holdsIn: (days: Days) => boolean,
): Answer {
  const stages = stagesOf(window, localDay(zone, now));
  const holds = holdsIn(stages[0]!);
  for (let i = 1; i < stages.length; i++) {
    if (holdsIn(stages[i]!) === holds) continue;
    const until = dayStart(zone, stages[i]!.begins);
    // A day that a zone skipped lasts no time at all.
    const next = stages[i + 1];
    if (next === undefined || dayStart(zone, next.begins) > until) return { holds, until };
  }
  return { holds, until: NEVER };
}

/** How many months, the present one among them, a window may reach into. */
export function monthsBack(window: CalendarWindow): number {
  return 'this' in window ? MONTHS_OF_THIS[window.this] : MONTHS_OF_PREVIOUS[window.previous];
}

const MONTHS_OF_THIS = { day: 1, week: 2, month: 1, quarter: 3, year: 12 };
const MONTHS_OF_PREVIOUS = { day: 2, week: 2, month: 2, quarter: 6, year: 24 };

/** What a window covers from the local day `begins` on. */
interface Stage extends Days {
  readonly begins: LocalDay;
}

/** The last one is empty as long as nothing new happens. */
function stagesOf(window: CalendarWindow, today: LocalDay): readonly Stage[] {
  const period = 'this' in window ? window.this : window.previous;
  const start = periodStart(period, today);
  const next = nextPeriod(period, start);
  const afterNext = nextPeriod(period, next);
  if ('this' in window) {
    return [
      { from: start, to: next, begins: today },
      { from: next, to: afterNext, begins: next },
    ];
  }
  return [
    { from: periodStart(period, start - 1), to: start, begins: today },
    { from: start, to: next, begins: next },
    { from: next, to: afterNext, begins: afterNext },
  ];
}
