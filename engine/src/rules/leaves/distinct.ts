// The leaf about distinct values of a property. Windows that end now are answered by the most recently seen values and their
// newest times; the previous calendar period needs the values of each period.
import { dayStart } from '../../lib/zone.ts';
import type { Scope } from '../../memory/plan.ts';
import { slotKey } from '../../memory/plan.ts';
import type { DistinctSlot } from '../../memory/slot.ts';
import type { Memory } from '../../person.ts';
import type { Leaf } from '../evaluate.ts';
import { NO } from '../evaluate.ts';
import type { Days } from '../periods.ts';
import { askPeriods, daysOf, isCalendar } from '../periods.ts';
import { windowReads } from '../reads.ts';
import type { Rule } from '../rule.ts';
import type { CompiledSelector } from '../selector.ts';
import { compileSelector } from '../selector.ts';
import { compileWindow, isInside, windowNeeds } from '../window.ts';
import { plural } from '../words.ts';
import { compareCount } from './events.ts';
import { askNewest, timesFor } from './newest.ts';

type DistinctRule = Extract<Rule, { kind: 'distinct' }>;

export function compileDistinct(rule: DistinctRule, scope: Scope): Leaf {
  const selector = compileSelector(rule, scope.zone);
  const { window } = rule;
  if (isCalendar(window) && 'previous' in window) return compilePrevious(rule, selector, scope);

  const { property, op, n } = rule;
  const key = slotKey('distinct', selector, property);
  const size = sizeFor(rule);
  const values = (memory: Memory): DistinctSlot['values'] => {
    const slot = memory.slots[key];
    return slot?.kind === 'distinct' ? slot.values : [];
  };
  const needs = [{ kind: 'distinct' as const, key, selector, property, size }, ...windowNeeds(window)];
  const reads = windowReads(window);

  if (isCalendar(window)) {
    const countIn = (memory: Memory, { from, to }: Days): number => {
      const [start, end] = [dayStart(scope.zone, from), dayStart(scope.zone, to)];
      return values(memory).filter(([at]) => at >= start && at < end).length;
    };
    return {
      needs,
      reads,
      ask: ({ memory, now }) =>
        askPeriods(window, scope.zone, now, (days) => compareCount(countIn(memory, days), op, n)),
      evidence: ({ memory, now }) => valuesWords(countIn(memory, daysOf(window, scope.zone, now)), rule),
    };
  }
  const look = compileWindow(window);
  return {
    needs,
    reads,
    ask: (context) => {
      const view = look(context);
      if (view.kind === 'none') return NO;
      const seen = values(context.memory);
      return askNewest(view, op, n, seen[n - 1]?.[0], seen[n]?.[0]);
    },
    evidence: (context) => {
      const view = look(context);
      return valuesWords(values(context.memory).filter(([at]) => isInside(view, at)).length, rule);
    },
  };
}

function compilePrevious(rule: DistinctRule, selector: CompiledSelector, scope: Scope): Leaf {
  const { property, window, op, n } = rule;
  if (window === undefined || !('previous' in window)) throw new Error('not a previous period');
  const period = window.previous;
  const key = slotKey('period_values', selector, property, period);
  const countIn = (memory: Memory, { from }: Days): number => {
    const slot = memory.slots[key];
    if (slot?.kind !== 'period_values') return 0;
    return slot.cells.find(([start]) => start === from)?.[1].length ?? 0;
  };
  return {
    needs: [{ kind: 'period_values', key, selector, property, period, size: sizeFor(rule) }],
    reads: [],
    ask: ({ memory, now }) =>
      askPeriods(window, scope.zone, now, (days) => compareCount(countIn(memory, days), op, n)),
    evidence: ({ memory, now }) => valuesWords(countIn(memory, daysOf(window, scope.zone, now)), rule),
  };
}

/** Memory keeps at least one value. */
function sizeFor({ op, n }: DistinctRule): number {
  return Math.max(1, timesFor(op, n));
}

/** As many as are kept may be more. */
function valuesWords(count: number, rule: DistinctRule): string {
  return `${count >= sizeFor(rule) ? 'at least ' : ''}${plural(count, 'value')}`;
}
