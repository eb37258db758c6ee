// Everyone's stored events of some names at once, person by person, in memory: for figures and fits. One reading of the disk.
import type { EventFact } from '@rapport/engine';
import { bytesAt, listEventsParts, personBytes, scanEvents, scanInOrder } from './event-scan.ts';
import { listMergedPeople } from './figures.ts';
import type { Connection } from './pool.ts';

export interface EveryonesAsked {
  readonly workspaceId: string;
  /** Null: events of any name. */
  readonly names: readonly string[] | null;
  /** People who are left out. */
  readonly without: readonly string[];
  readonly onShare?: (share: number) => void;
}

/** By the bytes of the person's id; of people who were merged, one list for all their ids, the survivor's first. */
export async function readEveryones(
  client: Connection,
  asked: EveryonesAsked,
): Promise<ReadonlyMap<string, EventFact[]>> {
  const keyOf = await personKeys(client, asked);
  const histories = new Map<string, EventFact[]>();
  const find = (person: string): EventFact[] | undefined => {
    const known = histories.get(person);
    if (known !== undefined) return known;
    const key = keyOf(person);
    if (key === null) return undefined;
    const events = histories.get(key) ?? [];
    histories.set(key, events);
    histories.set(person, events);
    return events;
  };
  let share = 0;
  for (const part of await listEventsParts(client)) {
    await scanEvents<EventFact[]>(client, part, {
      workspaceId: asked.workspaceId,
      names: asked.names,
      bare: false,
      buckets: null,
      find: (data, at) => find(bytesAt(data, at)),
      take: (events, event) => {
        events.push(slim(event));
      },
    });
    share += part.share;
    asked.onShare?.(share);
  }
  return histories;
}

/**
 * The same one person at a time, so that a million people need no more memory than one: the list given is the caller's for the length of
 * the call. People who were merged come last, each with the events of all their ids.
 */
export async function eachOfEveryone(
  client: Connection,
  asked: Omit<EveryonesAsked, 'onShare'>,
  give: (person: string, events: readonly EventFact[]) => void,
): Promise<void> {
  const keyOf = await personKeys(client, asked);
  const survivors = new Set(
    (await listMergedPeople(client, asked.workspaceId)).map(({ survivor }) => personBytes(survivor)),
  );
  const merged = new Map<string, EventFact[]>();
  let current: { readonly person: string; readonly events: EventFact[] } | null = null;
  const end = (): void => {
    if (current !== null) give(current.person, current.events);
    current = null;
  };
  await scanInOrder(client, {
    ...asked,
    find: (data, at) => bytesAt(data, at),
    take: (person, event) => {
      const key = keyOf(person);
      if (key === null) return;
      if (key !== person || survivors.has(key)) {
        const events = merged.get(key);
        if (events === undefined) merged.set(key, [event]);
        else events.push(event);
        return;
      }
      if (current?.person !== person) {
        end();
        current = { person, events: [] };
      }
      current.events.push(event);
    },
  });
  end();
  for (const [person, events] of merged) give(person, events);
}

/** The bytes of whoever somebody is now; null: left out. */
export async function personKeys(
  client: Connection,
  asked: Pick<EveryonesAsked, 'workspaceId' | 'without'>,
): Promise<(person: string) => string | null> {
  const survivors = new Map<string, string>();
  for (const { id, survivor } of await listMergedPeople(client, asked.workspaceId))
    survivors.set(personBytes(id), personBytes(survivor));
  const without = new Set(asked.without.map(personBytes));
  return (person) => {
    const key = survivors.get(person) ?? person;
    return without.has(key) ? null : key;
  };
}

/** Only what figures look at is kept: a shop's orders carry long lists of products. */
function slim(event: EventFact): EventFact {
  const { products: _products, ...properties } = event.properties;
  return { ...event, properties, traits: {}, identities: [] };
}
