// The columns that a list of people may have: what is kept for lists, stages and segments, and what only somebody's state says: any
// trait, what they are worth, points and tiers.
import { decodePerson, NO_POINTS, outlookOf, spendable } from '@rapport/engine';
import type { Person, Program } from '@rapport/engine';
import { z } from 'zod';
import type { PersonKey } from '../postgres/bucket.ts';
import { loadStates } from '../postgres/overview.ts';
import { sorts } from '../postgres/people-sorted.ts';
import type { HttpDeps } from './deps.ts';

export const columnsMax = 24;
/** Columns that are read from states. */
const statedMax = 12;

/** `stage:model`, `since:model`, `trait:name`, `points:programme`, `tier:programme`, or one of these. */
export const columnSchema = z
  .string()
  .max(120)
  .regex(
    /^(name|email|phone|user_id|orders|last_order|created|segments|id|spent|worth|(stage|since|points|tier):[a-z0-9_-]{1,64}|trait:[^\s,][^,]{0,99})$/,
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
    columns,
  };
}

const isStated = (column: string): boolean => /^(spent$|worth$|trait:|points:|tier:)/.test(column);

/** What a row says beyond what is kept for lists, as far as it was asked for. */
export interface Stated {
  readonly traits?: { readonly [trait: string]: unknown };
  /** Minor units of the workspace's currency: so far, and in the next 365 days; null where nothing stands behind it. */
  readonly spent?: number | null;
  readonly worth?: number | null;
  readonly points?: { readonly [programme: string]: number };
  readonly tiers?: { readonly [programme: string]: string | null };
}

/** By the person's id. Whoever an import has not lived through yet is not in it. */
export async function loadStated(
  deps: HttpDeps,
  workspaceId: string,
  of: { readonly keys: readonly PersonKey[]; readonly columns: readonly string[] },
): Promise<ReadonlyMap<string, Stated>> {
  const columns = of.columns.filter(isStated).slice(0, statedMax);
  if (columns.length === 0) return new Map();
  const program = await deps.programs.get(workspaceId);
  const states = await loadStates(deps.pools.console, workspaceId, of.keys);
  return new Map(
    states.map(({ id, state }) => [id, statedOf(program, decodePerson(state), columns, deps.now())]),
  );
}

function statedOf(program: Program, person: Person, columns: readonly string[], now: number): Stated {
  const names = (kind: string): readonly string[] =>
    columns.filter((column) => column.startsWith(`${kind}:`)).map((column) => column.slice(kind.length + 1));
  const each = <T>(kind: string, value: (name: string) => T): { readonly [name: string]: T } =>
    Object.fromEntries(names(kind).map((name) => [name, value(name)]));
  const asksWorth = columns.includes('spent') || columns.includes('worth');
  const worth = asksWorth ? (outlookOf(program, person, 'orders', now)?.worth ?? null) : null;
  const whole = (minor: number | undefined): number | null =>
    minor === undefined ? null : Math.round(minor);
  return {
    ...(names('trait').length === 0
      ? {}
      : { traits: each('trait', (trait) => person.memory.traits[trait]?.v ?? null) }),
    ...(columns.includes('spent') ? { spent: whole(worth?.soFar) } : {}),
    ...(columns.includes('worth') ? { worth: whole(worth?.expected) } : {}),
    ...(names('points').length === 0
      ? {}
      : { points: each('points', (key) => balanceOf(program, person, key, now)) }),
    ...(names('tier').length === 0 ? {} : { tiers: each('tier', (key) => tierOf(program, person, key)) }),
  };
}

function balanceOf({ definition }: Program, person: Person, key: string, now: number): number {
  const programme = definition.programmes?.find((one) => one.key === key);
  if (programme === undefined) return 0;
  const points = person.standing.points?.[key] ?? NO_POINTS;
  return spendable(points, programme.expiry, person.frozen_at ?? now);
}

function tierOf({ definition }: Program, person: Person, key: string): string | null {
  const tier = person.standing.tiers?.[key]?.tier;
  const programme = definition.programmes?.find((one) => one.key === key);
  return tier === undefined ? null : (programme?.tiers.find((one) => one.key === tier)?.name ?? tier);
}
