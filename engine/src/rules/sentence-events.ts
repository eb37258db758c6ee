// Sentences about single events: the newest, the first, the most frequent value, and two events in a row.
import type { Comparison, Json, Rule } from './rule.ts';
import type { Names } from './sentence-parts.ts';
import {
  comparison,
  negatedComparison,
  duration,
  events,
  has,
  propertyWords,
  windowWords,
} from './sentence-parts.ts';
import { listWords, quoted } from './words.ts';

export function valueSentence(
  rule: Extract<Rule, { kind: 'latest' | 'first' | 'most_frequent' }>,
  names: Names,
  isNot: boolean,
): string {
  const window = windowWords(rule.window, names);
  const { op, value } = rule;
  switch (rule.kind) {
    case 'latest':
      if (rule.property === '$event' && typeof rule.event !== 'string' && rule.where === undefined) {
        const what = `the newest of ${listWords(rule.event.map(quoted), 'and')}${window}`;
        return isNot ? negatedComparison(what, op, value, 'there is none') : comparison(what, op, value);
      }
      return `the newest ${events(rule)}${window} ${says(rule, isNot)}`;
    case 'first': {
      const inside = window === '' ? '' : ` came${window} and`;
      if (!isNot || inside === '') return `the first ${events(rule)} ever${inside} ${says(rule, isNot)}`;
      return `not so that the first ${events(rule)} ever${inside} ${says(rule, false)}`;
    }
    case 'most_frequent': {
      const what = `the most frequent ${quoted(rule.property)} of ${events(rule)}${window}`;
      return isNot ? negatedComparison(what, op, value, 'there is none') : comparison(what, op, value);
    }
  }
}

export function sequenceSentence(
  rule: Extract<Rule, { kind: 'sequence' | 'unfollowed' }>,
  names: Names,
  isNot: boolean,
): string {
  const followed = rule.kind === 'sequence' ? 'was followed' : 'was not followed';
  const by = rule.by === undefined ? '' : ` with the same ${quoted(rule.by)}`;
  return `${has(isNot)} done ${events(rule.first)}${windowWords(rule.window, names)} that ${followed} by ${events(rule.then)}${by} within ${duration(rule.within)}`;
}

function says(
  rule: { readonly property: string; readonly op: Comparison; readonly value?: Json },
  isNot: boolean,
): string {
  const what = rule.property === '$event' ? 'it' : propertyWords(rule.property);
  const said = comparison(what, rule.op, rule.value);
  return isNot ? `does not say that ${said} (or there is none)` : `says that ${said}`;
}
