// A rule as a plain English sentence about a person: "has ordered on at least 2 days and is not unusually quiet".
import type { Rule } from './rule.ts';
import { accountSentence, dateSentence } from './sentence-facts.ts';
import { amountSentence } from './sentence-amounts.ts';
import { sequenceSentence, valueSentence } from './sentence-events.ts';
import { predictionSentence } from './sentence-predictions.ts';
import type { Names } from './sentence-parts.ts';
import {
  amountWords,
  comparison,
  duration,
  events,
  has,
  identityWords,
  percent,
  windowWords,
} from './sentence-parts.ts';
import { listWords, plural, quoted } from './words.ts';

export type { Names } from './sentence-parts.ts';

/** What holds of the person, without a subject: put "Sally …" or "Everyone who …" before it. */
export function sentence(rule: Rule, names: Names = {}): string {
  switch (rule.kind) {
    case 'all':
      return rule.rules.length === 0 ? 'is anyone' : joined(rule.rules, 'and', names);
    case 'any':
      return rule.rules.length === 0 ? 'is nobody' : joined(rule.rules, 'or', names);
    case 'not':
      return negated(rule.rule, names);
    default:
      return leaf(rule, names, false);
  }
}

type Leaf = Exclude<Rule, { kind: 'all' | 'any' | 'not' }>;

function joined(rules: readonly Rule[], joint: 'and' | 'or', names: Names): string {
  const nested = joint === 'and' ? 'any' : 'all';
  return rules
    .map((rule) => {
      const text = sentence(rule, names);
      return rule.kind === nested && rule.rules.length > 1 ? `(${text})` : text;
    })
    .join(` ${joint} `);
}

function negated(rule: Rule, names: Names): string {
  switch (rule.kind) {
    case 'not':
      return sentence(rule.rule, names);
    case 'all':
    case 'any':
      return rule.rules.length === 1 ? negated(rule.rules[0]!, names) : `not (${sentence(rule, names)})`;
    default:
      return leaf(rule, names, true);
  }
}

function leaf(rule: Leaf, names: Names, isNot: boolean): string {
  switch (rule.kind) {
    case 'trait':
      return `${isNot ? 'not ' : ''}${comparison(quoted(rule.path), rule.op, rule.value)}${saidWords(rule)}`;
    case 'account':
      return accountSentence(rule, isNot);
    case 'open_conversation':
      return isNot ? 'has no open conversation' : 'has an open conversation';
    case 'identity':
      return `${has(isNot)} ${listWords(rule.has.map(identityWords), 'or')}`;
    case 'count':
      return counted(rule, isNot);
    case 'days': {
      const n = `on ${amountWords(rule.op, rule.n)} ${rule.n === 1 ? 'day' : 'days'}`;
      return `${has(isNot)} done ${events(rule)} ${n}${windowWords(rule.window, names)}`;
    }
    case 'sum':
    case 'average':
    case 'minimum':
    case 'maximum':
    case 'distinct':
    case 'spend':
    case 'trend':
    case 'spend_trend':
      return amountSentence(rule, names, isNot);
    case 'latest':
    case 'first':
    case 'most_frequent':
      return valueSentence(rule, names, isNot);
    case 'sequence':
    case 'unfollowed':
      return sequenceSentence(rule, names, isNot);
    case 'per_value':
      return `${has(isNot)} done ${events(rule)} at least ${plural(rule.n, 'time')} with the same ${quoted(rule.property)}${windowWords(rule.window, names)}`;
    case 'orders':
      if (rule.op === 'at_least' && rule.n === 1) return isNot ? 'has never ordered' : 'has ordered';
      if (rule.op !== 'at_least' && rule.n === 0) return isNot ? 'has ordered' : 'has never ordered';
      return `${has(isNot)} ordered on ${amountWords(rule.op, rule.n)} ${rule.n === 1 ? 'day' : 'days'}`;
    case 'order_span':
      return `${has(isNot)} at least ${duration(rule.at_least)} between first and last order`;
    case 'last_order':
      return `${has(isNot)} ordered within the last ${duration(rule.within)}`;
    case 'quiet':
    case 'predicted':
    case 'order_chance':
    case 'next_order':
    case 'lifetime_value':
      return predictionSentence(rule, isNot);
    case 'date':
    case 'anniversary':
      return dateSentence(rule, isNot);
    case 'stage':
      return stage(rule, names, isNot);
    case 'segment':
      return `is ${isNot ? 'not ' : ''}in ${quoted(names.segments?.get(rule.segment) ?? rule.segment)}`;
    case 'consent': {
      const about =
        rule.topic === undefined ? '' : ` about ${quoted(names.topics?.get(rule.topic) ?? rule.topic)}`;
      return `${has(isNot)} agreed to ${rule.channel === undefined ? 'messages' : `${rule.channel} messages`}${about}`;
    }
    case 'episode':
      return `is ${isNot ? 'not ' : ''}in ${amountWords(rule.op, rule.n)} ${rule.n === 1 ? 'episode' : 'episodes'} of the relationship`;
    case 'in_journey':
      return `is ${isNot ? 'not ' : ''}on the journey ${quoted(names.journeys?.get(rule.journey) ?? rule.journey)}`;
    case 'share':
      return `is ${isNot ? 'not ' : ''}among ${percent(rule.of)} of people, drawn as ${quoted(rule.salt)}`;
  }
}

function counted(rule: Extract<Rule, { kind: 'count' }>, isNot: boolean): string {
  const window = windowWords(rule.window, {});
  const never = rule.n === 0 && rule.op !== 'at_least';
  const once = rule.n === 1 && rule.op === 'at_least';
  if ((never && !isNot) || (once && isNot))
    return `has not done ${events(rule)}${window === '' ? ' ever' : window}`;
  if (never || once) return `has done ${events(rule)}${window}`;
  return `${has(isNot)} done ${events(rule)} ${amountWords(rule.op, rule.n)} ${rule.n === 1 ? 'time' : 'times'}${window}`;
}

function stage(rule: Extract<Rule, { kind: 'stage' }>, names: Names, isNot: boolean): string {
  const keys = typeof rule.stage === 'string' ? [rule.stage] : rule.stage;
  const stages = keys.map((key) => quoted(names.stages?.get(`${rule.model}/${key}`) ?? key));
  const model = quoted(names.models?.get(rule.model) ?? rule.model);
  const long = rule.for === undefined ? '' : ` for at least ${duration(rule.for)}`;
  return `is ${isNot ? 'not ' : ''}in the stage ${listWords(stages, 'or')} of ${model}${long}`;
}

/** ` (declared or imported, within the last 90 days)`. */
function saidWords(rule: Extract<Rule, { kind: 'trait' }>): string {
  const parts = [
    ...(rule.said_by === undefined ? [] : [listWords(rule.said_by, 'or')]),
    ...(rule.said_within === undefined ? [] : [`said in the last ${duration(rule.said_within)}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
