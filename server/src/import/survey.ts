// The first pass over a file: encoding, table, columns, and, over all rows, what its dates and amounts look like and
// where its orders begin and end. It ends with a plan under which the second pass reads the file, or with problems.

import { mapColumns, type FileKind, type Mapping } from './columns.ts';
import {
  DATE_FORMATS,
  countDate,
  createDateCounts,
  createDateZone,
  formatName,
  guessDateFormat,
  type DateFormat,
} from './dates.ts';
import { LIMITS } from './limits.ts';
import {
  countAmount,
  createAmountCounts,
  currencyExponent,
  guessDecimalMark,
  parseCurrency,
  type DecimalMark,
} from './money.ts';
import { createOrderIndex, type OrderIndex } from './order-index.ts';
import { notice, problem, shown, type Notice, type Problem } from './problem.ts';
import { readText, recogniseEncoding, type Encoding } from './read.ts';
import { createRecordSplitter, splitFields, type RawRecord } from './records.ts';
import { cellOf, orderIdIn, type RowPlan } from './row.ts';
import type { Role } from './roles.ts';
import type { FileSource } from './source.ts';
import { isBlank, isRagged, recogniseTable, type DelimiterName, type Table } from './table.ts';

export type ImportOptions = {
  readonly kind?: FileKind;
  /** Role (or `traits.NAME`, `identity.NAME`) to a column's name or number; an empty text switches a role off. */
  readonly map?: Readonly<Record<string, string>>;
  readonly dateFormat?: DateFormat;
  readonly decimal?: DecimalMark;
  readonly delimiter?: DelimiterName;
  readonly encoding?: string;
  readonly header?: boolean;
  readonly currency?: string;
};

/** What the workspace and the moment say. */
export type ImportContext = {
  readonly timeZone: string;
  readonly currency: string;
  /** Epoch milliseconds; nothing later is a fact. */
  readonly now: number;
  /** The end of history, exclusive; `now` when the caller named none. */
  readonly asOf: number;
  /** Makes row ids that nobody can guess from a row's content. */
  readonly key: Uint8Array;
};

export type ImportPlan = RowPlan & {
  readonly encoding: Encoding;
  readonly table: Table;
  /** Rows of data, refused ones included. */
  readonly rows: number;
  /** Only the beginning of a large file was looked at; `rows` is what its size lets expect. */
  readonly rowsEstimated: boolean;
  /** Present when rows may share an order. */
  readonly orders: OrderIndex | undefined;
  /** How often the file is read, so that unfinished orders fit into memory. */
  readonly passes: number;
};

/** The first rows of the file as fields. */
export type Sample = readonly (readonly string[])[];

export type Survey =
  | {
      readonly kind: 'ready';
      readonly plan: ImportPlan;
      readonly notices: readonly Notice[];
      readonly sample: Sample;
    }
  | {
      readonly kind: 'refused';
      readonly problems: readonly Problem[];
      readonly notices: readonly Notice[];
      /** As far as it was recognised, to show and correct. */
      readonly table: Table | undefined;
      readonly mapping: Mapping | undefined;
      readonly sample: Sample;
    };

/** Columns whose cells are amounts. */
const AMOUNT_ROLES = ['total', 'line_total', 'price', 'refunded'] as const satisfies readonly Role[];

