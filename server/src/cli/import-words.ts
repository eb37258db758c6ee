// What `rapport import` says of a file, and the file in which it leaves refused rows. Made when the first row is refused.
import { open, type FileHandle } from 'node:fs/promises';
import type { PreviewView } from '../import/describe.ts';
import { refusedHeader, refusedLines } from '../import/refused-csv.ts';

type Refused = Parameters<typeof refusedLines>[0];

/** What was recognised, a line a topic. */
export function recognitionWords(view: PreviewView): readonly string[] {
  const lines: string[] = [];
  if (view.rows !== null) {
    const header = view.header === false ? 'without a header' : 'with a header';
    lines.push(
      `${view.rows} rows of ${view.kind ?? 'data'}: ${view.encoding}, separated by ${view.delimiter}, ${header}.`,
    );
  }
  const used = view.columns.filter(({ role }) => role !== null);
  if (used.length > 0)
    lines.push(`Columns: ${used.map(({ name, role }) => `${name} → ${role}`).join(', ')}.`);
  if (view.kind === 'orders' && view.date_format !== null) {
    lines.push(`Dates as ${view.date_format}; amounts in ${view.currency} with a decimal ${view.decimal}.`);
  }
  return lines;
}

export function createRefusedFile(file: string): {
  readonly write: (rows: Refused) => Promise<void>;
  readonly close: () => Promise<void>;
} {
  let handle: FileHandle | undefined;
  return {
    async write(rows) {
      if (rows.length === 0) return;
      if (handle === undefined) {
        handle = await open(file, 'w', 0o600);
        await handle.write(refusedHeader());
      }
      await handle.write(refusedLines(rows));
    },
    close: async () => handle?.close(),
  };
}
