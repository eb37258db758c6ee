// The second pass over a file: rows to people, orders and refusals, in batches, under the plan of survey.ts. Memory
// holds the lines of unfinished orders and nothing else; if these are too many, the file is read several times and
// each time only a share of the orders is taken. (No staging table: a re-read costs seconds and cannot be left behind.)

import { LIMITS } from './limits.ts';
import { createOccurrences, hash53, type OrderIndex } from './order-index.ts';
import {
  orderFromLines,
  orderFromRow,
  personFrom,
  refusedRow,
  type ImportItem,
  type PlacedLine,
} from './orders.ts';
import { notice, refusal, shown, type Notice, type Refusal } from './problem.ts';
import { splitFields, type RawRecord } from './records.ts';
import { orderIdIn, readOrderLine, readPersonRow } from './row.ts';
import type { FileSource } from './source.ts';
import { isBlank, isRagged } from './table.ts';
import {
  readRecords,
  surveyFile,
  type ImportContext,
  type ImportOptions,
  type ImportPlan,
  type Survey,
} from './survey.ts';

/** What the reading has met so far; complete when the batches have ended. */
export type Tally = {
  rows: number;
  orders: number;
  people: number;
  refunds: number;
  refused: number;
  ordersWithoutId: number;
  /** Rows that are exactly like an earlier one and are orders of their own. */
  identicalRows: number;
  readonly unknownStatuses: Map<string, number>;
};

export type ImportReading = {
  readonly batches: AsyncIterable<readonly ImportItem[]>;
  readonly tally: Tally;
};

export type Preview = {
  readonly survey: Survey;
  /** The first rows as they will be read, refused ones among them. */
  readonly items: readonly ImportItem[];
};

/** What the file is taken for, and its first rows as they will be read. */
export async function previewFile(
  source: FileSource,
  options: ImportOptions,
  context: ImportContext,
): Promise<Preview> {
  const survey = await surveyFile(source, options, context);
  if (survey.kind === 'refused') return { survey, items: [] };
  const items: ImportItem[] = [];
  for await (const batch of readImport(source, survey.plan, context.key).batches) {
    items.push(...batch.slice(0, LIMITS.previewRows - items.length));
    if (items.length >= LIMITS.previewRows) break;
  }
  return { survey, items };
}

export function readImport(source: FileSource, plan: ImportPlan, key: Uint8Array): ImportReading {
  const tally: Tally = {
    rows: 0,
    orders: 0,
    people: 0,
    refunds: 0,
    refused: 0,
    ordersWithoutId: 0,
    identicalRows: 0,
    unknownStatuses: new Map(),
  };
  return { batches: readBatches(source, plan, key, tally), tally };
}

/** What the whole reading has to say, once it has ended. */
export function noticesOfTally(tally: Tally): Notice[] {
  const notices: Notice[] = [];
  if (tally.identicalRows > 0) {
    notices.push(
      notice(
        'identical_rows',
        `${tally.identicalRows} rows are exactly like an earlier row. Without order ids they are taken as orders of their own.`,
        'If they are mistakes of the export, remove them from the file before importing.',
      ),
    );
  }
  if (tally.unknownStatuses.size > 0) {
    const words = [...tally.unknownStatuses]
      .map(([status, count]) => `${shown(status)} (${count})`)
      .slice(0, 10);
    notices.push(
      notice(
        'status_unknown',
        `These statuses are not known and count as completed orders: ${words.join(', ')}.`,
        'Remove rows that are no orders, or rename the status, for example to cancelled.',
      ),
    );
  }
  return notices;
}

