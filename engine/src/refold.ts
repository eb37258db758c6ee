// Memory made again from stored events; standing is left alone. For repair, never for deciding.
import type { EventFact } from './input.ts';
import type { Instant } from './lib/instant.ts';
import { refoldMemory } from './memory/remember.ts';
import type { Person } from './person.ts';
import type { Program } from './program.ts';

/** `events` are all stored events of the person, in any order. Decides nothing; the appointment moves to `now` so that it is made anew. */
export function refold(program: Program, person: Person, events: readonly EventFact[], now: Instant): Person {
  return {
    ...person,
    plan: program.plan.signature,
    memory: refoldMemory(program.plan, events, Math.max(now, person.advanced_to)),
    wake_at: person.frozen_at === null ? now : null,
  };
}
