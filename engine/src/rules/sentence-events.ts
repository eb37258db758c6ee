// Sentences about single events: the newest, the first, the most frequent value, and two events in a row.
import type { Comparison, Json, Rule } from './rule.ts';
import type { Names } from './sentence-parts.ts';
import { comparison, duration, events, has, propertyWords, windowWords } from './sentence-parts.ts';
import { quoted } from './words.ts';

export function valueSentence(
  rule: Extract<Rule, { kind: 'latest' | 'first' | 'most_frequent' }>,
  names: Names,
  isNot: boolean,
): string {
  const not = isNot ? 'not: ' : '';
  const window = windowWords(rule.window, names);
  const { op, value } = rule;
  switch (rule.kind) {
    case 'latest':
      return `${not}the newest ${events(rule)}${window} says that ${said(rule.property, op, value)}`;
    case 'first': {
      const inside = window === '' ? '' : ` came${window} and`;
      return `${not}the first ${events(rule)} ever${inside} says that ${said(rule.property, op, value)}`;
    }
    case 'most_frequent':
      return `${not}${comparison(`the most frequent ${quoted(rule.property)} of ${events(rule)}${window}`, op, value)}`;
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

function said(property: string, op: Comparison, value: Json | undefined): string {
  return comparison(property === '$event' ? 'it' : propertyWords(property), op, value);
}
