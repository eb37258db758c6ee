// What two people's standings become when they turn out to be one: the survivor's, with the stricter consent. Pure.
import { mergePoints } from './loyalty/ledger.ts';
import type { Consent, Standing } from './person.ts';

const SENDS_MAX = 64;

export function mergeStandings(survivor: Standing, other: Standing): Standing {
  return {
    seq: survivor.seq,
    stages: survivor.stages,
    segments: survivor.segments,
    episode: {
      n: Math.max(survivor.episode.n, other.episode.n),
      since: newest(survivor.episode.since, other.episode.since),
      gone: survivor.episode.gone && other.episode.gone,
    },
    consents: mergeRecords(survivor.consents, other.consents, stricter),
    runs: { ...other.runs, ...survivor.runs },
    journeys: mergeRecords(survivor.journeys, other.journeys, (a, b) => ({
      entries: a.entries + b.entries,
      last_at: Math.max(a.last_at, b.last_at),
      // The arm drawn at the earlier entry is the one whose effects already began.
      arm: a.last_at <= b.last_at ? a.arm : b.arm,
    })),
    open: { ...other.open, ...survivor.open },
    sends: [...other.sends, ...survivor.sends]
      .sort((a, b) => a[0] - b[0] || (a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0))
      .slice(-SENDS_MAX),
    soft_bounces: mergeRecords(survivor.soft_bounces, other.soft_bounces, Math.max),
    ...(survivor.points === undefined && other.points === undefined
      ? {}
      : { points: mergeRecords(survivor.points ?? {}, other.points ?? {}, mergePoints) }),
    ...(survivor.tiers === undefined && other.tiers === undefined
      ? {}
      : { tiers: { ...other.tiers, ...survivor.tiers } }),
  };
}

/** Withdrawn beats given; of two alike the newer stands. */
function stricter(a: Consent, b: Consent): Consent {
  if (a.status !== b.status) return a.status === 'withdrawn' ? a : b;
  return b.at > a.at ? b : a;
}

function newest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

function mergeRecords<T>(
  a: { readonly [key: string]: T },
  b: { readonly [key: string]: T },
  both: (a: T, b: T) => T,
): { readonly [key: string]: T } {
  const merged: { [key: string]: T } = { ...b };
  for (const [key, value] of Object.entries(a)) {
    const other = b[key];
    merged[key] = other === undefined ? value : both(value, other);
  }
  return merged;
}
