// Exact decimals for sums of money and other amounts. Never floats: 0.1 + 0.2 is 0.3 here.

/** `units / 10^scale`, without trailing zeros in `units` unless scale is 0. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

export const ZERO: Decimal = { units: 0n, scale: 0 };

/** An amount has at most this many digits before and after the point; what has more is no amount. */
const WHOLE_DIGITS_MAX = 30;
const FRACTION_DIGITS_MAX = 20;

const SHAPE = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** The amount a JSON number or text stands for (`12.5`, `"12.50"`, `1e3`); null when it is none. Numbers mean their shortest decimal text. */
export function parseDecimal(value: unknown): Decimal | null {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return { units: BigInt(value), scale: 0 };
    return Number.isFinite(value) ? parseText(String(value)) : null;
  }
  return typeof value === 'string' ? parseText(value) : null;
}

/** What `decimalText` wrote, of any length. */
export function readDecimal(text: string): Decimal {
  const point = text.indexOf('.');
  if (point < 0) return { units: BigInt(text), scale: 0 };
  return { units: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1 };
}

export function decimalText(decimal: Decimal): string {
  const { units, scale } = decimal;
  if (scale === 0) return units.toString();

  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(scale + 1, '0');
  return `${negative ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

export function add(a: Decimal, b: Decimal): Decimal {
  if (a.scale === b.scale) return trimmed(a.units + b.units, a.scale);
  const scale = Math.max(a.scale, b.scale);
  return trimmed(unitsAt(a, scale) + unitsAt(b, scale), scale);
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return add(a, { units: -b.units, scale: b.scale });
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return trimmed(a.units * b.units, a.scale + b.scale);
}

/** Times 10^exponent. */
export function shifted(a: Decimal, exponent: number): Decimal {
  if (exponent >= a.scale) return { units: a.units * 10n ** BigInt(exponent - a.scale), scale: 0 };
  return trimmed(a.units, a.scale - exponent);
}

/** `a / n` rounded half away from zero to two digits after the point, or as many as `a` has: for reading, not for comparing. */
export function quotientText(a: Decimal, n: number): string {
  const scale = Math.max(a.scale, 2);
  const units = unitsAt(a, scale);
  const size = units < 0n ? -units : units;
  const rounded = (2n * size + BigInt(n)) / (2n * BigInt(n));
  return decimalText(trimmed(units < 0n ? -rounded : rounded, scale));
}

/** Negative, zero or positive, as a is below, equal to or above b. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const left = unitsAt(a, scale);
  const right = unitsAt(b, scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

function unitsAt(a: Decimal, scale: number): bigint {
  return a.scale === scale ? a.units : a.units * 10n ** BigInt(scale - a.scale);
}

function trimmed(units: bigint, scale: number): Decimal {
  if (units === 0n) return ZERO;
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale--;
  }
  return { units, scale };
}

function parseText(text: string): Decimal | null {
  if (text.length > 100) return null;
  const match = SHAPE.exec(text);
  if (match === null) return null;

  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return ZERO;

  const scale = fraction.length - Number(exponent);
  const significant = digits.replace(/0+$/, '');
  if (digits.length - scale > WHOLE_DIGITS_MAX) return null;
  if (scale - (digits.length - significant.length) > FRACTION_DIGITS_MAX) return null;

  const units = BigInt(sign + digits);
  return scale <= 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : trimmed(units, scale);
}
