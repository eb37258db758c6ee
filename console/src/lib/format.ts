// Numbers, dates and spans of time in words. Everything by Intl, in the workspace's zone; the words are English.

export interface Formats {
  readonly number: (n: number) => string;
  readonly share: (of: number) => string;
  readonly money: (minor: number, currency?: string) => string;
  /** To three digits: an estimate has no pennies. */
  readonly roughMoney: (minor: number, currency?: string) => string;
  /** An amount in major units, as events carry it. */
  readonly amount: (major: number, currency?: string) => string;
  readonly date: (at: string | Date) => string;
  readonly dateTime: (at: string | Date) => string;
  readonly time: (at: string | Date) => string;
  readonly month: (at: string | Date) => string;
  /** `2025-01-31`, for a field of type date. */
  readonly isoDay: (at: string | Date) => string;
  readonly ago: (at: string | Date, now?: Date) => string;
  readonly zone: string;
}

const dayMs = 86_400_000;

function readersLocale(): string {
  const wanted = typeof navigator === 'undefined' ? 'en-GB' : navigator.language;
  return wanted.startsWith('en') ? wanted : 'en-GB';
}

/** A zone the browser does not know falls back to UTC rather than to a blank page. */
function knownZone(zone: string, words: string): string {
  try {
    return new Intl.DateTimeFormat(words, { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

/** A format is made when it is first asked for: making all of them costs a page some 50 ms before it shows anything. */
function whenAsked<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

export function makeFormats(wantedZone: string, currency: string, words = readersLocale()): Formats {
  const zone = whenAsked(() => knownZone(wantedZone, words));
  const number = whenAsked(() => new Intl.NumberFormat(words, { maximumFractionDigits: 1 }));
  const percent = whenAsked(
    () => new Intl.NumberFormat(words, { style: 'percent', maximumFractionDigits: 1 }),
  );
  const relative = whenAsked(() => new Intl.RelativeTimeFormat(words, { numeric: 'auto' }));
  const instants = (locale: string, parts: Intl.DateTimeFormatOptions) => {
    const format = whenAsked(() => new Intl.DateTimeFormat(locale, { timeZone: zone(), ...parts }));
    return (at: string | Date): string => {
      const date = at instanceof Date ? at : new Date(at);
      return Number.isNaN(date.getTime()) ? '–' : format().format(date);
    };
  };
  const day = { day: 'numeric', month: 'short', year: 'numeric' } as const;
  const clock = { hour: '2-digit', minute: '2-digit' } as const;
  return {
    get zone() {
      return zone();
    },
    number: (n) => number().format(n),
    share: (of) => percent().format(of),
    money: (minor, of = currency) => money(words, minor, of),
    roughMoney: (minor, of = currency) => money(words, minor, of, 'rough'),
    amount: (major, of = currency) => amount(words, major, of),
    date: instants(words, day),
    dateTime: instants(words, { ...day, ...clock }),
    time: instants(words, clock),
    month: instants(words, { month: 'long', year: 'numeric' }),
    isoDay: instants('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' }),
    ago: (at, now = new Date()) => ago(relative(), at, now),
  };
}

const rough = {
  maximumSignificantDigits: 3,
  maximumFractionDigits: 0,
  roundingPriority: 'lessPrecision',
} as const;

/** By locale, currency and form: making a format costs far more than using it, and a list has fifty amounts. */
const currencyFormats = new Map<string, Intl.NumberFormat>();

function currencyFormat(
  words: string,
  currency: string,
  form: 'exact' | 'rough' = 'exact',
): Intl.NumberFormat {
  const key = `${words} ${currency} ${form}`;
  let format = currencyFormats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(words, {
      style: 'currency',
      currency,
      ...(form === 'rough' ? rough : {}),
    });
    currencyFormats.set(key, format);
  }
  return format;
}

function money(words: string, minor: number, currency: string, form?: 'rough'): string {
  try {
    const digits = currencyFormat(words, currency).resolvedOptions().maximumFractionDigits ?? 2;
    return currencyFormat(words, currency, form).format(minor / 10 ** digits);
  } catch {
    return String(minor);
  }
}

function amount(words: string, major: number, currency: string): string {
  try {
    return currencyFormat(words, currency).format(major);
  } catch {
    return String(major);
  }
}

function ago(relative: Intl.RelativeTimeFormat, at: string | Date, now: Date): string {
  const ms = new Date(at).getTime() - now.getTime();
  const size = Math.abs(ms);
  if (Number.isNaN(ms)) return '–';
  if (size < 60_000) return ms > 0 ? 'in less than a minute' : 'just now';
  if (size < 3_600_000) return relative.format(Math.round(ms / 60_000), 'minute');
  if (size < dayMs) return relative.format(Math.round(ms / 3_600_000), 'hour');
  if (size < 60 * dayMs) return relative.format(Math.round(ms / dayMs), 'day');
  if (size < 730 * dayMs) return relative.format(Math.round(ms / (30.44 * dayMs)), 'month');
  return relative.format(Math.round(ms / (365.25 * dayMs)), 'year');
}

const isoDuration = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** `P60D` as "60 days". What is no duration comes back as it was. */
export function durationWords(duration: string): string {
  const found = isoDuration.exec(duration);
  if (!found) return duration;
  const names = ['week', 'day', 'hour', 'minute', 'second'];
  const parts: string[] = [];
  names.forEach((name, i) => {
    const n = Number(found[i + 1] ?? 0);
    if (n > 0) parts.push(`${n} ${name}${n === 1 ? '' : 's'}`);
  });
  return parts.length === 0 ? 'no time' : parts.join(' ');
}

/** "1 person", "1,204 people". */
export function people(formats: Formats, n: number): string {
  return `${formats.number(n)} ${n === 1 ? 'person' : 'people'}`;
}

/** A clause as a sentence of its own. */
export function asSentence(clause: string): string {
  const text = clause.trim();
  if (text === '') return '';
  // A clause may begin with a bracket.
  const begun = text.replace(/^[(“]?\p{Ll}/u, (letter) => letter.toUpperCase());
  return /[.?:]$/.test(begun) ? begun : `${begun}.`;
}
