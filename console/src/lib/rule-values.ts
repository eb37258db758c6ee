// Values inside a condition, between what is stored and what somebody types: durations, numbers, comparisons. Pure.
import { COMPARISON_WORDS } from '@rapport/engine';
import type { Where } from '@rapport/engine';
import type { Json } from '../api/rules.ts';
import type { SeenType } from '../api/vocabulary.ts';

export const units = ['minutes', 'hours', 'days', 'weeks'] as const;
export type Unit = (typeof units)[number] | 'seconds';

const unitSeconds: { readonly [unit in Unit]: number } = {
  seconds: 1,
  minutes: 60,
  hours: 3_600,
  days: 86_400,
  weeks: 604_800,
};

/** `P60D` → 60 days, `P1DT12H` → 36 hours. */
export function readDuration(text: Json | undefined): { readonly n: number; readonly unit: Unit } | null {
  if (typeof text !== 'string') return null;
  const found = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (!found) return null;
  const [weeks, days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0));
  const total =
    (weeks ?? 0) * unitSeconds.weeks +
    (days ?? 0) * unitSeconds.days +
    (hours ?? 0) * unitSeconds.hours +
    (minutes ?? 0) * unitSeconds.minutes +
    (seconds ?? 0);
  // Weeks only where weeks were written: 14 days stay 14 days.
  const fits = (['weeks', 'days', 'hours', 'minutes', 'seconds'] as const).filter(
    (unit) => unit !== 'weeks' || /^P\d+W$/.test(text),
  );
  const unit = total === 0 ? 'days' : (fits.find((one) => total % unitSeconds[one] === 0) ?? 'seconds');
  return { n: total / unitSeconds[unit], unit };
}

export function writeDuration(n: number, unit: Unit): string {
  switch (unit) {
    case 'weeks':
      return `P${n}W`;
    case 'days':
      return `P${n}D`;
    case 'hours':
      return `PT${n}H`;
    case 'minutes':
      return `PT${n}M`;
    case 'seconds':
      return `PT${n}S`;
  }
}

/** What was typed as a number; null when it is none (yet). */
export function readNumber(text: string): number | null {
  const plain = text.trim().replace(',', '.');
  const n = Number(plain);
  return plain === '' || !Number.isFinite(n) ? null : n;
}

/** An amount as it is stored: a number, or the exact text where a number would lose something. */
export function readAmount(text: string): Json {
  const plain = text.trim().replace(',', '.');
  const n = readNumber(plain);
  if (n === null) return null;
  return String(n) === plain ? n : plain;
}

/** The engine's words, and what a menu needs besides. */
export const comparisons = {
  ...COMPARISON_WORDS,
  one_of: 'is one of',
  known: 'is known',
  unknown: 'is unknown',
} satisfies { readonly [op in Where['op']]: string };
export type ComparisonKey = keyof typeof comparisons;

export type ValueShape = 'none' | 'one' | 'several' | 'text' | 'number' | 'date';

export function shapeOf(op: Json | undefined): ValueShape {
  switch (op) {
    case 'known':
    case 'unknown':
      return 'none';
    case 'one_of':
    case 'none_of':
      return 'several';
    case 'starts_with':
    case 'ends_with':
    case 'matches':
      return 'text';
    case 'over':
    case 'at_least':
    case 'under':
    case 'at_most':
      return 'number';
    case 'before':
    case 'after':
      return 'date';
    default:
      return 'one';
  }
}

/** The value that stays when another comparison is chosen; undefined where none belongs. */
export function carriedValue(op: ComparisonKey, value: Json | undefined, today: string): Json | undefined {
  const one: Json = (Array.isArray(value) ? (value as readonly Json[])[0] : value) ?? null;
  switch (shapeOf(op)) {
    case 'none':
      return undefined;
    case 'several':
      return Array.isArray(value) ? value : one === null ? [] : [one];
    case 'text':
      return one === null ? null : String(one);
    case 'number':
      return typeof one === 'number' ? one : readNumber(String(one));
    case 'date':
      return typeof one === 'string' && /^\d{4}-\d{2}-\d{2}/.test(one) ? one : today;
    case 'one':
      return one;
  }
}

export interface TypedValue {
  readonly value: string | number | boolean;
  readonly words: string;
}

/** What the typed letters may mean, the likeliest first: a text is never the same as a number. */
export function meaningsOf(typed: string, types: readonly SeenType[]): readonly TypedValue[] {
  const text = typed.trim();
  if (text === '') return [];
  const asText: TypedValue = { value: text, words: `the text “${text}”` };
  const n = readNumber(text);
  const others: TypedValue[] = [];
  if (n !== null) others.push({ value: n, words: `the number ${n}` });
  if (/^(true|yes)$/i.test(text)) others.push({ value: true, words: 'yes (true)' });
  if (/^(false|no)$/i.test(text)) others.push({ value: false, words: 'no (false)' });
  const textFirst = types.includes('text') || (types.length === 0 && /^0\d/.test(text));
  return textFirst ? [asText, ...others] : [...others, asText];
}

export function valueWords(value: Json | undefined): string {
  if (value === undefined || value === null || value === '') return '…';
  if (typeof value === 'string') return `“${value}”`;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return JSON.stringify(value);
}
