// Local days and hours of a time zone. Temporal answers but is slow, so its offset transitions from 1970 to 2100 are
// read once per zone and searched; outside those years the nearest known offset is used. Never reads a clock.
import type { Instant, LocalDay } from './instant.ts';
import { DAY_MS, HOUR_MS } from './instant.ts';

/** `offsets[i]` (ms east of UTC) holds from `starts[i]` on; the first from the beginning of time. */
interface Offsets {
  readonly starts: readonly Instant[];
  readonly offsets: readonly number[];
}

/** A compiled zone. */
export interface Zone extends Offsets {
  readonly name: string;
  /** The offsets without their whole hours: where full hours stand on the local clock. */
  readonly hours: Offsets;
}

/** Full hours of the local clock, counted one by one: an hour lived twice counts twice, a skipped one not at all. */
export type HourIndex = number;

const FIRST: Instant = 0;
const LAST: Instant = Date.UTC(2100, 0, 1);
const OFFSET_MAX_MS = 15 * HOUR_MS;

/** The longest name there is has 32 characters. */
const NAME_CHARS_MAX = 64;
/** What people say of themselves is compiled too, so neither good names nor bad ones are kept without end. */
const MEMO_MAX = 1_000;
const memo = new Map<string, Zone | null>();

/** Null when the name is no IANA zone. */
export function compileZone(timeZone: string): Zone | null {
  const known = memo.get(timeZone);
  if (known !== undefined) return known;

  const zone = timeZone.length > NAME_CHARS_MAX ? null : readTransitions(timeZone);
  if (memo.size >= MEMO_MAX) memo.clear();
  if (timeZone.length <= NAME_CHARS_MAX) memo.set(timeZone, zone);
  return zone;
}

/**
 * The local day an instant falls on. Days never run backwards: where the clock is put back across midnight, the repeated
 * minutes belong to the day that had begun already.
 */
export function localDay(zone: Zone, at: Instant): LocalDay {
  return unitAt(zone, at, DAY_MS);
}

/** The hour an instant falls on. Most zones change their clocks by whole hours: then each is an hour long. */
export function hourIndex(zone: Zone, at: Instant): HourIndex {
  return unitAt(zone.hours, at, HOUR_MS);
}

/** The first instant of an hour. */
export function hourStart(zone: Zone, hour: HourIndex): Instant {
  return firstInstantAt(zone.hours, hour * HOUR_MS);
}

/** The first instant of a local day (where midnight is skipped, the instant after the gap). */
export function dayStart(zone: Zone, day: LocalDay): Instant {
  return firstInstantAt(zone, day * DAY_MS);
}

/** What a local clock shows, given as if it were UTC. */
export function wallTime(zone: Zone, at: Instant): number {
  return at + zone.offsets[segmentAt(zone, at)]!;
}

/** The hour 0 to 23 a local clock shows. */
export function localHour(zone: Zone, at: Instant): number {
  const local = wallTime(zone, at);
  return Math.floor((local - Math.floor(local / DAY_MS) * DAY_MS) / HOUR_MS);
}

/** The first instant after `at` at which a local clock reaches this full hour. */
export function nextLocalHour(zone: Zone, at: Instant, hour: number): Instant {
  for (let day = localDay(zone, at); ; day++) {
    const found = firstInstantAt(zone, day * DAY_MS + hour * HOUR_MS);
    if (found > at) return found;
  }
}

/** The first instant at which the local clock has reached a wall time (given as if it were UTC). */
export function firstInstantAt(zone: Offsets, wallMs: number): Instant {
  for (let i = segmentAt(zone, wallMs - OFFSET_MAX_MS); ; i++) {
    const at = wallMs - zone.offsets[i]!;
    if (i > 0 && at < zone.starts[i]!) return zone.starts[i]!;
    if (i === zone.starts.length - 1 || at < zone.starts[i + 1]!) return at;
  }
}

function unitAt(zone: Offsets, at: Instant, unitMs: number): number {
  const i = segmentAt(zone, at);
  const unit = Math.floor((at + zone.offsets[i]!) / unitMs);
  if (i === 0) return unit;

  const before = zone.offsets[i - 1]!;
  if (before <= zone.offsets[i]! || at - zone.starts[i]! >= before - zone.offsets[i]!) return unit;
  return Math.max(unit, Math.floor((zone.starts[i]! - 1 + before) / unitMs));
}

function segmentAt(zone: Offsets, at: Instant): number {
  const { starts } = zone;
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

function readTransitions(timeZone: string): Zone | null {
  // Not every browser that reads a rule knows Temporal; for dates without a zone none is needed.
  if (timeZone === 'UTC') {
    const never: Offsets = { starts: [Number.MIN_SAFE_INTEGER], offsets: [0] };
    return { name: timeZone, ...never, hours: never };
  }
  // An offset such as `+02:00` is accepted by Temporal but is no zone a business lives in; it works all the same.
  let moment: Temporal.ZonedDateTime;
  try {
    moment = Temporal.Instant.fromEpochMilliseconds(FIRST).toZonedDateTimeISO(timeZone);
  } catch {
    return null;
  }

  const starts: Instant[] = [Number.MIN_SAFE_INTEGER];
  const offsets: number[] = [moment.offsetNanoseconds / 1e6];
  for (;;) {
    const next = moment.getTimeZoneTransition('next');
    if (next === null || next.epochMilliseconds >= LAST) break;
    moment = next;
    const offset = moment.offsetNanoseconds / 1e6;
    if (offset === offsets[offsets.length - 1]) continue;
    starts.push(moment.epochMilliseconds);
    offsets.push(offset);
  }
  return { name: timeZone, starts, offsets, hours: withoutHours({ starts, offsets }) };
}

function withoutHours(zone: Offsets): Offsets {
  const starts: Instant[] = [];
  const offsets: number[] = [];
  for (const [i, offset] of zone.offsets.entries()) {
    const rest = offset - Math.floor(offset / HOUR_MS) * HOUR_MS;
    if (rest === offsets.at(-1)) continue;
    starts.push(zone.starts[i]!);
    offsets.push(rest);
  }
  return { starts, offsets };
}
