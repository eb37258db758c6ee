// Whom an import touched: written with its facts, so that it can be taken back.
import { int2Array, uuidArray } from './binary-array.ts';
import type { PersonKey } from './bucket.ts';
import type { Queryable } from './pool.ts';

export interface Touched extends PersonKey {
  readonly at: Date;
}

type Of = { readonly id: string; readonly workspace_id: string };

export async function insertTouched(
  db: Queryable,
  row: Of,
  touched: { readonly keys: readonly PersonKey[]; readonly at: number },
): Promise<void> {
  if (touched.keys.length === 0) return;
  await db.query({
    name: 'import_people_touched',
    text: `insert into import_people (bucket, workspace_id, import_id, person_id, at)
           select u.bucket, $1, $2, u.id, $3
           from unnest($4::int2[], $5::uuid[]) u(bucket, id)
           on conflict do nothing`,
    values: [
      row.workspace_id,
      row.id,
      new Date(touched.at),
      int2Array(touched.keys.map(({ bucket }) => bucket)),
      uuidArray(touched.keys.map(({ id }) => id)),
    ],
  });
}

/** Half of a person became another's rows. */
export async function moveTouched(
  db: Queryable,
  workspaceId: string,
  { from, to }: { readonly from: PersonKey; readonly to: PersonKey },
): Promise<void> {
  await db.query(
    `with gone as (
       delete from import_people
       where bucket = $1 and workspace_id = $2 and person_id = $3
       returning import_id, at)
     insert into import_people (bucket, workspace_id, import_id, person_id, at)
     select $4, $2, import_id, $5, at
     from gone
     on conflict do nothing`,
    [from.bucket, workspaceId, from.id, to.bucket, to.id],
  );
}

/** The next people, whole: all batches in which each was touched. */
export async function nextTouched(db: Queryable, row: Of, limit: number): Promise<readonly Touched[]> {
  const { rows } = await db.query<Touched>(
    `with next as (
       select distinct bucket, person_id
       from import_people
       where workspace_id = $1 and import_id = $2
       order by bucket, person_id
       limit $3)
     select p.bucket, p.person_id as id, p.at
     from next n
     join import_people p
       on p.bucket = n.bucket and p.workspace_id = $1 and p.import_id = $2 and p.person_id = n.person_id`,
    [row.workspace_id, row.id, limit],
  );
  return rows;
}

export async function countTouched(db: Queryable, row: Of): Promise<number> {
  const { rows } = await db.query<{ people: number }>(
    `select count(distinct person_id)::int as people
     from import_people
     where workspace_id = $1 and import_id = $2`,
    [row.workspace_id, row.id],
  );
  return rows[0]?.people ?? 0;
}

export async function deleteTouched(db: Queryable, row: Of, keys: readonly PersonKey[]): Promise<void> {
  await db.query(
    `delete from import_people p
     using unnest($3::int2[], $4::uuid[]) u(bucket, id)
     where p.bucket = u.bucket and p.workspace_id = $1 and p.import_id = $2 and p.person_id = u.id`,
    [
      row.workspace_id,
      row.id,
      int2Array(keys.map(({ bucket }) => bucket)),
      uuidArray(keys.map(({ id }) => id)),
    ],
  );
}
