// When an event happened: the sender's own time, corrected by the difference of clocks, never ahead of its receipt.

/** A difference of clocks below this is the way through the network, not a wrong clock: the own time stands as it is. */
export const SKEW_IGNORED_MS = 2_000;
/** Up to this far ahead is taken as received now. */
export const AHEAD_MAX_MS = 10 * 60_000;

/** Years 0001 to 9999, seconds and fraction optional, offset or Z; without one: UTC. */
const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;

export type OwnTime =
  | { readonly kind: 'at'; readonly at: number }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'ahead'; readonly at: number }
  | { readonly kind: 'too_old'; readonly at: number };

export function ownTime(
  timestamp: unknown,
  options: { readonly sentAt: number | null; readonly receivedAt: number },
): OwnTime {
  const { sentAt, receivedAt } = options;
  if (timestamp === undefined || timestamp === null || timestamp === '')
    return { kind: 'at', at: receivedAt };
  const said = parseTime(timestamp);
  if (said === null) return { kind: 'invalid' };
  const skew = sentAt === null ? 0 : receivedAt - sentAt;
  const at = Math.abs(skew) <= SKEW_IGNORED_MS ? said : said + skew;
  if (at > receivedAt + AHEAD_MAX_MS) return { kind: 'ahead', at };
  if (at < 0) return { kind: 'too_old', at };
  return { kind: 'at', at: Math.min(at, receivedAt) };
}

/** Whole milliseconds since 1970, or null. */
export function parseTime(value: unknown): number | null {
  if (typeof value !== 'string' || value.length > 40 || !ISO.test(value)) return null;
  // As every client sends it, with a day that every month has: nothing to mend.
  if (
    value.length === 24 &&
    value[10] === 'T' &&
    value[23] === 'Z' &&
    value[19] === '.' &&
    value.slice(8, 10) <= '28'
  ) {
    const at = Date.parse(value);
    return Number.isNaN(at) ? null : at;
  }
  let text = value.replace(' ', 'T').replace(',', '.').replace(/\s/, '');
  if (text.length > 10 && !/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text)) text += 'Z';
  const at = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (Number.isNaN(at)) return null;
  // 30 February would silently be 2 March.
  const day = Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)) - 1, Number(text.slice(8, 10)));
  return new Date(day).getUTCDate() === Number(text.slice(8, 10)) ? Math.trunc(at) : null;
}
