// Small words for sentences and evidence: dates, numbers, lists. English only; screens translate sentences of their own.
import type { Instant, LocalDay } from '../lib/instant.ts';
import { DAY_MS, MINUTE_MS } from '../lib/instant.ts';
import { localDay, wallTime } from '../lib/zone.ts';
import type { Zone } from '../lib/zone.ts';
import type { Json } from './rule.ts';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `12 March 2026`, in the zone. */
export function dateWords(zone: Zone, at: Instant): string {
  return dayWords(localDay(zone, at));
}

/** `12 March 2026`. */
export function dayWords(day: LocalDay): string {
  const date = new Date(day * DAY_MS);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]!} ${date.getUTCFullYear()}`;
}

/** `12 March 2026, 9:05`, in the zone. */
export function momentWords(zone: Zone, at: Instant): string {
  const wall = wallTime(zone, at);
  const minute = Math.floor((wall - Math.floor(wall / DAY_MS) * DAY_MS) / MINUTE_MS);
  return `${dateWords(zone, at)}, ${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `a`, `a or b`, `a, b or c`. */
export function listWords(items: readonly string[], joint: 'or' | 'and'): string {
  if (items.length <= 1) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} ${joint} ${items.at(-1)!}`;
}

export function quoted(text: string): string {
  return `“${text}”`;
}

export function valueWords(value: Json | undefined): string {
  if (value === undefined || value === null) return 'unknown';
  if (typeof value === 'string') return quoted(value.length > 80 ? `${value.slice(0, 79)}…` : value);
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** `4 %`, `0.3 %`. */
export function percentWords(share: number): string {
  const percent = share * 100;
  return `${percent < 1 ? Number(percent.toPrecision(1)) : Math.round(percent)} %`;
}

/** 23.5 days → `24 days`; under two days in hours. */
export function gapWords(ms: number): string {
  return ms < 2 * DAY_MS
    ? plural(Math.round(ms / 3_600_000), 'hour')
    : plural(Math.round(ms / DAY_MS), 'day');
}
