// A file that can be read more than once, in chunks. Import looks at a file twice: first to recognise it as a
// whole, then to read it; it never holds it in memory.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';

export type FileSource = {
  readonly name: string;
  readonly bytes: number;
  readonly open: () => AsyncIterable<Uint8Array>;
};

/** Small enough that reading a chunk never holds up a running server for long. */
const CHUNK_BYTES = 256 * 1024;

export async function sourceFromPath(path: string, name: string = basename(path)): Promise<FileSource> {
  const { size } = await stat(path);
  return { name, bytes: size, open: () => createReadStream(path, { highWaterMark: CHUNK_BYTES }) };
}

/** For tests and small uploads: `chunkBytes` cuts the content so that chunk borders fall anywhere. */
export function sourceFromBytes(
  name: string,
  content: Uint8Array,
  chunkBytes: number = CHUNK_BYTES,
): FileSource {
  return { name, bytes: content.byteLength, open: () => chunksOf(content, chunkBytes) };
}

async function* chunksOf(content: Uint8Array, chunkBytes: number): AsyncIterable<Uint8Array> {
  for (let from = 0; from < content.byteLength; from += chunkBytes) {
    yield content.subarray(from, from + chunkBytes);
  }
}
