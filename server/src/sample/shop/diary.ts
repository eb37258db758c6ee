// What one person does, written down as facts in the shape in which ingestion takes them. Keeps nothing that would lie
// outside the story's time; gives every fact its id by its place in the story.
import type { EventFact, Instant, Json } from '@rapport/engine';

type Record = { readonly [key: string]: Json };

/** How the shop recognises someone at a moment: a browser's id, and once known their number and address. */
export interface Keys {
  readonly anonymousId: string;
  readonly userId: string;
  readonly email: string;
}

export interface Diary {
  readonly known: () => boolean;
  /** Seen in the browser. */
  readonly seen: (at: Instant, name: 'Page Viewed' | 'Product Viewed' | string, properties: Record) => void;
  /** Told by the shop's server. */
  readonly told: (at: Instant, name: string, properties: Record, traits?: Record) => void;
  /** From here on the shop knows who this is. */
  readonly identified: (at: Instant, traits: Record) => void;
  readonly grouped: (at: Instant, groupId: string, traits: Record) => void;
  /** In order of time, as they are stored. */
  readonly close: () => readonly EventFact[];
}

export function openDiary(
  keys: Keys,
  during: { readonly n: number; readonly from: Instant; readonly until: Instant },
): Diary {
  const facts: Omit<EventFact, 'id'>[] = [];
  let knownFrom: Instant | null = null;
  const write = (fact: Omit<EventFact, 'id'>): void => {
    if (fact.at >= during.from && fact.at < during.until) facts.push(fact);
  };
  const track = { type: 'track', traits: {} } as const;
  return {
    known: () => knownFrom !== null,
    seen(at, name, properties) {
      const type = name === 'Page Viewed' ? 'page' : 'track';
      write({ ...track, type, at, name, trust: 'browser', properties, identities: [] });
    },
    told(at, name, properties, traits = {}) {
      write({
        ...track,
        at,
        name,
        trust: 'server',
        properties,
        traits,
        identities: [['user_id', keys.userId]],
      });
    },
    identified(at, traits) {
      knownFrom = knownFrom === null ? at : Math.min(knownFrom, at);
      const identities = [
        ['user_id', keys.userId],
        ['anonymous_id', keys.anonymousId],
        ['email', keys.email],
      ] as const;
      const all = { ...traits, email: keys.email, sample_store: true };
      write({
        at,
        type: 'identify',
        name: 'Identified',
        trust: 'server',
        properties: {},
        traits: all,
        identities,
      });
    },
    grouped(at, groupId, traits) {
      const identities = [['user_id', keys.userId]] as const;
      write({
        at,
        type: 'group',
        name: 'Grouped',
        trust: 'server',
        properties: { group_id: groupId },
        traits,
        identities,
      });
    },
    close() {
      const story = facts.map((fact, i) => ({ fact, i })).sort((a, b) => a.fact.at - b.fact.at || a.i - b.i);
      return story.map(({ fact }, i) => ({
        id: `sample-${pad(during.n, 5)}-${pad(i, 4)}`,
        ...fact,
        identities: fact.identities.length > 0 ? fact.identities : browserKeys(keys, knownFrom, fact.at),
      }));
    },
  };
}

/** A browser says who it is once its owner has signed in. */
function browserKeys(keys: Keys, knownFrom: Instant | null, at: Instant): EventFact['identities'] {
  const anonymous = ['anonymous_id', keys.anonymousId] as const;
  return knownFrom !== null && at > knownFrom ? [['user_id', keys.userId], anonymous] : [anonymous];
}

export function pad(n: number, digits: number): string {
  return String(n).padStart(digits, '0');
}
