// Whose moment may come within some days: by the appointments, which are never later than the true moment.
import type { Queryable } from './pool.ts';

export interface UpcomingState {
  readonly bucket: number;
  readonly id: string;
  readonly state: string;
  readonly wake_at: Date;
  readonly name: string | null;
  readonly email: string | null;
  readonly orders: number;
}

/** Customers whose appointment lies before `until`, the earliest first. States are read last: they are too wide to be sorted in memory. */
export async function listUpcoming(
  db: Queryable,
  query: { readonly workspaceId: string; readonly until: Date; readonly limit: number },
): Promise<readonly UpcomingState[]> {
  const { rows } = await db.query<UpcomingState>(
    `with due as materialized (
       select p.bucket, p.id, p.wake_at, f.name, f.email, f.orders
         from people p
         join profiles f on f.bucket = p.bucket and f.workspace_id = p.workspace_id and f.person_id = p.id
        where p.workspace_id = $1 and p.merged_into is null and p.wake_at < $2 and f.orders > 0
        order by p.wake_at
        limit $3
     )
     select d.bucket, d.id, p.state, d.wake_at, d.name, d.email, d.orders
       from due d
       join people p on p.bucket = d.bucket and p.workspace_id = $1 and p.id = d.id
      order by d.wake_at`,
    [query.workspaceId, query.until, query.limit],
  );
  return rows;
}
