// Who is at this browser: an anonymous id, and the site's own id once it said so. Kept in cookie and local storage; where
// neither works, for as long as the page lives. Exists only while something may be kept.
import type { Cookie, Store } from './stores.ts';

export interface Visitor {
  anonymousId(): string;
  userId(): string | undefined;
  groupId(): string | undefined;
  /** Somebody else than before gets a new anonymous id: two people at one browser stay two. */
  becomes(userId: string): void;
  joins(groupId: string): void;
  /** Nobody known any more, and a new anonymous id. */
  reset(): void;
}

const ID = 'id';
const USER = 'user';
const GROUP = 'group';
/** Kept only to see whether keeping works. */
const WORKS = 'ok';

export function createVisitor(cookie: Cookie, store: Store, newId: () => string): Visitor {
  const memory: { [key: string]: string } = {};
  // Read anew each time: another tab may have reset it. Where keeping works, what is missing was removed on purpose.
  const get = (key: string): string | undefined =>
    store.get(key) ?? (store.get(WORKS) === null ? memory[key] : undefined);
  const set = (key: string, value: string): void => {
    memory[key] = value;
    store.set(key, value);
  };
  const drop = (key: string): void => {
    delete memory[key];
    store.remove(key);
  };
  const setAnonymous = (id: string): string => {
    set(ID, id);
    cookie.set(id);
    return id;
  };
  const anonymousId = (): string => [cookie.get(), get(ID), memory[ID]].find(isId) ?? setAnonymous(newId());

  store.set(WORKS, '1');
  // Also when it was known: browsers forget a cookie that is not written again.
  setAnonymous(anonymousId());
  return {
    anonymousId,
    userId: () => get(USER),
    groupId: () => get(GROUP),
    becomes(userId) {
      const before = get(USER);
      set(USER, userId);
      if (before !== undefined && before !== userId) setAnonymous(newId());
    },
    joins: (groupId) => set(GROUP, groupId),
    reset() {
      drop(USER);
      drop(GROUP);
      setAnonymous(newId());
    },
  };
}

/** Nothing of a visitor stays in the browser. */
export function forgetVisitor(cookie: Cookie, store: Store): void {
  [ID, USER, GROUP, WORKS].forEach(store.remove);
  cookie.remove();
}

/** Someone else's cookie of the same name is none. */
function isId(value: string | null | undefined): value is string {
  return /^[\w-]{8,64}$/.test(value ?? '');
}
