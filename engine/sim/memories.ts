// Worlds for laws about memory alone: a plan with a slot of every reach, a history, an order of arrival, an instant.
import fc from 'fast-check';
import type { Definition, EventFact, Rule } from '../src/index.ts';
import { compileZone } from '../src/lib/zone.ts';
import type { Plan } from '../src/memory/plan.ts';
import { planMemory } from '../src/memory/plan.ts';
import { compileRule } from '../src/rules/compile.ts';
import { definition, history, leaf, SPAN_DAYS, START } from '../test/support/random.ts';
import type { Arrival } from '../test/support/shuffle.ts';

const DAY = 86_400_000;

/** Every slot that reaches into a ledger or a rhythm is in every plan; the others are drawn. */
export const ALWAYS: readonly Rule[] = [
  { kind: 'quiet', of: 'visits', gaps: 2, min: 'P1D', max: 'P365D' },
  { kind: 'spend_trend', days: 200, op: 'under', share: 0.5 },
];

export interface Memories {
  readonly definition: Definition;
  readonly rules: readonly Rule[];
  readonly history: readonly EventFact[];
  readonly arrival: Arrival;
  readonly seed: number;
  readonly now: number;
}

function memoriesOf(options: { readonly bursts: boolean }): fc.Arbitrary<Memories> {
  const drawn = fc.record({
    definition,
    rules: fc.array(leaf, { minLength: 5, maxLength: 25 }).map((drawn) => [...ALWAYS, ...drawn]),
    history: history(options),
    arrival: fc.constantFrom<Arrival>('in_order', 'some_late', 'any_order'),
    seed: fc.nat({ max: 1_000_000 }),
    // Sometimes long after the last event, when windows have let go of everything.
    now: fc.constantFrom(0, 1, 100, 1_000).map((days) => START + (SPAN_DAYS + 210 + days) * DAY),
  });
  return drawn.map((world) => ({
    ...world,
    // Nothing is remembered before it has happened.
    now: Math.max(world.now, ...world.history.map((event) => event.at)),
  }));
}

export const memories = memoriesOf({ bursts: true });
/** Fewer facts than orders, or ends of sequences, are kept one by one. */
export const shortMemories = memoriesOf({ bursts: false }).map((world) => ({
  ...world,
  history: world.history.slice(0, 30),
}));

export function planOf(world: Pick<Memories, 'definition' | 'rules'>): Plan {
  const scope = { zone: compileZone(world.definition.time_zone)!, definition: world.definition };
  return planMemory(
    world.rules.map((each) => compileRule(each, scope)),
    scope,
  );
}
