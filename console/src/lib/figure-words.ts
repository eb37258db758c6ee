// The figures of Home in words: the value, over whom, against what.
import type { FigureBeside, FigureCard } from '../api/figures.ts';
import type { Formats } from './format.ts';

export function figureText(
  formats: Formats,
  unit: FigureCard['unit'],
  value: number | null | undefined,
  currency: string,
): string {
  if (value === null || value === undefined) return '–';
  switch (unit) {
    case 'share':
      return formats.share(value);
    case 'points':
      return formats.number(Math.round(value));
    case 'minor_units':
      return formats.money(value, currency);
  }
}

/** Over whom: the words that lead to them. */
export function overWords(formats: Formats, { unit, numerator, denominator }: FigureCard): string {
  if (denominator === null) return '';
  if (unit === 'share' && numerator !== null)
    return `${formats.number(numerator)} of ${formats.number(denominator)} people`;
  return unit === 'points'
    ? `${formats.number(denominator)} answers`
    : `Mean of ${formats.number(denominator)} customers`;
}

/** Against the period before, and a year ago where that is another. */
export function changeWords(card: FigureCard, show: (value: number | null) => string): string | null {
  const { before, value, last_year: lastYear } = card;
  if (before === null || before.value === null || value === null) return null;
  const now = show(value);
  const then = show(before.value);
  const change =
    now === then
      ? `The same as ${before.label}.`
      : `${value > before.value ? 'Up' : 'Down'} from ${then}, ${before.label}.`;
  const isAnother = lastYear !== null && lastYear !== before.value;
  return isAnother ? `${change} ${show(lastYear)} a year ago.` : change;
}

/** Between what an expected amount lies; null where that is not known. */
export function rangeWords(formats: Formats, { low, high }: FigureBeside, currency: string): string | null {
  if (typeof low !== 'number' || typeof high !== 'number') return null;
  return `${formats.roughMoney(low, currency)} to ${formats.roughMoney(high, currency)}`;
}

export function besideWords(formats: Formats, beside: FigureBeside, currency: string): string {
  const { name, unit, value, numerator, denominator, empty } = beside;
  const range = rangeWords(formats, beside, currency);
  if (range && typeof value === 'number') return `${formats.roughMoney(value, currency)} (${range}) ${name}`;
  if (value !== null && value !== undefined) return `${figureText(formats, unit, value, currency)} ${name}`;
  if (empty) return `– ${name}: ${empty}`;
  if (denominator && numerator !== null && numerator !== undefined)
    return `${formats.number(numerator)} of ${formats.number(denominator)}: ${name}`;
  return denominator ? `${name}: – of ${formats.number(denominator)} people reached` : `– ${name}`;
}

export const firstOf = (card: FigureCard): number | null =>
  card.trend.find(({ value }) => value !== null)?.value ?? null;
