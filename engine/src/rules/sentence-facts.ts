// Sentences about dates of a person, and the account they belong to.
import type { DateOf, Rule } from './rule.ts';
import { comparison } from './sentence-parts.ts';
import { plural, quoted } from './words.ts';

export function dateSentence(rule: Extract<Rule, { kind: 'date' | 'anniversary' }>, isNot: boolean): string {
  const { from, to = from } = rule;
  const of = `${rule.kind === 'anniversary' ? 'an anniversary of ' : ''}${dateOfWords(rule.of)}`;
  const one = from === 0 ? 'on the day of' : dayWords(from);
  const span = from === to ? one : `between ${dayWords(from)} and ${dayWords(to)}`;
  return `is ${isNot ? 'not ' : ''}${span} ${of}`;
}

/** What goes before the date's name. */
function dayWords(days: number): string {
  if (days === 0) return 'the day of';
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
  return `${isNot ? 'not ' : ''}${comparison(what, rule.op, rule.value)}`;
}
