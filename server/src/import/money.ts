// Amounts as files write them, to exact integer minor units. Whether a comma or a point divides is guessed for the
// whole column and said. No amount ever becomes a float on the way.

import { refusal, shown, type Refusal } from './problem.ts';

export type DecimalMark = 'point' | 'comma';

export type AmountReading =
  | { readonly kind: 'read'; readonly minor: number; readonly currency: string | undefined }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What the marks in a column of amounts say, counted over all rows. */
export type AmountCounts = {
  filled: number;
  point: number;
  comma: number;
  unclear: number;
  unclearMark: '' | '.' | ',';
};

export type DecimalGuess = { readonly mark: DecimalMark; readonly certainty: 'certain' | 'assumed' };

/** ISO 4217 currencies whose minor unit is not a hundredth. */
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3, CLF: 4, UYW: 4,
}; // prettier-ignore

/** Signs that mean one currency only; '$', '¥' and 'kr' mean several and say nothing. */
const SIGNS: Readonly<Record<string, string>> = {
  '€': 'EUR', '£': 'GBP', '₹': 'INR', '₩': 'KRW', '₽': 'RUB', '₺': 'TRY', '₪': 'ILS', '₫': 'VND', '₴': 'UAH', '₦': 'NGN', '₱': 'PHP', '฿': 'THB',
  'zł': 'PLN', 'zl': 'PLN', 'kč': 'CZK', 'kc': 'CZK', 'ft': 'HUF', 'r$': 'BRL', 'us$': 'USD', 'a$': 'AUD', 'c$': 'CAD', 'ca$': 'CAD', 'nz$': 'NZD', 'hk$': 'HKD', 'fr.': 'CHF', 'sfr.': 'CHF',
  '$': '', '¥': '', '￥': '', 'kr': '', 'kr.': '', 'fr': '', 'rs': '', 'rs.': '',
}; // prettier-ignore

