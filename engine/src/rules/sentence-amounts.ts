// Sentences about amounts: sums, averages and extremes of a property, distinct values, spend.
import type { Rule } from './rule.ts';
import type { Names } from './sentence-parts.ts';
import {
  AMOUNT_WORDS,
  amountWindowWords,
  amountWords,
  atLeastTogether,
  events,
  has,
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
      return `${has(isNot)} ${AMOUNT_WORDS[rule.op]} ${String(rule.value)} in total of ${quoted(rule.property)} of ${events(rule)}${amountWindowWords(rule.window, names)}`;
    case 'average':
    case 'minimum':
    case 'maximum':
      return `${has(isNot)} ${AMOUNT_ARTICLES[rule.kind]} ${quoted(rule.property)} of ${events(rule)}${amountWindowWords(rule.window, names)} that is ${AMOUNT_WORDS[rule.op]} ${String(rule.value)}`;
    case 'distinct': {
      const values = `${amountWords(rule.op, rule.n)} different ${rule.n === 1 ? 'value' : 'values'}`;
      return `${has(isNot)} done ${events(rule)} with ${values} of ${quoted(rule.property)}${windowWords(rule.window, names)}`;
    }
    case 'spend': {
      const value = `${AMOUNT_WORDS[rule.op]} ${String(rule.value)}`;
      const window = amountWindowWords(rule.window, names);
      return rule.per === 'all'
        ? `${has(isNot)} spent ${value}${window === '' ? ' in all' : window}`
        : `${has(isNot)} spent ${value} per order on average${window}`;
    }
    case 'trend': {
      const what = rule.property === undefined ? 'number' : `total of ${quoted(rule.property)}`;
      return `${has(isNot)} a ${what} of ${events(rule)} in the last ${plural(rule.days, 'day')} ${rule.op} ${percent(rule.share)} of the ${rule.days} before${atLeastTogether(rule.count_at_least, 'event')}`;
    }
    case 'spend_trend':
      return `${has(isNot)} spent in the last ${plural(rule.days, 'day')} ${rule.op} ${percent(rule.share)} of the ${rule.days} before${atLeastTogether(rule.orders_at_least, 'order')}`;
  }
}

const AMOUNT_ARTICLES = { average: 'an average', minimum: 'a smallest', maximum: 'a largest' };
