// A rule as a plain English sentence about a person: "has ordered on at least 2 days and is not unusually quiet".
import type { CountOp, Provenance, Rule } from './rule.ts';
import { accountSentence, dateSentence } from './sentence-facts.ts';
import { amountSentence } from './sentence-amounts.ts';
import { sequenceSentence, valueSentence } from './sentence-events.ts';
import { loyaltySentence } from './sentence-loyalty.ts';
import { predictionSentence } from './sentence-predictions.ts';
import type { Names } from './sentence-parts.ts';
import {
  anchorNote,
  channelWords,
  comparison,
  countWords,
  duration,
  events,
  has,
  identityWords,
  lastWords,
  negatedComparison,
  owns,
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
      return said(rule, names, false);
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
      return said(rule, names, true);
  }
}

/** A leaf with what must be added so that nobody is misled about an anchor that may be missing. */
function said(rule: Leaf, names: Names, isNot: boolean): string {
  const words = leaf(rule, names, isNot);
  if (!('window' in rule)) return words;
  if (isNot) return words + anchorNote(rule.window, names, 'negated');
  return holdsOfNothing(rule) ? words + anchorNote(rule.window, names, 'needed') : words;
}

/** Whether it would hold if nothing had happened since the anchor. */
function holdsOfNothing(rule: Leaf): boolean {
  switch (rule.kind) {
    case 'count':
    case 'days':
    case 'distinct':
      return rule.op === 'at_most' || rule.n === 0;
    case 'sum':
      return rule.op === 'under' || rule.op === 'at_most' || Number(rule.value) <= 0;
    case 'spend':
      return rule.per === 'all' && (rule.op === 'under' || rule.op === 'at_most' || Number(rule.value) <= 0);
    default:
      return false;
  }
}

function leaf(rule: Leaf, names: Names, isNot: boolean): string {
  switch (rule.kind) {
    case 'trait':
      return trait(rule, isNot);
    case 'account':
      return accountSentence(rule, isNot);
    case 'open_conversation':
      return isNot ? 'has no open conversation' : 'has an open conversation';
    case 'identity':
      return `${owns(isNot)} ${listWords(rule.has.map(identityWords), 'or')}`;
    case 'count':
      return counted(rule, names, isNot);
    case 'days':
      if (isNever(rule, isNot))
        return `has not done ${events(rule)}${windowWords(rule.window, names) || ' on any day'}`;
      return `${done(rule.op, isNot)} done ${events(rule)} ${onDays(rule, isNot)}${windowWords(rule.window, names)}`;
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
      return `${done(rule.op, isNot)} ordered ${onDays(rule, isNot)}`;
    case 'order_span':
      return `${owns(isNot)} at least ${duration(rule.at_least)} between first and last order`;
    case 'last_order':
      return `${has(isNot)} ordered within the last ${lastWords(rule.within)}`;
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
      return `${has(isNot)} agreed to ${rule.channel === undefined ? 'messages' : `${channelWords(rule.channel)} messages`}${about}`;
    }
    case 'episode':
      return `is ${isNot ? 'not ' : ''}in episode ${rule.n}${EPISODE_WORDS[rule.op]} of the relationship`;
    case 'tier':
    case 'points':
      return loyaltySentence(rule, names, isNot);
    case 'in_journey':
      return `is ${isNot ? 'not ' : ''}on the journey ${quoted(names.journeys?.get(rule.journey) ?? rule.journey)}`;
    case 'share':
      return `is ${isNot ? 'not ' : ''}among ${percent(rule.of)} of people, drawn as ${quoted(rule.salt)}`;
  }
}

const EPISODE_WORDS = { at_least: ' or a later one', at_most: ' or an earlier one', exactly: '' };

/** "has", also where the number says the opposite: only "exactly" has none. */
function done(op: CountOp, isNot: boolean): string {
  return has(isNot && op === 'exactly');
}

function onDays(rule: { readonly op: CountOp; readonly n: number }, isNot: boolean): string {
  return `on ${countWords(rule.op, rule.n, isNot)} ${rule.n === 1 ? 'day' : 'days'}`;
}

/** "At most 0", or the opposite of "at least 1". */
function isNever(rule: { readonly op: CountOp; readonly n: number }, isNot: boolean): boolean {
  return isNot ? rule.op === 'at_least' && rule.n === 1 : rule.op !== 'at_least' && rule.n === 0;
}

function counted(rule: Extract<Rule, { kind: 'count' }>, names: Names, isNot: boolean): string {
  const window = windowWords(rule.window, names);
  if (isNever(rule, isNot))
    return window === '' ? `has never done ${events(rule)}` : `has not done ${events(rule)}${window}`;
  if (isNever(rule, !isNot)) return `has done ${events(rule)}${window}`;
  return `${done(rule.op, isNot)} done ${events(rule)} ${countWords(rule.op, rule.n, isNot)} ${rule.n === 1 ? 'time' : 'times'}${window}`;
}

function stage(rule: Extract<Rule, { kind: 'stage' }>, names: Names, isNot: boolean): string {
  const keys = typeof rule.stage === 'string' ? [rule.stage] : rule.stage;
  const stages = keys.map((key) => quoted(names.stages?.get(`${rule.model}/${key}`) ?? key));
  const model = quoted(names.models?.get(rule.model) ?? rule.model);
  const where = `in the stage ${listWords(stages, 'or')} of ${model}`;
  if (rule.for === undefined) return `is ${isNot ? 'not ' : ''}${where}`;
  return `${has(isNot)} been ${where} for at least ${duration(rule.for)}`;
}

function trait(rule: Extract<Rule, { kind: 'trait' }>, isNot: boolean): string {
  const what = quoted(rule.path);
  const how = saidWords(rule);
  if (!isNot) return comparison(what, rule.op, rule.value) + how;
  // What was said in another way does not hold either: only the whole can be denied.
  return how === ''
    ? negatedComparison(what, rule.op, rule.value)
    : `not so that ${comparison(what, rule.op, rule.value)}${how}`;
}

/** ` (told us or imported, said in the last 90 days)`. */
function saidWords(rule: Extract<Rule, { kind: 'trait' }>): string {
  const parts = [
    ...(rule.said_by === undefined
      ? []
      : [
          listWords(
            rule.said_by.map((how) => SAID_WORDS[how]),
            'or',
          ),
        ]),
    ...(rule.said_within === undefined ? [] : [`said in the last ${lastWords(rule.said_within)}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

const SAID_WORDS: { readonly [how in Provenance]: string } = {
  declared: 'told us',
  observed: 'noticed',
  imported: 'imported',
  predicted: 'predicted',
};
