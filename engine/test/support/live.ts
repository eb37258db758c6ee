// Lives a story through step as the shell does: refold on needs_history, log kept, appointments taken when asked to.
import { decodePerson, encodePerson, newPerson, step } from '../../src/index.ts';
import type { Decision, EventFact, Input, Person, Program, StepOptions } from '../../src/index.ts';

export interface Life {
  person: Person;
  readonly decisions: Decision[];
  readonly stored: EventFact[];
}

export function begin(program: Program, id: string, at: number): Life {
  return { person: newPerson(program, id, at), decisions: [], stored: [] };
}

/** One input; false when the engine gave up on it (cascade), as a parked input would. State goes through its stored form. */
export function take(
  program: Program,
  life: Life,
  input: Input,
  now: number,
  options: StepOptions = {},
): boolean {
  const before = decodePerson(encodePerson(life.person));
  let stepped = step(program, before, input, now, options);
  if (stepped.kind === 'needs_history')
    stepped = step(program, before, input, now, { ...options, history: life.stored });
  if (stepped.kind === 'needs_history') throw new Error('asked for history twice');
  if (input.kind === 'event') life.stored.push(input.event);
  if (stepped.kind === 'cascade_limit') return false;
  life.person = stepped.person;
  life.decisions.push(...stepped.decisions);
  return true;
}

/** What a decision says, without when it was noticed. */
export function logical(decisions: readonly Decision[]): readonly unknown[] {
  return decisions.map(({ decided_at: _noticed, ...rest }) => rest);
}
