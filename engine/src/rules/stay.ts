// How long an event counts in a window by the passing of time alone: from one instant to before another. What holds of
// several events turns where one of them comes or goes.
import { nextPeriod, periodStart } from '../lib/calendar.ts';
import type { Instant } from '../lib/instant.ts';
import { NEVER } from '../lib/instant.ts';
import type { Zone } from '../lib/zone.ts';
import { dayStart, localDay } from '../lib/zone.ts';
import type { EvaluationContext } from './evaluate.ts';
import { isCalendar } from './periods.ts';
import type { Answer, CalendarWindow, Window } from './rule.ts';
import { compileWindow, isInside, leavesAt } from './window.ts';

/** Half-open: at `to` it is over. */
export interface Stay {
  readonly from: Instant;
  readonly to: Instant;
}

/** Of events that have happened. Null: it never counts, as far as time alone goes. */
export type Stays = (context: EvaluationContext) => (at: Instant) => Stay | null;

export function compileStays(window: Window | undefined, zone: Zone): Stays {
  if (isCalendar(window)) return () => (at) => stayInPeriod(window, zone, at);

  const look = compileWindow(window);
  return (context) => {
    const view = look(context);
    return (at) => (isInside(view, at) ? { from: at, to: leavesAt(view, at) } : null);
  };
}

/** Whether now lies in one of the stays, and until when without a gap; else when the next one begins. */
export function amongStays(stays: readonly Stay[], now: Instant): Answer {
  const open = stays.filter(({ from, to }) => from < to && to > now).sort((a, b) => a.from - b.from);
  let covered = now;
  for (const { from, to } of open) if (from <= covered && to > covered) covered = to;
  return covered > now ? { holds: true, until: covered } : { holds: false, until: open[0]?.from ?? NEVER };
}

/** Asks at now and again at each instant at which a stay begins or ends, until the answer turns. */
export function askAtTurns(stays: readonly Stay[], now: Instant, holdsAt: (at: Instant) => boolean): Answer {
  const holds = holdsAt(now);
  const turns = stays.flatMap(({ from, to }) => [from, to]).filter((at) => at > now && at !== NEVER);
  for (const until of [...new Set(turns)].sort((a, b) => a - b)) {
    if (holdsAt(until) !== holds) return { holds, until };
  }
  return { holds, until: NEVER };
}

function stayInPeriod(window: CalendarWindow, zone: Zone, at: Instant): Stay {
  const period = 'this' in window ? window.this : window.previous;
  const next = nextPeriod(period, periodStart(period, localDay(zone, at)));
  const end = dayStart(zone, next);
  return 'this' in window
    ? { from: at, to: end }
    : { from: end, to: dayStart(zone, nextPeriod(period, next)) };
}
