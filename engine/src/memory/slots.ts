// Folding one event into the simple slots, and two of them into one. Each result is a function of the set of events
// alone: newest n, the greatest by (at, id). Slots are never changed in place.
import type { EventFact } from '../input.ts';
import type { Instant, LocalDay } from '../lib/instant.ts';
import { compareText, isSmall } from '../lib/json.ts';
import { sha256Hex } from '../lib/sha256.ts';
import type { Json } from '../rules/rule.ts';
import type { DaysSlot, DistinctSlot, FirstSlot, LatestSlot, RecentSlot, TimesSlot } from './slot.ts';

/** "Some value … among the newest 64 such events." */
export const RECENT_MAX = 64;
/** A longer value (as JSON) is unknown to `latest` and `first`. */
export const VALUE_CHARS_MAX = 1_000;
/** A longer one is a hash to those that count values. */
const RECENT_CHARS_MAX = 64;
const HASHED = 'sha256:';

export function foldTime(slot: TimesSlot | undefined, at: Instant, size: number): TimesSlot {
  if (slot === undefined) return { kind: 'times', count: 1, at: size > 0 ? [at] : [] };
  return { kind: 'times', count: slot.count + 1, at: withTime(slot.at, at, size) };
}

export function mergeTimes(a: TimesSlot, b: TimesSlot, size: number): TimesSlot {
  const at = [...a.at, ...b.at].sort((x, y) => y - x);
  return { kind: 'times', count: a.count + b.count, at: at.slice(0, size) };
}

export function foldDay(slot: DaysSlot | undefined, day: LocalDay, at: Instant, size: number): DaysSlot {
  if (slot === undefined) return { kind: 'days', days: [[day, at]] };

  const { days } = slot;
  let i = 0;
  while (i < days.length && days[i]![0] > day) i++;
  const found = days[i];
  if (found !== undefined && found[0] === day) {
    return found[1] >= at ? slot : { kind: 'days', days: days.with(i, [day, at]) };
  }
  if (i >= size) return slot;
  return { kind: 'days', days: days.toSpliced(i, 0, [day, at]).slice(0, size) };
}

export function mergeDays(a: DaysSlot, b: DaysSlot, size: number): DaysSlot {
  return b.days.reduce((slot, [day, at]) => foldDay(slot, day, at, size), a);
}

export function foldLatest(
  slot: LatestSlot | undefined,
  event: EventFact,
  value: Json | undefined,
): LatestSlot {
  if (slot !== undefined && !isLater(event.at, event.id, slot.at, slot.id)) return slot;
  return { kind: 'latest', at: event.at, id: event.id, value: keptValue(value) };
}

export function foldFirst(slot: FirstSlot | undefined, event: EventFact, value: Json | undefined): FirstSlot {
  if (slot !== undefined && !isLater(slot.at, slot.id, event.at, event.id)) return slot;
  return { kind: 'first', at: event.at, id: event.id, value: keptValue(value) };
}

export function mergeFirst(a: FirstSlot, b: FirstSlot): FirstSlot {
  return isLater(a.at, a.id, b.at, b.id) ? b : a;
}

function keptValue(value: Json | undefined): Json {
  return value === undefined || !isSmall(value, VALUE_CHARS_MAX) ? null : value;
}

export function mergeLatest(a: LatestSlot, b: LatestSlot): LatestSlot {
  return isLater(b.at, b.id, a.at, a.id) ? b : a;
}

/** Undefined when the event carries no value that can be told apart: a text, a number, true or false. */
export function recentValue(value: Json | undefined): string | undefined {
  if (value === undefined || value === null || typeof value === 'object') return undefined;
  const text = JSON.stringify(value);
  return text.length <= RECENT_CHARS_MAX ? text : `${HASHED}${sha256Hex(text)}`;
}

/** The value again, to compare it; null when it was too long to be kept. */
export function valueOfRecent(text: string): Json {
  return text.startsWith(HASHED) ? null : (JSON.parse(text) as Json);
}

export function foldRecent(slot: RecentSlot | undefined, event: EventFact, value: string): RecentSlot {
  return withSeen(slot ?? { kind: 'recent', seen: [] }, [event.at, event.id, value]);
}

export function mergeRecent(a: RecentSlot, b: RecentSlot): RecentSlot {
  return b.seen.reduce(withSeen, a);
}

/** The `size` most recently seen values. */
export function foldDistinct(
  slot: DistinctSlot | undefined,
  at: Instant,
  value: string,
  size: number,
): DistinctSlot {
  return withValue(slot ?? { kind: 'distinct', values: [] }, [at, value], size);
}

export function mergeDistinct(a: DistinctSlot, b: DistinctSlot, size: number): DistinctSlot {
  return b.values.reduce((slot, seen) => withValue(slot, seen, size), a);
}

function withValue(slot: DistinctSlot, seen: DistinctSlot['values'][number], size: number): DistinctSlot {
  const { values } = slot;
  const known = values.find(([, value]) => value === seen[1]);
  if (known !== undefined && known[0] >= seen[0]) return slot;

  const others = known === undefined ? values : values.filter((each) => each !== known);
  let i = 0;
  while (i < others.length && isLater(others[i]![0], others[i]![1], seen[0], seen[1])) i++;
  return i >= size ? slot : { kind: 'distinct', values: others.toSpliced(i, 0, seen).slice(0, size) };
}

function withSeen(slot: RecentSlot, entry: RecentSlot['seen'][number]): RecentSlot {
  const { seen } = slot;
  let i = 0;
  while (i < seen.length && isLater(seen[i]![0], seen[i]![1], entry[0], entry[1])) i++;
  if (i >= RECENT_MAX) return slot;
  return { kind: 'recent', seen: seen.toSpliced(i, 0, entry).slice(0, RECENT_MAX) };
}

function withTime(times: readonly Instant[], at: Instant, size: number): readonly Instant[] {
  let i = 0;
  while (i < times.length && times[i]! > at) i++;
  if (i >= size) return times;
  const next = times.toSpliced(i, 0, at);
  return next.length > size ? next.slice(0, size) : next;
}

/** Events are ordered by (own time, id). */
export function isLater(at: Instant, id: string, thanAt: Instant, thanId: string): boolean {
  return at > thanAt || (at === thanAt && compareText(id, thanId) > 0);
}
