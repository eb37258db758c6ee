// Pages by keyset: a cursor is the sort key of the last row, opaque to the client. Never an offset: page 20,000 must
// cost what page 1 costs.
import { z } from 'zod';
import { ProblemError } from '../errors.ts';

export const limitDefault = 50;
export const limitMax = 200;

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(limitMax).default(limitDefault),
  cursor: z.string().max(500).optional(),
});

/** The shape of every list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}

export type CursorPart = string | number | null;

export function printCursor(parts: readonly CursorPart[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** The parts, `count` of them, or null when no cursor was given; 400 when it is not one of ours. */
export function readCursor(cursor: string | undefined, count: number): readonly CursorPart[] | null {
  if (cursor === undefined || cursor === '') return null;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length === count && parts.every(isPart)) return parts;
  } catch {
    // falls through: not JSON
  }
  throw badCursor();
}

/** A cursor of an instant (ISO, microseconds kept) and an id. */
export function readTimeCursor(
  cursor: string | undefined,
): { readonly at: Date; readonly id: string } | null {
  const parts = readCursor(cursor, 2);
  if (parts === null) return null;
  const [at, id] = parts;
  const instant = new Date(typeof at === 'string' ? at : Number.NaN);
  if (Number.isNaN(instant.getTime()) || typeof id !== 'string' || !/^[0-9a-f-]{36}$/.test(id))
    throw badCursor();
  return { at: instant, id };
}

/** Rows were asked for with one more than the page holds: that one says there is a next page. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  page: {
    readonly limit: number;
    readonly item: (row: Row) => Item;
    readonly cursor: (row: Row) => readonly CursorPart[];
  },
): { items: Item[]; next_cursor: string | null } {
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  const more = rows.length > page.limit && last !== undefined;
  return { items: shown.map(page.item), next_cursor: more ? printCursor(page.cursor(last)) : null };
}

function isPart(part: unknown): part is CursorPart {
  return part === null || typeof part === 'string' || typeof part === 'number';
}

export function badCursor(): ProblemError {
  return new ProblemError({
    code: 'invalid_cursor',
    path: 'cursor',
    message: 'The cursor is not one that this list has given out.',
    hint: 'Take `next_cursor` of the page before, or leave the cursor away to begin at the start.',
  });
}
