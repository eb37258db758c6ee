// Leaves about orders and silence: how many, how far apart, how recent, and whether someone is quiet for their own rhythm.
import { DAY_MS } from '../../lib/instant.ts';
import type { DurationMs, Instant } from '../../lib/instant.ts';
import type { Scope } from '../../memory/plan.ts';
import { ORDERS_KEY, VISITS_KEY } from '../../memory/plan.ts';
import type { NetOrders } from '../../memory/slot.ts';
import type { Memory } from '../../person.ts';
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

/** Silence as long as so many of the person's own gaps, bounded: holds from the last time plus that on. */
export function compileQuiet(rule: Extract<Rule, { kind: 'quiet' }>, scope: Scope): Leaf {
  const minMs = durationOf(rule.min);
  const maxMs = durationOf(rule.max);
  const daysMin = rule.days_at_least ?? 1;
  const otherwise = rule.of === 'orders' ? scope.definition.gap_days : scope.definition.visit_gap_days;
  const gapOtherwiseMs = Math.round((otherwise ?? GAP_DAYS_OTHERWISE) * DAY_MS);
  const rhythm = rule.of === 'orders' ? orderRhythm : visitRhythm;
  const silenceMs = (gapMs: DurationMs): DurationMs =>
    Math.min(Math.max(Math.round(rule.gaps * gapMs), minMs), maxMs);

  return {
    needs: [rule.of === 'orders' ? ORDERS[0]! : { kind: 'visits' }],
    reads: [],
    ask: ({ memory, now }) => {
      const { last_at, gap_ms, days } = rhythm(memory);
      if (last_at === null || days < daysMin) return NO;
      const due = last_at + silenceMs(gap_ms ?? gapOtherwiseMs);
      return now >= due ? YES : { holds: false, until: due };
    },
    evidence: ({ memory, now }: EvaluationContext) => {
      const { last_at, gap_ms, days } = rhythm(memory);
      const what = rule.of === 'orders' ? 'order' : 'visit';
      if (last_at === null) return `no ${what} yet`;
      if (days < daysMin) return `${what}s on ${plural(days, 'day')} only`;
      const usual = `${gap_ms === null ? 'a usual' : 'their own'} gap of ${gapWords(gap_ms ?? gapOtherwiseMs)}`;
      const due = last_at + silenceMs(gap_ms ?? gapOtherwiseMs);
      return `no ${what} since ${dateWords(scope.zone, last_at)}; ${usual}; quiet ${now >= due ? 'since' : 'from'} ${dateWords(scope.zone, due)}`;
    },
  };
}

export function netOrders(memory: Memory): NetOrders {
  const slot = memory.slots[ORDERS_KEY];
  return slot?.kind === 'orders' ? slot.net : NO_ORDERS;
}

export function lastOrderWords(memory: Memory, scope: Scope): string {
  const at = netOrders(memory).last_at;
  return at === null ? 'no order' : `last order on ${dateWords(scope.zone, at)}`;
}

interface Rhythm {
  readonly last_at: Instant | null;
  readonly gap_ms: DurationMs | null;
  readonly days: number;
}

function orderRhythm(memory: Memory): Rhythm {
  return netOrders(memory);
}

function visitRhythm(memory: Memory): Rhythm {
  const slot = memory.slots[VISITS_KEY];
  return slot?.kind === 'visits'
    ? { last_at: slot.last_at, gap_ms: slot.gap_ms, days: slot.all_days }
    : NO_ORDERS;
}
