// Dates as files write them. Day-month order is guessed for the whole column and said; no single row ever decides
// for itself. Local times are read in the workspace's zone, a date without a time is placed at 12:00 local.

import { refusal, shown, type Refusal } from './problem.ts';

export const DATE_FORMATS = ['ymd', 'dmy', 'mdy', 'named', 'epoch_s', 'epoch_ms'] as const;
export type DateFormat = (typeof DATE_FORMATS)[number];

export type DateReading =
  | { readonly kind: 'read'; readonly at: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What a column of dates looks like, counted over all its rows. */
export type DateCounts = Record<DateFormat, number> & { filled: number; dmyOnly: number; mdyOnly: number };

export type DateZone = {
  readonly zone: string;
  /** Epoch milliseconds of a local wall clock time given as if it were UTC. */
  readonly toInstant: (localMs: number) => number;
};

/** A minute's tolerance for clocks is the door's business; a file must not hold tomorrow's orders. */
export type DateRange = { readonly now: number; readonly asOf: number };

const YMD = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]\s*(.+))?$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z)?)?$/;
const TWO_FIRST = /^(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})(?:[T, ]\s*(.+))?$/;
const NAMED_DMY =
  /^(?:\p{L}+\.?,?\s+)?(\d{1,2})(?:st|nd|rd|th|\.|er)?[\s-]+(?:de\s+)?(\p{L}{3,})\.?,?[\s-]+(?:de\s+)?(\d{4}|\d{2})(?:,?\s+(?:at\s+)?(.+))?$/iu;
