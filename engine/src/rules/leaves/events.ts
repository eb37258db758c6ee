// Leaves that look at events: how many, on how many days, the newest one's value, how often per value.
import type { Instant } from '../../lib/instant.ts';
import { localDay } from '../../lib/zone.ts';
import type { Need, Scope } from '../../memory/plan.ts';
import { slotKey } from '../../memory/plan.ts';
import { markedDays } from '../../memory/cells.ts';
import type { RecentSlot } from '../../memory/slot.ts';
import type { Memory } from '../../person.ts';
import { compileComparison } from '../compare.ts';
import type { EvaluationContext, Leaf } from '../evaluate.ts';
import { lasting, NO } from '../evaluate.ts';
import type { Answer, CalendarWindow, CountOp, Rule, Window } from '../rule.ts';
import { windowReads } from '../reads.ts';
import { compileSelector } from '../selector.ts';
import { compileCellWindow, total } from '../cell-window.ts';
import type { Days } from '../periods.ts';
import { askPeriods, daysOf, isCalendar, monthsBack } from '../periods.ts';
import { compileWindow, isInside, leavesAt, windowNeeds } from '../window.ts';
import { dateWords, plural, valueWords } from '../words.ts';
import { askNewest, holdsUntil, timesFor } from './newest.ts';
import { cellsOf, talliesOf } from './tallies.ts';

export function compileCount(rule: Extract<Rule, { kind: 'count' }>, scope: Scope): Leaf {
  if (isCalendar(rule.window)) return compileCountIn(rule, scope);
  const selector = compileSelector(rule, scope.zone);
  const key = slotKey('times', selector);
  const look = compileWindow(rule.window);
  const size = rule.window === undefined ? 0 : timesFor(rule.op, rule.n);
  const own: Need = { kind: 'times', key, selector, size };
  const { op, n } = rule;

  const read = (memory: Memory): { count: number; at: readonly Instant[] } => {
    const slot = memory.slots[key];
    return slot?.kind === 'times' ? slot : EMPTY_TIMES;
  };
  const evidence = ({ memory }: EvaluationContext): string => {
    const { count, at } = read(memory);
    if (count === 0) return 'never';
    return at[0] === undefined
      ? plural(count, 'time')
      : `${plural(count, 'time')}, last on ${dateWords(scope.zone, at[0])}`;
  };

  if (rule.window === undefined) {
    return {
      needs: [own],
      reads: [],
      ask: ({ memory }) => lasting(compareCount(read(memory).count, op, n)),
      evidence,
    };
  }
  return {
    needs: [own, ...windowNeeds(rule.window)],
    reads: windowReads(rule.window),
    ask: (context) => {
      const view = look(context);
      if (view.kind === 'none') return NO;
      const { at } = read(context.memory);
      return askNewest(view, op, n, at[n - 1], at[n]);
    },
    evidence,
  };
}

/** In a calendar window newest times do not suffice: days and months are counted. */
function compileCountIn(rule: Extract<Rule, { kind: 'count' }>, scope: Scope): Leaf {
  const selector = compileSelector(rule, scope.zone);
  const window = compileCellWindow(rule.window, scope.zone);
  const { unit, size } = window;
  const key = slotKey('cells', selector, null, unit);
  return {
    needs: [{ kind: 'cells', key, selector, property: null, unit, size }],
    reads: [],
    ask: (context) =>
      window.ask(context, talliesOf(cellsOf(context.memory, key)).tallies, (_, count) =>
        compareCount(count, rule.op, rule.n),
      ),
    evidence: (context) => {
      const inside = window.inside(context);
      const { tallies } = talliesOf(cellsOf(context.memory, key));
      const { count } = total(tallies.filter((tally) => inside(tally.index)));
      return count === 0 ? 'never' : plural(count, 'time');
    },
  };
}

export function compileDays(rule: Extract<Rule, { kind: 'days' }>, scope: Scope): Leaf {
  if (isCalendar(rule.window)) return compileDaysIn(rule, rule.window, scope);
  const selector = compileSelector(rule, scope.zone);
  const key = slotKey('days', selector);
  const look = compileWindow(rule.window);
  const { op, n } = rule;

  const read = (memory: Memory): readonly (readonly [number, Instant])[] => {
    const slot = memory.slots[key];
    return slot?.kind === 'days' ? slot.days : [];
  };
  return {
    needs: [{ kind: 'days', key, selector, size: Math.max(1, timesFor(op, n)) }, ...windowNeeds(rule.window)],
    reads: windowReads(rule.window),
    ask: (context) => {
      const view = look(context);
      if (view.kind === 'none') return NO;
      const days = read(context.memory);
      return askNewest(view, op, n, days[n - 1]?.[1], days[n]?.[1]);
    },
    evidence: ({ memory }) => {
      const days = read(memory);
      const last = days[0];
      if (last === undefined) return 'never';
      const many =
        days.length === timesFor(op, n)
          ? `at least ${plural(days.length, 'day')}`
          : plural(days.length, 'day');
      return `${many}, last on ${dateWords(scope.zone, last[1])}`;
    },
  };
}

