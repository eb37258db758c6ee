// Which points go by time alone, and when: asked by the settling, by rules and by whoever shows a balance.
import type { Expiry } from '../definition.ts';
import { parseDuration } from '../lib/duration.ts';
import type { Instant } from '../lib/instant.ts';
import { NEVER } from '../lib/instant.ts';
import type { PointsStanding } from '../person.ts';

export type Lot = readonly [expires_at: Instant, points: number];

/** What goes when if nothing is done, soonest first. */
export function lotsOf(points: PointsStanding, expiry: Expiry | undefined): readonly Lot[] {
  if (expiry === undefined || points.balance === 0) return [];
  if (expiry.kind === 'earned') return points.lots;
  return points.active_at === null
    ? []
    : [[points.active_at + (parseDuration(expiry.after) ?? 0), points.balance]];
}

/** What can be spent at this instant: points that go at it are gone. */
export function spendable(points: PointsStanding, expiry: Expiry | undefined, at: Instant): number {
  return lotsOf(points, expiry).reduce((rest, [goes, n]) => (goes <= at ? rest - n : rest), points.balance);
}

/** When the next points go by themselves. */
export function nextLapse(points: PointsStanding, expiry: Expiry | undefined): Instant {
  return lotsOf(points, expiry)[0]?.[0] ?? NEVER;
}
