// ISO 8601 durations of elapsed time: weeks, days, hours, minutes, seconds. Never months or years: those are calendar
// periods of unequal length.
import type { DurationMs } from './instant.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './instant.ts';

/** No duration of a rule or wait is longer than this: a hundred years. */
export const DURATION_MAX_MS: DurationMs = 36_525 * DAY_MS;

const MEMO_MAX = 1_000;
const memo = new Map<string, DurationMs | null>();

/** Milliseconds of `P2W`, `P60D`, `PT90M`, `P1DT12H`; null for anything else. `P0D` is 0. */
export function parseDuration(text: string): DurationMs | null {
  const known = memo.get(text);
  if (known !== undefined) return known;

  const parsed = parse(text);
  if (memo.size >= MEMO_MAX) memo.clear();
  memo.set(text, parsed);
  return parsed;
}

/** Whether it names hours or less: `PT48H` does, `P2D` does not, though both are as long. */
export function isInHours(text: string): boolean {
  return text.includes('T');
}

/** Plain English: `60 days`, `2 weeks`, `1 day 12 hours`. */
export function durationWords(ms: DurationMs): string {
  if (ms === 0) return '0 days';
  const parts: string[] = [];
  let rest = ms;
  for (const [unitMs, word] of UNITS) {
    const n = Math.floor(rest / unitMs);
    if (n === 0) continue;
    parts.push(`${n} ${word}${n === 1 ? '' : 's'}`);
    rest -= n * unitMs;
  }
  return parts.length > 0 ? parts.join(' ') : `${rest} ms`;
}

const UNITS: readonly (readonly [DurationMs, string])[] = [
  [DAY_MS, 'day'],
  [HOUR_MS, 'hour'],
  [MINUTE_MS, 'minute'],
  [SECOND_MS, 'second'],
];

const SHAPE = /^P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,10})S)?)?$/;

function parse(text: string): DurationMs | null {
  const match = SHAPE.exec(text);
  if (match === null || text.endsWith('P') || text.endsWith('T')) return null;

  const [, weeks, days, hours, minutes, seconds] = match;
  const ms =
    Number(weeks ?? 0) * 7 * DAY_MS +
    Number(days ?? 0) * DAY_MS +
    Number(hours ?? 0) * HOUR_MS +
    Number(minutes ?? 0) * MINUTE_MS +
    Number(seconds ?? 0) * SECOND_MS;
  return ms <= DURATION_MAX_MS ? ms : null;
}
