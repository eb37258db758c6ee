// Why a rule holds or does not, as a tree of sentences with what each rests on and until when it is certain.
import type { Instant } from '../lib/instant.ts';
import { NEVER } from '../lib/instant.ts';
import type { CompiledRule, EvaluationContext } from './evaluate.ts';
import type { Names } from './sentence.ts';
import { sentence } from './sentence.ts';

export interface Explanation {
  readonly kind: CompiledRule['rule']['kind'];
  readonly sentence: string;
  readonly holds: boolean;
  /** The earliest instant at which this may change by itself; null: only something new changes it. */
  readonly until: Instant | null;
  /** What is known: "no order since 12 March 2026". Empty for `all`, `any`, `not`. */
  readonly evidence: string;
  readonly children: readonly Explanation[];
}

export function explain(rule: CompiledRule, context: EvaluationContext, names: Names = {}): Explanation {
  const { holds, until } = rule.ask(context);
  return {
    kind: rule.rule.kind,
    sentence: sentence(rule.rule, names),
    holds,
    until: until === NEVER ? null : until,
    evidence: rule.evidence(context),
    children: rule.children.map((child) => explain(child, context, names)),
  };
}
