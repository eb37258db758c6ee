// Amounts by cells of time (an hour, a day, a month, all time), oldest first: exact sums and numbers of events, smallest
// and largest amounts, days marked in their month, values seen in a period. Each is a function of the set of events alone.
import { monthOf, monthStart } from '../lib/calendar.ts';
import { add, compareDecimals, decimalText, readDecimal } from '../lib/decimal.ts';
import type { LocalDay } from '../lib/instant.ts';
import { compareText } from '../lib/json.ts';
import type { Cell, ExtremeCell, MarkCell, ValuesCell } from './slot.ts';

/** A slot of cells, whatever they hold. */
interface Cells<K extends string, T> {
  readonly kind: K;
  readonly cells: readonly T[];
}

type Indexed = readonly [number, ...unknown[]];

/** Puts one cell into a slot; cells before `oldest` are forgotten. Undefined when nothing is left. */
export function foldInto<K extends string, T extends Indexed>(
  kind: K,
  slot: Cells<K, T> | undefined,
  cell: T,
  how: {
    readonly oldest: number;
    readonly put: (cells: readonly T[], cell: T) => readonly T[];
  },
): Cells<K, T> | undefined {
  const kept = pruneCells(slot?.cells ?? [], how.oldest);
  const cells = cell[0] < how.oldest ? kept : how.put(kept, cell);
  if (slot !== undefined && cells === slot.cells) return slot;
  return cells.length === 0 ? undefined : { kind, cells };
}

/** The slot without the cells before `oldest`; undefined when nothing is left. */
export function pruneSlotCells<K extends string, T extends Indexed>(
  slot: Cells<K, T>,
  oldest: number,
): Cells<K, T> | undefined {
  const cells = pruneCells(slot.cells, oldest);
  if (cells.length === 0) return undefined;
  return cells === slot.cells ? slot : { kind: slot.kind, cells };
}

/** The cells from `oldest` on; the same list when none is older. */
export function pruneCells<T extends Indexed>(cells: readonly T[], oldest: number): readonly T[] {
  const first = cells[0];
  if (first === undefined || first[0] >= oldest) return cells;
  return cells.filter((cell) => cell[0] >= oldest);
}

/** `[index, sum, events]` added to a list in order. */
export function withCell(cells: readonly Cell[], cell: Cell): readonly Cell[] {
  return put(cells, cell, (a, b) => [a[0], addTexts(a[1], b[1]), a[2] + b[2]]);
}

export function withExtreme(cells: readonly ExtremeCell[], cell: ExtremeCell): readonly ExtremeCell[] {
  return put(cells, cell, (a, b) => {
    const min = isSmaller(b[1], a[1]) ? b[1] : a[1];
    const max = isSmaller(a[2], b[2]) ? b[2] : a[2];
    return min === a[1] && max === a[2] ? a : [a[0], min, max];
  });
}

export function withMark(cells: readonly MarkCell[], cell: MarkCell): readonly MarkCell[] {
  return put(cells, cell, (a, b) => ((a[1] | b[1]) === a[1] ? a : [a[0], a[1] | b[1]]));
}

/** Of each period the first `size` values in order of their texts. */
export function withValues(size: number) {
  return (cells: readonly ValuesCell[], cell: ValuesCell): readonly ValuesCell[] =>
    put(cells, cell, (a, b) => {
      const added = b[1].filter((value) => !a[1].includes(value));
      return added.length === 0 ? a : [a[0], [...a[1], ...added].sort(compareText).slice(0, size)];
    });
}

/** A day as a mark in its month. */
export function markOf(day: LocalDay): MarkCell {
  const month = monthOf(day);
  return [month, 1 << (day - monthStart(month))];
}

/** How many days from `from` to before `to` are marked. */
export function markedDays(cells: readonly MarkCell[], from: LocalDay, to: LocalDay): number {
  let days = 0;
  for (const [month, mask] of cells) {
    const start = monthStart(month);
    const low = Math.max(from - start, 0);
    const high = Math.min(to - start, DAYS_IN_MONTH_MAX);
    for (let i = low; i < high; i++) days += (mask >>> i) & 1;
  }
  return days;
}

const DAYS_IN_MONTH_MAX = 31;

/** The list with the cell in its place, joined with one that is there; the same list when that changes nothing. */
function put<T extends Indexed>(cells: readonly T[], cell: T, join: (there: T, cell: T) => T): readonly T[] {
  let i = cells.length;
  while (i > 0 && cells[i - 1]![0] > cell[0]) i--;
  const there = cells[i - 1];
  if (there === undefined || there[0] !== cell[0]) return cells.toSpliced(i, 0, cell);
  const joined = join(there, cell);
  return joined === there ? cells : cells.with(i - 1, joined);
}

function addTexts(a: string, b: string): string {
  if (b === '0') return a;
  return decimalText(add(readDecimal(a), readDecimal(b)));
}

function isSmaller(a: string, b: string): boolean {
  return a !== b && compareDecimals(readDecimal(a), readDecimal(b)) < 0;
}
