// Dates as people and programs write them in JSON: `2026-03-12`, `2026-03-12T10:30:00+01:00`. No other format is guessed.
import type { Instant, LocalDay } from './instant.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './instant.ts';
import type { Zone } from './zone.ts';
import { dayStart, firstInstantAt, localDay } from './zone.ts';

/** A day of the calendar, or an instant. */
export type DateText =
  | { readonly kind: 'day'; readonly day: LocalDay }
  | { readonly kind: 'instant'; readonly at: Instant };

const SHAPE =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Null when the text is no date. A time without an offset is meant in `zone`. */
export function parseDateText(text: string, zone: Zone): DateText | null {
  const match = text.length <= 40 ? SHAPE.exec(text) : null;
  if (match === null) return null;

  const [, year, month, date, hour, minute, second = '0', fraction = '', offset] = match;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(date));
  const check = new Date(midnight);
  // Years below 100 would be taken for those of the last century.
  if (check.getUTCFullYear() !== Number(year) || check.getUTCMonth() !== Number(month) - 1) return null;
  if (check.getUTCDate() !== Number(date)) return null;
  if (hour === undefined || minute === undefined) return { kind: 'day', day: midnight / DAY_MS };
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;

  const wall =
    midnight +
    Number(hour) * HOUR_MS +
    Number(minute) * MINUTE_MS +
    Number(second) * SECOND_MS +
    Number(fraction.padEnd(3, '0').slice(0, 3));
  if (offset === undefined) return { kind: 'instant', at: firstInstantAt(zone, wall) };
  return { kind: 'instant', at: wall - offsetMs(offset) };
}

/** Whether a date lies before, on or after another: as local days when the other is a day, else as instants. */
export function compareDates(a: DateText, b: DateText, zone: Zone): number {
  if (b.kind === 'day') return (a.kind === 'day' ? a.day : localDay(zone, a.at)) - b.day;
  return (a.kind === 'instant' ? a.at : dayStart(zone, a.day)) - b.at;
}

function offsetMs(offset: string): number {
  if (offset === 'Z') return 0;
  const digits = offset.replace(':', '');
  const ms = Number(digits.slice(1, 3)) * HOUR_MS + Number(digits.slice(3, 5)) * MINUTE_MS;
  return digits.startsWith('-') ? -ms : ms;
}
