// Reads a comparison with its value from outside: each takes the values it can compare with and no others.
import { parseDateText } from '../lib/date-text.ts';
import { compilePattern } from '../lib/pattern.ts';
import type { Reader } from '../lib/reader.ts';
import { shown } from '../lib/reader.ts';
import { compileZone } from '../lib/zone.ts';
import type { Comparison, Json } from './rule.ts';

const VALUES_MAX = 500;
const TEXT_CHARS_MAX = 500;

type Fields = { readonly [key: string]: unknown };

const COMPARISONS = [
  'is',
  'is_not',
  'one_of',
  'none_of',
  'contains',
  'not_contains',
  'starts_with',
  'ends_with',
  'matches',
  'over',
  'at_least',
  'under',
  'at_most',
  'before',
  'after',
  'known',
  'unknown',
] as const satisfies readonly Comparison[];

export function readComparison(
  reader: Reader,
  json: Fields,
  path: string,
): { op: Comparison; value?: Json } | null {
  const op = reader.oneOf(json, 'op', path, COMPARISONS);
  if (op === null) return null;
  const { value } = json;
  const at = `${path}/value`;
  if (op === 'known' || op === 'unknown') {
    if (value === undefined) return { op };
    reader.problem('not_needed', at, `"${op}" takes no value.`, 'Leave "value" out.');
    return null;
  }
  const hint = VALUE_HINTS[op];
  if (value === undefined || value === null) {
    reader.problem(
      'wrong_type',
      at,
      `"value" is ${value === null ? 'null' : 'missing'}.`,
      value === null ? 'Ask with "unknown" or "known" and no value.' : hint,
    );
    return null;
  }
  if (op === 'matches' && typeof value === 'string') return readPattern(reader, value, at);
  if (isFit(op, value)) return { op, value };
  reader.problem('wrong_type', at, `"value" is ${shown(value)}, which "${op}" cannot compare with.`, hint);
  return null;
}

function readPattern(reader: Reader, value: string, path: string): { op: 'matches'; value: string } | null {
  const pattern = compilePattern(value);
  if (pattern.ok) return { op: 'matches', value };
  reader.problem('bad_pattern', path, pattern.problem.message, pattern.problem.hint);
  return null;
}

const VALUE_HINTS: { readonly [op in Exclude<Comparison, 'known' | 'unknown'>]: string } = {
  is: 'Give a text, a number, true or false.',
  is_not: 'Give a text, a number, true or false.',
  one_of: `Give a list of 1 to ${VALUES_MAX} texts or numbers.`,
  none_of: `Give a list of 1 to ${VALUES_MAX} texts or numbers.`,
  contains: 'Give a text, a number, true or false.',
  not_contains: 'Give a text, a number, true or false.',
  starts_with: 'Give a text.',
  ends_with: 'Give a text.',
  matches: 'Give a pattern as a text: ^SKU-[0-9]+$.',
  over: 'Give a number without quotes: a text is never compared with a number.',
  at_least: 'Give a number without quotes: a text is never compared with a number.',
  under: 'Give a number without quotes: a text is never compared with a number.',
  at_most: 'Give a number without quotes: a text is never compared with a number.',
  before: 'Give a date: 2026-03-12 or 2026-03-12T10:30:00Z.',
  after: 'Give a date: 2026-03-12 or 2026-03-12T10:30:00Z.',
};

const UTC = compileZone('UTC')!;

function isFit(op: Exclude<Comparison, 'known' | 'unknown'>, value: unknown): value is Json {
  switch (op) {
    case 'is':
    case 'is_not':
    case 'contains':
    case 'not_contains':
      return isScalar(value);
    case 'one_of':
    case 'none_of':
      return Array.isArray(value) && value.length > 0 && value.length <= VALUES_MAX && value.every(isScalar);
    case 'starts_with':
    case 'ends_with':
      return typeof value === 'string' && value !== '' && value.length <= TEXT_CHARS_MAX;
    case 'matches':
      return false;
    case 'over':
    case 'at_least':
    case 'under':
    case 'at_most':
      return typeof value === 'number' && Number.isFinite(value);
    case 'before':
    case 'after':
      return typeof value === 'string' && parseDateText(value, UTC) !== null;
  }
}

function isScalar(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= TEXT_CHARS_MAX;
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}
