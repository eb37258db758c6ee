// What the script element says: `data-…` attributes, or the same names in the address of the script where a tag manager
// drops attributes.

export interface Settings {
  readonly writeKey: string;
  /** Where events go, without a slash at the end. */
  readonly host: string;
  /** Of the global, of the cookie and of everything stored, so that two tags on one page do not meet. */
  readonly name: string;
  /** A second name for the global, for a site that already calls `analytics.track(…)`. */
  readonly also: string | null;
  readonly autoPage: 'off' | 'path' | 'hash';
  /** Keep and send nothing before `consent(true)`. */
  readonly waits: boolean;
}

export function readSettings(
  script: { readonly src: string; getAttribute(name: string): string | null },
  globalPrivacyControl: boolean,
): Settings | null {
  const address = new URL(script.src);
  const read = (name: string): string | null =>
    script.getAttribute(`data-${name}`) ?? address.searchParams.get(name);
  const writeKey = (read('write-key') ?? '').trim();
  if (writeKey === '') return null;
  return {
    writeKey,
    host: (read('host') ?? address.origin).replace(/\/+$/, ''),
    name: nameOf(read('name')) ?? 'rapport',
    also: nameOf(read('also')),
    autoPage: readAutoPage(read('auto-page')),
    waits: read('consent') === 'wait' || (read('gpc') === 'honour' && globalPrivacyControl),
  };
}

function readAutoPage(value: string | null): Settings['autoPage'] {
  if (value === null || value === 'false' || value === 'off') return 'off';
  return value === 'hash' ? 'hash' : 'path';
}

/** It becomes a property of `window` and a part of a cookie's name. */
function nameOf(value: string | null): string | null {
  return value !== null && /^[A-Za-z]\w{0,30}$/.test(value) ? value : null;
}