const NAMED_MDY =
  /^(?:\p{L}+\.?,\s+)?(\p{L}{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:,?\s+(?:at\s+)?(.+))?$/iu;
const TIME =
  /^(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?(?:\[[\w/+-]+\])?$/i;
const EPOCH_S = /^\d{9,10}(?:\.\d+)?$/;
const EPOCH_MS = /^\d{12,13}$/;

type Parts = { year: number; month: number; day: number; time: string | undefined };

export function createDateCounts(): DateCounts {
  return { ymd: 0, dmy: 0, mdy: 0, named: 0, epoch_s: 0, epoch_ms: 0, filled: 0, dmyOnly: 0, mdyOnly: 0 };
}

/** Adds one cell to the counts of its column. */
export function countDate(counts: DateCounts, cell: string): void {
  const text = cell.trim();
  if (text === '') return;
  counts.filled += 1;
  if (isDay(yearFirst(text))) {
    counts.ymd += 1;
    return;
  }
  const dmy = isDay(partsOf(text, 'dmy'));
  const mdy = isDay(partsOf(text, 'mdy'));
  if (dmy) counts.dmy += 1;
  if (mdy) counts.mdy += 1;
  if (dmy && !mdy) counts.dmyOnly += 1;
  if (mdy && !dmy) counts.mdyOnly += 1;
  if (dmy || mdy) return;
  if (EPOCH_S.test(text)) counts.epoch_s += 1;
  else if (EPOCH_MS.test(text)) counts.epoch_ms += 1;
  else if (isDay(partsOf(text, 'named'))) counts.named += 1;
}

export type DateGuess = {
  readonly format: DateFormat;
  readonly certainty: 'certain' | 'assumed' | 'mixed';
};

/** One format for the column. `monthFirst` settles a column in which no day is above 12. */
export function guessDateFormat(counts: DateCounts, monthFirst: boolean): DateGuess {
  let best: DateFormat = 'ymd';
  for (const format of DATE_FORMATS) if (counts[format] > counts[best]) best = format;
  if (best !== 'dmy' && best !== 'mdy') return { format: best, certainty: 'certain' };
  if (counts.dmyOnly === 0 && counts.mdyOnly === 0) {
    return { format: monthFirst ? 'mdy' : 'dmy', certainty: 'assumed' };
  }
  const format = counts.dmyOnly >= counts.mdyOnly ? 'dmy' : 'mdy';
  return { format, certainty: counts.dmyOnly > 0 && counts.mdyOnly > 0 ? 'mixed' : 'certain' };
}

export function looksLikeDate(cell: string): boolean {
  const text = cell.trim();
  return (
    isDay(partsOf(text, 'ymd')) ||
    isDay(partsOf(text, 'dmy')) ||
    isDay(partsOf(text, 'mdy')) ||
    isDay(partsOf(text, 'named'))
  );
}

/** Epoch milliseconds of a cell, or why it cannot be one. */
export function readDate(cell: string, format: DateFormat, zone: DateZone, range: DateRange): DateReading {
  const text = cell.trim();
  if (text === '') return refused('date_missing', 'There is no date.', 'Every order needs its date.');
  const at = instantOf(text, format, zone, range.now);
  if (at === undefined) {
    return refused(
      'date_unreadable',
      `${shown(text)} is not a date of the form ${formatName(format)}.`,
      'The whole column is read in one form; say which with --date-format ymd, dmy, mdy, named, epoch_s or epoch_ms.',
    );
  }
  if (!(at >= 0) || at > 253_402_300_799_999) {
    return refused(
      'date_out_of_range',
      `${shown(text)} lies outside 1970 to 9999.`,
      'Correct the date in the file.',
    );
  }
  if (at > range.now) {
    return refused(
      'date_in_future',
      `${shown(text)} lies in the future.`,
      'Orders of the future are not facts; correct the date.',
    );
  }
  if (at >= range.asOf) {
    return refused(
      'date_after_as_of',
      `${shown(text)} lies after the as-of date of this import.`,
      'Import with a later --as-of, or leave it out.',
    );
  }
  return { kind: 'read', at };
}

export function formatName(format: DateFormat): string {
  switch (format) {
    case 'ymd':
      return 'year-month-day (2024-01-31, 20240131, with or without a time)';
    case 'dmy':
      return 'day-month-year (31.01.2024, 31/01/2024)';
    case 'mdy':
      return 'month-day-year (01/31/2024)';
    case 'named':
      return "a date with the month's name (31 Jan 2024)";
    case 'epoch_s':
      return 'seconds since 1970';
    case 'epoch_ms':
      return 'milliseconds since 1970';
  }
}

/** Zone conversions are remembered by quarter of an hour: files repeat days, and `Temporal` costs microseconds. */
export function createDateZone(zone: string): DateZone {
  const quarterMs = 15 * 60_000;
  const offsets = new Map<number, number>();
  return {
    zone,
    toInstant(localMs) {
      const quarter = Math.floor(localMs / quarterMs);
      let offset = offsets.get(quarter);
      if (offset === undefined) {
        const startMs = quarter * quarterMs;
        offset = zonedEpochMs(startMs, zone) - startMs;
        if (offsets.size > 100_000) offsets.clear();
        offsets.set(quarter, offset);
      }
      return localMs + offset;
    },
  };
}

function zonedEpochMs(localMs: number, zone: string): number {
  const wall = Temporal.Instant.fromEpochMilliseconds(localMs).toZonedDateTimeISO('UTC').toPlainDateTime();
  return wall.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;
}

function instantOf(text: string, format: DateFormat, zone: DateZone, now: number): number | undefined {
  if (format === 'epoch_s') return EPOCH_S.test(text) ? Math.round(Number(text) * 1000) : undefined;
  if (format === 'epoch_ms') return EPOCH_MS.test(text) ? Number(text) : undefined;
  const parts = partsOf(text, format);
  if (parts === undefined || !isDay(parts)) return undefined;
  const year = parts.year < 100 ? fullYear(parts, now) : parts.year;
  const midnight = Date.UTC(year, parts.month - 1, parts.day);
  if (parts.time === undefined) return zone.toInstant(midnight + 12 * 3_600_000);
  const time = timeOf(parts.time);
  if (time === undefined) return undefined;
  const local = midnight + time.ms;
  return time.offsetMs === undefined ? zone.toInstant(local) : local - time.offsetMs;
}

/** '24' is 2024; '98' is 1998, because 2098 has not come. */
function fullYear(parts: Parts, now: number): number {
  const recent = 2000 + parts.year;
  return Date.UTC(recent, parts.month - 1, parts.day) > now ? recent - 100 : recent;
}

function partsOf(text: string, format: DateFormat): Parts | undefined {
  switch (format) {
    case 'ymd':
      return yearFirst(text);
    case 'dmy':
    case 'mdy': {
      const found = TWO_FIRST.exec(text);
      if (found === null) return undefined;
      const [first, second] = [Number(found[1]), Number(found[3])];
      const [day, month] = format === 'dmy' ? [first, second] : [second, first];
      return { year: Number(found[4]), month, day, time: found[5] };
    }
    case 'named':
      return withMonthName(text);
    case 'epoch_s':
    case 'epoch_ms':
      return undefined;
  }
}

function yearFirst(text: string): Parts | undefined {
  const found = YMD.exec(text);
  if (found !== null) {
    return { year: Number(found[1]), month: Number(found[3]), day: Number(found[4]), time: found[5]?.trim() };
  }
  const compact = COMPACT.exec(text);
  if (compact === null) return undefined;
  const [, year, month, day, hour, minute, second, utc] = compact;
  const time = hour === undefined ? undefined : `${hour}:${minute}:${second ?? '00'}${utc ?? ''}`;
  return { year: Number(year), month: Number(month), day: Number(day), time };
}

function withMonthName(text: string): Parts | undefined {
  const dayFirst = NAMED_DMY.exec(text);
  if (dayFirst !== null) {
    const month = monthOf(dayFirst[2] ?? '');
    if (month === undefined) return undefined;
    return { year: Number(dayFirst[3]), month, day: Number(dayFirst[1]), time: dayFirst[4] };
  }
  const monthFirst = NAMED_MDY.exec(text);
  const month = monthFirst === null ? undefined : monthOf(monthFirst[1] ?? '');
  if (monthFirst === null || month === undefined) return undefined;
  return { year: Number(monthFirst[3]), month, day: Number(monthFirst[2]), time: monthFirst[4] };
}

function isDay(parts: Parts | undefined): boolean {
  if (parts === undefined || parts.month < 1 || parts.month > 12 || parts.day < 1) return false;
  const year = parts.year < 100 ? 2000 + parts.year : parts.year;
  if (parts.day <= 28) return true;
  return parts.day <= new Date(Date.UTC(year, parts.month, 0)).getUTCDate();
}

function timeOf(text: string): { readonly ms: number; readonly offsetMs: number | undefined } | undefined {
  const found = TIME.exec(text.trim());
  if (found === null) return undefined;
  const half = found[5]?.[0]?.toLowerCase();
  let hour = Number(found[1]);
  const minute = Number(found[2]);
  const second = Number(found[3] ?? 0);
  const fraction = Math.floor(Number(`0.${found[4] ?? '0'}`) * 1000);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half === 'p' ? 12 : 0);
  }
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const ms = ((hour * 60 + minute) * 60 + Math.min(second, 59)) * 1000 + fraction;
  const zone = found[6];
  if (zone === undefined) return { ms, offsetMs: undefined };
  if (!/^[+-]/.test(zone)) return { ms, offsetMs: 0 };
  const sign = zone.startsWith('-') ? -1 : 1;
  const digits = zone.replace(/\D/g, '');
  return {
    ms,
    offsetMs: sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4) || '0')) * 60_000,
  };
}

