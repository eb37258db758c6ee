// What would go and what would stay if an import were taken back now: counted as `undoBatch` decides it, for the first people it
// would take. Reads only.
import type { ImportRow } from './imports.ts';
import { KEEPS_NOBODY } from './import-undo.ts';
import type { Queryable } from './pool.ts';

export interface UndoAhead {
  /** Whom the import touched. */
  readonly people: number;
  /** Of these, those who were looked at; the rest are counted in the doing. People stand in the order of a hash: none is like the next. */
  readonly looked_at: number;
  /** Of those looked at: known by this import alone, and so gone. */
  readonly removed: number;
  readonly kept: number;
  /** Theirs that the import brought. */
  readonly facts: number;
}

const LOOKED_AT_MAX = 2_000;

export async function lookAhead(db: Queryable, row: ImportRow): Promise<UndoAhead> {
  const theirs = (table: string): string =>
    `select 1 from ${table} x where x.bucket = t.bucket and x.workspace_id = $1 and x.person_id = t.person_id`;
  const { rows } = await db.query<UndoAhead>(
    `with touched as (
       select bucket, person_id, array_agg(at) as at
       from import_people
       where workspace_id = $1 and import_id = $2
       group by bucket, person_id),
     looked_at as (select * from touched order by bucket, person_id limit $3),
     seen as (
       select f.facts,
         p.merged_into is not null
           or coalesce(p.state::jsonb -> 'aliases', '[]') <> '[]'
           or f.others > 0
           or exists (${theirs('messages')})
           or exists (${theirs('notes')})
           or exists (${theirs('decisions')}
             and x.body::jsonb -> 'cause' ->> 'kind' <> all ($4::text[])) as stays
       from looked_at t
       join people p on p.bucket = t.bucket and p.workspace_id = $1 and p.id = t.person_id
       cross join lateral (
         select count(*) filter (where of_it) as facts, count(*) filter (where not of_it) as others
         from (
           select e.received_at = any(t.at) and e.body::jsonb ->> 'trust' = 'import' as of_it
           from events e
           where e.bucket = t.bucket and e.workspace_id = $1 and e.person_id = t.person_id) each) f)
     select (select count(*) from touched)::int as people, count(*)::int as looked_at,
       count(*) filter (where not stays)::int as removed, count(*) filter (where stays)::int as kept,
       coalesce(sum(facts), 0)::int as facts
     from seen`,
    [row.workspace_id, row.id, LOOKED_AT_MAX, KEEPS_NOBODY],
  );
  return rows[0] ?? { people: 0, looked_at: 0, removed: 0, kept: 0, facts: 0 };
}