export async function surveyFile(
  source: FileSource,
  options: ImportOptions,
  context: ImportContext,
  looking: { readonly rowsMax?: number } = {},
): Promise<Survey> {
  const invalid = checkOptions(options);
  const encoded = await recogniseEncoding(source, options.encoding);
  if (encoded.kind === 'refused') return refused([...invalid, encoded.problem]);
  const { encoding } = encoded;
  const recognised = recogniseTable(await readSample(source, encoding), options);
  if (recognised.kind === 'refused') return refused([...invalid, recognised.problem], encoded.notices);
  const { table, sample } = recognised;
  const notices: Notice[] = [...encoded.notices, ...recognised.notices];
  const mapped = mapColumns(table.columns, sample, options);
  if (mapped.kind === 'refused' || invalid.length > 0) {
    const problems = mapped.kind === 'refused' ? mapped.problems : [];
    return {
      kind: 'refused',
      problems: [...invalid, ...problems],
      notices,
      table,
      mapping: mapped.mapping,
      sample,
    };
  }
  notices.push(...mapped.notices);
  const { mapping } = mapped;
  const counted = await countRows({ source, encoding, table, mapping, rowsMax: looking.rowsMax ?? Infinity });
  if (counted.problem !== undefined) {
    return { kind: 'refused', problems: [counted.problem], notices, table, mapping, sample };
  }
  const style = styleOf(counted, options, context, notices);
  const peak = counted.orders?.peakLines(counted.records) ?? 0;
  const passes = Math.max(1, Math.ceil(peak / LIMITS.linesHeldMax));
  if (passes > 1) {
    notices.push(
      notice(
        'several_passes',
        `The lines of many orders lie far apart; the file is read ${passes} times to keep the memory small.`,
        'Sort the file by order id to import it faster.',
      ),
    );
  }
  return {
    kind: 'ready',
    notices,
    sample,
    plan: {
      encoding,
      table,
      mapping,
      ...style,
      zone: createDateZone(context.timeZone),
      range: { now: context.now, asOf: context.asOf },
      rows: counted.rows,
      rowsEstimated: counted.rowsEstimated,
      orders: counted.orders,
      passes,
    },
  };
}

/** Every record of the data, in batches as the file is read; the header and empty lines are left out. */
export async function* readRecords(
  source: FileSource,
  encoding: Encoding,
  table: Table,
): AsyncGenerator<{ readonly records: readonly RawRecord[]; readonly quotesUnclosed: number }> {
  const splitter = createRecordSplitter(table.dialect);
  const ofData = (records: readonly RawRecord[]) =>
    records.filter((record) => record.row > table.skipRecords && record.text.trim() !== '');
  for await (const text of readText(source, encoding)) {
    yield { records: ofData(splitter.push(text)), quotesUnclosed: splitter.quotesUnclosed() };
  }
  yield { records: ofData(splitter.end()), quotesUnclosed: splitter.quotesUnclosed() };
}

type Counted = {
  readonly rows: number;
  readonly rowsEstimated: boolean;
  /** Number of the last record. */
  readonly records: number;
  readonly dates: ReturnType<typeof createDateCounts>;
  readonly amounts: ReturnType<typeof createAmountCounts>;
  readonly currencies: { named: number; silent: number };
  readonly orders: OrderIndex | undefined;
  readonly problem: Problem | undefined;
};

async function countRows(of: {
  readonly source: FileSource;
  readonly encoding: Encoding;
  readonly table: Table;
  readonly mapping: Mapping;
  readonly rowsMax: number;
}): Promise<Counted> {
  const { source, encoding, table, mapping } = of;
  const dates = createDateCounts();
  const amounts = createAmountCounts();
  const currencies = { named: 0, silent: 0 };
  const orders =
    mapping.kind === 'orders' && mapping.roles.order_id !== undefined ? createOrderIndex() : undefined;
  const amountRoles = AMOUNT_ROLES.filter((role) => mapping.roles[role] !== undefined);
  const width = table.columns.length;
  let rows = 0;
  let last = 0;
  let chars = 0;
  let stopped = false;
  let found: Problem | undefined;
  for await (const { records, quotesUnclosed } of readRecords(source, encoding, table)) {
    found = unbalanced(quotesUnclosed) ?? (rows > LIMITS.rowsMax ? tooManyRows() : undefined);
    stopped = rows >= of.rowsMax;
    if (found !== undefined || stopped) break;
    for (const record of records) {
      rows += 1;
      chars += record.text.length + 1;
      last = record.row;
      if (record.defect !== 'none') continue;
      const fields = splitFields(record.text, table.dialect.delimiter);
      if (isRagged(fields, width) || isBlank(fields)) continue;
      countDate(dates, cellOf(fields, mapping, 'date'));
      for (const role of amountRoles) countAmount(amounts, cellOf(fields, mapping, role));
      if (cellOf(fields, mapping, 'currency') === '') currencies.silent += 1;
      else currencies.named += 1;
      const orderId = orders === undefined ? undefined : orderIdIn(cellOf(fields, mapping, 'order_id'));
      if (orderId !== undefined) orders?.note(orderId, record.row);
    }
  }
  return {
    rows: stopped ? expectedRows(rows, source.bytes / Math.max(1, chars)) : rows,
    rowsEstimated: stopped,
    records: last,
    dates,
    amounts,
    currencies,
    orders,
    problem: found ?? nothing(rows),
  };
}

