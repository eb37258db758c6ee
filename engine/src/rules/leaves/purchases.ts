// Leaves about orders and silence: how many, how far apart, how recent, and whether someone is quiet for their own rhythm.
import { DAY_MS } from '../../lib/instant.ts';
import type { DurationMs } from '../../lib/instant.ts';
import type { Scope } from '../../memory/plan.ts';
import { ORDERS_KEY } from '../../memory/plan.ts';
import type { NetOrders } from '../../memory/slot.ts';
import type { Memory } from '../../person.ts';
import type { LapseBy } from '../../prediction/lapse.ts';
import { lapseOf } from '../../prediction/lapse.ts';
import type { Statistics } from '../../prediction/statistics.ts';
import { ownGapDays, statisticsOf } from '../../prediction/statistics.ts';
import type { EvaluationContext, Leaf } from '../evaluate.ts';
import { lasting, NO, YES } from '../evaluate.ts';
import type { Rule } from '../rule.ts';
import { durationOf } from '../window.ts';
import { dateWords, gapWords, plural } from '../words.ts';
import { compareCount } from './events.ts';

/** Where neither the person nor the workspace shows a rhythm. */
export const GAP_DAYS_OTHERWISE = 60;

const ORDERS = [{ kind: 'orders' as const, spend_days: 0 }];
const NO_ORDERS: NetOrders = { days: 0, first_at: null, last_at: null, gap_ms: null };

export function compileOrders(rule: Extract<Rule, { kind: 'orders' }>): Leaf {
  return {
    needs: ORDERS,
    reads: [],
    ask: ({ memory }) => lasting(compareCount(netOrders(memory).days, rule.op, rule.n)),
    evidence: ({ memory }) => `ordered on ${plural(netOrders(memory).days, 'day')}`,
  };
}

export function compileOrderSpan(rule: Extract<Rule, { kind: 'order_span' }>, scope: Scope): Leaf {
  const ms = durationOf(rule.at_least);
  return {
    needs: ORDERS,
    reads: [],
    ask: ({ memory }) => {
      const { first_at, last_at } = netOrders(memory);
      return lasting(first_at !== null && last_at !== null && last_at - first_at >= ms);
    },
    evidence: ({ memory }) => {
      const { first_at, last_at } = netOrders(memory);
      if (first_at === null || last_at === null) return 'no order';
      return `first ${dateWords(scope.zone, first_at)}, last ${dateWords(scope.zone, last_at)}`;
    },
  };
}

export function compileLastOrder(rule: Extract<Rule, { kind: 'last_order' }>, scope: Scope): Leaf {
  const ms = durationOf(rule.within);
  return {
    needs: ORDERS,
    reads: [],
    ask: ({ memory, now }) => {
      const at = netOrders(memory).last_at;
      return at !== null && now < at + ms ? { holds: true, until: at + ms } : NO;
    },
    evidence: ({ memory }) => lastOrderWords(memory, scope),
  };
}

/** Silence that is not normal: from the person's lapse moment on, or as long as so many of their own gaps, bounded. */
export function compileQuiet(rule: Extract<Rule, { kind: 'quiet' }>, scope: Scope): Leaf {
  const { of, one_in: budget } = rule;
  const minMs = durationOf(rule.min);
  const maxMs = durationOf(rule.max);
  const daysMin = rule.days_at_least ?? 1;
  const { gap_days, visit_gap_days, prediction } = scope.definition;
  const gapOtherwiseMs = Math.round(
    ((of === 'orders' ? gap_days : visit_gap_days) ?? GAP_DAYS_OTHERWISE) * DAY_MS,
  );
  const learnt = (of === 'orders' ? prediction?.purchases : prediction?.visits) ?? null;

  const lapse = (memory: Memory, known: Statistics): { ms: DurationMs; by: LapseBy | 'gaps' } => {
    const found =
      budget === undefined || learnt === null
        ? null
        : lapseOf(learnt, known, budget, () => ownGapDays(of, memory, scope.zone));
    if (found !== null) return { ms: found.silenceMs, by: found.by };
    const gaps = Math.round(rule.gaps * (known.gapMs ?? gapOtherwiseMs));
    return { ms: Math.min(Math.max(gaps, minMs), maxMs), by: 'gaps' };
  };

  return {
    needs: [of === 'orders' ? ORDERS[0]! : { kind: 'visits' }],
    reads: [],
    ask: ({ memory, now }) => {
      const known = statisticsOf(of, memory, scope.zone);
      if (known === null || known.x + 1 < daysMin) return NO;
      const due = known.lastAt + lapse(memory, known).ms;
      return now >= due ? YES : { holds: false, until: due };
    },
    evidence: ({ memory, now }: EvaluationContext) => {
      const known = statisticsOf(of, memory, scope.zone);
      const what = of === 'orders' ? 'order' : 'visit';
      if (known === null) return `no ${what} yet`;
      if (known.x + 1 < daysMin) return `${what}s on ${plural(known.x + 1, 'day')} only`;
      const usual = `${known.gapMs === null ? 'a usual' : 'their own'} gap of ${gapWords(known.gapMs ?? gapOtherwiseMs)}`;
      const { ms, by } = lapse(memory, known);
      const due = known.lastAt + ms;
      return `no ${what} since ${dateWords(scope.zone, known.lastAt)}; ${usual}; quiet ${now >= due ? 'since' : 'from'} ${dateWords(scope.zone, due)}${LAPSE_WORDS[by]}`;
    },
  };
}

const LAPSE_WORDS: { readonly [by in LapseBy | 'gaps']: string } = {
  model: ', by the rhythm learnt from everyone and their own',
  own_gaps: ', by their own gaps',
  pooled_gap: ", by everyone's gaps",
  gaps: '',
};

export function netOrders(memory: Memory): NetOrders {
  const slot = memory.slots[ORDERS_KEY];
  return slot?.kind === 'orders' ? slot.net : NO_ORDERS;
}

export function lastOrderWords(memory: Memory, scope: Scope): string {
  const at = netOrders(memory).last_at;
  return at === null ? 'no order' : `last order on ${dateWords(scope.zone, at)}`;
}
