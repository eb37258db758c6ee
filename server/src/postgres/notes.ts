// Notes about people: written, changed, deleted and put back. They belong to no state and no fold: only people read them.
import type { PersonKey } from './bucket.ts';
import type { TimelinePlace } from './people-read.ts';
import type { Queryable } from './pool.ts';

export interface NoteRow {
  readonly bucket: number;
  readonly person_id: string;
  readonly id: string;
  readonly body: string;
  readonly by_user: string;
  readonly by_name: string;
  readonly at: Date;
  readonly edited_at: Date | null;
}

const columns = 'n.bucket, n.person_id, n.id, n.body, n.by_user, n.by_name, n.at, n.edited_at';
/** A deleted note can be put back for so long. */
const KEPT_MS = 86_400_000;

export async function insertNote(
  db: Queryable,
  workspaceId: string,
  note: {
    readonly person: PersonKey;
    readonly id: string;
    readonly body: string;
    readonly byUser: string;
    readonly byName: string;
    readonly at: Date;
  },
): Promise<void> {
  await db.query(
    `insert into notes (bucket, workspace_id, person_id, id, body, by_user, by_name, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [note.person.bucket, workspaceId, note.person.id, note.id, note.body, note.byUser, note.byName, note.at],
  );
}

/** Locked until the transaction ends, deleted ones too. */
export async function findNote(
  db: Queryable,
  workspaceId: string,
  of: { readonly keys: readonly PersonKey[]; readonly id: string },
): Promise<(NoteRow & { readonly deleted_at: Date | null }) | undefined> {
  const { rows } = await db.query<NoteRow & { readonly deleted_at: Date | null }>(
    `select ${columns}, n.deleted_at
     from notes n
     where n.workspace_id = $1 and n.bucket = any($2::int2[]) and n.person_id = any($3::uuid[]) and n.id = $4
     for update`,
    [workspaceId, of.keys.map(({ bucket }) => bucket), of.keys.map(({ id }) => id), of.id],
  );
  return rows[0];
}

/** The body, or whether it is there at all. */
export async function updateNote(
  db: Queryable,
  workspaceId: string,
  note: Pick<NoteRow, 'bucket' | 'person_id' | 'id'>,
  to: { readonly body: string; readonly editedAt: Date } | { readonly deletedAt: Date | null },
): Promise<void> {
  const key = [note.bucket, workspaceId, note.person_id, note.id];
  const where = 'where bucket = $1 and workspace_id = $2 and person_id = $3 and id = $4';
  if ('body' in to) {
    await db.query(`update notes set body = $5, edited_at = $6 ${where}`, [...key, to.body, to.editedAt]);
    return;
  }
  await db.query(`update notes set deleted_at = $5 ${where}`, [...key, to.deletedAt]);
}

/** Those deleted more than a day ago are gone for good. */
export async function purgeNotes(db: Queryable, workspaceId: string, now: number): Promise<void> {
  await db.query('delete from notes where workspace_id = $1 and deleted_at < $2', [
    workspaceId,
    new Date(now - KEPT_MS),
  ]);
}

/** Newest first. At one instant they stand below everything else. */
export async function listPersonNotes(
  db: Queryable,
  page: {
    readonly workspaceId: string;
    readonly keys: readonly PersonKey[];
    readonly before: TimelinePlace | null;
    readonly limit: number;
  },
): Promise<readonly NoteRow[]> {
  const { before } = page;
  const { rows } = await db.query<NoteRow>(
    `select ${columns}
       from unnest($2::int2[], $3::uuid[]) as u (bucket, id)
       join notes n on n.bucket = u.bucket and n.workspace_id = $1 and n.person_id = u.id
      where n.deleted_at is null
        and ($4::timestamptz is null or n.at < $4 or (n.at = $4 and ($5::uuid is null or n.id < $5)))
      order by n.at desc, n.id desc
      limit $6`,
    [
      page.workspaceId,
      page.keys.map(({ bucket }) => bucket),
      page.keys.map(({ id }) => id),
      before?.at ?? null,
      before?.kind === 'note' ? before.id : null,
      page.limit,
    ],
  );
  return rows;
}
