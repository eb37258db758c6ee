// Recognises the shape of a table from the beginning of its text: delimiter, line ends, header or none, column
// names. It only ever looks at a sample; rows that do not fit later are refused one by one.

import { looksLikeAmount } from './money.ts';
import { looksLikeDate } from './dates.ts';
import { LIMITS } from './limits.ts';
import { createRecordSplitter, splitFields, type Dialect } from './records.ts';
import { listed, notice, problem, type Notice, type Problem } from './problem.ts';

export type Column = {
  readonly index: number;
  /** Unique in the file: a repeated header gets a number, a missing one is called 'column 3'. */
  readonly name: string;
};

export type Table = {
  readonly dialect: Dialect;
  readonly header: boolean;
  readonly columns: readonly Column[];
  /** Records before the first row of data: empty lines, a 'sep=;' line, the header. */
  readonly skipRecords: number;
};

export type RecognisedTable =
  | {
      readonly kind: 'recognised';
      readonly table: Table;
      readonly sample: readonly (readonly string[])[];
      readonly notices: readonly Notice[];
    }
  | { readonly kind: 'refused'; readonly problem: Problem };

export const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t', pipe: '|', whitespace: ' ' } as const;
export type DelimiterName = keyof typeof DELIMITERS;

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export function recogniseTable(
  sampleText: string,
  options: { readonly delimiter?: DelimiterName; readonly header?: boolean },
): RecognisedTable {
  const newline = sampleText.includes('\n') || !sampleText.includes('\r') ? '\n' : '\r';
  const said = /^\s*sep=(.)\r?\n/i.exec(sampleText)?.[1];
  const delimiter =
    options.delimiter === undefined
      ? (said ?? guessDelimiter(sampleText, newline))
      : DELIMITERS[options.delimiter];
  const dialect: Dialect = { delimiter, newline };
  const records = sampleRecords(sampleText, dialect, LIMITS.sampleRows + 2);
  let first = 0;
  while (first < records.length && isSkippable(records[first] ?? [])) first += 1;
  const firstFields = records[first];
  if (firstFields === undefined) {
    return { kind: 'refused', problem: problem('file_empty', 'The file has no rows.', 'Export it again.') };
  }
  if (firstFields.length > LIMITS.columnsMax) {
    return {
      kind: 'refused',
      problem: problem(
        'too_many_columns',
        `The first row has ${firstFields.length} columns; ${LIMITS.columnsMax} is the most that is read.`,
        'Check the delimiter (--delimiter), or export fewer columns.',
      ),
    };
  }
  const header = options.header ?? looksLikeHeader(firstFields);
  const named = header
    ? nameColumns(firstFields)
    : { columns: numberColumns(firstFields.length), repeated: [] };
  const sample = records.slice(header ? first + 1 : first).filter((fields) => !isBlank(fields));
  return {
    kind: 'recognised',
    table: { dialect, header, columns: named.columns, skipRecords: header ? first + 1 : first },
    sample: sample.slice(0, LIMITS.sampleRows),
    notices: noticesOf(header, named.repeated),
  };
}

export function delimiterName(delimiter: string): string {
  const names: Readonly<Record<string, string>> = {
    ',': 'commas',
    ';': 'semicolons',
    '\t': 'tabs',
    '|': 'pipes',
    ' ': 'runs of blanks',
  };
  return names[delimiter] ?? `'${delimiter}'`;
}

/** The delimiter under which most records have the same number of fields, more than one; blanks come last. */
function guessDelimiter(sampleText: string, newline: Dialect['newline']): string {
  let best = { delimiter: ',', score: 0 };
  for (const delimiter of [',', ';', '\t', '|', ' ']) {
    const records = sampleRecords(sampleText, { delimiter, newline }, 200).filter(
      (fields) => !isBlank(fields),
    );
    const score = consistency(records);
    // A later delimiter must be clearly better: text with commas has blanks too.
    if (score > best.score + 0.1) best = { delimiter, score };
    if (delimiter === '|' && best.score >= 0.6) break;
  }
  return best.delimiter;
}

function consistency(records: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>();
  for (const fields of records) counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1);
  let score = 0;
  for (const [width, count] of counts) {
    if (width < 2) continue;
    // More columns are better evidence: ';' cuts '1,50;2,50' into the same number of fields as ',' does.
    const weight = (count / records.length) * (2 - 1 / width);
    score = Math.max(score, weight);
  }
  return score;
}

function sampleRecords(sampleText: string, dialect: Dialect, max: number): string[][] {
  const splitter = createRecordSplitter(dialect);
  const raw = splitter.push(sampleText);
  // The last record of a sample is cut off anywhere; it counts only if nothing else is there.
  if (raw.length < 2 || sampleText.length < LIMITS.sampleChars) raw.push(...splitter.end());
  return raw
    .slice(0, max)
    .filter((record) => record.defect === 'none')
    .map((record) => splitFields(record.text, dialect.delimiter));
}

function isSkippable(fields: readonly string[]): boolean {
  return isBlank(fields) || /^\s*sep=.?$/i.test(fields[0] ?? '');
}

export function isBlank(fields: readonly string[]): boolean {
  return fields.every((field) => field.trim() === '');
}

/** Too few fields, or more than the table has columns; empty ones at the end are forgiven. */
export function isRagged(fields: readonly string[], width: number): boolean {
  return fields.length < width || fields.slice(width).some((field) => field.trim() !== '');
}

/** A header has words only: no number, no date, no address, nothing empty but the odd unnamed index column. */
function looksLikeHeader(fields: readonly string[]): boolean {
  const filled = fields.map((field) => field.trim()).filter((field) => field !== '');
  if (filled.length === 0) return false;
  return filled.every((field) => !EMAIL.test(field) && !looksLikeDate(field) && !looksLikeAmount(field));
}

function nameColumns(fields: readonly string[]): { columns: Column[]; repeated: string[] } {
  const used = new Set<string>();
  const repeated: string[] = [];
  const columns = fields.map((field, index) => {
    const wanted = field.trim() === '' ? `column ${index + 1}` : field.trim();
    let name = wanted;
    for (let copy = 2; used.has(name); copy += 1) name = `${wanted} (${copy})`;
    if (name !== wanted) repeated.push(name);
    used.add(name);
    return { index, name };
  });
  return { columns, repeated };
}

function numberColumns(width: number): Column[] {
  return Array.from({ length: width }, (_, index) => ({ index, name: `column ${index + 1}` }));
}

function noticesOf(header: boolean, repeated: readonly string[]): Notice[] {
  const notices: Notice[] = [];
  if (!header) {
    notices.push(
      notice(
        'no_header',
        'The first row looks like data, so the columns are called column 1, column 2 and so on.',
        'Map them by number, for example --map user_id=1,date=3; if the first row is a header, say --header yes.',
      ),
    );
  }
  if (repeated.length > 0) {
    notices.push(
      notice(
        'header_repeated',
        `Some header names stand more than once; the later ones are called ${listed(repeated)}.`,
        'Use these names with --map.',
      ),
    );
  }
  return notices;
}
