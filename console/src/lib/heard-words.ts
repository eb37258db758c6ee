// What was heard, in words: which event, from where, how long ago.
import type { Formats } from './format.ts';

const events: { readonly [name: string]: string } = {
  'Page Viewed': 'a page view',
  'Screen Viewed': 'a screen view',
  Identified: 'who somebody is',
  Grouped: 'where somebody belongs',
  Aliased: 'another name of somebody',
};

export function heardWords(name: string | null): string {
  return name === null ? 'an event' : (events[name] ?? `“${name}”`);
}

/** `https://shop.example` as its host. Sandboxed pages and files have an origin of `null`. */
export function siteOf(origin: string | null): string {
  if (origin === null) return 'a server';
  return URL.canParse(origin) ? new URL(origin).host : 'a page without an address';
}

/** To the second below a minute. The server's clock may be ahead of this machine's. */
export function agoInSeconds(at: string, now: Date, formats: Formats): string {
  const seconds = Math.round((now.getTime() - new Date(at).getTime()) / 1_000);
  if (seconds < 2) return 'just now';
  return seconds < 60 ? `${seconds} seconds ago` : formats.ago(at, now);
}
