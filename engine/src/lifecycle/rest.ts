// Whether a new definition comes to rest: tried on somebody of whom nothing is known and on somebody who just ordered.
// A model may ask for its own stages, so a stage that is left because it was reached shows only when it is lived through.
import type { Definition } from '../definition.ts';
import type { EventFact, Input } from '../input.ts';
import { compile } from '../program.ts';
import { newPerson, step } from '../step.ts';

/** The moves that never end, in words; null when it rests. */
export function findUnrest(definition: Definition): string | null {
  const program = compile({ ...definition, journeys: [] });
  const at = definition.changed_at;
  const inputs: readonly Input[] = [
    { kind: 'definition' },
    { kind: 'event', event: orderAt(definition, at) },
  ];
  for (const input of inputs) {
    const stepped = step(program, newPerson(program, 'nobody', at), input, at);
    if (stepped.kind === 'cascade_limit') return stepped.feeding;
  }
  return null;
}

function orderAt(definition: Definition, at: number): EventFact {
  const { event } = definition.purchase;
  const name = typeof event === 'string' ? event : (event[0] ?? '');
  return {
    id: 'order',
    at,
    type: 'track',
    name,
    trust: 'server',
    properties: { order_id: 'order', total: 1 },
    traits: {},
    identities: [['email', 'nobody@example.org']],
  };
}