async function* readBatches(
  source: FileSource,
  plan: ImportPlan,
  key: Uint8Array,
  tally: Tally,
): AsyncGenerator<readonly ImportItem[]> {
  const occurrences = createOccurrences();
  const ids = {
    key,
    occurrence(hash: number) {
      const occurrence = occurrences(hash);
      if (occurrence > 1) tally.identicalRows += 1;
      return occurrence;
    },
  };
  for (let pass = 0; pass < plan.passes; pass += 1) {
    const held = createHeldOrders(plan.orders);
    for await (const { records } of readRecords(source, plan.encoding, plan.table)) {
      const items: ImportItem[] = [];
      for (const record of records) {
        if (pass === 0) tally.rows += 1;
        items.push(...takeRecord(record, { plan, pass, ids, held, tally }));
      }
      if (items.length > 0) yield countItems(items, tally);
    }
    const rest = held.finishAll();
    if (rest.length > 0) yield countItems(rest, tally);
  }
}

type Taking = {
  readonly plan: ImportPlan;
  readonly pass: number;
  readonly ids: Parameters<typeof orderFromRow>[1];
  readonly held: HeldOrders;
  readonly tally: Tally;
};

function takeRecord(record: RawRecord, taking: Taking): readonly ImportItem[] {
  const { plan, pass, ids, held, tally } = taking;
  const place = { row: record.row, line: record.line, raw: record.text };
  const fields = record.defect === 'none' ? splitFields(record.text, plan.table.dialect.delimiter) : [];
  if (record.defect === 'none' && isBlank(fields)) return [];
  const defect = findDefect(record, fields, plan);
  if (defect !== undefined) {
    // A line that cannot be read may still name its order, which is then not complete.
    const orderId = defect.code === 'ragged_row' ? undefined : held.orderIdOf(fields, plan);
    if (orderId === undefined) return pass === 0 ? [refusedRow(place, defect)] : [];
    return isOfPass(orderId, plan, pass) ? held.refuse(orderId, place, defect) : [];
  }
  if (plan.mapping.kind === 'people') {
    const person = readPersonRow(fields, plan);
    return [
      person.kind === 'refused'
        ? refusedRow(place, person.refusal)
        : personFrom(place, person.value, ids.key),
    ];
  }
  const orderId = held.orderIdOf(fields, plan);
  if (orderId === undefined ? pass > 0 : !isOfPass(orderId, plan, pass)) return [];
  const read = readOrderLine(fields, plan);
  if (read.kind === 'refused') {
    return orderId === undefined
      ? [refusedRow(place, read.refusal)]
      : held.refuse(orderId, place, read.refusal);
  }
  if (read.value.status === 'unknown') {
    const { statusText } = read.value;
    if (tally.unknownStatuses.size < 100 || tally.unknownStatuses.has(statusText)) {
      tally.unknownStatuses.set(statusText, (tally.unknownStatuses.get(statusText) ?? 0) + 1);
    }
  }
  const line: PlacedLine = { ...place, value: read.value };
  if (orderId !== undefined) return held.add(orderId, line);
  tally.ordersWithoutId += 1;
  return [orderFromRow(line, ids)];
}

function findDefect(record: RawRecord, fields: readonly string[], plan: ImportPlan): Refusal | undefined {
  if (record.text.includes('\0')) {
    return refusal(
      'nul_byte',
      'The row holds a NUL byte, which no text has.',
      'The file is damaged here; export it again.',
    );
  }
  if (record.defect === 'quote_not_closed') {
    return refusal(
      'quote_not_closed',
      'A quote is opened and never closed.',
      'Close it, or double quotes inside a text.',
    );
  }
  if (record.defect === 'record_too_long') {
    return refusal(
      'record_too_long',
      `The row has more than ${LIMITS.recordCharsMax} characters.`,
      'Shorten it, or check the line ends of the file.',
    );
  }
  if (plan.encoding.damaged && record.text.includes('\ufffd')) {
    return refusal(
      'damaged_text',
      'The row holds bytes that are not UTF-8.',
      'Export it again, or say the encoding with --encoding.',
    );
  }
  const width = plan.table.columns.length;
  if (isRagged(fields, width)) {
    return refusal(
      'ragged_row',
      `The row has ${fields.length} fields, the table ${width}.`,
      'Put texts that hold the delimiter into quotes, and leave empty fields empty.',
    );
  }
  const long = fields.findIndex((field) => field.length > LIMITS.fieldCharsMax);
  if (long < 0) return undefined;
  return refusal(
    'field_too_long',
    `Column ${shown(plan.table.columns[long]?.name ?? '')} holds ${fields[long]?.length ?? 0} characters; ${LIMITS.fieldCharsMax} is the most.`,
    'Shorten it, or leave the column out.',
  );
}

