// A typical gap: the geometric mean of the gaps between distinct days. Older days are kept as a count and a sum only.
import type { DurationMs, LocalDay } from '../lib/instant.ts';
import { DAY_MS } from '../lib/instant.ts';
import { roundStored } from '../lib/round.ts';
import type { DaysTail } from './slot.ts';

/** Days kept one by one. */
export const DAYS_MAX = 64;
/** "From 3 orders on": a rhythm needs two gaps. */
const DAYS_FOR_A_GAP = 3;

export interface Rhythm {
  readonly days: number;
  readonly gap_ms: DurationMs | null;
}

/** What a tail and the later distinct days (ascending; the first may be the tail's last) amount to. */
export function rhythmOf(
  tail: Pick<DaysTail, 'days' | 'gaps'> & { last_day: LocalDay | null },
  later: Iterable<LocalDay>,
): Rhythm {
  let { days, gaps, last_day: last } = tail;
  for (const day of later) {
    if (last !== null && day <= last) continue;
    if (last !== null) gaps += gapLog(day - last);
    days++;
    last = day;
  }
  return { days, gap_ms: days < DAYS_FOR_A_GAP ? null : Math.round(Math.exp(gaps / (days - 1)) * DAY_MS) };
}

/** The tail after one more day, which is later than all of it. */
export function tailWith(tail: DaysTail | null, day: LocalDay): DaysTail {
  if (tail === null) return { days: 1, gaps: 0, first_day: day, last_day: day };
  const gaps = tail.gaps + gapLog(day - tail.last_day);
  return { days: tail.days + 1, gaps, first_day: tail.first_day, last_day: day };
}

export function gapLog(days: number): number {
  return roundStored(Math.log(days));
}
