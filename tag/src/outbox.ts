// Events that are not yet known to be stored. Each has an entry of its own in local storage, so that tabs do not overwrite
// each other; what a closed page left behind, the next one takes over. An event that two tabs send counts once.
import type { Store } from './stores.ts';

/** The oldest gives way. */
export const EVENTS_MAX = 200;
/** Local storage holds about 5 million characters, and they are the site's: what is beyond this lives as long as the page. */
const KEPT_CHARS_MAX = 500_000;
const ENTRY = 'q.';

export interface Outbox {
  add(id: string, json: string): void;
  /** The oldest ones that are not under way, as much as fits; they are under way from then on. */
  take(bytesMax: number): readonly Entry[];
  /** Stored by the server, or never to be: forgotten. */
  remove(entries: readonly Entry[]): void;
  /** Not stored: to be taken again. */
  putBack(entries: readonly Entry[]): void;
  /** Takes over what other pages left that is older than this id. */
  adopt(olderThan: string): void;
  clear(): void;
}

export type Entry = readonly [id: string, json: string];

export function createOutbox(store: Store): Outbox {
  const waiting = new Map<string, string>();
  const underWay = new Set<string>();
  const adopted = new Set<string>();

  const forget = (id: string): void => {
    waiting.delete(id);
    underWay.delete(id);
    adopted.delete(id);
    store.remove(ENTRY + id);
  };
  const stored = (): readonly string[] =>
    store
      .keys()
      .filter((key) => key.startsWith(ENTRY))
      .map((key) => key.slice(ENTRY.length));
  const makeRoom = (): void => {
    const ids = [...new Set([...waiting.keys(), ...stored()])].sort();
    ids.slice(0, Math.max(0, ids.length - EVENTS_MAX)).forEach(forget);
  };

  return {
    add(id, json) {
      waiting.set(id, json);
      const chars = [...waiting.values()].reduce((sum, one) => sum + one.length, 0);
      if (chars <= KEPT_CHARS_MAX) store.set(ENTRY + id, json);
      makeRoom();
    },
    take(bytesMax) {
      const taken: Entry[] = [];
      let bytes = 0;
      for (const id of [...waiting.keys()].sort()) {
        if (underWay.has(id)) continue;
        // The page that said it, or another that took it over, has sent it meanwhile.
        if (adopted.has(id) && store.get(ENTRY + id) === null) {
          forget(id);
          continue;
        }
        const json = waiting.get(id) ?? '';
        bytes += bytesOf(json);
        // One that is too large for any batch goes alone.
        if (bytes > bytesMax && taken.length > 0) break;
        taken.push([id, json]);
        underWay.add(id);
      }
      return taken;
    },
    remove: (entries) => entries.forEach(([id]) => forget(id)),
    putBack: (entries) => entries.forEach(([id]) => underWay.delete(id)),
    adopt(olderThan) {
      for (const id of stored()) {
        const json = id < olderThan && !waiting.has(id) ? store.get(ENTRY + id) : null;
        if (json?.startsWith('{') !== true) continue;
        waiting.set(id, json);
        adopted.add(id);
      }
    },
    clear: () => [...waiting.keys(), ...stored()].forEach(forget),
  };
}

export function bytesOf(text: string): number {
  return new Blob([text]).size;
}
