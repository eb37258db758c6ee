// Who changed what, when: one row a change, written in the transaction of the change itself. Never holds secrets.
import type { Queryable } from './pool.ts';

export interface AuditEntry {
  readonly workspaceId: string;
  readonly auditId: string;
  readonly at: Date;
  readonly by: string | null;
  readonly action: string;
  readonly subject: string;
  readonly detail?: { readonly [key: string]: unknown };
}

export async function insertAudit(db: Queryable, entry: AuditEntry): Promise<void> {
  await db.query(
    `insert into audit_log (workspace_id, id, at, by_user, action, subject, detail)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      entry.workspaceId,
      entry.auditId,
      entry.at,
      entry.by,
      entry.action,
      entry.subject,
      JSON.stringify(entry.detail ?? {}),
    ],
  );
}

export interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly by_user: string | null;
  readonly action: string;
  readonly subject: string;
  readonly detail: { readonly [key: string]: unknown };
}

/** Newest first; `before` is the last row of the page before. */
export async function listAudit(
  db: Queryable,
  page: {
    readonly workspaceId: string;
    readonly before: { readonly at: Date; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<readonly AuditRow[]> {
  const { rows } = await db.query<AuditRow>(
    `select id, at, by_user, action, subject, detail
       from audit_log
      where workspace_id = $1
        and ($2::timestamptz is null or (at, id) < ($2, $3::uuid))
      order by at desc, id desc
      limit $4`,
    [page.workspaceId, page.before?.at ?? null, page.before?.id ?? null, page.limit],
  );
  return rows;
}