const MONTH_LOCALES = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'sv', 'da', 'nb', 'pl', 'fi', 'cs'] as const;
let monthNames: ReadonlyMap<string, number> | undefined;

/** Month names of common export languages, long and short, and the first three letters in English. */
function monthOf(name: string): number | undefined {
  monthNames ??= listMonthNames();
  const plain = foldName(name);
  return monthNames.get(plain) ?? monthNames.get(plain.slice(0, 3));
}

function listMonthNames(): Map<string, number> {
  const names = new Map<string, number>();
  for (const locale of MONTH_LOCALES) {
    for (const style of ['long', 'short'] as const) {
      const format = new Intl.DateTimeFormat(locale, { month: style, day: 'numeric', timeZone: 'UTC' });
      for (let month = 1; month <= 12; month += 1) {
        const part = format.formatToParts(Date.UTC(2024, month - 1, 15)).find(({ type }) => type === 'month');
        const name = foldName(part?.value ?? '');
        if (name.length >= 3 && !names.has(name)) names.set(name, month);
      }
    }
  }
  return names;
}

function foldName(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^\p{L}]/gu, '')
    .toLowerCase();
}

function refused(code: Refusal['code'], reason: string, hint: string): DateReading {
  return { kind: 'refused', refusal: refusal(code, reason, hint) };
}
