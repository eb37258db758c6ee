// What was read, as the engine's facts. What a file says outranks nothing that was said live: trust is `import`.

import type { EventFact } from '@rapport/engine';
import type { ImportedOrder, ImportedPerson } from './orders.ts';

/** Trait that keeps what a consent column said: true only when it said yes. */
const CONSENT_TRAIT = 'accepts_marketing';

/** The facts of one item, in order of time. `asOf` is when a list of people was true. */
export function factsOf(item: ImportedOrder | ImportedPerson, asOf: number): readonly EventFact[] {
  const traits =
    item.consent === undefined ? item.traits : { ...item.traits, [CONSENT_TRAIT]: item.consent === 'given' };
  const { identities } = item;
  if (item.kind === 'person') {
    const identify: EventFact = {
      id: item.id,
      at: asOf,
      type: 'identify',
      name: 'Identified',
      trust: 'import',
      properties: {},
      traits,
      identities,
    };
    return item.consent === 'withdrawn' ? [identify, withdrawal(identify)] : [identify];
  }
  const facts = item.events.map((event): EventFact => ({
    id: event.id,
    at: event.at,
    type: 'track',
    name: event.name,
    trust: 'import',
    properties: event.properties,
    traits,
    identities,
  }));
  const last = facts.at(-1);
  return item.consent === 'withdrawn' && last !== undefined ? [...facts, withdrawal(last)] : facts;
}

/** Somebody who unsubscribed elsewhere has unsubscribed. */
function withdrawal(from: EventFact): EventFact {
  return {
    id: `${from.id}:withdrawn`,
    at: from.at,
    type: 'track',
    name: 'Consent Withdrawn',
    trust: 'import',
    properties: { channel: 'email', basis: 'unsubscribe', source: 'import' },
    traits: {},
    identities: from.identities,
  };
}
