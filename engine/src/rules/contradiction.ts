// Rules that can never hold, where that is cheap to see: "at least 3 and never", "is X and is Y", "this and not this".
import type { Decimal } from '../lib/decimal.ts';
import { compareDecimals, parseDecimal, ZERO } from '../lib/decimal.ts';
import { canonicalText } from '../lib/json.ts';
import type { Amount, AmountOp, CountOp, Problem, Rule } from './rule.ts';
import { sentence } from './sentence.ts';

export function findContradictions(rule: Rule, path: string): readonly Problem[] {
  switch (rule.kind) {
    case 'all':
      return [
        ...contradictionsAmong(rule.rules, path),
        ...rule.rules.flatMap((each, i) => findContradictions(each, `${path}/rules/${i}`)),
      ];
    case 'any':
      return rule.rules.flatMap((each, i) => findContradictions(each, `${path}/rules/${i}`));
    case 'not':
      return findContradictions(rule.rule, `${path}/rule`);
    default:
      return [];
  }
}

function contradictionsAmong(rules: readonly Rule[], path: string): readonly Problem[] {
  const problems: Problem[] = [];
  const texts = new Map<string, Rule>();
  const bounds = new Map<string, { min: number; max: number; from: Rule }>();
  const values = new Map<string, Rule & { kind: 'trait' | 'account' }>();

  for (const [i, rule] of rules.entries()) {
    const tell = (other: Rule): void => {
      problems.push({
        code: 'contradiction',
        path: `${path}/rules/${i}`,
        message: `Nobody both ${sentence(other)} and ${sentence(rule)}.`,
        hint: 'Remove one of the two, or use "any" where either will do.',
      });
    };
    const opposite = rule.kind === 'not' ? rule.rule : { kind: 'not' as const, rule };
    const other = texts.get(ruleText(opposite));
    if (other !== undefined) tell(other);
    texts.set(ruleText(rule), rule);

    const counted = countBounds(rule);
    if (counted !== null) {
      const known = bounds.get(counted.key) ?? { min: 0, max: Infinity, from: rule };
      const min = Math.max(known.min, counted.min);
      const max = Math.min(known.max, counted.max);
      if (min > max && known.min <= known.max) tell(known.from);
      bounds.set(counted.key, { min, max, from: rule });
    }

    const excluded = rules.slice(0, i).find((earlier) => excludeEachOther(earlier, rule));
    if (excluded !== undefined) tell(excluded);

    if ((rule.kind === 'trait' || rule.kind === 'account') && rule.op === 'is') {
      const what = canonicalText([rule.kind, rule.path ?? null]);
      const same = values.get(what);
      if (same !== undefined && same.value !== rule.value) tell(same);
      values.set(what, rule);
    }
  }
  return problems;
}

/** What is counted, and between which numbers; null for rules that do not count. */
function countBounds(rule: Rule): { key: string; min: number; max: number } | null {
  if (!isCounting(rule)) return null;
  const { op, n, ...counted } = rule;
  return { key: canonicalText(counted), ...range(op, n) };
}

function isCounting(
  rule: Rule,
): rule is Extract<Rule, { kind: 'count' | 'days' | 'distinct' | 'orders' | 'episode' }> {
  return ['count', 'days', 'distinct', 'orders', 'episode'].includes(rule.kind);
}

/** No amount is over the one and under the other. */
function excludeEachOther(a: Rule, b: Rule): boolean {
  if (!isAmount(a) || !isAmount(b)) return false;
  if (isLowerBound(a.op) === isLowerBound(b.op) || amountText(a) !== amountText(b)) return false;

  const [low, high] = isLowerBound(a.op) ? [a, b] : [b, a];
  const difference = compareDecimals(amountOf(low.value), amountOf(high.value));
  return difference > 0 || (difference === 0 && (low.op === 'over' || high.op === 'under'));
}

function isAmount(
  rule: Rule,
): rule is Extract<Rule, { kind: 'sum' | 'average' | 'minimum' | 'maximum' | 'spend' }> {
  return ['sum', 'average', 'minimum', 'maximum', 'spend'].includes(rule.kind);
}

/** Which amount, whatever it is compared with. */
function amountText(rule: Rule): string {
  return canonicalText({ ...rule, op: null, value: null });
}

function isLowerBound(op: AmountOp): boolean {
  return op === 'over' || op === 'at_least';
}

function amountOf(value: Amount): Decimal {
  return parseDecimal(value) ?? ZERO;
}

function range(op: CountOp, n: number): { min: number; max: number } {
  switch (op) {
    case 'at_least':
      return { min: n, max: Infinity };
    case 'at_most':
      return { min: 0, max: n };
    case 'exactly':
      return { min: n, max: n };
  }
}

function ruleText(rule: Rule): string {
  return canonicalText(rule);
}
