// Comparisons of one value with another. Unknown (null or absent) fails every comparison but `unknown`; a text is never
// ordered against a number.
import { parseDateText, compareDates } from '../lib/date-text.ts';
import { isList } from '../lib/json.ts';
import { compilePattern } from '../lib/pattern.ts';
import type { Zone } from '../lib/zone.ts';
import type { Comparison, Json } from './rule.ts';

export type Test = (actual: Json | undefined) => boolean;

/** `value` has been checked by the parser: it fits the comparison. */
export function compileComparison(op: Comparison, value: Json | undefined, zone: Zone): Test {
  if (op === 'known') return (actual) => isKnown(actual);
  if (op === 'unknown') return (actual) => !isKnown(actual);

  const test = compileKnown(op, value ?? null, zone);
  return (actual) => actual !== undefined && actual !== null && test(actual);
}

function compileKnown(
  op: Exclude<Comparison, 'known' | 'unknown'>,
  value: Json,
  zone: Zone,
): (actual: Json) => boolean {
  switch (op) {
    case 'is':
      return (actual) => equal(actual, value);
    case 'is_not':
      return (actual) => !equal(actual, value);
    case 'one_of':
      return (actual) => isOneOf(actual, value);
    case 'none_of':
      return (actual) => !isOneOf(actual, value);
    case 'contains':
      return (actual) => contains(actual, value) === true;
    case 'not_contains':
      return (actual) => contains(actual, value) === false;
    case 'starts_with':
      return (actual) => typeof actual === 'string' && typeof value === 'string' && actual.startsWith(value);
    case 'ends_with':
      return (actual) => typeof actual === 'string' && typeof value === 'string' && actual.endsWith(value);
    case 'matches': {
      const pattern = typeof value === 'string' ? compilePattern(value) : null;
      return (actual) => pattern?.ok === true && typeof actual === 'string' && pattern.matches(actual);
    }
    case 'over':
      return (actual) => typeof actual === 'number' && typeof value === 'number' && actual > value;
    case 'at_least':
      return (actual) => typeof actual === 'number' && typeof value === 'number' && actual >= value;
    case 'under':
      return (actual) => typeof actual === 'number' && typeof value === 'number' && actual < value;
    case 'at_most':
      return (actual) => typeof actual === 'number' && typeof value === 'number' && actual <= value;
    case 'before':
      return dated(value, zone, (difference) => difference < 0);
    case 'after':
      return dated(value, zone, (difference) => difference > 0);
  }
}

function isKnown(actual: Json | undefined): boolean {
  return actual !== undefined && actual !== null;
}

/** Values are texts, numbers, true or false: the parser lets nothing else in. */
function equal(actual: Json, value: Json): boolean {
  return actual === value;
}

function isOneOf(actual: Json, values: Json): boolean {
  return isList(values) && values.some((value) => equal(actual, value));
}

/** A text in a text, or a value in a list; undefined where neither is asked. */
function contains(actual: Json, value: Json): boolean | undefined {
  if (isList(actual)) return actual.some((item) => equal(item, value));
  return typeof actual === 'string' && typeof value === 'string' ? actual.includes(value) : undefined;
}

function dated(value: Json, zone: Zone, holds: (difference: number) => boolean): (actual: Json) => boolean {
  const date = typeof value === 'string' ? parseDateText(value, zone) : null;
  if (date === null) return () => false;

  return (actual) => {
    const other = typeof actual === 'string' ? parseDateText(actual, zone) : null;
    return other !== null && holds(compareDates(other, date, zone));
  };
}
