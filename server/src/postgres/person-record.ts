// What is kept about one person beside their state: their moves between stages, what they did at given names, and who was merged into
// them. Reads only.
import type { PersonKey } from './bucket.ts';
import type { Queryable } from './pool.ts';

export interface MoveRow {
  readonly model: string;
  readonly from_stage: string | null;
  readonly to_stage: string | null;
  readonly at: Date;
}

/** The newest, newest first. */
export async function listStageMoves(
  db: Queryable,
  {
    workspaceId,
    key,
    limit,
  }: { readonly workspaceId: string; readonly key: PersonKey; readonly limit: number },
): Promise<readonly MoveRow[]> {
  const { rows } = await db.query<MoveRow>(
    `select model, from_stage, to_stage, at
       from stage_moves
      where bucket = $1 and workspace_id = $2 and person_id = $3
      order by seq desc
      limit $4`,
    [key.bucket, workspaceId, key.id, limit],
  );
  return rows;
}

export interface MergeRow extends PersonKey {
  readonly at: Date;
  /** `event:<messageId>` */
  readonly reason: string;
}

/** Newest first; at most 64 by the engine's limit. */
export async function listMerges(
  db: Queryable,
  workspaceId: string,
  keys: readonly PersonKey[],
): Promise<readonly MergeRow[]> {
  const { rows } = await db.query<MergeRow>(
    `select a.bucket, a.person_id as id, a.at, a.reason
       from unnest($2::int2[], $3::uuid[]) as u (bucket, id)
       join aliases a on a.bucket = u.bucket and a.workspace_id = $1 and a.person_id = u.id
      order by a.at desc, a.person_id`,
    [...valuesOf(workspaceId, keys)],
  );
  return rows;
}

export interface BroughtRow {
  readonly person_id: string;
  readonly events: number;
  readonly first_at: Date;
  readonly last_at: Date;
}

/** What was theirs stays under their own key, so each still tells what it brought. */
export async function countBrought(
  db: Queryable,
  workspaceId: string,
  keys: readonly PersonKey[],
): Promise<readonly BroughtRow[]> {
  const { rows } = await db.query<BroughtRow>(
    `select e.person_id, count(*)::int as events, min(e.at) as first_at, max(e.at) as last_at
       from unnest($2::int2[], $3::uuid[]) as u (bucket, id)
       join events e on e.bucket = u.bucket and e.workspace_id = $1 and e.person_id = u.id
      group by e.person_id`,
    [...valuesOf(workspaceId, keys)],
  );
  return rows;
}

/** Identities that the events of these people named. */
export async function listNamedIdentities(
  db: Queryable,
  workspaceId: string,
  keys: readonly PersonKey[],
): Promise<readonly { readonly person_id: string; readonly kind: string; readonly value: string }[]> {
  const { rows } = await db.query<{ person_id: string; kind: string; value: string }>(
    `select distinct e.person_id, pair ->> 0 as kind, pair ->> 1 as value
       from unnest($2::int2[], $3::uuid[]) as u (bucket, id)
       join events e on e.bucket = u.bucket and e.workspace_id = $1 and e.person_id = u.id
      cross join jsonb_array_elements(e.body::jsonb -> 'identities') as pair
      order by kind, value
      limit 500`,
    [...valuesOf(workspaceId, keys)],
  );
  return rows;
}

/** Names of these people's events of these ids. */
export async function findEventNames(
  db: Queryable,
  workspaceId: string,
  { keys, ids }: { readonly keys: readonly PersonKey[]; readonly ids: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ message_id: string; name: string }>(
    `select e.message_id, e.name
       from unnest($2::int2[], $3::uuid[]) as u (bucket, id)
       join events e on e.bucket = u.bucket and e.workspace_id = $1 and e.person_id = u.id
      where e.message_id = any($4::text[])`,
    [...valuesOf(workspaceId, keys), ids],
  );
  return new Map(rows.map(({ message_id: id, name }) => [id, name]));
}

function valuesOf(workspaceId: string, keys: readonly PersonKey[]): readonly unknown[] {
  return [workspaceId, keys.map(({ bucket }) => bucket), keys.map(({ id }) => id)];
}
