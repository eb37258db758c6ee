// Leaves about exact amounts in windows of local days: a sum, and one window against the one before it. They change only
// at midnight, when a day leaves a window; the first midnight at which the answer turns is found by walking ahead.
import type { Decimal } from '../../lib/decimal.ts';
import { decimalText, parseDecimal, readDecimal, ZERO } from '../../lib/decimal.ts';
import { DAY_MS, NEVER } from '../../lib/instant.ts';
import type { LocalDay } from '../../lib/instant.ts';
import { dayStart, localDay } from '../../lib/zone.ts';
import { spendCells } from '../../memory/orders.ts';
import type { Scope } from '../../memory/plan.ts';
import { ORDERS_KEY, slotKey } from '../../memory/plan.ts';
import type { Cell } from '../../memory/slot.ts';
import type { Memory } from '../../person.ts';
import type { EvaluationContext, Leaf } from '../evaluate.ts';
import { lasting, NO } from '../evaluate.ts';
import type { Amount, AmountOp, Answer, Rule } from '../rule.ts';
import { compileSelector } from '../selector.ts';
import { durationOf } from '../window.ts';
import { plural } from '../words.ts';

export function compileSum(rule: Extract<Rule, { kind: 'sum' }>, scope: Scope): Leaf {
  const selector = compileSelector(rule, scope.zone);
  const key = slotKey('cells', selector, rule.property);
  const days = durationOf(rule.window.last) / DAY_MS;
  const value = amountOf(rule.value);
  return {
    needs: [{ kind: 'cells', key, selector, property: rule.property, size: days }],
    reads: [],
    ask: ({ memory, now }) => {
      const today = localDay(scope.zone, now);
      const series = seriesOf(cellsOf(memory, key), today - days + 1, value.scale);
      const limit = value.units * 10n ** BigInt(series.scale - value.scale);
      let sum = 0n;
      for (const amount of series.amounts) sum += amount;

      const holds = compareAmount(sum, rule.op, limit);
      for (let i = 0; i < series.days.length; i++) {
        sum -= series.amounts[i]!;
        if (compareAmount(sum, rule.op, limit) !== holds) {
          return { holds, until: dayStart(scope.zone, series.days[i]! + days) };
        }
      }
      return lasting(holds);
    },
    evidence: ({ memory, now }) => {
      const today = localDay(scope.zone, now);
      const series = seriesOf(cellsOf(memory, key), today - days + 1, 0);
      return `${textOf(sumOf(series.amounts), series.scale)} in ${plural(days, 'day')}`;
    },
  };
}

export function compileTrend(rule: Extract<Rule, { kind: 'trend' }>, scope: Scope): Leaf {
  const selector = compileSelector(rule, scope.zone);
  const property = rule.property ?? null;
  const key = slotKey('cells', selector, property);
  const trend: Trend = {
    ...rule,
    share: amountOf(rule.share),
    countMin: rule.count_at_least ?? 0,
    byCount: property === null,
  };
  const cells = (memory: Memory): readonly Cell[] => cellsOf(memory, key);
  return {
    needs: [{ kind: 'cells', key, selector, property, size: 2 * rule.days }],
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
  const cells = ({ memory, now }: EvaluationContext): readonly Cell[] => {
    const slot = memory.slots[ORDERS_KEY];
    if (slot?.kind !== 'orders') return [];
    return spendCells(slot, localDay(scope.zone, now) - 2 * rule.days + 1);
  };
  return {
    needs: [{ kind: 'orders', spend_days: 2 * rule.days }],
    reads: [],
    ask: (context) => askTrend(trend, cells(context), context, scope),
    evidence: (context) => trendWords(trend, cells(context), context, scope),
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
  const series = seriesOf(cells, today - 2 * days + 1, 0);
  let count = 0;
  for (const n of series.counts) count += n;
  // The number of events in both windows only falls while nothing new happens.
  if (count < trend.countMin || series.days.length === 0) return NO;

  const amounts = trend.byCount ? series.counts.map(BigInt) : series.amounts;
  let moved = series.days.findIndex((day) => day > today - days);
  if (moved < 0) moved = series.days.length;
  let left = 0;
  let before = sumOf(amounts.slice(0, moved));
  let last = sumOf(amounts.slice(moved));

  const holds = holdsTrend(trend, last, before, count);
  while (left < series.days.length) {
    const leavesOn = series.days[left]! + 2 * days;
    const movesOn = moved < series.days.length ? series.days[moved]! + days : Infinity;
    const day = Math.min(leavesOn, movesOn);
    if (movesOn === day) {
      last -= amounts[moved]!;
      before += amounts[moved]!;
      moved++;
    }
    if (leavesOn === day) {
      before -= amounts[left]!;
      count -= series.counts[left]!;
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

function trendWords(trend: Trend, cells: readonly Cell[], { now }: EvaluationContext, scope: Scope): string {
  const from = localDay(scope.zone, now) - trend.days;
  const series = seriesOf(cells, from - trend.days + 1, 0);
  const amounts = trend.byCount ? series.counts.map(BigInt) : series.amounts;
  const scale = trend.byCount ? 0 : series.scale;
  const last = sumOf(amounts.filter((_, i) => series.days[i]! > from));
  const before = sumOf(amounts.filter((_, i) => series.days[i]! <= from));
  return `${textOf(last, scale)} in the last ${plural(trend.days, 'day')}, ${textOf(before, scale)} in the ${trend.days} before`;
}

/** Cells from a day on, their amounts as integers of one scale. */
interface Series {
  readonly days: readonly LocalDay[];
  readonly amounts: readonly bigint[];
  readonly counts: readonly number[];
  readonly scale: number;
}

function seriesOf(cells: readonly Cell[], oldest: LocalDay, scaleMin: number): Series {
  const recent =
    cells.length > 0 && cells[0]![0] < oldest ? cells.filter((cell) => cell[0] >= oldest) : cells;
  const decimals = recent.map((cell) => readDecimal(cell[1]));
  let scale = scaleMin;
  for (const decimal of decimals) if (decimal.scale > scale) scale = decimal.scale;
  return {
    days: recent.map((cell) => cell[0]),
    amounts: decimals.map((d) => (d.scale === scale ? d.units : d.units * 10n ** BigInt(scale - d.scale))),
    counts: recent.map((cell) => cell[2]),
    scale,
  };
}

function cellsOf(memory: Memory, key: string): readonly Cell[] {
  const slot = memory.slots[key];
  return slot?.kind === 'cells' ? slot.cells : [];
}

function compareAmount(sum: bigint, op: AmountOp, limit: bigint): boolean {
  switch (op) {
    case 'over':
      return sum > limit;
    case 'at_least':
      return sum >= limit;
    case 'under':
      return sum < limit;
    case 'at_most':
      return sum <= limit;
  }
}

function sumOf(amounts: readonly bigint[]): bigint {
  let sum = 0n;
  for (const amount of amounts) sum += amount;
  return sum;
}

function textOf(units: bigint, scale: number): string {
  return decimalText({ units, scale });
}

/** An amount that the parser has seen. */
function amountOf(amount: Amount): Decimal {
  return parseDecimal(amount) ?? ZERO;
}
