// A time of day as people write it, `09:30`, and the next instant at which a local clock shows it.
import type { Instant } from './instant.ts';
import { DAY_MS, MINUTE_MS } from './instant.ts';
import { firstInstantAt, localDay } from './zone.ts';
import type { Zone } from './zone.ts';

/** Minutes since midnight; null for anything that is no time of day. */
export function parseClock(text: string): number | null {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match === null ? null : Number(match[1]) * 60 + Number(match[2]);
}

/**
 * The first instant from `from` on at which the local clock reaches this minute of one of these weekdays (1 Monday to 7 Sunday; null:
 * any). A skipped minute is reached when the clock jumps over it; one lived twice the first time.
 */
export function nextClock(
  zone: Zone,
  from: Instant,
  time: { readonly minuteOfDay: number; readonly weekdays: ReadonlySet<number> | null },
): Instant {
  for (let day = localDay(zone, from); ; day += 1) {
    const at = firstInstantAt(zone, day * DAY_MS + time.minuteOfDay * MINUTE_MS);
    if (at >= from && (time.weekdays === null || time.weekdays.has(weekdayOf(day)))) return at;
  }
}

/** 1 January 1970 was a Thursday. */
function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}
