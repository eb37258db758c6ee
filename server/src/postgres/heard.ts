// What came in under each key, by day and by reason: counts and the newest few. Never says of whom, and never grows with
// traffic: one row a key, day and reason, and reasons are a closed list.
import type { Queryable } from './pool.ts';

/** Days that are looked at and kept. */
export const HEARD_DAYS = 7;
export const RECENT_MAX = 5;
/** Stands where a key would: requests under no key that we know. */
export const UNKNOWN_KEY = '00000000-0000-0000-0000-000000000000';

/** One of the newest: `note` is what there is to say about it (why it was refused, how the unknown key begins). */
export interface HeardOne {
  readonly at: string;
  readonly name: string | null;
  /** The site's origin; null: not from a browser. */
  readonly origin: string | null;
  readonly note: string | null;
  readonly hint: string | null;
}

/** What one request brought, as the door tells it. */
export interface HeardRequest {
  readonly workspaceId: string;
  readonly keyId: string;
  readonly origin: string | null;
  readonly stored: number;
  /** Names of the newest stored ones, at most RECENT_MAX. */
  readonly names: readonly string[];
  readonly refused: readonly { readonly code: string; readonly message: string; readonly hint: string }[];
}

export interface HeardSum {
  readonly workspaceId: string;
  readonly keyId: string;
  /** Empty: stored. */
  readonly code: string;
  readonly count: number;
  readonly lastAt: number;
  /** Newest first, at most RECENT_MAX. */
  readonly recent: readonly HeardOne[];
}

/** Adds to what other processes wrote; the day is that of `lastAt` in UTC. */
export async function addHeard(db: Queryable, sums: readonly HeardSum[]): Promise<void> {
  if (sums.length === 0) return;
  await db.query(
    `insert into heard (workspace_id, key_id, day, code, count, last_at, recent)
     select s.workspace_id, s.key_id, (s.last_at at time zone 'UTC')::date, s.code, s.count, s.last_at, s.recent::jsonb
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::timestamptz[], $6::text[])
              as s(workspace_id, key_id, code, count, last_at, recent)
     on conflict (workspace_id, key_id, day, code) do update
        set count = heard.count + excluded.count,
            last_at = greatest(heard.last_at, excluded.last_at),
            recent = jsonb_path_query_array(excluded.recent || heard.recent, '$[0 to ${RECENT_MAX - 1}]')`,
    [
      sums.map((sum) => sum.workspaceId),
      sums.map((sum) => sum.keyId),
      sums.map((sum) => sum.code),
      sums.map((sum) => sum.count),
      sums.map((sum) => new Date(sum.lastAt)),
      sums.map((sum) => JSON.stringify(sum.recent)),
    ],
  );
}

export async function forgetHeard(db: Queryable, before: Date): Promise<void> {
  await db.query('delete from heard where day < $1::date', [before]);
}

export interface HeardRow {
  readonly code: string;
  readonly count: number;
  readonly last_at: Date;
  readonly recent: readonly HeardOne[];
}

/** Of the last HEARD_DAYS days, one row for each reason, the newest first. */
export async function listHeard(
  db: Queryable,
  of: { readonly workspaceId: string; readonly keyId: string; readonly now: Date },
): Promise<readonly HeardRow[]> {
  const { rows } = await db.query<HeardRow>(
    `select code, sum(count)::float8 as count, max(last_at) as last_at,
            (array_agg(recent order by day desc))[1] as recent
       from heard
      where workspace_id = $1 and key_id = $2 and day > ($3::timestamptz at time zone 'UTC')::date - $4::int
      group by code
      order by max(last_at) desc, code`,
    [of.workspaceId, of.keyId, of.now, HEARD_DAYS],
  );
  return rows;
}
