// Sentences about dates of a person, and the account they belong to.
import type { DateOf, Rule } from './rule.ts';
import { comparison, negatedComparison } from './sentence-parts.ts';
import { plural, quoted } from './words.ts';

export function dateSentence(rule: Extract<Rule, { kind: 'date' | 'anniversary' }>, isNot: boolean): string {
  const { from, to = from } = rule;
  const of = dateOfWords(rule.of);
  const words =
    rule.kind === 'date'
      ? spanWords(from, to, of, 'on the day of')
      : spanWords(from, to, `an anniversary of ${of}`, 'on');
  if (words.length === 1) return `is ${isNot ? 'not ' : ''}${words[0]}`;
  return isNot ? `is neither ${words.join(' nor ')}` : `is ${words.join(' or ')}`;
}

/** From so many days after to so many days after, both included; before it they are negative. One of the parts holds. */
function spanWords(from: number, to: number, of: string, on: string): readonly string[] {
  if (from === to) return [from === 0 ? `${on} ${of}` : `${dayWords(from)} ${of}`];
  if (from === 0) return [`${on} ${of}`, `at most ${plural(to, 'day')} after`];
  if (to === 0) return [`${on} ${of}`, `at most ${plural(-from, 'day')} before`];
  if (from === -to) return [`at most ${plural(to, 'day')} before or after ${of}`];
  if (from > 0) return [`${from} to ${dayWords(to)} ${of}`];
  if (to < 0) return [`${-from} to ${dayWords(to)} ${of}`];
  return [`from ${dayWords(from)} to ${dayWords(to)} ${of}`];
}

function dayWords(days: number): string {
  return days < 0 ? `${plural(-days, 'day')} before` : `${plural(days, 'day')} after`;
}

function dateOfWords(of: DateOf): string {
  switch (of.kind) {
    case 'trait':
      return `their ${quoted(of.path)}`;
    case 'first_order':
      return 'their first order';
    case 'last_order':
      return 'their last order';
    case 'first_seen':
      return 'the day they were first seen';
  }
}

export function accountSentence(rule: Extract<Rule, { kind: 'account' }>, isNot: boolean): string {
  if (rule.path === undefined && (rule.op === 'known' || rule.op === 'unknown'))
    return (rule.op === 'known') === isNot ? 'is in no account' : 'is in an account';
  const what = rule.path === undefined ? 'the account they are in' : `${quoted(rule.path)} of their account`;
  if (!isNot) return comparison(what, rule.op, rule.value);
  const none = rule.path === undefined ? 'there is none' : 'is unknown';
  return negatedComparison(what, rule.op, rule.value, none);
}
