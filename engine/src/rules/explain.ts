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

/** More would not be one sentence any more; the tree has them all. */
const REASONS_MAX = 3;
/** Their evidence says all by itself: "no order since 12 March 2026; …". */
const PLAIN: ReadonlySet<Explanation['kind']> = new Set(['quiet', 'orders', 'last_order', 'order_span']);

/** What decides the answer, as one sentence: of "any" what holds, of "all" what does not, each with what is known. */
export function inOneSentence(explained: Explanation): string {
  const reasons = [...new Set(deciding(explained).map(reasonWords))];
  const words = reasons.slice(0, REASONS_MAX).join('; ');
  return words === '' ? 'Everyone is' : words.charAt(0).toUpperCase() + words.slice(1);
}

function deciding(explained: Explanation): readonly Explanation[] {
  const { kind, children, holds } = explained;
  if (children.length === 0) return kind === 'all' || kind === 'any' ? [] : [explained];
  if (kind === 'any' && holds) return deciding(children.find((child) => child.holds) ?? children[0]!);
  if (kind === 'all' && !holds) return deciding(children.find((child) => !child.holds) ?? children[0]!);
  return children.flatMap(deciding);
}

function reasonWords({ kind, sentence: words, holds, evidence }: Explanation): string {
  if (PLAIN.has(kind) && evidence !== '') return evidence;
  const said = holds ? words : `not so: ${words}`;
  return evidence === '' ? said : `${said} (${evidence})`;
}
