// What silence alone will bring for one person: the engine steps a copy through its next appointments. Nothing is stored and
// nobody is contacted; the answer is what would happen if nothing else did.
import { narrow, step } from '@rapport/engine';
import type { Instant, Person, Program } from '@rapport/engine';

export interface Foresight {
  /** The first change of each model, if silence brings one within the appointments looked at. */
  readonly stages: ReadonlyMap<string, { readonly stage: string | null; readonly at: Instant }>;
  /** When each segment will first be joined or left. */
  readonly joins: ReadonlyMap<string, Instant>;
  readonly leaves: ReadonlyMap<string, Instant>;
}

/** Appointments may be early and in vain; a rolling window brings one a day. Enough to see past a month of those. */
const appointmentsMax = 60;

/** Stages of all models, and these segments: the others, of which there may be thousands, are not asked. */
export function foresee(whole: Program, person: Person, segments: readonly string[]): Foresight {
  const program = narrow(whole, segments);
  const stages = new Map<string, { stage: string | null; at: Instant }>();
  const joins = new Map<string, Instant>();
  const leaves = new Map<string, Instant>();
  let current = person;
  for (let looked = 0; looked < appointmentsMax; looked += 1) {
    const at = current.wake_at;
    if (at === null || current.frozen_at !== null) break;
    const stepped = step(program, current, { kind: 'time' }, at);
    if (stepped.kind !== 'stepped') break;
    for (const decision of stepped.decisions) {
      if (decision.kind === 'stage_changed' && !stages.has(decision.model))
        stages.set(decision.model, { stage: decision.to, at: decision.due_at });
      if (decision.kind === 'segment_joined' && !joins.has(decision.segment))
        joins.set(decision.segment, decision.due_at);
      if (decision.kind === 'segment_left' && !leaves.has(decision.segment))
        leaves.set(decision.segment, decision.due_at);
    }
    // An appointment that stays where it is would be looked at for ever.
    if (stepped.person.wake_at !== null && stepped.person.wake_at <= at) break;
    current = stepped.person;
  }
  return { stages, joins, leaves };
}
