// A step under way: the person as it stands so far and the decisions made. Mutable inside one step, never outside.
import type { Cause, Change, Decision } from './decision.ts';
import type { Instant } from './lib/instant.ts';
import type { Memory, Person, Run, Standing } from './person.ts';
import type { Program } from './program.ts';
import { evaluate } from './rules/evaluate.ts';
import type { CompiledRule } from './rules/compile.ts';
import type { Answer } from './rules/rule.ts';
import { applyDecision } from './standing.ts';
import { Touched } from './touched.ts';

export class Draft {
  readonly program: Program;
  readonly id: string;
  readonly decisions: Decision[] = [];
  /** When it is decided: the receive instant of the whole step. */
  readonly now: Instant;
  memory: Memory;
  standing: Standing;
  /** What the next settling must ask again. */
  readonly touched: Touched;
  advancedTo: Instant;
  /** Whoever joins thousands of segments in one step has them copied once, not once for each. */
  #segments: { [key: string]: Instant } = {};

  constructor(program: Program, person: Person, now: Instant) {
    this.program = program;
    this.id = person.id;
    this.memory = person.memory;
    this.standing = person.standing;
    this.touched = new Touched(program.index);
    this.advancedTo = person.advanced_to;
    this.now = now;
  }

  /** Records a change as of `dueAt` and applies it to standing at once. */
  decide(change: Change, dueAt: Instant, cause: Cause): void {
    const decision: Decision = {
      ...change,
      seq: this.standing.seq,
      due_at: dueAt,
      decided_at: this.now,
      cause,
      program: this.program.version,
    };
    this.decisions.push(decision);
    this.standing = this.#after(decision);
    this.touched.touchBy(change);
  }

  /** As `applyDecision`. */
  #after(decision: Decision): Standing {
    if (decision.kind !== 'segment_joined' && decision.kind !== 'segment_left')
      return applyDecision(this.standing, decision);
    if (this.standing.segments !== this.#segments) this.#segments = { ...this.standing.segments };
    if (decision.kind === 'segment_joined') this.#segments[decision.segment] = decision.due_at;
    else delete this.#segments[decision.segment];
    return { ...this.standing, segments: this.#segments, seq: decision.seq + 1 };
  }

  ask(rule: CompiledRule, at: Instant, run?: Run | { readonly started_at: Instant }): Answer {
    const context = {
      memory: this.memory,
      standing: this.standing,
      personId: this.id,
      now: at,
      runStartedAt: run?.started_at ?? null,
    };
    return evaluate(rule, context);
  }
}
