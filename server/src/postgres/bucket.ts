// The distribution column: a small integer made from an id by the engine's fixed hash. Never change it: rows keep the
// bucket they were written under for the life of the installation.
import { bucketOf } from '@rapport/engine';

export { bucketOf } from '@rapport/engine';

/** Where a person's rows stand. */
export interface PersonKey {
  readonly bucket: number;
  readonly id: string;
}

export function personKey(id: string): PersonKey {
  return { bucket: bucketOf(id), id };
}

/** Bucket of an identity row: identities are distributed by their own hash, not by their person's. */
export function identityBucket(kind: string, value: string): number {
  return bucketOf(`${kind}:${value}`);
}
