// What a browser brings, as small as the pure parts of the tag need it: a storage, a cookie jar that refuses what browsers
// refuse, and time that the test moves.

/** `quota`: how many entries fit. */
export function makeStorage(quota = Number.POSITIVE_INFINITY): Storage {
  const entries = new Map<string, string>();
  const storage = {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem(key: string, value: string) {
      if (!entries.has(key) && entries.size >= quota) throw new Error('QuotaExceededError');
      entries.set(key, value);
    },
    removeItem: (key: string) => void entries.delete(key),
  };
  // Object.keys(localStorage) gives the stored keys, and nothing of its methods.
  return new Proxy(storage, {
    ownKeys: () => [...entries.keys()],
    getOwnPropertyDescriptor: (_, key) =>
      entries.has(String(key)) ? { enumerable: true, configurable: true } : undefined,
  }) as unknown as Storage;
}

/** One host's view of a jar; `publicSuffixes` take no cookie, and neither do foreign domains. */
export function makeJar(hostname: string, publicSuffixes: readonly string[]) {
  const cookies = new Map<string, { value: string; domain: string; attributes: string }>();
  const jar = {
    get cookie(): string {
      return [...cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
    },
    set cookie(text: string) {
      const [pair = '', ...attributes] = text.split('; ');
      const [name = '', value = ''] = pair.split('=');
      const domain = /domain=([^;]+)/.exec(text)?.[1] ?? '';
      const own = domain === '' || hostname === domain || hostname.endsWith(`.${domain}`);
      if (!own || publicSuffixes.includes(domain)) return;
      if (text.includes('max-age=0')) cookies.delete(name);
      else cookies.set(name, { value, domain, attributes: attributes.join('; ') });
    },
  };
  return { jar, cookies };
}

/** Time and timers: `advance` runs what becomes due, in order, and lets promises settle in between. */
export function makeTime(start = Date.parse('2026-06-01T12:00:00.000Z')) {
  let at = start;
  const due: { at: number; act: () => void }[] = [];
  return {
    now: () => at,
    later: (act: () => void, ms: number) => due.push({ at: at + ms, act }),
    async advance(ms: number): Promise<void> {
      const end = at + ms;
      for (;;) {
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        const [next] = due.filter((one) => one.at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        due.splice(due.indexOf(next), 1);
        at = Math.max(at, next.at);
        next.act();
      }
      at = end;
    },
  };
}
