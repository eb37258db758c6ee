// The rhythm of visits: newest distinct days one by one, older ones as a tail. A visit on a day older than the tail's last
// may or may not be known already: only history can tell.
import type { Instant, LocalDay } from '../lib/instant.ts';
import { DAYS_MAX, rhythmOf, tailWith } from './rhythm.ts';
import type { DaysTail, VisitsSlot } from './slot.ts';

export function foldVisit(
  slot: VisitsSlot | undefined,
  day: LocalDay,
  at: Instant,
): VisitsSlot | 'needs_history' {
  if (slot === undefined) return visitsSlot(at, [day], null);

  const last = Math.max(slot.last_at, at);
  const i = slot.days.findIndex((known) => known <= day);
  const known = i >= 0 && slot.days[i] === day;
  if (known || day === slot.tail?.last_day) return last === slot.last_at ? slot : { ...slot, last_at: last };
  if (slot.tail !== null && day < slot.tail.last_day) return 'needs_history';

  const days = slot.days.toSpliced(i < 0 ? slot.days.length : i, 0, day);
  return visitsSlot(last, days, slot.tail);
}

export function mergeVisits(a: VisitsSlot, b: VisitsSlot): VisitsSlot | 'needs_history' {
  if (a.tail !== null && b.tail !== null) return 'needs_history';
  if (b.tail !== null) return mergeVisits(b, a);

  let merged = a;
  for (const day of b.days) {
    const next = foldVisit(merged, day, b.last_at);
    if (next === 'needs_history') return next;
    merged = next;
  }
  return merged;
}

/** `days` newest first, perhaps too many: the oldest go to the tail, oldest first. */
function visitsSlot(lastAt: Instant, days: readonly LocalDay[], before: DaysTail | null): VisitsSlot {
  let tail = before;
  for (let i = days.length - 1; i >= DAYS_MAX; i--) tail = tailWith(tail, days[i]!);

  const kept = days.length > DAYS_MAX ? days.slice(0, DAYS_MAX) : days;
  const rhythm = rhythmOf(tail ?? { days: 0, gaps: 0, last_day: null }, kept.toReversed());
  return { kind: 'visits', last_at: lastAt, days: kept, tail, all_days: rhythm.days, gap_ms: rhythm.gap_ms };
}
