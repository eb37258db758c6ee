// What follows when two people's points became one's: an order that both were credited with counts once, and what the one
// owed is settled from what the other has. Programmes that are defined no more are settled as well: a ledger stays one.
import type { Cause } from '../decision.ts';
import type { Draft } from '../draft.ts';
import type { Instant } from '../lib/instant.ts';
import type { PointsStanding, Standing } from '../person.ts';
import { localDay } from '../lib/zone.ts';
import { decide, pointsOf, reverse, takeAway } from './earn.ts';

export function settleMerged(
  draft: Draft,
  before: Standing,
  loser: { readonly id: string; readonly standing: Standing },
  when: { readonly at: Instant; readonly cause: Cause },
): void {
  for (const programme of Object.keys(draft.standing.points ?? {}).sort()) {
    const doubled = doubledPoints(before.points?.[programme], loser.standing.points?.[programme]);
    for (const { key, earnedAt, points } of doubled) {
      const day = localDay(draft.program.zone, earnedAt);
      const posting = { programme, entry: 'reversed', source: `order:${key}`, day } as const;
      takeAway(draft, posting, { points, earnedAt }, when);
    }
    // A refund may have come to the one of them, its order to the other.
    for (const [key] of pointsOf(draft, programme).orders) reverse(draft, programme, key, when);
    const { balance, debt } = pointsOf(draft, programme);
    const settled = Math.min(balance, debt);
    if (settled === 0) continue;
    const source = `merge:${loser.id}`;
    decide(draft, when, {
      programme,
      entry: 'settled',
      from: 'balance',
      to: 'debt',
      points: settled,
      source,
    });
  }
}

function doubledPoints(
  mine: PointsStanding | undefined,
  other: PointsStanding | undefined,
): readonly { readonly key: string; readonly earnedAt: Instant; readonly points: number }[] {
  if (mine === undefined || other === undefined) return [];
  const keys = new Set(mine.orders.map(([key]) => key));
  return other.orders.flatMap(([key, , , earnedAt, parts]) => {
    const points = parts.reduce((sum, [, earned, back]) => sum + earned - back, 0);
    return keys.has(key) && points > 0 ? [{ key, earnedAt, points }] : [];
  });
}
