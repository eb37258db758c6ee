// Sentences about amounts: sums, averages and extremes of a property, distinct values, spend.
import type { Amount, AmountOp, Rule } from './rule.ts';
import type { Names } from './sentence-parts.ts';
import {
  AMOUNT_WORDS,
  amountWindowWords,
  countWords,
  atLeastTogether,
  events,
  has,
  owns,
  percent,
  windowWords,
} from './sentence-parts.ts';
import { plural, quoted } from './words.ts';

type AmountKind = 'sum' | 'average' | 'minimum' | 'maximum' | 'distinct' | 'spend' | 'trend' | 'spend_trend';

export function amountSentence(
  rule: Extract<Rule, { kind: AmountKind }>,
  names: Names,
  isNot: boolean,
): string {
  switch (rule.kind) {
    case 'sum':
      return `${owns(isNot)} ${quoted(rule.property)} adding up to ${amount(rule)} across ${events(rule)}${amountWindowWords(rule.window, names)}`;
    case 'average':
    case 'minimum':
    case 'maximum':
      return `${owns(isNot)} ${AMOUNT_ARTICLES[rule.kind]} ${quoted(rule.property)} of ${amount(rule)} across ${events(rule)}${amountWindowWords(rule.window, names)}`;
    case 'distinct': {
      const values = `${countWords(rule.op, rule.n, isNot)} different ${rule.n === 1 ? 'value' : 'values'}`;
      return `${has(isNot && rule.op === 'exactly')} done ${events(rule)} with ${values} of ${quoted(rule.property)}${windowWords(rule.window, names)}`;
    }
    case 'spend': {
      const window = amountWindowWords(rule.window, names);
      return rule.per === 'all'
        ? `${has(isNot)} spent ${amount(rule)}${window === '' ? ' in all' : window}`
        : `${has(isNot)} spent ${amount(rule)} per order on average${window}`;
    }
    case 'trend': {
      const share = `${rule.op} ${percent(rule.share)}`;
      const before = `the ${rule.days} before${atLeastTogether(rule.count_at_least, 'event')}`;
      const last = `in the last ${plural(rule.days, 'day')}`;
      return rule.property === undefined
        ? `${has(isNot)} done ${events(rule)} ${last} ${share} as often as in ${before}`
        : `${owns(isNot)} a total of ${quoted(rule.property)} across ${events(rule)} ${last} that is ${share} of the one in ${before}`;
    }
    case 'spend_trend':
      return `${has(isNot)} spent in the last ${plural(rule.days, 'day')} ${rule.op} ${percent(rule.share)} of what they spent in the ${rule.days} before${atLeastTogether(rule.orders_at_least, 'order')}`;
  }
}

function amount(rule: { readonly op: AmountOp; readonly value: Amount }): string {
  return `${AMOUNT_WORDS[rule.op]} ${String(rule.value)}`;
}

const AMOUNT_ARTICLES = { average: 'an average', minimum: 'a smallest', maximum: 'a largest' };
