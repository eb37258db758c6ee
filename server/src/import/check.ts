// Before an import: the file is read as it will be, up to a limit, and nothing is stored. Says what will be refused and why, how
// many people it holds and whether they can be written to, and from when until when it reaches.

import { readImport, type Preview } from './import.ts';
import { LIMITS } from './limits.ts';
import type { ImportItem, RefusedRow } from './orders.ts';
import type { RefusalCode } from './problem.ts';
import type { FileSource } from './source.ts';
import { surveyFile, type ImportContext, type ImportOptions } from './survey.ts';

export type Check = {
  /** Rows looked at. */
  readonly rows: number;
  /** These were all of them. */
  readonly complete: boolean;
  readonly orders: number;
  readonly refused: number;
  /** Told apart by the first thing that says who somebody is. */
  readonly people: number;
  readonly peopleWithEmail: number;
  /** Of the orders, epoch milliseconds; null without any. */
  readonly oldestAt: number | null;
  readonly newestAt: number | null;
  /** The most frequent first. */
  readonly reasons: readonly {
    readonly code: RefusalCode;
    readonly example: RefusedRow;
    readonly rows: number;
  }[];
  readonly refusedItems: readonly RefusedRow[];
};

export type CheckedPreview = Preview & { readonly check: Check | null };

export async function checkFile(
  source: FileSource,
  options: ImportOptions,
  context: ImportContext,
): Promise<CheckedPreview> {
  const survey = await surveyFile(source, options, context, { rowsMax: LIMITS.checkedRowsMax });
  if (survey.kind === 'refused') return { survey, items: [], check: null };
  const seen = newSeen();
  const items: ImportItem[] = [];
  const { batches, tally } = readImport(source, survey.plan, context.key);
  for await (const batch of batches) {
    for (const item of batch) {
      if (items.length < LIMITS.previewRows) items.push(item);
      count(seen, item);
    }
    if (tally.rows >= LIMITS.checkedRowsMax) break;
  }
  const complete = !survey.plan.rowsEstimated && tally.rows >= survey.plan.rows && survey.plan.passes === 1;
  return { survey, items, check: { ...summed(seen), rows: tally.rows, complete } };
}

type Seen = {
  orders: number;
  refused: number;
  oldestAt: number | null;
  newestAt: number | null;
  /** Whether an address is known, by who it is. */
  readonly people: Map<string, boolean>;
  readonly reasons: Map<RefusalCode, { example: RefusedRow; rows: number }>;
  readonly refusedItems: RefusedRow[];
};

function newSeen(): Seen {
  return {
    orders: 0,
    refused: 0,
    oldestAt: null,
    newestAt: null,
    people: new Map(),
    reasons: new Map(),
    refusedItems: [],
  };
}

function count(seen: Seen, item: ImportItem): void {
  if (item.kind === 'refused') {
    seen.refused += 1;
    const reason = seen.reasons.get(item.code);
    const rows = (reason?.rows ?? 0) + 1;
    seen.reasons.set(item.code, { example: reason?.example ?? item, rows });
    if (rows <= LIMITS.previewRefusedOfAKind) seen.refusedItems.push(item);
    return;
  }
  const who = item.identities[0]?.join('\0') ?? '';
  const mailable = item.identities.some(([kind]) => kind === 'email');
  seen.people.set(who, mailable || seen.people.get(who) === true);
  if (item.kind !== 'order') return;
  seen.orders += 1;
  const at = item.events[0]?.at;
  if (at === undefined) return;
  seen.oldestAt = Math.min(seen.oldestAt ?? at, at);
  seen.newestAt = Math.max(seen.newestAt ?? at, at);
}

function summed(seen: Seen): Omit<Check, 'rows' | 'complete'> {
  const { orders, refused, oldestAt, newestAt, people, refusedItems } = seen;
  const reasons = [...seen.reasons].map(([code, { example, rows }]) => ({ code, example, rows }));
  return {
    orders,
    refused,
    oldestAt,
    newestAt,
    people: people.size,
    peopleWithEmail: [...people.values()].filter(Boolean).length,
    reasons: reasons.toSorted((a, b) => b.rows - a.rows),
    refusedItems,
  };
}
