// Bytes to text: recognises the encoding of a whole file (byte order mark, UTF-16 by statistics, UTF-8 by proof,
// Windows-1252 otherwise) and decodes it in chunks. It never guesses silently: what was recognised is said.

import { LIMITS } from './limits.ts';
import { notice, problem, type Notice, type Problem } from './problem.ts';
import type { FileSource } from './source.ts';

export type Encoding = {
  /** A label TextDecoder knows. */
  readonly label: string;
  readonly how: 'byte order mark' | 'recognised' | 'assumed' | 'given';
  /** Bytes that are not valid UTF-8 stand in the file: rows that hold one are refused. */
  readonly damaged: boolean;
};

export type RecognisedEncoding =
  | { readonly kind: 'recognised'; readonly encoding: Encoding; readonly notices: readonly Notice[] }
  | { readonly kind: 'refused'; readonly problem: Problem };

const HEAD_BYTES = 64 * 1024;

export async function recogniseEncoding(
  source: FileSource,
  given: string | undefined,
): Promise<RecognisedEncoding> {
  if (source.bytes === 0) return refused('file_empty', `${source.name} is empty.`, 'Export it again.');
  if (source.bytes > LIMITS.fileBytesMax) {
    return refused(
      'file_too_large',
      `${source.name} has ${megabytes(source.bytes)} MB; ${megabytes(LIMITS.fileBytesMax)} MB is the most one import takes.`,
      'Split it into smaller files, each with the header line; importing them one after the other gives the same result.',
    );
  }
  const head = await readHead(source);
  const foreign = recogniseForeign(source.name, head);
  if (foreign !== undefined) return { kind: 'refused', problem: foreign };
  if (given !== undefined && !isKnownLabel(given)) {
    return refused(
      'encoding_unknown',
      `The encoding '${given}' is not known.`,
      'Use one of utf-8, utf-16le, utf-16be, windows-1252, iso-8859-1 or another WHATWG encoding label.',
    );
  }
  const marked = markedEncoding(head);
  if (given !== undefined && !isUtf8(given)) return recognised(given, 'given');
  if (marked !== undefined && marked !== 'utf-8') return recognised(marked, 'byte order mark');
  const utf16 = given === undefined && marked === undefined ? statisticalUtf16(head) : undefined;
  if (utf16 !== undefined) {
    return recognised(utf16, 'recognised', [
      notice(
        'encoding_assumed',
        `Read as ${utf16.toUpperCase()}, recognised by its bytes.`,
        'Override with --encoding.',
      ),
    ]);
  }
  return judgeUtf8(
    await surveyUtf8(source),
    given ?? marked,
    given === undefined ? 'byte order mark' : 'given',
  );
}

/** The file's text in chunks; a byte order mark is left out. */
export async function* readText(source: FileSource, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding.label);
  for await (const chunk of source.open()) {
    const text = decoder.decode(chunk, { stream: true });
    if (text.length > 0) yield text;
  }
  const rest = decoder.decode();
  if (rest.length > 0) yield rest;
}

async function readHead(source: FileSource): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of source.open()) {
    parts.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= HEAD_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, HEAD_BYTES);
}

/** Kinds of files that people hand in by mistake, told apart by their first bytes. */
function recogniseForeign(name: string, head: Uint8Array): Problem | undefined {
  if (startsWith(head, [0x1f, 0x8b])) {
    return problem('file_compressed', `${name} is compressed (gzip).`, `Unpack it first: gunzip ${name}`);
  }
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04]) || startsWith(head, [0xd0, 0xcf, 0x11, 0xe0])) {
    return problem(
      'file_not_text',
      `${name} is a spreadsheet or zip file, not a text file.`,
      "Open it and save the sheet as 'CSV UTF-8', or unpack the zip, and import that file.",
    );
  }
  if (startsWith(head, [0x25, 0x50, 0x44, 0x46])) {
    return problem(
      'file_not_text',
      `${name} is a PDF, not a table.`,
      'Export the orders as CSV and import that file.',
    );
  }
  if (startsWith(head, [0xff, 0xfe, 0x00, 0x00]) || startsWith(head, [0x00, 0x00, 0xfe, 0xff])) {
    return problem('encoding_unknown', `${name} is UTF-32, which is not read.`, 'Save it as UTF-8.');
  }
  return undefined;
}

function markedEncoding(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  if (startsWith(head, [0xef, 0xbb, 0xbf])) return 'utf-8';
  if (startsWith(head, [0xff, 0xfe])) return 'utf-16le';
  if (startsWith(head, [0xfe, 0xff])) return 'utf-16be';
  return undefined;
}

