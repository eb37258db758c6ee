// How fast one sender may send: a bucket of tokens per key (and, for a browser's public key, per address). Bounded.

interface Bucket {
  tokens: number;
  at: number;
}

export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** A server's backlog may come at once. */
export const SERVER_RATE: RateLimit = { perSecond: 50_000, burst: 200_000 };
/** One address (a household, an office): more than its pages send, less than a loop gone wild. */
export const BROWSER_RATE: RateLimit = { perSecond: 500, burst: 10_000 };
const SENDERS_MAX = 20_000;

export interface Rate {
  /** 0: go on; else seconds to wait. */
  readonly take: (sender: string, events: number, limit: RateLimit) => number;
}

export function createRate(now: () => number): Rate {
  const buckets = new Map<string, Bucket>();
  return {
    take: (sender, events, limit) => {
      const at = now();
      const bucket = buckets.get(sender) ?? { tokens: limit.burst, at };
      const grown = Math.min(
        limit.burst,
        bucket.tokens + (Math.max(0, at - bucket.at) / 1_000) * limit.perSecond,
      );
      // Forgetting the one that was quiet longest at worst lets it burst once more.
      buckets.delete(sender);
      if (buckets.size >= SENDERS_MAX) buckets.delete(buckets.keys().next().value ?? '');
      const enough = grown >= events || grown >= limit.burst;
      buckets.set(sender, { tokens: enough ? grown - events : grown, at });
      return enough ? 0 : Math.max(1, Math.ceil((events - grown) / limit.perSecond));
    },
  };
}
