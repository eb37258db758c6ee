// The closed set of things a template may do to a value (docs/templates.md lists them). What is not here is
// refused when the template is saved. Filters are total: odd input gives an empty or unchanged text, never an error.
import { filters as builtIn, tags as builtInTags } from 'liquidjs';
import type { FilterImplOptions, Liquid } from 'liquidjs';

const KEPT_FILTERS = [
  ...[
    'default',
    'upcase',
    'downcase',
    'capitalize',
    'strip',
    'truncate',
    'truncatewords',
    'replace',
    'remove',
  ],
  ...['append', 'prepend', 'split', 'slice', 'url_encode', 'strip_html', 'size'],
  ...['join', 'first', 'last', 'map', 'where', 'sort', 'reverse', 'uniq', 'compact', 'concat', 'sum'],
  ...[
    'plus',
    'minus',
    'times',
    'divided_by',
    'modulo',
    'round',
    'ceil',
    'floor',
    'abs',
    'at_least',
    'at_most',
  ],
];
const KEPT_TAGS = [
  ...['assign', 'capture', 'case', 'comment', 'cycle', 'for', 'if', 'unless', 'raw', 'break', 'continue'],
  ...['include', 'render', '#', 'echo'],
];
const OWN_FILTERS: Readonly<Record<string, FilterImplOptions>> = {
  money(this: { context: object }, value: unknown, currency: unknown) {
    return formatMoney(value, currency, setting(this.context, 'locale'));
  },
  date(this: { context: object }, value: unknown, format: unknown) {
    return formatDate(value, format, {
      zone: setting(this.context, 'zone'),
      locale: setting(this.context, 'locale'),
    });
  },
  // Output into HTML is always escaped; doing it twice would show "&amp;amp;".
  escape: (value: unknown) => value,
};

export const FILTER_NAMES: readonly string[] = [...KEPT_FILTERS, ...Object.keys(OWN_FILTERS)].toSorted();
export const TAG_NAMES: readonly string[] = KEPT_TAGS;

export function closeFilters(liquid: Liquid): void {
  for (const name of Object.keys(builtIn)) if (!KEPT_FILTERS.includes(name)) delete liquid.filters[name];
  for (const name of Object.keys(builtInTags)) if (!KEPT_TAGS.includes(name)) delete liquid.tags[name];
  for (const [name, filter] of Object.entries(OWN_FILTERS)) liquid.registerFilter(name, filter);
}

/** Minor units and a currency to "€ 19.90" as the reader writes it; `{amount, currency}` works too. */
export function formatMoney(value: unknown, currency: unknown, locale: string | undefined): string {
  const amount = minorUnits(value);
  const code = currencyCode(currency) ?? currencyCode(field(value, 'currency'));
  if (amount === undefined) return '';
  if (code === undefined) return String(amount);
  const format = moneyFormat(code, locale ?? 'en');
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

const DATE_FORMATS: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  short: { dateStyle: 'short' },
  medium: { dateStyle: 'medium' },
  long: { dateStyle: 'long' },
  full: { dateStyle: 'full' },
  time: { timeStyle: 'short' },
  weekday: { weekday: 'long' },
  month: { month: 'long' },
  year: { year: 'numeric' },
};

/** An instant, or a plain date, in the zone of the person: `{{ event.timestamp | date: 'long' }}`. */
export function formatDate(
  value: unknown,
  format: unknown,
  options: { readonly zone: string | undefined; readonly locale: string | undefined },
): string {
  const name = typeof format === 'string' && Object.hasOwn(DATE_FORMATS, format) ? format : 'long';
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) {
    const midday = Date.parse(`${value}T12:00:00Z`);
    return Number.isNaN(midday) ? '' : dateFormat(name, options.locale ?? 'en', 'UTC').format(midday);
  }
  const ms = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return '';
  return dateFormat(name, options.locale ?? 'en', options.zone ?? 'UTC').format(ms);
}

// Intl formatters cost about 0.1 ms to make and a microsecond to use; there are few of them, so they are kept.
const FORMATS_MAX = 500;
const moneyFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function moneyFormat(currency: string, locale: string): Intl.NumberFormat {
  return remembered(moneyFormats, `${currency} ${locale}`, () =>
    firstThatWorks([locale, 'en'], (tag) => new Intl.NumberFormat(tag, { style: 'currency', currency })),
  );
}

function dateFormat(name: string, locale: string, zone: string): Intl.DateTimeFormat {
  return remembered(dateFormats, `${name} ${locale} ${zone}`, () =>
    firstThatWorks([locale, 'en'], (tag) =>
      firstThatWorks(
        [zone, 'UTC'],
        (timeZone) => new Intl.DateTimeFormat(tag, { ...DATE_FORMATS[name], timeZone }),
      ),
    ),
  );
}

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= FORMATS_MAX) known.clear();
  const made = make();
  known.set(key, made);
  return made;
}

/** An unknown locale or zone makes Intl throw; the last choice is one that always exists. */
function firstThatWorks<T>(choices: readonly [string, string], make: (choice: string) => T): T {
  try {
    return make(choices[0]);
  } catch {
    return make(choices[1]);
  }
}

function minorUnits(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'string') return /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
  const amount = field(value, 'amount');
  return amount === undefined ? undefined : minorUnits(amount);
}

function currencyCode(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z]{3}$/.test(value) ? value.toUpperCase() : undefined;
}

function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}

/** `zone` and `locale` are read from the data handed to the template, where no `assign` can reach them. */
function setting(context: object, key: 'zone' | 'locale'): string | undefined {
  const found = field(Reflect.get(context, 'environments'), key);
  return typeof found === 'string' && found !== '' ? found : undefined;
}
