// Leaves that look at events: how many, on how many days, the newest one's value, how often per value.
import type { Instant } from '../../lib/instant.ts';
import { NEVER } from '../../lib/instant.ts';
import type { Need, Scope } from '../../memory/plan.ts';
import { slotKey } from '../../memory/plan.ts';
import type { Memory } from '../../person.ts';
import { compileComparison } from '../compare.ts';
import type { EvaluationContext, Leaf } from '../evaluate.ts';
import { lasting, NO, YES } from '../evaluate.ts';
import type { Answer, CountOp, Rule } from '../rule.ts';
import { windowReads } from '../reads.ts';
import { compileSelector } from '../selector.ts';
import type { View } from '../window.ts';
import { compileWindow, isInside, leavesAt, windowNeeds } from '../window.ts';
import { dateWords, plural, valueWords } from '../words.ts';

export function compileCount(rule: Extract<Rule, { kind: 'count' }>, scope: Scope): Leaf {
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

export function compileDays(rule: Extract<Rule, { kind: 'days' }>, scope: Scope): Leaf {
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

export function compileLatest(rule: Extract<Rule, { kind: 'latest' }>, scope: Scope): Leaf {
  const selector = compileSelector(rule, scope.zone);
  const key = slotKey('latest', selector, rule.property);
  const look = compileWindow(rule.window);
  const test = compileComparison(rule.op, rule.value, scope.zone);
  return {
    needs: [{ kind: 'latest', key, selector, property: rule.property }, ...windowNeeds(rule.window)],
    reads: windowReads(rule.window),
    ask: (context) => {
      const slot = context.memory.slots[key];
      if (slot?.kind !== 'latest' || !test(slot.value)) return NO;
      const view = look(context);
      return isInside(view, slot.at) ? holdsUntil(leavesAt(view, slot.at)) : NO;
    },
    evidence: ({ memory }) => {
      const slot = memory.slots[key];
      if (slot?.kind !== 'latest') return 'never';
      return `${valueWords(slot.value)} on ${dateWords(scope.zone, slot.at)}`;
    },
  };
}

export function compilePerValue(rule: Extract<Rule, { kind: 'per_value' }>, scope: Scope): Leaf {
  const selector = compileSelector(rule, scope.zone);
  const key = slotKey('recent', selector, rule.property);
  const look = compileWindow(rule.window);

  const best = (memory: Memory): { at: Instant; value: string } | null => {
    const slot = memory.slots[key];
    if (slot?.kind !== 'recent') return null;
    const counts = new Map<string, number>();
    for (const [at, , value] of slot.seen) {
      const count = (counts.get(value) ?? 0) + 1;
      // Newest first: the first value to come n times has the newest n-th time.
      if (count === rule.n) return { at, value };
      counts.set(value, count);
    }
    return null;
  };
  return {
    needs: [{ kind: 'recent', key, selector, property: rule.property }, ...windowNeeds(rule.window)],
    reads: windowReads(rule.window),
    ask: (context) => {
      const found = best(context.memory);
      if (found === null) return NO;
      const view = look(context);
      return isInside(view, found.at) ? holdsUntil(leavesAt(view, found.at)) : NO;
    },
    evidence: ({ memory }) => {
      const found = best(memory);
      if (found === null) return `no value ${plural(rule.n, 'time')}`;
      return `${found.value}: ${plural(rule.n, 'time')} since ${dateWords(scope.zone, found.at)}`;
    },
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

/** How many newest times answer the question: one more than n shows that there are too many. */
function timesFor(op: CountOp, n: number): number {
  return op === 'at_least' ? n : n + 1;
}

/** From the n-th newest instant and the one before it. */
function askNewest(
  view: View,
  op: CountOp,
  n: number,
  nth: Instant | undefined,
  further: Instant | undefined,
): Answer {
  const enough = n === 0 || (nth !== undefined && isInside(view, nth));
  if (op === 'at_least')
    return enough ? holdsUntil(n === 0 || nth === undefined ? NEVER : leavesAt(view, nth)) : NO;

  const tooMany = further !== undefined && isInside(view, further);
  if (op === 'at_most') return tooMany ? { holds: false, until: leavesAt(view, further) } : YES;
  if (!tooMany) return enough ? holdsUntil(n === 0 || nth === undefined ? NEVER : leavesAt(view, nth)) : NO;
  // Where the n-th leaves at the same instant, n is never met.
  return nth === further ? NO : { holds: false, until: leavesAt(view, further) };
}

function holdsUntil(until: Instant): Answer {
  return until === NEVER ? YES : { holds: true, until };
}
