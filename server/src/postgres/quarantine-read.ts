// Reading what was refused (quarantine) and what the engine failed on (parked). Never changes either.
import type { Queryable } from './pool.ts';

export interface QuarantineRow {
  readonly id: string;
  readonly at: Date;
  readonly source: string;
  readonly code: string;
  readonly field: string | null;
  readonly message: string;
  readonly hint: string;
  readonly message_id: string | null;
  readonly body: string;
}

export interface Before {
  readonly at: Date;
  readonly id: string;
}

export async function listQuarantine(
  db: Queryable,
  page: {
    readonly workspaceId: string;
    readonly code: string | null;
    readonly before: Before | null;
    readonly limit: number;
  },
): Promise<readonly QuarantineRow[]> {
  const { rows } = await db.query<QuarantineRow>(
    `select id, at, source, code, field, message, hint, message_id, body
       from quarantine
      where workspace_id = $1
        and ($2::text is null or code = $2)
        and ($3::timestamptz is null or (at, id) < ($3, $4::uuid))
      order by at desc, id desc
      limit $5`,
    [page.workspaceId, page.code, page.before?.at ?? null, page.before?.id ?? null, page.limit],
  );
  return rows;
}

/** How often each code, most frequent first, among the newest 10,000. */
export async function countQuarantineCodes(
  db: Queryable,
  workspaceId: string,
): Promise<readonly { readonly code: string; readonly count: number }[]> {
  const { rows } = await db.query<{ code: string; count: number }>(
    `select code, count(*)::int as count
       from (select code from quarantine where workspace_id = $1 order by at desc, id desc limit 10000) as newest
      group by code
      order by count desc, code`,
    [workspaceId],
  );
  return rows;
}

export interface ParkedRow {
  readonly bucket: number;
  readonly id: string;
  readonly person_id: string;
  readonly at: Date;
  readonly reason: string;
  readonly detail: string;
  readonly input: string;
  readonly retries: number;
  readonly resolved_at: Date | null;
}

const parkedColumns = 'bucket, id, person_id, at, reason, detail, input, retries, resolved_at';

/** What still waits first to be shown; `resolved` gives those that were mended. */
export async function listParked(
  db: Queryable,
  page: {
    readonly workspaceId: string;
    readonly resolved: boolean;
    readonly before: Before | null;
    readonly limit: number;
  },
): Promise<readonly ParkedRow[]> {
  const { rows } = await db.query<ParkedRow>(
    `select ${parkedColumns}
       from parked
      where workspace_id = $1
        and (resolved_at is not null) = $2
        and ($3::timestamptz is null or (at, id) < ($3, $4::uuid))
      order by at desc, id desc
      limit $5`,
    [page.workspaceId, page.resolved, page.before?.at ?? null, page.before?.id ?? null, page.limit],
  );
  return rows;
}

export async function findParked(
  db: Queryable,
  key: { readonly workspaceId: string; readonly id: string },
): Promise<ParkedRow | undefined> {
  const { rows } = await db.query<ParkedRow>(
    `select ${parkedColumns} from parked where workspace_id = $1 and id = $2`,
    [key.workspaceId, key.id],
  );
  return rows[0];
}
