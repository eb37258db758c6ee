// What a browser keeps for a site: local storage and a first-party cookie. Both may be blocked, full or emptied at any
// time; nothing here throws.

export interface Store {
  get(key: string): string | null;
  /** False: it is not kept. */
  set(key: string, value: string): boolean;
  remove(key: string): void;
  keys(): readonly string[];
}

/** Chrome and Safari keep no cookie for longer. */
const COOKIE_SECONDS = 400 * 86_400;

/** Keys of `storage()` under `prefix`. Asking for the storage throws already where it is blocked. */
export function createStore(storage: () => Storage, prefix: string): Store {
  const safely = <T>(act: (storage: Storage) => T, otherwise: T): T => {
    try {
      return act(storage());
    } catch {
      return otherwise;
    }
  };
  return {
    get: (key) => safely((kept) => kept.getItem(prefix + key), null),
    set: (key, value) => safely((kept) => (kept.setItem(prefix + key, value), true), false),
    remove: (key) => safely((kept) => kept.removeItem(prefix + key), undefined),
    keys: () =>
      safely(
        (kept) =>
          Object.keys(kept)
            .filter((key) => key.startsWith(prefix))
            .map((key) => key.slice(prefix.length)),
        [],
      ),
  };
}

export interface Cookie {
  get(): string | null;
  set(value: string): void;
  remove(): void;
}

/** On the widest domain that the browser allows, so that www, shop and blog of a site know the same visitor. */
export function createCookie(
  document: { cookie: string },
  location: { readonly hostname: string; readonly protocol: string },
  name: string,
): Cookie {
  const write = (key: string, value: string, domain: string, seconds: number): void => {
    try {
      document.cookie =
        `${key}=${value}; path=/; max-age=${seconds}; SameSite=Lax` +
        (domain === '' ? '' : `; domain=${domain}`) +
        (location.protocol === 'https:' ? '; Secure' : '');
    } catch {
      // A sandboxed frame.
    }
  };
  const read = (key: string): string | null => {
    try {
      return new RegExp(`(?:^|; )${key}=([^;]*)`).exec(document.cookie)?.[1] ?? null;
    } catch {
      return null;
    }
  };
  let widest: string | null = null;
  const domain = (): string => {
    widest ??=
      domainsOf(location.hostname).find((candidate) => {
        write(`${name}_t`, '1', candidate, 9);
        const held = read(`${name}_t`) !== null;
        write(`${name}_t`, '', candidate, 0);
        return held;
      }) ?? '';
    return widest;
  };
  return {
    get: () => read(name),
    set: (value) => write(name, value, domain(), COOKIE_SECONDS),
    remove: () => write(name, '', domain(), 0),
  };
}

/** Widest first. Browsers refuse those under which anyone may have a site (co.uk); an address of a machine has none. */
export function domainsOf(hostname: string): readonly string[] {
  if (/^[\d.]+$|:/.test(hostname)) return [];
  const labels = hostname.split('.');
  return labels
    .slice(0, -1)
    .map((_, i) => labels.slice(i).join('.'))
    .reverse();
}
