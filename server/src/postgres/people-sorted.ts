// People by their last order or number of orders. There is no index for these on purpose: each order would have to move its person in
// it, and in the index of words as well. The best of everyone are kept in one reading instead: half a second for 300,000 people on a machine
// under load, three seconds among those of one stage.
import { membershipFilters } from './people-read.ts';
import type { PeopleFilter, PersonRow } from './people-read.ts';
import type { Queryable } from './pool.ts';

export const sorts = ['last_order', 'orders'] as const;
export type PeopleSort = (typeof sorts)[number];

/** What a page ends with: the number sorted by (an instant in seconds) and the person. */
export interface SortedPlace {
  readonly by: number;
  readonly id: string;
}

const sortedBy: { readonly [sort in PeopleSort]: string } = {
  last_order: `coalesce(extract(epoch from f.last_order_at), -1e12)::float8`,
  orders: 'f.orders::float8',
};

export interface SortedRow extends PersonRow {
  readonly by: number;
}

/** Highest first; who never ordered stands last. */
export async function listPeopleSorted(
  db: Queryable,
  filter: Omit<PeopleFilter, 'before'> & { readonly sort: PeopleSort; readonly after: SortedPlace | null },
): Promise<readonly SortedRow[]> {
  const by = sortedBy[filter.sort];
  const parameters: unknown[] = [filter.workspaceId, filter.limit];
  const add = (value: unknown): string => `$${parameters.push(value)}`;
  const where = ['f.workspace_id = $1'];
  for (const { kind, of, value } of membershipFilters(filter)) {
    where.push(`exists (
      select 1 from memberships m
       where m.bucket = f.bucket and m.workspace_id = $1 and m.person_id = f.person_id
         and m.kind = ${add(kind)} and m."of" = ${add(of)} and m.value = ${add(value)})`);
  }
  if (filter.after !== null)
    where.push(`(${by}, f.person_id) < (${add(filter.after.by)}::float8, ${add(filter.after.id)}::uuid)`);
  const { rows } = await db.query<SortedRow>(
    `select p.bucket, p.id, p.created_at, f.name, f.email, f.user_id, f.phone, f.orders, f.last_order_at, f.as_of,
            p.created_at as sorted_at, page.by
       from (
         select f.bucket, f.person_id, ${by} as by
           from profiles f
          where ${where.join('\n            and ')}
          order by ${by} desc, f.person_id desc
          limit $2
       ) as page
       join people p on p.bucket = page.bucket and p.workspace_id = $1 and p.id = page.person_id
       join profiles f on f.bucket = page.bucket and f.workspace_id = $1 and f.person_id = page.person_id
      order by page.by desc, page.person_id desc`,
    parameters,
  );
  return rows;
}
