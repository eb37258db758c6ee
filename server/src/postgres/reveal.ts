// Who there is to meet after a history came in, and what it takes before anything can be written to them. Reads only.
import type { PersonKey } from './bucket.ts';
import type { Queryable } from './pool.ts';

export interface CustomersRow {
  readonly customers: number;
  /** Ordered on one day only. */
  readonly once: number;
  /** Ordered on three days or more: their rhythm is their own. */
  readonly rhythmic: number;
  readonly with_email: number;
  readonly with_name: number;
  readonly frozen: number;
  readonly last_order_at: Date | null;
}

export async function countCustomers(db: Queryable, workspaceId: string): Promise<CustomersRow> {
  const { rows } = await db.query<CustomersRow>(
    `select count(*)::int as customers,
            count(*) filter (where orders = 1)::int as once,
            count(*) filter (where orders >= 3)::int as rhythmic,
            count(*) filter (where email is not null)::int as with_email,
            count(*) filter (where name is not null)::int as with_name,
            count(*) filter (where as_of is not null)::int as frozen,
            max(last_order_at) as last_order_at
       from profiles
      where workspace_id = $1 and orders > 0`,
    [workspaceId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a count gave no row');
  return row;
}

export interface MailableRow {
  /** Customers with an address who agreed to something. */
  readonly customers: number;
  /** Of those, in the segment and not apart from it. */
  readonly quiet: number;
}

export async function countMailable(
  db: Queryable,
  query: {
    readonly workspaceId: string;
    readonly consented: string;
    readonly quiet: string;
    readonly gone: string;
  },
): Promise<MailableRow> {
  const { rows } = await db.query<MailableRow>(
    `select count(*)::int as customers,
            count(q.person_id) filter (where g.person_id is null)::int as quiet
       from memberships m
       join profiles f on f.bucket = m.bucket and f.workspace_id = m.workspace_id and f.person_id = m.person_id
        and f.orders > 0 and f.email is not null
       left join memberships q on q.bucket = m.bucket and q.workspace_id = m.workspace_id
        and q.person_id = m.person_id and q.kind || '' = 'segment' and q."of" || '' = $3
       left join memberships g on g.bucket = m.bucket and g.workspace_id = m.workspace_id
        and g.person_id = m.person_id and g.kind || '' = 'segment' and g."of" || '' = $4
      where m.workspace_id = $1 and m.kind = 'segment' and m."of" = $2 and m.value = ''`,
    [query.workspaceId, query.consented, query.quiet, query.gone],
  );
  return rows[0] ?? { customers: 0, quiet: 0 };
}

export interface MetRow extends PersonKey {
  readonly since: Date;
}

/** Quiet people worth meeting: with a rhythm of their own first, then with a name or an address, then the newest to fall silent. */
export async function listToMeet(
  db: Queryable,
  query: {
    readonly workspaceId: string;
    readonly quiet: string;
    readonly gone: string;
    readonly limit: number;
  },
): Promise<readonly MetRow[]> {
  const { rows } = await db.query<MetRow>(
    `select m.bucket, m.person_id as id, m.since
       from memberships m
       join profiles f on f.bucket = m.bucket and f.workspace_id = m.workspace_id and f.person_id = m.person_id
       left join memberships g on g.bucket = m.bucket and g.workspace_id = m.workspace_id and g.person_id = m.person_id
        and g.kind || '' = 'segment' and g."of" || '' = $3
      where m.workspace_id = $1 and m.kind = 'segment' and m."of" = $2 and m.value = '' and g.person_id is null
      order by f.orders < 3, f.name is null and f.email is null, f.name is null, m.since desc, m.person_id
      limit $4`,
    [query.workspaceId, query.quiet, query.gone, query.limit],
  );
  return rows;
}

export interface LookedBackRow {
  readonly id: string;
  readonly state: string;
}

/** The newest backtest of this version that was asked after what came in last; with everyone taken to have agreed. */
export async function findLookBack(
  db: Queryable,
  query: {
    readonly workspaceId: string;
    readonly key: string;
    readonly version: number;
    readonly since: Date;
  },
): Promise<LookedBackRow | undefined> {
  const { rows } = await db.query<LookedBackRow>(
    `select id, state
       from backtests
      where workspace_id = $1 and state in ('queued', 'running', 'done') and created_at >= $4
        and asked->'of'->>'kind' = 'journey' and asked->'of'->>'key' = $2
        and (asked->'of'->>'version')::int = $3 and (asked->>'assume_consent')::boolean
      order by created_at desc, id
      limit 1`,
    [query.workspaceId, query.key, query.version, query.since],
  );
  return rows[0];
}

export interface LastImportRow {
  readonly id: string;
  readonly file_name: string;
  readonly permission: string;
  readonly finished_at: Date;
}

export async function findLastImport(db: Queryable, workspaceId: string): Promise<LastImportRow | undefined> {
  const { rows } = await db.query<LastImportRow>(
    `select id, file_name, options->>'permission' as permission, finished_at
       from imports
      where workspace_id = $1 and status = 'done' and finished_at is not null
      order by finished_at desc, id
      limit 1`,
    [workspaceId],
  );
  return rows[0];
}

/** Of the newest finished backtest of a journey: how often somebody would have entered, within how long a history. */
export async function findEntrants(
  db: Queryable,
  query: { readonly workspaceId: string; readonly key: string },
): Promise<{ readonly times: number; readonly spanMs: number } | undefined> {
  const { rows } = await db.query<{ times: number; from: number; to: number; first: number | null }>(
    `select (result->'reached'->>'times')::int as times, (asked->>'from')::float8 as "from",
            (asked->>'to')::float8 as "to", (result->>'first_at')::float8 as first
       from backtests
      where workspace_id = $1 and state = 'done' and result is not null
        and asked->'of'->>'kind' = 'journey' and asked->'of'->>'key' = $2
      order by created_at desc, id
      limit 1`,
    [query.workspaceId, query.key],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return { times: row.times, spanMs: row.to - Math.max(row.from, row.first ?? row.from) };
}