/** Two digits of it: a beginning says no more. */
function expectedRows(rows: number, times: number): number {
  return Math.max(rows, Number((rows * times).toPrecision(2)));
}

function styleOf(
  counted: Counted,
  options: ImportOptions,
  context: ImportContext,
  notices: Notice[],
): Pick<RowPlan, 'dateFormat' | 'decimalMark' | 'currency'> {
  const given = options.currency === undefined ? undefined : parseCurrency(options.currency);
  const currency = { code: given ?? context.currency, certain: given !== undefined };
  const dates = guessDateFormat(
    counted.dates,
    context.timeZone.startsWith('America/') && currency.code === 'USD',
  );
  if (options.dateFormat === undefined && dates.certainty === 'assumed') {
    notices.push(
      notice(
        'date_order_assumed',
        `No date has a day above 12, so day and month cannot be told apart; read as ${formatName(dates.format)}.`,
        `If that is wrong, say --date-format ${dates.format === 'dmy' ? 'mdy' : 'dmy'}.`,
      ),
    );
  }
  if (options.dateFormat === undefined && dates.certainty === 'mixed') {
    notices.push(
      notice(
        'date_mixed',
        `Some dates are day first and some month first; read as ${formatName(dates.format)}, the others are refused.`,
        'Check the column; rows whose day and month are both up to 12 may be wrong.',
      ),
    );
  }
  const marks = guessDecimalMark(counted.amounts, currencyExponent(currency.code));
  if (options.decimal === undefined && marks.certainty === 'assumed') {
    notices.push(
      notice(
        'decimal_assumed',
        `Amounts such as ${marks.mark === 'comma' ? "'1.234'" : "'1,234'"} could be read in two ways; the decimal mark is taken as the ${marks.mark}.`,
        `If that is wrong, say --decimal ${marks.mark === 'comma' ? 'point' : 'comma'}.`,
      ),
    );
  }
  if (!currency.certain && counted.currencies.silent > 0 && counted.amounts.filled > 0) {
    notices.push(
      notice(
        'currency_assumed',
        `Amounts without a currency are taken as ${currency.code}, the workspace's.`,
        'If that is wrong, say --currency EUR, for example.',
      ),
    );
  }
  return {
    dateFormat: options.dateFormat ?? dates.format,
    decimalMark: options.decimal ?? marks.mark,
    currency,
  };
}

async function readSample(source: FileSource, encoding: Encoding): Promise<string> {
  let text = '';
  for await (const chunk of readText(source, encoding)) {
    text += chunk;
    if (text.length >= LIMITS.sampleChars) break;
  }
  return text.slice(0, LIMITS.sampleChars);
}

function checkOptions(options: ImportOptions): Problem[] {
  const problems: Problem[] = [];
  if (options.currency !== undefined && parseCurrency(options.currency) === undefined) {
    problems.push(
      problem(
        'option_invalid',
        `${shown(options.currency)} is not a currency.`,
        'Use the three letters of ISO 4217: --currency EUR.',
      ),
    );
  }
  if (options.dateFormat !== undefined && !DATE_FORMATS.includes(options.dateFormat)) {
    problems.push(
      problem(
        'option_invalid',
        `${shown(options.dateFormat)} is not a date format.`,
        `Use one of ${DATE_FORMATS.join(', ')}.`,
      ),
    );
  }
  return problems;
}

function unbalanced(quotesUnclosed: number): Problem | undefined {
  if (quotesUnclosed <= LIMITS.quotesUnclosedMax) return undefined;
  return problem(
    'quotes_unbalanced',
    `More than ${LIMITS.quotesUnclosedMax} rows open a quote that is never closed.`,
    'Export the file again with every quote inside a text doubled, or check the delimiter (--delimiter).',
  );
}

function tooManyRows(): Problem {
  return problem(
    'too_many_rows',
    `The file has more than ${LIMITS.rowsMax} rows.`,
    'Split it into smaller files, each with the header line; importing them one after the other gives the same result.',
  );
}

function nothing(rows: number): Problem | undefined {
  return rows > 0
    ? undefined
    : problem('file_empty', 'The file has a header but no rows.', 'Export it again.');
}

function refused(problems: readonly Problem[], notices: readonly Notice[] = []): Survey {
  return { kind: 'refused', problems, notices, table: undefined, mapping: undefined, sample: [] };
}
