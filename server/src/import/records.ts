// Text to records: cuts a stream of text at line ends that are not inside quotes, and a record into its fields.
// Our own and not papaparse's, because a quote that is never closed must cost one row and a bounded buffer, not the
// rest of a 200 MB file, and a refused row must be shown as it stood, with its row and line number.

import { LIMITS } from './limits.ts';

/** How a file is cut. `delimiter` ' ' means runs of blanks and tabs, with no quotes. */
export type Dialect = {
  readonly delimiter: string;
  readonly newline: '\n' | '\r';
};

export type RawRecord = {
  /** Number of the record, the header included, as a spreadsheet counts rows. */
  readonly row: number;
  /** Line on which it begins. */
  readonly line: number;
  readonly text: string;
  readonly defect: 'none' | 'quote_not_closed' | 'record_too_long';
};

export type RecordSplitter = {
  readonly push: (text: string) => RawRecord[];
  readonly end: () => RawRecord[];
  readonly quotesUnclosed: () => number;
};

export function createRecordSplitter(dialect: Dialect): RecordSplitter {
  const quoted = dialect.delimiter !== ' ';
  let pending = '';
  let row = 1;
  let line = 1;
  let quotesUnclosed = 0;
  let skipping: { text: string } | undefined;
  // Where the next quote stands in `pending`, so that a file without quotes is searched for them once a chunk.
  let nextQuote = -1;

  function cut(final: boolean): RawRecord[] {
    const records: RawRecord[] = [];
    let start = 0;
    nextQuote = -1;
    while (start < pending.length) {
      const found = findRecordEnd(start, final);
      if (found === 'more') break;
      records.push(found.record);
      start = found.next;
      row += 1;
    }
    pending = pending.slice(start);
    return records;
  }

  function findRecordEnd(start: number, final: boolean): 'more' | { record: RawRecord; next: number } {
    let lineEnd = pending.indexOf(dialect.newline, start);
    if (lineEnd < 0) {
      if (!final) return 'more';
      lineEnd = pending.length;
    }
    const firstEnd = lineEnd;
    if (quoted && nextQuote < start) {
      const found = pending.indexOf('"', start);
      nextQuote = found < 0 ? Number.POSITIVE_INFINITY : found;
    }
    if (!quoted || nextQuote > lineEnd) return taken(start, lineEnd, 1, 'none');
    let state: QuoteState = { at: start, open: false };
    for (let lines = 1; ; lines += 1) {
      state = followQuotes(pending, state, lineEnd, dialect.delimiter);
      if (!state.open) return taken(start, lineEnd, lines, 'none');
      const tooFar = lines >= LIMITS.quotedLinesMax || lineEnd - start > LIMITS.recordCharsMax;
      const next = tooFar || lineEnd >= pending.length ? -1 : pending.indexOf(dialect.newline, lineEnd + 1);
      if (next >= 0) {
        lineEnd = next;
      } else if (!tooFar && !final) {
        return 'more';
      } else if (!tooFar && lineEnd < pending.length) {
        lineEnd = pending.length;
      } else {
        // Never closed: this line is refused and the text after it is read again as if the quote were not there.
        quotesUnclosed += 1;
        return taken(start, firstEnd, 1, 'quote_not_closed');
      }
    }
  }

  function taken(start: number, end: number, lines: number, defect: RawRecord['defect']) {
    const stripped = dialect.newline === '\n' && pending[end - 1] === '\r' && end > start ? end - 1 : end;
    const tooLong = stripped - start > LIMITS.recordCharsMax;
    const text = pending.slice(start, tooLong ? start + LIMITS.rawCharsMax : stripped);
    const record: RawRecord = { row, line, text, defect: tooLong ? 'record_too_long' : defect };
    line += lines;
    return { record, next: end + 1 };
  }

  /** A line without an end is cut off and skipped, so that it cannot fill the memory. */
  function skipOverlong(text: string): string {
    if (skipping === undefined) return text;
    const lineEnd = text.indexOf(dialect.newline);
    return lineEnd < 0 ? '' : text.slice(lineEnd);
  }

  return {
    push(text) {
      const records: RawRecord[] = [];
      pending += skipOverlong(text);
      if (skipping !== undefined) {
        if (pending.length === 0) return records;
        records.push({ row, line, text: skipping.text, defect: 'record_too_long' });
        skipping = undefined;
        pending = pending.slice(1);
        row += 1;
        line += 1;
      }
      records.push(...cut(false));
      if (pending.length > LIMITS.recordCharsMax && pending.indexOf(dialect.newline) < 0) {
        skipping = { text: pending.slice(0, LIMITS.rawCharsMax) };
        pending = '';
      }
      return records;
    },
    end() {
      if (skipping !== undefined) return [{ row, line, text: skipping.text, defect: 'record_too_long' }];
      return cut(true);
    },
    quotesUnclosed: () => quotesUnclosed,
  };
}

/** The fields of one record. A quote opens only at the start of a field and closes only before a delimiter. */
export function splitFields(text: string, delimiter: string): string[] {
  if (delimiter === ' ') {
    const trimmed = text.trim();
    return trimmed === '' ? [] : trimmed.split(/[ \t]+/);
  }
  if (!text.includes('"')) return text.split(delimiter);
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const opening = openingQuote(text, at, text.length);
    if (opening >= 0) {
      const closing = closingQuote(text, opening + 1, text.length, delimiter);
      if (closing >= 0) {
        fields.push(text.slice(opening + 1, closing).replaceAll('""', '"'));
        const next = text.indexOf(delimiter, closing + 1);
        if (next < 0) return fields;
        at = next + delimiter.length;
        continue;
      }
    }
    const next = text.indexOf(delimiter, at);
    if (next < 0) {
      fields.push(text.slice(at));
      return fields;
    }
    fields.push(text.slice(at, next));
    at = next + delimiter.length;
  }
}

type QuoteState = {
  /** Where to go on: the start of a field, or, when a quote is open, a place inside it. */
  readonly at: number;
  readonly open: boolean;
};

function followQuotes(text: string, from: QuoteState, end: number, delimiter: string): QuoteState {
  let { at, open } = from;
  while (at <= end) {
    if (!open) {
      const opening = openingQuote(text, at, end);
      if (opening < 0) {
        const next = text.indexOf(delimiter, at);
        if (next < 0 || next >= end) return { at: end, open: false };
        at = next + delimiter.length;
        continue;
      }
      at = opening + 1;
      open = true;
    }
    const closing = closingQuote(text, at, end, delimiter);
    if (closing < 0) return { at: end, open: true };
    open = false;
    const next = text.indexOf(delimiter, closing + 1);
    if (next < 0 || next >= end) return { at: end, open: false };
    at = next + delimiter.length;
  }
  return { at, open };
}

function openingQuote(text: string, fieldStart: number, end: number): number {
  let at = fieldStart;
  while (at < end && text[at] === ' ') at += 1;
  return at < end && text[at] === '"' ? at : -1;
}

function closingQuote(text: string, from: number, end: number, delimiter: string): number {
  let at = from;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0 || quote >= end) return -1;
    if (text[quote + 1] === '"') {
      at = quote + 2;
      continue;
    }
    let after = quote + 1;
    while (after < end && (text[after] === ' ' || text[after] === '\r')) after += 1;
    if (after >= end || text.startsWith(delimiter, after)) return quote;
    // A quote in the middle of a quoted text that somebody forgot to double: part of the text.
    at = quote + 1;
  }
}
