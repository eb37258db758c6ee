// Leaves that compare one window of local days with the one before it. They change only at midnight, when a day moves from
// one window into the other or out of both; the first midnight at which the answer turns is found by walking ahead.
import type { Decimal } from '../../lib/decimal.ts';
import { NEVER } from '../../lib/instant.ts';
import { minorDigits } from '../../lib/currency.ts';
import { dayStart, localDay } from '../../lib/zone.ts';
import { pruneCells } from '../../memory/cells.ts';
import { spendCells } from '../../memory/orders.ts';
import type { Scope } from '../../memory/plan.ts';
import { ORDERS_KEY, slotKey } from '../../memory/plan.ts';
import type { Cell } from '../../memory/slot.ts';
import type { Memory } from '../../person.ts';
import type { Tally } from '../cell-window.ts';
import type { EvaluationContext, Leaf } from '../evaluate.ts';
import { NO } from '../evaluate.ts';
import type { Answer, Rule } from '../rule.ts';
import { compileSelector } from '../selector.ts';
import { plural } from '../words.ts';
import { amountOf, cellsOf, talliesOf, textOf } from './tallies.ts';

export function compileTrend(rule: Extract<Rule, { kind: 'trend' }>, scope: Scope): Leaf {
  const selector = compileSelector(rule, scope.zone);
  const property = rule.property ?? null;
  const key = slotKey('cells', selector, property, 'day');
  const trend: Trend = {
    ...rule,
    share: amountOf(rule.share),
    countMin: rule.count_at_least ?? 0,
    byCount: property === null,
  };
  const cells = (memory: Memory): readonly Cell[] => cellsOf(memory, key);
  return {
    needs: [{ kind: 'cells', key, selector, property, unit: 'day', size: 2 * rule.days }],
    reads: [],
    ask: (context) => askTrend(trend, cells(context.memory), context, scope),
    evidence: (context) => trendWords(trend, cells(context.memory), context, scope),
  };
}

export function compileSpendTrend(rule: Extract<Rule, { kind: 'spend_trend' }>, scope: Scope): Leaf {
  const trend: Trend = {
    ...rule,
    share: amountOf(rule.share),
    countMin: rule.orders_at_least ?? 0,
    byCount: false,
  };
  const cells = ({ memory }: EvaluationContext): readonly Cell[] => {
    const slot = memory.slots[ORDERS_KEY];
    return slot?.kind === 'orders' ? spendCells(slot, 'day', scope.zone) : [];
  };
  return {
    needs: [{ kind: 'orders', spend_days: 2 * rule.days }],
    reads: [],
    ask: (context) => askTrend(trend, cells(context), context, scope),
    evidence: (context) => trendWords(trend, cells(context), context, scope, majorUnits(scope)),
  };
}

interface Trend {
  readonly days: number;
  readonly op: 'under' | 'over';
  readonly share: Decimal;
  readonly countMin: number;
  /** Compare numbers of events instead of their amounts. */
  readonly byCount: boolean;
}

/** The last `days` local days against the `days` before. As time goes on a day first moves into the earlier window, then out of it. */
function askTrend(trend: Trend, cells: readonly Cell[], { now }: EvaluationContext, scope: Scope): Answer {
  const { days } = trend;
  const today = localDay(scope.zone, now);
  const { tallies } = tally(trend, cells, today);
  let count = 0;
  for (const each of tallies) count += each.count;
  // The number of events in both windows only falls while nothing new happens.
  if (count < trend.countMin || tallies.length === 0) return NO;

  let moved = tallies.findIndex((each) => each.index > today - days);
  if (moved < 0) moved = tallies.length;
  let left = 0;
  let before = sumOf(tallies.slice(0, moved));
  let last = sumOf(tallies.slice(moved));

  const holds = holdsTrend(trend, last, before, count);
  while (left < tallies.length) {
    const leavesOn = tallies[left]!.index + 2 * days;
    const movesOn = moved < tallies.length ? tallies[moved]!.index + days : Infinity;
    const day = Math.min(leavesOn, movesOn);
    if (movesOn === day) {
      last -= tallies[moved]!.amount;
      before += tallies[moved]!.amount;
      moved++;
    }
    if (leavesOn === day) {
      before -= tallies[left]!.amount;
      count -= tallies[left]!.count;
      left++;
    }
    if (holdsTrend(trend, last, before, count) !== holds) return { holds, until: dayStart(scope.zone, day) };
  }
  return { holds, until: NEVER };
}

function holdsTrend(trend: Trend, last: bigint, before: bigint, count: number): boolean {
  if (count < trend.countMin || before <= 0n) return false;
  const left = last * 10n ** BigInt(trend.share.scale);
  const right = before * trend.share.units;
  return trend.op === 'under' ? left < right : left > right;
}

/** The ledger counts in minor units; people read major ones. */
function majorUnits({ definition: { currency } }: Scope): (units: bigint, scale: number) => string {
  const digits = minorDigits(currency);
  return (units, scale) => `${currency} ${textOf(units, scale + digits)}`;
}

function trendWords(
  trend: Trend,
  cells: readonly Cell[],
  { now }: EvaluationContext,
  scope: Scope,
  shown: (units: bigint, scale: number) => string = textOf,
): string {
  const today = localDay(scope.zone, now);
  const { tallies, scale } = tally(trend, cells, today);
  const last = sumOf(tallies.filter((each) => each.index > today - trend.days));
  const before = sumOf(tallies) - last;
  return `${shown(last, scale)} in the last ${plural(trend.days, 'day')}, ${shown(before, scale)} in the ${trend.days} before`;
}

/** What both windows hold; where numbers of events are compared, these are the amounts. */
function tally(
  trend: Trend,
  cells: readonly Cell[],
  today: number,
): { readonly tallies: readonly Tally[]; readonly scale: number } {
  const found = talliesOf(pruneCells(cells, today - 2 * trend.days + 1));
  if (!trend.byCount) return found;
  return { tallies: found.tallies.map((each) => ({ ...each, amount: BigInt(each.count) })), scale: 0 };
}

function sumOf(tallies: readonly Tally[]): bigint {
  let sum = 0n;
  for (const { amount } of tallies) sum += amount;
  return sum;
}
