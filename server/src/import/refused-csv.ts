// The file of refused rows: number, reason, hint and the row as it stood. Cells cannot carry formulas into a spreadsheet.

import Papa from 'papaparse';

const COLUMNS = ['row', 'code', 'reason', 'hint', 'raw'] as const;

/** As it was read, or as it lies in the database. */
type Refused = { readonly row: number } & Readonly<Record<'code' | 'reason' | 'hint' | 'raw', string>>;

export function refusedHeader(): string {
  return `${COLUMNS.join(',')}\r\n`;
}

export function refusedLines(rows: readonly Refused[]): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => COLUMNS.map((column) => row[column]));
  return `${Papa.unparse(cells, { escapeFormulae: true, newline: '\r\n' })}\r\n`;
}