/** In a calendar window the days of each month are marked. */
function compileDaysIn(rule: Extract<Rule, { kind: 'days' }>, window: CalendarWindow, scope: Scope): Leaf {
  const selector = compileSelector(rule, scope.zone);
  const key = slotKey('marks', selector);
  const daysIn = (memory: Memory, { from, to }: Days): number => {
    const slot = memory.slots[key];
    return slot?.kind === 'marks' ? markedDays(slot.cells, from, to) : 0;
  };
  return {
    needs: [{ kind: 'marks', key, selector, size: monthsBack(window) }],
    reads: [],
    ask: ({ memory, now }) =>
      askPeriods(window, scope.zone, now, (days) => compareCount(daysIn(memory, days), rule.op, rule.n)),
    evidence: ({ memory, now }) => {
      const days = daysIn(memory, daysOf(window, scope.zone, now));
      return days === 0 ? 'never' : `on ${plural(days, 'day')}`;
    },
  };
}

/** The newest event, or the first ever: a window asks whether that one lies in it. */
export function compileLatest(rule: Extract<Rule, { kind: 'latest' | 'first' }>, scope: Scope): Leaf {
  const selector = compileSelector(rule, scope.zone);
  const { kind, window } = rule;
  const key = slotKey(kind, selector, rule.property);
  const test = compileComparison(rule.op, rule.value, scope.zone);
  const askInside = compileInside(window, scope);
  return {
    needs: [{ kind, key, selector, property: rule.property }, ...windowNeeds(window)],
    reads: windowReads(window),
    ask: (context) => {
      const slot = context.memory.slots[key];
      if (slot?.kind !== kind || !test(slot.value)) return NO;
      return askInside(context, slot.at);
    },
    evidence: ({ memory }) => {
      const slot = memory.slots[key];
      if (slot?.kind !== kind) return 'never';
      return `${valueWords(slot.value)} on ${dateWords(scope.zone, slot.at)}`;
    },
  };
}

export function compilePerValue(rule: Extract<Rule, { kind: 'per_value' }>, scope: Scope): Leaf {
  const selector = compileSelector(rule, scope.zone);
  const key = slotKey('recent', selector, rule.property);
  const { window, n } = rule;
  const seen = (memory: Memory): RecentSlot['seen'] => {
    const slot = memory.slots[key];
    return slot?.kind === 'recent' ? slot.seen : [];
  };
  const needs: readonly Need[] = [
    { kind: 'recent', key, selector, property: rule.property },
    ...windowNeeds(window),
  ];
  const words = (found: SeenOften | null): string =>
    found === null
      ? `no value ${plural(n, 'time')}`
      : `${found.value}: ${plural(n, 'time')} since ${dateWords(scope.zone, found.at)}`;

  if (isCalendar(window)) {
    const bestIn = (memory: Memory, { from, to }: Days): SeenOften | null =>
      seenOften(
        seen(memory).filter(([at]) => {
          const day = localDay(scope.zone, at);
          return day >= from && day < to;
        }),
        n,
      );
    return {
      needs,
      reads: [],
      ask: ({ memory, now }) => askPeriods(window, scope.zone, now, (days) => bestIn(memory, days) !== null),
      evidence: ({ memory, now }) => words(bestIn(memory, daysOf(window, scope.zone, now))),
    };
  }
  const askInside = compileInside(window, scope);
  return {
    needs,
    reads: windowReads(window),
    ask: (context) => {
      const found = seenOften(seen(context.memory), n);
      return found === null ? NO : askInside(context, found.at);
    },
    evidence: ({ memory }) => words(seenOften(seen(memory), n)),
  };
}

interface SeenOften {
  readonly value: string;
  readonly at: Instant;
}

/** The value that came n times most recently, and its n-th newest time. */
function seenOften(seen: RecentSlot['seen'], n: number): SeenOften | null {
  const counts = new Map<string, number>();
  for (const [at, , value] of seen) {
    const count = (counts.get(value) ?? 0) + 1;
    // Newest first: the first value to come n times has the newest n-th time.
    if (count === n) return { at, value };
    counts.set(value, count);
  }
  return null;
}

/** Whether an instant lies inside the window, and until when that is so. */
function compileInside(
  window: Window | undefined,
  scope: Scope,
): (context: EvaluationContext, at: Instant) => Answer {
  if (isCalendar(window)) {
    return ({ now }, at) => {
      const day = localDay(scope.zone, at);
      return askPeriods(window, scope.zone, now, ({ from, to }) => day >= from && day < to);
    };
  }
  const look = compileWindow(window);
  return (context, at) => {
    const view = look(context);
    return isInside(view, at) ? holdsUntil(leavesAt(view, at)) : NO;
  };
}

export function compareCount(count: number, op: CountOp, n: number): boolean {
  switch (op) {
    case 'at_least':
      return count >= n;
    case 'at_most':
      return count <= n;
    case 'exactly':
      return count === n;
  }
}

const EMPTY_TIMES = { count: 0, at: [] };
