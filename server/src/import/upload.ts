// An uploaded file on its way into the data folder: counted, hashed, flushed, never in memory, and gone again when
// anything goes wrong. Personal data: readable by this user only.

import { createHash } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { ProblemError } from '../errors.ts';
import { LIMITS } from './limits.ts';

export type StoredUpload = { readonly path: string; readonly bytes: number; readonly hash: string };

export function uploadsFolder(dataDir: string): string {
  return path.join(dataDir, 'imports');
}

export async function storeUpload(upload: {
  readonly dataDir: string;
  readonly id: string;
  readonly content: AsyncIterable<Uint8Array>;
}): Promise<StoredUpload> {
  const folder = uploadsFolder(upload.dataDir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const target = path.join(folder, upload.id);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const handle = await open(target, 'wx', 0o600);
    try {
      for await (const chunk of upload.content) {
        bytes += chunk.byteLength;
        if (bytes > LIMITS.fileBytesMax) throw tooLarge();
        hash.update(chunk);
        await handle.write(chunk);
      }
      if (isTruncated(upload.content)) throw tooLarge();
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
  return { path: target, bytes, hash: hash.digest('hex') };
}

/** A form's part ends quietly at its limit and says so afterwards. */
function isTruncated(content: object): boolean {
  return 'truncated' in content && content.truncated === true;
}

function tooLarge(): ProblemError {
  return new ProblemError({
    code: 'body_too_large',
    message: `The file has more than ${LIMITS.fileBytesMax / 1024 / 1024} MB.`,
    hint: 'Split it into smaller files, each with the header line; importing them one after the other gives the same result.',
  });
}
