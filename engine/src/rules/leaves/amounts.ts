// Leaves about exact amounts of a property in a window: sum, average, smallest and largest. Averages are compared without
// dividing.
import type { Decimal } from '../../lib/decimal.ts';
import { compareDecimals, quotientText, readDecimal } from '../../lib/decimal.ts';
import type { Scope } from '../../memory/plan.ts';
import { slotKey } from '../../memory/plan.ts';
import type { Cell, ExtremeCell } from '../../memory/slot.ts';
import type { Memory } from '../../person.ts';
import type { CellWindow } from '../cell-window.ts';
import { compileCellWindow, total } from '../cell-window.ts';
import type { Answer, AmountOp, Rule } from '../rule.ts';
import type { EvaluationContext, Leaf } from '../evaluate.ts';
import { windowReads } from '../reads.ts';
import { compileSelector } from '../selector.ts';
import { plural } from '../words.ts';
import { amountOf, cellsOf, compareAmount, talliesOf, textOf, unitsAt } from './tallies.ts';

type AmountRule = Extract<Rule, { kind: 'sum' | 'average' | 'minimum' | 'maximum' }>;

export function compileAmount(rule: AmountRule, scope: Scope): Leaf {
  return rule.kind === 'sum' || rule.kind === 'average'
    ? compileTotal(rule, scope)
    : compileExtreme(rule, scope);
}

function compileTotal(rule: AmountRule, scope: Scope): Leaf {
  const selector = compileSelector(rule, scope.zone);
  const { property } = rule;
  const window = compileCellWindow(rule.window, scope.zone);
  const { unit, size } = window;
  const key = slotKey('cells', selector, property, unit);
  const asked = {
    of: rule.kind === 'sum' ? 'sum' : 'average',
    op: rule.op,
    value: amountOf(rule.value),
  } as const;
  return {
    needs: [{ kind: 'cells', key, selector, property, unit, size }, ...window.needs],
    reads: windowReads(rule.window),
    ask: (context) => askTotal(asked, window, cellsOf(context.memory, key), context),
    evidence: (context) => {
      const cells = cellsInside(window, cellsOf(context.memory, key), context);
      return totalWords(asked.of, cells, 'event');
    },
  };
}

/** What a sum or average is compared with. */
interface TotalAsked {
  readonly of: 'sum' | 'average';
  readonly op: AmountOp;
  readonly value: Decimal;
}

/** An average is over the value where the sum is over so many times the value. */
export function askTotal(
  { of, op, value }: TotalAsked,
  window: CellWindow,
  cells: readonly Cell[],
  context: EvaluationContext,
): Answer {
  const { tallies, scale } = talliesOf(cells, value.scale);
  const limit = unitsAt(value, scale);
  return window.ask(context, tallies, (amount, count) =>
    of === 'sum'
      ? compareAmount(amount, op, limit)
      : count > 0 && compareAmount(amount, op, limit * BigInt(count)),
  );
}

export function cellsInside<T extends readonly [number, ...unknown[]]>(
  window: CellWindow,
  cells: readonly T[],
  context: EvaluationContext,
): readonly T[] {
  const inside = window.inside(context);
  return cells.filter((cell) => inside(cell[0]));
}

/** `12.50 from 3 events`; an average is rounded for reading only. */
export function totalWords(of: 'sum' | 'average', cells: readonly Cell[], one: string): string {
  const { tallies, scale } = talliesOf(cells);
  const { amount, count } = total(tallies);
  if (of === 'sum') return `${textOf(amount, scale)} from ${plural(count, one)}`;
  if (count === 0) return `no ${one}`;
  return `${quotientText({ units: amount, scale }, count)} on average of ${plural(count, one)}`;
}

function compileExtreme(rule: AmountRule, scope: Scope): Leaf {
  const selector = compileSelector(rule, scope.zone);
  const { property, op } = rule;
  const window = compileCellWindow(rule.window, scope.zone);
  const { unit, size } = window;
  const key = slotKey('extremes', selector, property, unit);
  const value = amountOf(rule.value);
  const isMaximum = rule.kind === 'maximum';
  // The largest is over a value when any is; it is under a value when all are.
  const isAny = isMaximum === (op === 'over' || op === 'at_least');
  const extremeOf = (cell: ExtremeCell): Decimal => readDecimal(cell[isMaximum ? 2 : 1]);
  const meets = (cell: ExtremeCell): boolean =>
    compareAmount(BigInt(compareDecimals(extremeOf(cell), value)), op, 0n);
  return {
    needs: [{ kind: 'extremes', key, selector, property, unit, size }, ...window.needs],
    reads: windowReads(rule.window),
    ask: (context) => {
      const tallies = extremesOf(context.memory, key).map((cell) => ({
        index: cell[0],
        amount: meets(cell) ? 1n : 0n,
        count: 1,
      }));
      return window.ask(context, tallies, (met, cells) =>
        isAny ? met > 0n : cells > 0 && met === BigInt(cells),
      );
    },
    evidence: (context) => {
      const cells = cellsInside(window, extremesOf(context.memory, key), context);
      const sorted = cells.toSorted((a, b) => compareDecimals(extremeOf(a), extremeOf(b)));
      const found = isMaximum ? sorted.at(-1) : sorted[0];
      if (found === undefined) return 'none';
      return `${isMaximum ? 'largest' : 'smallest'}: ${found[isMaximum ? 2 : 1]}`;
    },
  };
}

function extremesOf(memory: Memory, key: string): readonly ExtremeCell[] {
  const slot = memory.slots[key];
  return slot?.kind === 'extremes' ? slot.cells : [];
}
