// Leaves about exact amounts of a property in a window.
import type { Scope } from '../../memory/plan.ts';
import { slotKey } from '../../memory/plan.ts';
import { compileCellWindow, total } from '../cell-window.ts';
import type { Leaf } from '../evaluate.ts';
import type { Rule } from '../rule.ts';
import { windowReads } from '../reads.ts';
import { compileSelector } from '../selector.ts';
import { plural } from '../words.ts';
import { amountOf, cellsOf, compareAmount, talliesOf, textOf, unitsAt } from './tallies.ts';

export function compileSum(rule: Extract<Rule, { kind: 'sum' }>, scope: Scope): Leaf {
  const selector = compileSelector(rule, scope.zone);
  const window = compileCellWindow(rule.window, scope.zone);
  const { unit, size } = window;
  const key = slotKey('cells', selector, rule.property, unit);
  const value = amountOf(rule.value);
  return {
    needs: [{ kind: 'cells', key, selector, property: rule.property, unit, size }, ...window.needs],
    reads: windowReads(rule.window),
    ask: (context) => {
      const { tallies, scale } = talliesOf(cellsOf(context.memory, key), value.scale);
      const limit = unitsAt(value, scale);
      return window.ask(context, tallies, (amount) => compareAmount(amount, rule.op, limit));
    },
    evidence: (context) => {
      const { tallies, scale } = talliesOf(cellsOf(context.memory, key));
      const inside = window.inside(context);
      const { amount, count } = total(tallies.filter((tally) => inside(tally.index)));
      return `${textOf(amount, scale)} from ${plural(count, 'event')}`;
    },
  };
}
