// Sentences about silence and what is to be expected.
import type { Rule } from './rule.ts';
import { AMOUNT_WORDS, duration, has, percent } from './sentence-parts.ts';
import { plural } from './words.ts';

type PredictionRule = Extract<
  Rule,
  { kind: 'quiet' | 'predicted' | 'order_chance' | 'next_order' | 'lifetime_value' }
>;

export function predictionSentence(rule: PredictionRule, isNot: boolean): string {
  switch (rule.kind) {
    case 'quiet':
      return quiet(rule, isNot);
    case 'predicted':
      return `is ${isNot ? 'not ' : ''}in a shop whose rhythm was learnt`;
    case 'order_chance':
      return `${has(isNot)} a chance of ${AMOUNT_WORDS[rule.op]} ${percent(rule.share)} to order within ${duration(rule.within)}`;
    case 'next_order':
      return `is ${isNot ? 'not ' : ''}expected to order within ${duration(rule.within)}, or overdue`;
    case 'lifetime_value':
      return `${has(isNot)} a lifetime value of ${AMOUNT_WORDS[rule.op]} ${String(rule.value)}, expected included`;
  }
}

function quiet(rule: Extract<Rule, { kind: 'quiet' }>, isNot: boolean): string {
  const what = rule.of === 'orders' ? 'ordering' : 'visiting';
  const days =
    rule.days_at_least === undefined
      ? ''
      : `, having done so on ${plural(rule.days_at_least, 'day')} or more`;
  const gaps = rule.gaps === 1 ? 'their usual gap' : `${rule.gaps} of their usual gaps`;
  const plain = `not ${what} for ${gaps} (${duration(rule.min)} to ${duration(rule.max)})`;
  const silence =
    rule.one_in === undefined
      ? plain
      : `not ${what} for longer than all but 1 in ${rule.one_in} of their silences; until that is learnt, ${plain}`;
  return `is ${isNot ? 'not ' : ''}unusually quiet: ${silence}${days}`;
}
