// Does a column hold what it is taken for? Counted over the first rows, so that a date taken as the total is seen at once.

import { looksLikeDate } from './dates.ts';
import { looksLikeAmount } from './money.ts';
import type { Role } from './roles.ts';

const EPOCH = /^\d{9,13}(?:\.\d+)?$/;

const isDate = (cell: string): boolean => looksLikeDate(cell) || EPOCH.test(cell);
const isAmount = (cell: string): boolean => looksLikeAmount(cell) && !looksLikeDate(cell);
const isCount = (cell: string): boolean => /^\d{1,7}(?:[.,]\d+)?$/.test(cell);

/** Only what can be told by looking: any text may be a name, a city or an order's number. */
const tests: { readonly [role in Role]?: (cell: string) => boolean } = {
  email: (cell) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(cell),
  phone: (cell) => /^[+(]?[\d\s()/.-]{6,}$/.test(cell),
  date: isDate,
  refunded_at: isDate,
  birthday: isDate,
  total: isAmount,
  line_total: isAmount,
  price: isAmount,
  refunded: isAmount,
  discount: isAmount,
  shipping: isAmount,
  tax: isAmount,
  quantity: isCount,
  currency: (cell) => /^\p{L}{3}$|^\p{Sc}$/u.test(cell),
};

export function fitOf(
  role: string,
  cells: readonly string[],
): { readonly cells: number; readonly of: number } | null {
  const test = Object.entries(tests).find(([name]) => name === role)?.[1];
  if (test === undefined || cells.length === 0) return null;
  return { cells: cells.filter((cell) => test(cell)).length, of: cells.length };
}
