// Windows over cells of memory: which unit answers them, how many cells back, and what is inside now and, as time goes on
// alone, later. Rolling windows lose a cell at a time; calendar windows change at the ends of their periods.
import { monthOf } from '../lib/calendar.ts';
import type { Period } from '../lib/calendar.ts';
import { isInHours } from '../lib/duration.ts';
import type { Instant } from '../lib/instant.ts';
import { DAY_MS, HOUR_MS, NEVER } from '../lib/instant.ts';
import type { Zone } from '../lib/zone.ts';
import { localDay } from '../lib/zone.ts';
import type { Need } from '../memory/plan.ts';
import type { Unit } from '../memory/units.ts';
import { cellIndex, cellStart } from '../memory/units.ts';
import type { EvaluationContext } from './evaluate.ts';
import { lasting, NO } from './evaluate.ts';
import type { Days } from './periods.ts';
import { askPeriods, daysOf } from './periods.ts';
import type { Answer, CalendarWindow, Window } from './rule.ts';
import { anchorOf, durationOf, windowNeeds } from './window.ts';

/** Amounts since an anchor reach so many days back. */
export const SINCE_DAYS_MAX = 400;

/** What one cell adds to a total. In the order of their indexes. */
export interface Tally {
  readonly index: number;
  readonly amount: bigint;
  readonly count: number;
}

export type HoldsOf = (amount: bigint, count: number) => boolean;

export interface CellWindow {
  /** The cells that answer the window: their unit and how many. */
  readonly unit: Unit;
  readonly size: number;
  /** What it asks of memory besides. */
  readonly needs: readonly Need[];
  /** From the total of the cells inside. False without an anchor. */
  readonly ask: (context: EvaluationContext, tallies: readonly Tally[], holdsOf: HoldsOf) => Answer;
  /** Whether a cell lies inside now. */
  readonly inside: (context: EvaluationContext) => (index: number) => boolean;
}

export function compileCellWindow(window: Window | undefined, zone: Zone): CellWindow {
  if (window === undefined) {
    return {
      unit: 'all',
      size: 1,
      needs: [],
      ask: (_, tallies, holdsOf) => lasting(holdsTotal(tallies, holdsOf)),
      inside: () => () => true,
    };
  }
  if ('last' in window) {
    const unit = isInHours(window.last) ? 'hour' : 'day';
    const size = durationOf(window.last) / (unit === 'hour' ? HOUR_MS : DAY_MS);
    return rolling({ unit, size, zone, needs: [], anchor: () => -Infinity });
  }
  if ('since' in window) {
    const anchor = (context: EvaluationContext): number | null => {
      const at = anchorOf(window.since, context);
      return at === null ? null : localDay(zone, at);
    };
    return rolling({ unit: 'day', size: SINCE_DAYS_MAX, zone, needs: windowNeeds(window), anchor });
  }
  return calendar(window, zone);
}

interface Rolling {
  readonly unit: 'hour' | 'day';
  readonly size: number;
  readonly zone: Zone;
  readonly needs: readonly Need[];
  /** No cell before this one counts; null: none does. */
  readonly anchor: (context: EvaluationContext) => number | null;
}

function rolling({ unit, size, zone, needs, anchor }: Rolling): CellWindow {
  const oldest = (context: EvaluationContext): number | null => {
    const from = anchor(context);
    return from === null ? null : Math.max(from, cellIndex(unit, zone, context.now) - size + 1);
  };
  return {
    unit,
    size,
    needs,
    ask: (context, tallies, holdsOf) => {
      const from = oldest(context);
      if (from === null) return NO;
      const inside = tallies.filter((tally) => tally.index >= from);
      return askRolling(inside, holdsOf, (index) => cellStart(unit, zone, index + size));
    },
    inside: (context) => {
      const from = oldest(context);
      return (index) => from !== null && index >= from;
    },
  };
}

/** Cells leave one by one, the oldest first; the first one after which the answer turns is when it does. */
function askRolling(
  inside: readonly Tally[],
  holdsOf: HoldsOf,
  leavesAt: (index: number) => Instant,
): Answer {
  let { amount, count } = total(inside);
  const holds = holdsOf(amount, count);
  for (const [i, tally] of inside.entries()) {
    amount -= tally.amount;
    count -= tally.count;
    if (holdsOf(amount, count) === holds) continue;
    const until = leavesAt(tally.index);
    // Around a day that a zone skipped, two leave at once.
    const next = inside[i + 1];
    if (next === undefined || leavesAt(next.index) > until) return { holds, until };
  }
  return { holds, until: NEVER };
}

function calendar(window: CalendarWindow, zone: Zone): CellWindow {
  const { unit, size } = 'this' in window ? CELLS_OF_THIS[window.this] : CELLS_OF_PREVIOUS[window.previous];
  const first = (day: number): number => (unit === 'month' ? monthOf(day) : day);
  const isIn = ({ from, to }: Days): ((index: number) => boolean) => {
    const [low, high] = [first(from), first(to)];
    return (index) => index >= low && index < high;
  };
  return {
    unit,
    size,
    needs: [],
    ask: ({ now }, tallies, holdsOf) =>
      askPeriods(window, zone, now, (days) => {
        const inside = isIn(days);
        return holdsTotal(
          tallies.filter((tally) => inside(tally.index)),
          holdsOf,
        );
      }),
    inside: ({ now }) => isIn(daysOf(window, zone, now)),
  };
}

type Cells = { readonly unit: 'day' | 'month'; readonly size: number };

const CELLS_OF_THIS: { readonly [period in Period]: Cells } = {
  day: { unit: 'day', size: 1 },
  week: { unit: 'day', size: 7 },
  month: { unit: 'month', size: 1 },
  quarter: { unit: 'month', size: 3 },
  year: { unit: 'month', size: 12 },
};

const CELLS_OF_PREVIOUS: { readonly [period in Period]: Cells } = {
  day: { unit: 'day', size: 2 },
  week: { unit: 'day', size: 14 },
  month: { unit: 'month', size: 2 },
  quarter: { unit: 'month', size: 6 },
  year: { unit: 'month', size: 24 },
};

function holdsTotal(tallies: readonly Tally[], holdsOf: HoldsOf): boolean {
  const { amount, count } = total(tallies);
  return holdsOf(amount, count);
}

export function total(tallies: readonly Tally[]): { amount: bigint; count: number } {
  let amount = 0n;
  let count = 0;
  for (const tally of tallies) {
    amount += tally.amount;
    count += tally.count;
  }
  return { amount, count };
}
