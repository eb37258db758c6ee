// Sentences about silence and what is to be expected.
import type { Rule } from './rule.ts';
import { AMOUNT_WORDS, duration, owns, percent } from './sentence-parts.ts';
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
      return isNot ? 'the shop’s rhythm is not learnt yet' : 'the shop’s rhythm is learnt';
    case 'order_chance':
      return `${owns(isNot)} a chance of ${AMOUNT_WORDS[rule.op]} ${percent(rule.share)} to order within ${duration(rule.within)}`;
    case 'next_order':
      return isNot
        ? `is neither expected to order within ${duration(rule.within)} nor overdue`
        : `is expected to order within ${duration(rule.within)}, or overdue`;
    case 'lifetime_value':
      return `${owns(isNot)} a lifetime value of ${AMOUNT_WORDS[rule.op]} ${String(rule.value)}, expected included`;
  }
}

function quiet(rule: Extract<Rule, { kind: 'quiet' }>, isNot: boolean): string {
  const what = rule.of === 'orders' ? 'no order' : 'no visit';
  const days =
    rule.days_at_least === undefined
      ? ''
      : `; only after ${rule.of} on ${plural(rule.days_at_least, 'day')} or more`;
  const gaps = rule.gaps === 1 ? 'their usual gap' : `${rule.gaps} of their usual gaps`;
  const plain = `for ${gaps}, but at least ${duration(rule.min)} and at most ${duration(rule.max)}`;
  const silence =
    rule.one_in === undefined
      ? `${what} ${plain}`
      : `${what} for longer than all but 1 in ${rule.one_in} of their silences; until that is learnt, ${plain}`;
  // In brackets what quiet means, so that it reads the same when it is denied.
  return `is ${isNot ? 'not ' : ''}unusually quiet (${silence}${days})`;
}
