// Two tabs, or two people, change the same thing: what the other one saved is not silently put aside.
import { ProblemError } from '../errors.ts';
import type { Queryable } from '../postgres/pool.ts';
import { namesOf } from '../postgres/names.ts';

/** The refusal of a save that began with version `base` when `version` is there by now. */
export async function savedSince(
  db: Queryable,
  workspaceId: string,
  saved: { readonly version: number; readonly by: string | null; readonly base: number },
): Promise<ProblemError> {
  const by = saved.by === null ? undefined : (await namesOf(db, workspaceId)).get(saved.by);
  return new ProblemError({
    code: 'conflict',
    path: '/base',
    message: `Version ${saved.version} was saved${by === undefined ? '' : ` by ${by}`} since you began with version ${saved.base}.`,
    hint: 'Look at that version, or save yours as a newer one anyway.',
  });
}
