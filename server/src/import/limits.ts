// The limits of importing. Every one of them, when exceeded, is a refused row or a refused file with a hint,
// never a crash and never an unbounded buffer.

export const LIMITS = {
  /** A file larger than this is refused before it is read; split it. */
  fileBytesMax: 512 * 1024 * 1024,
  rowsMax: 5_000_000,
  columnsMax: 500,
  /** One field; longer ones refuse their row. */
  fieldCharsMax: 32 * 1024,
  /** One record, embedded newlines included. What is longer is skipped to the next line end. */
  recordCharsMax: 1024 * 1024,
  /** How far an opened quote may reach before it is taken as never closed. */
  quotedLinesMax: 200,
  /** More quotes than this that are never closed mean that the file is not what it seems. */
  quotesUnclosedMax: 100,
  /** Lines of unfinished orders held in memory; a file that needs more is read in several passes. */
  linesHeldMax: 50_000,
  linesPerOrderMax: 2_000,
  previewRows: 20,
  /** Rows read before anything is imported, to say what will be refused: about a second. Most files are shorter. */
  checkedRowsMax: 200_000,
  /** Refused rows shown before anything is imported, for each reason. */
  previewRefusedOfAKind: 2,
  /** Raw text kept with a refused row. */
  rawCharsMax: 2_000,
  /** Refused rows kept with their text; more are only counted. */
  refusalsKeptMax: 100_000,
  identityCharsMax: 255,
  traitCharsMax: 1_000,
  /** Text looked at to guess the delimiter, the header and the columns. */
  sampleChars: 256 * 1024,
  sampleRows: 500,
} as const;
