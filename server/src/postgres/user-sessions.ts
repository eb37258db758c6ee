// Where somebody is signed in. The rows are better-auth's; here they are only listed and ended.
import type { Queryable } from './pool.ts';

export interface SessionRow {
  readonly id: string;
  readonly user_agent: string | null;
  readonly created_at: Date;
  /** To a day: a session is renewed once a day. */
  readonly updated_at: Date;
}

export async function listSessions(db: Queryable, userId: string, now: Date): Promise<readonly SessionRow[]> {
  const { rows } = await db.query<SessionRow>(
    `select id, user_agent, created_at, updated_at
       from user_sessions
      where user_id = $1 and expires_at > $2
      order by updated_at desc, id desc
      limit 200`,
    [userId, now],
  );
  return rows;
}

/** Ends one session of this user, or with `except` all others; how many. */
export async function endSessions(
  db: Queryable,
  userId: string,
  which: { readonly id: string } | { readonly except: string },
): Promise<number> {
  const { rowCount } =
    'id' in which
      ? await db.query('delete from user_sessions where user_id = $1 and id = $2', [userId, which.id])
      : await db.query('delete from user_sessions where user_id = $1 and id <> $2', [userId, which.except]);
  return rowCount ?? 0;
}
