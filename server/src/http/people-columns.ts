// The columns that a list of people may have: what is kept for lists, stages and segments, and any trait.
import { decodePerson } from '@rapport/engine';
import { z } from 'zod';
import type { PersonKey } from '../postgres/bucket.ts';
import { loadStates } from '../postgres/overview.ts';
import { sorts } from '../postgres/people-sorted.ts';
import type { HttpDeps } from './deps.ts';

export const columnsMax = 24;
const traitsMax = 12;

/** `stage:model`, `since:model`, `trait:name`, or one of these. */
export const columnSchema = z
  .string()
  .max(120)
  .regex(
    /^(name|email|phone|user_id|orders|last_order|created|segments|id|(stage|since):[a-z0-9_-]{1,64}|trait:[^\s,][^,]{0,99})$/,
    'is not a column',
  );

/** `?columns=name,email,stage:default` */
const columnsQuery = z
  .string()
  .max(4_000)
  .transform((text) => [...new Set(text.split(',').filter((part) => part !== ''))])
  .pipe(z.array(columnSchema).max(columnsMax));

/** What a list of people is asked by, beside a search or rule. */
export const listedBy = z.object({
  stage: z
    .string()
    .regex(/^[a-z0-9_-]{1,64}:[a-z0-9_-]{1,64}$/, 'is not model:stage')
    .optional(),
  segment: z.string().max(64).optional(),
  /** A search keeps its own order. */
  sort: z.enum(sorts).optional(),
  columns: columnsQuery.optional(),
});

export function filterOf(
  workspaceId: string,
  { stage, segment, sort }: Omit<z.infer<typeof listedBy>, 'columns'>,
  columns: readonly string[],
) {
  const [model = '', name = ''] = stage?.split(':') ?? [];
  return {
    workspaceId,
    stage: stage === undefined ? null : { model, stage: name },
    segment: segment ?? null,
    sort,
    traits: traitsIn(columns),
  };
}

function traitsIn(columns: readonly string[]): readonly string[] {
  return columns
    .filter((column) => column.startsWith('trait:'))
    .slice(0, traitsMax)
    .map((column) => column.slice('trait:'.length));
}

export type TraitsOf = ReadonlyMap<string, { readonly [trait: string]: unknown }>;

/** By the person's id. Whoever an import has not lived through yet has none. */
export async function loadTraits(
  deps: HttpDeps,
  workspaceId: string,
  { keys, traits }: { readonly keys: readonly PersonKey[]; readonly traits: readonly string[] },
): Promise<TraitsOf> {
  if (traits.length === 0) return new Map();
  const states = await loadStates(deps.pools.console, workspaceId, keys);
  return new Map(
    states.map(({ id, state }) => {
      const known = decodePerson(state).memory.traits;
      return [id, Object.fromEntries(traits.map((trait) => [trait, known[trait]?.v ?? null]))];
    }),
  );
}
