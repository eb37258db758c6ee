// Sentences about a loyalty programme: tiers and points.
import type { Rule } from './rule.ts';
import type { Names } from './sentence-parts.ts';
import { amountWindowWords, AMOUNT_WORDS, duration, has, lastWords, owns } from './sentence-parts.ts';
import { listWords, plural, quoted } from './words.ts';

export function loyaltySentence(
  rule: Extract<Rule, { kind: 'tier' | 'points' }>,
  names: Names,
  isNot: boolean,
): string {
  const programme = quoted(names.programmes?.get(rule.programme) ?? rule.programme);
  if (rule.kind === 'tier') {
    const keys = typeof rule.tier === 'string' ? [rule.tier] : rule.tier;
    const tiers = keys.map((key) => quoted(names.tiers?.get(`${rule.programme}/${key}`) ?? key));
    const where = `in the tier ${listWords(tiers, 'or')} of ${programme}`;
    if (rule.for === undefined) return `is ${isNot ? 'not ' : ''}${where}`;
    return `${has(isNot)} been ${where} for at least ${duration(rule.for)}`;
  }
  const points = `${AMOUNT_WORDS[rule.op]} ${plural(rule.value, 'point')}`;
  switch (rule.of) {
    case 'balance':
      return `${owns(isNot)} ${points} to spend in ${programme}`;
    case 'expiring':
      return `${owns(isNot)} ${points} in ${programme} that expire within ${lastWords(rule.within ?? 'P0D')}`;
    case 'earned':
      return `${has(isNot)} earned ${points} in ${programme}${amountWindowWords(rule.window, names)}`;
    case 'owed':
      return `${owns(isNot)} a debt of ${points} in ${programme}`;
  }
}
