// Saved views of the people list, everybody's or one user's, and the columns that each user sees.
import type { Queryable } from './pool.ts';

export interface PeopleView {
  readonly id: string;
  readonly name: string;
  /** Null: everybody's. */
  readonly user_id: string | null;
  readonly body: { readonly [key: string]: unknown };
}

interface Place {
  readonly workspaceId: string;
  readonly id: string;
  /** Who asks: others' own views are not there for them. */
  readonly userId: string;
}

export async function listPeopleViews(
  db: Queryable,
  { workspaceId, userId }: Omit<Place, 'id'>,
): Promise<readonly PeopleView[]> {
  const { rows } = await db.query<PeopleView>(
    `select id, name, user_id, body
       from people_views
      where workspace_id = $1 and deleted_at is null and (user_id is null or user_id = $2)
      order by lower(name), id`,
    [workspaceId, userId],
  );
  return rows;
}

export async function insertPeopleView(
  db: Queryable,
  view: PeopleView & { readonly workspaceId: string; readonly at: Date },
): Promise<void> {
  await db.query(
    `insert into people_views (workspace_id, id, name, user_id, body, created_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [view.workspaceId, view.id, view.name, view.user_id, JSON.stringify(view.body), view.at],
  );
}

/** False: there is none. */
export async function updatePeopleView(
  db: Queryable,
  { workspaceId, id, userId }: Place,
  to: Pick<PeopleView, 'name' | 'user_id' | 'body'>,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update people_views
        set name = $4, user_id = $5, body = $6
      where workspace_id = $1 and id = $2 and deleted_at is null and (user_id is null or user_id = $3)`,
    [workspaceId, id, userId, to.name, to.user_id, JSON.stringify(to.body)],
  );
  return rowCount === 1;
}

/** With no instant it is put back. False: there is none. */
export async function setPeopleViewDeleted(
  db: Queryable,
  { workspaceId, id, userId }: Place,
  at: Date | null,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update people_views
        set deleted_at = $4
      where workspace_id = $1 and id = $2 and (user_id is null or user_id = $3)`,
    [workspaceId, id, userId, at],
  );
  return rowCount === 1;
}

export async function findPeopleColumns(
  db: Queryable,
  { workspaceId, userId }: Omit<Place, 'id'>,
): Promise<readonly string[] | null> {
  const { rows } = await db.query<{ columns: string[] }>(
    'select columns from people_columns where workspace_id = $1 and user_id = $2',
    [workspaceId, userId],
  );
  return rows[0]?.columns ?? null;
}

export async function savePeopleColumns(
  db: Queryable,
  { workspaceId, userId }: Omit<Place, 'id'>,
  columns: readonly string[],
): Promise<void> {
  await db.query(
    `insert into people_columns (workspace_id, user_id, columns)
     values ($1, $2, $3)
     on conflict (workspace_id, user_id) do update set columns = excluded.columns`,
    [workspaceId, userId, columns],
  );
}
