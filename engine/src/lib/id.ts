// Ids, shares and buckets from hashes: the engine's only source of names and of "chance". The same parts give the same
// answer for ever; changing a function here would send messages twice.
import { sha256 } from './sha256.ts';

/** A UUIDv8 from the hash of the parts; parts are joined as a JSON list, so `('a','bc')` and `('ab','c')` differ. */
export function hashId(...parts: readonly string[]): string {
  const hash = sha256(JSON.stringify(parts));
  const a = hex(hash[0]!);
  const b = hex((hash[1]! & 0xffff_0fff) | 0x0000_8000);
  const c = hex((hash[2]! & 0x3fff_ffff) | 0x8000_0000);
  const d = hex(hash[3]!);
  return `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${d}`;
}

/** A stable number in [0, 1) from the hash of the parts. */
export function share(...parts: readonly string[]): number {
  const hash = sha256(JSON.stringify(parts));
  return (hash[0]! * 0x20_0000 + (hash[1]! >>> 11)) / 0x20_0000_0000_0000;
}

export const BUCKETS = 1024;

/** The bucket 0 to 1023 of a person's id: FNV-1a of its text, mixed. Fixed for the life of an installation: rows are stored under it. */
export function bucketOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) & (BUCKETS - 1);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