function isOfPass(orderId: string, plan: ImportPlan, pass: number): boolean {
  return plan.passes === 1 || hash53(orderId) % plan.passes === pass;
}

type HeldOrders = {
  readonly orderIdOf: (fields: readonly string[], plan: ImportPlan) => string | undefined;
  readonly add: (orderId: string, line: PlacedLine) => readonly ImportItem[];
  readonly refuse: (
    orderId: string,
    place: { row: number; line: number; raw: string },
    why: Refusal,
  ) => readonly ImportItem[];
  /** Orders that share their hash with another one may still be open when the file ends. */
  readonly finishAll: () => readonly ImportItem[];
};

/** Orders whose last line has not come yet. An order is finished at its last line and then forgotten. */
function createHeldOrders(index: OrderIndex | undefined): HeldOrders {
  const held = new Map<string, { readonly lines: PlacedLine[]; broken: number | undefined }>();

  function orderOf(orderId: string) {
    const known = held.get(orderId);
    if (known !== undefined) return known;
    const made = { lines: [], broken: undefined };
    held.set(orderId, made);
    return made;
  }

  function finishAt(orderId: string, row: number): readonly ImportItem[] {
    if (index === undefined || row < index.lastRecordOf(orderId)) return [];
    return finish(orderId);
  }

  function finish(orderId: string): readonly ImportItem[] {
    const order = held.get(orderId);
    held.delete(orderId);
    if (order === undefined || order.lines.length === 0) return [];
    if (order.broken === undefined) return orderFromLines(orderId, order.lines);
    const why = refusal(
      'order_line_refused',
      `Row ${order.broken} of the same order ${shown(orderId)} was refused, so the order is not complete.`,
      'Correct that row and import the order again.',
    );
    return order.lines.map((line) => refusedRow(line, why));
  }

  return {
    orderIdOf(fields, plan) {
      const column = plan.mapping.roles.order_id;
      if (column === undefined || index === undefined) return undefined;
      const orderId = orderIdIn(fields[column.index] ?? '');
      return orderId !== undefined && index.linesOf(orderId) > 0 ? orderId : undefined;
    },
    add(orderId, line) {
      if ((index?.linesOf(orderId) ?? 0) > LIMITS.linesPerOrderMax) {
        const why = refusal(
          'order_too_long',
          `Order ${shown(orderId)} has more than ${LIMITS.linesPerOrderMax} lines.`,
          'Check that the right column is mapped as order_id.',
        );
        return [refusedRow(line, why)];
      }
      orderOf(orderId).lines.push(line);
      return finishAt(orderId, line.row);
    },
    refuse(orderId, place, why) {
      const order = orderOf(orderId);
      order.broken ??= place.row;
      return [refusedRow(place, why), ...finishAt(orderId, place.row)];
    },
    finishAll: () => [...held.keys()].flatMap((orderId) => finish(orderId)),
  };
}

function countItems(items: readonly ImportItem[], tally: Tally): readonly ImportItem[] {
  for (const item of items) {
    if (item.kind === 'refused') tally.refused += 1;
    else if (item.kind === 'person') tally.people += 1;
    else {
      for (const event of item.events) {
        if (event.name === 'Order Completed') tally.orders += 1;
        else tally.refunds += 1;
      }
    }
  }
  return items;
}
