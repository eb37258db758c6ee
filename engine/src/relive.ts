// A history lived through as if it had been live: journeys start at their moments, messages are asked for and governed, and
// what may go counts as delivered in the built-in mailbox. For histories that are made up (the sample store): nobody is contacted.
import type { Decision } from './decision.ts';
import { feedingWords } from './feeding.ts';
import type { EventFact, Input } from './input.ts';
import type { Instant } from './lib/instant.ts';
import type { Person } from './person.ts';
import type { Program } from './program.ts';
import { APPOINTMENTS_MAX, step } from './step.ts';
import type { Stepped } from './step.ts';

export interface ReliveOptions {
  /** The silence after the last event is lived through up to here. */
  readonly until: Instant;
  /** How messages that may go are said to have gone. */
  readonly via: string;
}

/** `person` is new; `events` are in order of time, none later than `until`. */
export function relive(
  program: Program,
  person: Person,
  events: readonly EventFact[],
  options: ReliveOptions,
): Stepped {
  const life = new Life(program, person, options.via);
  for (const [i, event] of events.entries()) {
    const failed = life.passTo(event.at) ?? life.take({ kind: 'event', event }, event.at, events.slice(0, i));
    if (failed !== null) return failed;
  }
  const failed = life.passTo(options.until) ?? life.take({ kind: 'time' }, options.until, events);
  return failed ?? { kind: 'stepped', person: life.person, decisions: life.decisions };
}

class Life {
  readonly decisions: Decision[] = [];
  person: Person;
  private readonly program: Program;
  private readonly via: string;
  /** Messages that wait, and when they are looked at next. */
  private readonly waiting = new Map<string, Instant>();
  private taken = 0;

  constructor(program: Program, person: Person, via: string) {
    this.program = program;
    this.person = person;
    this.via = via;
  }

  /** Every appointment and every last look before `upTo`, each at its own instant. What failed, or null. */
  passTo(upTo: Instant): Stepped | null {
    for (;;) {
      const look = this.nextLook();
      const wake = this.person.wake_at ?? Number.POSITIVE_INFINITY;
      const at = Math.max(Math.min(look?.at ?? Number.POSITIVE_INFINITY, wake), this.person.advanced_to);
      if (at >= upTo) return null;
      const failed =
        look !== null && look.at <= wake ? this.look(look.message, at) : this.take({ kind: 'time' }, at, []);
      if (failed !== null) return failed;
      this.taken += 1;
      if (this.taken > APPOINTMENTS_MAX)
        return { kind: 'cascade_limit', feeding: feedingWords(this.decisions) };
    }
  }

  take(input: Input, at: Instant, history: readonly EventFact[]): Stepped | null {
    let stepped = step(this.program, this.person, input, at);
    if (stepped.kind === 'needs_history') stepped = step(this.program, this.person, input, at, { history });
    if (stepped.kind !== 'stepped') return stepped;
    this.person = stepped.person;
    for (const decision of stepped.decisions) this.note(decision);
    return null;
  }

  private look(message: string, at: Instant): Stepped | null {
    this.waiting.delete(message);
    const before = this.decisions.length;
    const failed = this.take({ kind: 'look', message, suppressed: false }, at, []);
    if (failed !== null) return failed;
    const goes = this.decisions
      .slice(before)
      .some((d) => d.kind === 'message_looked' && d.message === message && d.verdict.verdict === 'send');
    if (!goes) return null;
    const outcome = { kind: 'sent', provider_id: null, via: this.via } as const;
    return this.take({ kind: 'result', message, outcome }, at, []);
  }

  private note(decision: Decision): void {
    this.decisions.push(decision);
    if (decision.kind === 'message_requested') {
      const { first_look: verdict, message } = decision;
      if (verdict.verdict !== 'drop')
        this.waiting.set(message.id, verdict.verdict === 'hold' ? verdict.until : decision.due_at);
    }
    if (decision.kind === 'message_looked' && decision.verdict.verdict === 'hold')
      this.waiting.set(decision.message, decision.verdict.until);
  }

  private nextLook(): { readonly message: string; readonly at: Instant } | null {
    let first: { readonly message: string; readonly at: Instant } | null = null;
    for (const [message, at] of this.waiting) if (first === null || at < first.at) first = { message, at };
    return first;
  }
}
