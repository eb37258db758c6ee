// What a letter may say of somebody's own rhythm: how often they order, when the next order is expected, what they are worth.
// As of the instant at which it is rendered; null where nothing stands behind a figure.
import { DAY_MS, outlookOf } from '@rapport/engine';
import type { Person, Program } from '@rapport/engine';

export interface RhythmData {
  /** Days with an order. */
  readonly orders: number;
  readonly last_order_at: number;
  readonly silent_days: number;
  /** Their own; null: fewer than three days with an order. */
  readonly usual_gap_days: number | null;
  readonly next_order_at: number | null;
  /** Whole per cent. */
  readonly chance_30_days: number | null;
  readonly chance_90_days: number | null;
  readonly chance_365_days: number | null;
  /** Minor units of the workspace's currency; what is expected is that of the next 365 days. */
  readonly worth_so_far: number | null;
  readonly worth_expected: number | null;
}

/** Null: never ordered. */
export function rhythmData(program: Program, person: Person, now: number): RhythmData | null {
  const outlook = outlookOf(program, person, 'orders', now);
  if (outlook === null) return null;
  const { usualGapMs: gapMs } = outlook;
  const chance = (days: number): number | null => {
    const within = outlook.within.find((each) => each.days === days);
    return within === undefined ? null : Math.round(within.chance * 100);
  };
  return {
    orders: outlook.days,
    last_order_at: outlook.lastAt,
    silent_days: Math.floor(outlook.silenceMs / DAY_MS),
    usual_gap_days: gapMs === null ? null : Math.max(1, Math.round(gapMs / DAY_MS)),
    next_order_at: outlook.next?.at ?? null,
    chance_30_days: chance(30),
    chance_90_days: chance(90),
    chance_365_days: chance(365),
    worth_so_far: outlook.worth === null ? null : Math.round(outlook.worth.soFar),
    worth_expected: outlook.worth === null ? null : Math.round(outlook.worth.expected),
  };
}
