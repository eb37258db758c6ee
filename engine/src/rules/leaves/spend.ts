// The leaf about money of net orders: all of it in a window, or the average per order. Refunds are taken off wherever the
// order lies; a partial refund lowers the spend of the order's day, not of its own.
import { shifted } from '../../lib/decimal.ts';
import { minorDigits } from '../../lib/currency.ts';
import { spendCells } from '../../memory/orders.ts';
import type { Scope } from '../../memory/plan.ts';
import { ORDERS_KEY } from '../../memory/plan.ts';
import type { Cell } from '../../memory/slot.ts';
import type { Memory } from '../../person.ts';
import { compileCellWindow } from '../cell-window.ts';
import type { Leaf } from '../evaluate.ts';
import { windowReads } from '../reads.ts';
import type { Rule } from '../rule.ts';
import { askTotal, cellsInside, totalWords } from './amounts.ts';
import { amountOf, inMajorUnits } from './tallies.ts';

export function compileSpend(rule: Extract<Rule, { kind: 'spend' }>, scope: Scope): Leaf {
  const { currency } = scope.definition;
  const digits = minorDigits(currency);
  const window = compileCellWindow(rule.window, scope.zone);
  const { unit, size } = window;
  const of = rule.per === 'all' ? 'sum' : 'average';
  const asked = { of, op: rule.op, value: shifted(amountOf(rule.value), digits) } as const;
  const cells = (memory: Memory): readonly Cell[] => {
    const slot = memory.slots[ORDERS_KEY];
    return slot?.kind === 'orders' ? spendCells(slot, unit, scope.zone) : [];
  };
  return {
    needs: [{ kind: 'orders', spend_days: unit === 'day' ? size : 1 }, ...window.needs],
    reads: windowReads(rule.window),
    ask: (context) => askTotal(asked, window, cells(context.memory), context),
    evidence: (context) => {
      const inside = cellsInside(window, cells(context.memory), context);
      return `${currency} ${totalWords(of, inMajorUnits(inside, digits), 'order')}`;
    },
  };
}
