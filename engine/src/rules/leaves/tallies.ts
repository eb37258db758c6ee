// Cells of memory as whole numbers of one scale, so that they add up and compare exactly.
import type { Decimal } from '../../lib/decimal.ts';
import { decimalText, parseDecimal, readDecimal, shifted, ZERO } from '../../lib/decimal.ts';
import type { Cell } from '../../memory/slot.ts';
import type { Memory } from '../../person.ts';
import type { Tally } from '../cell-window.ts';
import type { Amount, AmountOp } from '../rule.ts';

/** Amounts are so many times 10^-scale. */
export interface Tallies {
  readonly tallies: readonly Tally[];
  readonly scale: number;
}

export function talliesOf(cells: readonly Cell[], scaleMin = 0): Tallies {
  const decimals = cells.map((cell) => readDecimal(cell[1]));
  const scale = decimals.reduce((max, decimal) => Math.max(max, decimal.scale), scaleMin);
  const tallies = cells.map((cell, i) => ({
    index: cell[0],
    amount: unitsAt(decimals[i]!, scale),
    count: cell[2],
  }));
  return { tallies, scale };
}

/** A decimal of no larger scale as a whole number of this one. */
export function unitsAt({ units, scale }: Decimal, to: number): bigint {
  return scale === to ? units : units * 10n ** BigInt(to - scale);
}

export function cellsOf(memory: Memory, key: string): readonly Cell[] {
  const slot = memory.slots[key];
  return slot?.kind === 'cells' ? slot.cells : [];
}

export function compareAmount<T extends bigint | number>(amount: T, op: AmountOp, limit: T): boolean {
  switch (op) {
    case 'over':
      return amount > limit;
    case 'at_least':
      return amount >= limit;
    case 'under':
      return amount < limit;
    case 'at_most':
      return amount <= limit;
  }
}

/** Minor units of a currency as major ones. */
export function inMajorUnits(cells: readonly Cell[], digits: number): readonly Cell[] {
  return cells.map(([index, amount, count]) => [
    index,
    decimalText(shifted(readDecimal(amount), -digits)),
    count,
  ]);
}

export function textOf(units: bigint, scale: number): string {
  return decimalText({ units, scale });
}

/** An amount that the parser has seen. */
export function amountOf(amount: Amount): Decimal {
  return parseDecimal(amount) ?? ZERO;
}
