// Asks a compiled rule about one person at one instant: whether it holds and how long that is certain. Pure; reads memory
// and standing, never the past itself.
import type { Instant } from '../lib/instant.ts';
import { NEVER } from '../lib/instant.ts';
import type { Need } from '../memory/plan.ts';
import type { Memory, Standing } from '../person.ts';
import type { Read } from './reads.ts';
import type { Answer, Rule } from './rule.ts';

export interface EvaluationContext {
  readonly memory: Memory;
  readonly standing: Standing;
  readonly personId: string;
  readonly now: Instant;
  /** Where the rule is asked for a run: when that run started. */
  readonly runStartedAt: Instant | null;
}

/** A rule ready to be asked. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly children: readonly CompiledRule[];
  /** Everything this rule and its children ask of memory. */
  readonly needs: readonly Need[];
  /** Everything its answer rests on besides the time. */
  readonly reads: readonly Read[];
  readonly ask: Ask;
  /** What a leaf's answer rests on, in words; empty for `all`, `any` and `not`. */
  readonly evidence: (context: EvaluationContext) => string;
}

export type Ask = (context: EvaluationContext) => Answer;

/** What each kind of leaf compiles to. */
export interface Leaf {
  readonly needs: readonly Need[];
  /** What it asks besides the slots that it needs: see reads.ts. */
  readonly reads: readonly Read[];
  readonly ask: Ask;
  readonly evidence: (context: EvaluationContext) => string;
}

export const YES: Answer = { holds: true, until: NEVER };
export const NO: Answer = { holds: false, until: NEVER };

export function evaluate(rule: CompiledRule, context: EvaluationContext): Answer {
  return rule.ask(context);
}

/** An answer that stands until something new is said. */
export function lasting(holds: boolean): Answer {
  return holds ? YES : NO;
}
