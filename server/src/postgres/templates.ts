// Templates as stored: immutable versions; the newest one is used. Checked and compiled by content/, never here.
import type { Queryable } from './pool.ts';

export interface TemplateBody {
  readonly subject: string;
  readonly preheader: string;
  readonly body_mjml: string;
  /** Checked and read by content/. */
  readonly letter: object | null;
  readonly text: string | null;
  readonly purpose: 'marketing' | 'transactional';
}

export interface TemplateRow {
  readonly key: string;
  readonly version: number;
  readonly name: string;
  readonly channel: string;
  readonly body: Partial<TemplateBody>;
  readonly created_at: Date;
}

export async function findNewestVersions(
  db: Queryable,
  workspaceId: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (keys.length === 0) return new Map();
  const { rows } = await db.query<{ key: string; version: number }>({
    name: 'templates_newest',
    text: `select key, max(version) as version
           from templates
           where workspace_id = $1 and key = any($2) and archived_at is null
           group by key`,
    values: [workspaceId, keys],
  });
  return new Map(rows.map((row) => [row.key, row.version]));
}

/** The newest of every key, in order of keys. */
export async function listTemplates(db: Queryable, workspaceId: string): Promise<readonly TemplateRow[]> {
  const { rows } = await db.query<TemplateRow>(
    `select distinct on (key) key, version, name, channel, body, created_at
     from templates
     where workspace_id = $1 and archived_at is null
     order by key, version desc`,
    [workspaceId],
  );
  return rows;
}

/** `version` undefined: the newest. */
export async function findTemplate(
  db: Queryable,
  wanted: { readonly workspaceId: string; readonly key: string; readonly version?: number },
): Promise<TemplateRow | undefined> {
  const { rows } = await db.query<TemplateRow>({
    name: 'template_find',
    text: `select key, version, name, channel, body, created_at
           from templates
           where workspace_id = $1 and key = $2 and archived_at is null and ($3::int is null or version = $3)
           order by version desc
           limit 1`,
    values: [wanted.workspaceId, wanted.key, wanted.version ?? null],
  });
  return rows[0];
}

export async function listTemplateVersions(
  db: Queryable,
  workspaceId: string,
  key: string,
): Promise<readonly { readonly version: number; readonly created_at: Date }[]> {
  const { rows } = await db.query<{ version: number; created_at: Date }>(
    `select version, created_at
     from templates
     where workspace_id = $1 and key = $2
     order by version desc`,
    [workspaceId, key],
  );
  return rows;
}

/** False when the version was taken by someone else meanwhile. */
export async function insertTemplate(
  db: Queryable,
  workspaceId: string,
  row: Omit<TemplateRow, 'body' | 'created_at'> & { readonly body: TemplateBody; readonly at: Date },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into templates (workspace_id, key, version, name, channel, body, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict do nothing`,
    [workspaceId, row.key, row.version, row.name, row.channel, JSON.stringify(row.body), row.at],
  );
  return rowCount === 1;
}

/** All versions at once, kept so that they can be put back; `at` null puts them back. False: there are none. */
export async function archiveTemplate(
  db: Queryable,
  template: { readonly workspaceId: string; readonly key: string; readonly at: Date | null },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update templates set archived_at = $3
      where workspace_id = $1 and key = $2 and (archived_at is null) = ($3::timestamptz is not null)`,
    [template.workspaceId, template.key, template.at],
  );
  return (rowCount ?? 0) > 0;
}

/** All keys, those of deleted templates among them, and the ones in use. */
export async function listTakenKeys(
  db: Queryable,
  workspaceId: string,
): Promise<{ readonly all: ReadonlySet<string>; readonly inUse: ReadonlySet<string> }> {
  const { rows } = await db.query<{ key: string; here: boolean }>(
    `select key, bool_or(archived_at is null) as here
       from templates
      where workspace_id = $1
      group by key`,
    [workspaceId],
  );
  return {
    all: new Set(rows.map(({ key }) => key)),
    inUse: new Set(rows.flatMap(({ key, here }) => (here ? [key] : []))),
  };
}

export interface ArchivedTemplateRow {
  readonly key: string;
  readonly name: string;
  readonly subject: string;
  readonly archived_at: Date;
}

/** Newest first. */
export async function listArchivedTemplates(
  db: Queryable,
  workspaceId: string,
  limit: number,
): Promise<readonly ArchivedTemplateRow[]> {
  const { rows } = await db.query<ArchivedTemplateRow>(
    `select key, name, subject, archived_at
       from (
         select distinct on (key) key, name, coalesce(body ->> 'subject', '') as subject, archived_at
           from templates
          where workspace_id = $1 and archived_at is not null
          order by key, version desc
       ) as newest
      order by archived_at desc, key
      limit $2`,
    [workspaceId, limit],
  );
  return rows;
}