/**
 * UTF-16 without a mark: digits, delimiters and line ends have a zero as their high byte, so zeros stand in one
 * half of the byte pairs only. A tenth is enough (a Chinese file still has its digits); stray NUL bytes fall on both.
 */
function statisticalUtf16(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const pairs = Math.floor(head.length / 2);
  if (pairs < 4) return undefined;
  let first = 0;
  let second = 0;
  for (let at = 0; at + 1 < head.length; at += 2) {
    if (head[at] === 0) first += 1;
    if (head[at + 1] === 0) second += 1;
  }
  if (second / pairs >= 0.1 && first * 20 <= second) return 'utf-16le';
  if (first / pairs >= 0.1 && second * 20 <= first) return 'utf-16be';
  return undefined;
}

type Utf8Survey = {
  readonly sequences: number;
  readonly broken: number;
  readonly firstBroken: { readonly offset: number; readonly line: number; readonly byte: number } | undefined;
};

async function surveyUtf8(source: FileSource): Promise<Utf8Survey> {
  let sequences = 0;
  let broken = 0;
  let firstBroken: Utf8Survey['firstBroken'];
  let offset = 0;
  let line = 1;
  let expected = 0;
  let lead = { offset: 0, line: 1, byte: 0 };
  let lowest = 0x80;
  let highest = 0xbf;
  for await (const chunk of source.open()) {
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (expected > 0) {
        if (byte >= lowest && byte <= highest) {
          expected -= 1;
          lowest = 0x80;
          highest = 0xbf;
          if (expected === 0) sequences += 1;
          continue;
        }
        // The byte that promised more is the one at fault.
        broken += 1;
        firstBroken ??= lead;
        expected = 0;
        lowest = 0x80;
        highest = 0xbf;
      }
      if (byte < 0x80) {
        if (byte === 0x0a) line += 1;
        continue;
      }
      if (byte >= 0xc2 && byte <= 0xdf) expected = 1;
      else if (byte >= 0xe0 && byte <= 0xef) expected = 2;
      else if (byte >= 0xf0 && byte <= 0xf4) expected = 3;
      else {
        broken += 1;
        firstBroken ??= { offset: offset + at, line, byte };
        continue;
      }
      lead = { offset: offset + at, line, byte };
      // Overlong forms, surrogates and code points above U+10FFFF are not UTF-8.
      if (byte === 0xe0) lowest = 0xa0;
      if (byte === 0xed) highest = 0x9f;
      if (byte === 0xf0) lowest = 0x90;
      if (byte === 0xf4) highest = 0x8f;
    }
    offset += chunk.length;
  }
  if (expected > 0) {
    broken += 1;
    firstBroken ??= lead;
  }
  return { sequences, broken, firstBroken };
}

function judgeUtf8(
  survey: Utf8Survey,
  declared: string | undefined,
  how: 'byte order mark' | 'given',
): RecognisedEncoding {
  const { sequences, broken, firstBroken } = survey;
  if (firstBroken === undefined) return recognised('utf-8', declared === undefined ? 'recognised' : how);
  const where =
    `the first byte that is not UTF-8 is 0x${firstBroken.byte.toString(16).padStart(2, '0')} ` +
    `on line ${firstBroken.line} (byte ${firstBroken.offset})`;
  // A text with ten good sequences for each broken one was written as UTF-8 and damaged later.
  if (declared !== undefined || sequences >= broken * 10) {
    return {
      kind: 'recognised',
      encoding: { label: 'utf-8', how: declared === undefined ? 'recognised' : how, damaged: true },
      notices: [
        notice(
          'text_damaged',
          `Read as UTF-8, but ${broken} places are damaged: ${where}. Rows with damaged text are refused.`,
          'If the whole file is in another encoding, say so with --encoding, for example --encoding windows-1252.',
        ),
      ],
    };
  }
  return recognised('windows-1252', 'assumed', [
    notice(
      'encoding_assumed',
      `Read as Windows-1252 (which covers Latin-1), because it is not UTF-8: ${where}.`,
      'If names look wrong in the preview, say the encoding with --encoding, for example --encoding windows-1250.',
    ),
  ]);
}

function recognised(
  label: string,
  how: Encoding['how'],
  notices: readonly Notice[] = [],
): RecognisedEncoding {
  return { kind: 'recognised', encoding: { label, how, damaged: false }, notices };
}

function refused(code: Problem['code'], message: string, hint: string): RecognisedEncoding {
  return { kind: 'refused', problem: problem(code, message, hint) };
}

function isKnownLabel(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}

function isUtf8(label: string): boolean {
  return new TextDecoder(label).encoding === 'utf-8';
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, at) => bytes[at] === byte);
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(bytes < 1024 * 1024 ? 2 : 0);
}