const KNOWN = new Set(Intl.supportedValuesOf('currency'));
/** Sign or code, digits with marks and blanks, sign or code, minus before or after, or brackets. */
const SHAPE = /^((?:[^\d\s.,+-]+\.?)?)\s*(\d[\d.,'’\s]*|[.,]\d+)\s*([^\d\s.,+-]*\.?)$/;
/** Below a safe integer with room for sums. */
const DIGITS_MAX = 14;

export function currencyExponent(currency: string): number {
  return EXPONENTS[currency] ?? 2;
}

export function parseCurrency(text: string): string | undefined {
  const code = text.trim().toUpperCase();
  if (KNOWN.has(code)) return code;
  const sign = SIGNS[text.trim().toLowerCase()];
  return sign === undefined || sign === '' ? undefined : sign;
}

export function createAmountCounts(): AmountCounts {
  return { filled: 0, point: 0, comma: 0, unclear: 0, unclearMark: '' };
}

/** Adds one cell to the counts of its column. */
export function countAmount(counts: AmountCounts, cell: string): void {
  const digits = unwrap(cell)?.digits;
  if (digits === undefined) return;
  counts.filled += 1;
  const points = digits.split('.').length - 1;
  const commas = digits.split(',').length - 1;
  if (points === 0 && commas === 0) return;
  if (points > 0 && commas > 0) {
    if (digits.lastIndexOf('.') > digits.lastIndexOf(',')) counts.point += 1;
    else counts.comma += 1;
    return;
  }
  const mark = points > 0 ? '.' : ',';
  // '1.234.567': a mark that stands twice groups thousands, so the other one divides.
  if (points > 1 || commas > 1) {
    if (mark === '.') counts.comma += 1;
    else counts.point += 1;
    return;
  }
  const behind = digits.length - 1 - digits.indexOf(mark);
  const before = digits.indexOf(mark);
  if (behind === 3 && before >= 1 && before <= 3 && digits[0] !== '0') {
    counts.unclear += 1;
    counts.unclearMark = mark;
    return;
  }
  if (mark === '.') counts.point += 1;
  else counts.comma += 1;
}

/** One mark for the column; '1.234' alone could be either, and is thousands unless the currency has mills. */
export function guessDecimalMark(counts: AmountCounts, exponent: number): DecimalGuess {
  if (counts.point > 0 || counts.comma > 0) {
    return { mark: counts.point >= counts.comma ? 'point' : 'comma', certainty: 'certain' };
  }
  if (counts.unclear === 0) return { mark: 'point', certainty: 'certain' };
  const divides = exponent >= 3 ? counts.unclearMark : counts.unclearMark === '.' ? ',' : '.';
  return { mark: divides === '.' ? 'point' : 'comma', certainty: 'assumed' };
}

export function looksLikeAmount(cell: string): boolean {
  return unwrap(cell) !== undefined;
}

/** Minor units of a cell. `currency` is the row's; a sign or code inside the cell must not contradict it. */
export function readAmount(
  cell: string,
  mark: DecimalMark,
  currency: { readonly code: string; readonly certain: boolean },
): AmountReading {
  const text = cell.trim();
  if (text === '') return refused('amount_missing', 'There is no amount.', 'Every order needs its total.');
  const parts = unwrap(text);
  if (parts === undefined) {
    return refused(
      'amount_unreadable',
      `${shown(text)} is not an amount.`,
      'An amount has digits, one decimal mark and perhaps a currency.',
    );
  }
  if (parts.currency !== undefined && currency.certain && parts.currency !== currency.code) {
    return refused(
      'currency_conflict',
      `${shown(text)} is in ${parts.currency}, but the row's currency is ${currency.code}.`,
      'Correct the currency column, or leave --currency out.',
    );
  }
  const code = parts.currency ?? currency.code;
  return minorUnits(text, parts, mark, code);
}

/** A figure nothing is booked by (a quantity, a unit price) as a number; undefined when it is none. */
export function readDecimal(cell: string, mark: DecimalMark): number | undefined {
  const parts = unwrap(cell);
  if (parts === undefined) return undefined;
  const plain = plainDigits(parts.digits, mark);
  if (plain === undefined) return undefined;
  return (parts.negative ? -1 : 1) * Number(`${plain.whole}.${plain.fraction || '0'}`);
}

/** '19.99' of 1999 in a currency with two decimals; exact, for `total` in properties. */
export function majorUnits(minor: number, currency: string): number {
  const exponent = currencyExponent(currency);
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const cut = digits.length - exponent;
  const text = exponent === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return (minor < 0 ? -1 : 1) * Number(text);
}

function minorUnits(text: string, parts: Unwrapped, mark: DecimalMark, code: string): AmountReading {
  const plain = plainDigits(parts.digits, mark);
  if (plain === undefined) {
    return refused(
      'amount_unreadable',
      `${shown(text)} does not fit the column, whose decimal mark is a ${mark}.`,
      'Say which mark divides with --decimal point or --decimal comma.',
    );
  }
  const exponent = currencyExponent(code);
  const kept = plain.fraction.slice(0, exponent).padEnd(exponent, '0');
  const rest = plain.fraction.slice(exponent);
  const carry = carryOf(rest);
  if (carry === undefined) {
    return refused(
      'amount_too_precise',
      `${shown(text)} is finer than the smallest unit of ${code} (${exponent} decimals).`,
      'Export amounts rounded to the currency, or correct the currency or the decimal mark.',
    );
  }
  const digits = `${plain.whole}${kept}`.replace(/^0+(?=\d)/, '');
  if (digits.length > DIGITS_MAX) {
    return refused(
      'amount_too_large',
      `${shown(text)} is too large for an order.`,
      'Correct the amount or the decimal mark.',
    );
  }
  const minor = Number(digits) + carry;
  return { kind: 'read', minor: parts.negative && minor !== 0 ? -minor : minor, currency: parts.currency };
}

/** Digits beyond the minor unit: zeros are nothing, and 19.989999999999998 is what programs write for 19.99. */
function carryOf(rest: string): 0 | 1 | undefined {
  if (/^0*$/.test(rest) || /^0{6}/.test(rest)) return 0;
  return /^9{6}/.test(rest) ? 1 : undefined;
}

function plainDigits(digits: string, mark: DecimalMark): { whole: string; fraction: string } | undefined {
  const divider = mark === 'point' ? '.' : ',';
  const grouper = mark === 'point' ? ',' : '.';
  const pieces = digits.split(divider);
  if (pieces.length > 2) return undefined;
  const [whole = '', fraction = ''] = pieces;
  if (!/^\d*$/.test(fraction)) return undefined;
  const groups = whole.split(grouper);
  // '1,23' in a column with points is not a hundred and twenty-three.
  if (groups.length > 1 && !isGrouped(groups)) return undefined;
  return { whole: groups.join('') || '0', fraction };
}

/** Groups of three, and of two before the last three as in India. */
function isGrouped(groups: readonly string[]): boolean {
  return groups.every((group, at) => {
    if (at === 0) return group.length >= 1 && group.length <= 3;
    return at === groups.length - 1 ? group.length === 3 : group.length === 3 || group.length === 2;
  });
}

type Unwrapped = {
  readonly digits: string;
  readonly negative: boolean;
  readonly currency: string | undefined;
};

/** What nearly every cell looks like: worth not taking apart (measured: a quarter of the reading). */
const PLAIN = /^\d+(?:[.,]\d+)?$/;

function unwrap(cell: string): Unwrapped | undefined {
  if (cell.length < 20 && PLAIN.test(cell)) return { digits: cell, negative: false, currency: undefined };
  let text = cell.trim().replace(/[\u2212\u2013]/g, '-');
  if (text === '' || text.length > 60) return undefined;
  let negative = false;
  if (text.startsWith('(') && text.endsWith(')')) {
    negative = true;
    text = text.slice(1, -1).trim();
  }
  const unsigned = text.replace(/[+-]/g, (sign) => (sign === '-' ? '-' : ''));
  const minuses = unsigned.split('-').length - 1;
  if (minuses > 1) return undefined;
  if (minuses === 1) {
    if (!/^[^\d]*-|-[^\d]*$/.test(unsigned)) return undefined;
    negative = true;
  }
  const found = SHAPE.exec(unsigned.replace('-', '').trim());
  if (found === null) return undefined;
  const words = [found[1] ?? '', found[3] ?? ''].filter((word) => word !== '');
  // '$1£' is nobody's amount; '$1 USD' is.
  if (words.length === 2 && words[0] !== words[1] && words.every((word) => word.toLowerCase() in SIGNS)) {
    return undefined;
  }
  let currency: string | undefined;
  for (const word of words) {
    const code = parseCurrency(word);
    if (code === undefined && SIGNS[word.toLowerCase()] !== '') return undefined;
    currency ??= code;
  }
  return { digits: (found[2] ?? '').replace(/[\s'’]/g, ''), negative, currency };
}

function refused(
  code: Refusal['code'],
  reason: string,
  hint: string,
): { readonly kind: 'refused'; readonly refusal: Refusal } {
  return { kind: 'refused', refusal: refusal(code, reason, hint) };
}
