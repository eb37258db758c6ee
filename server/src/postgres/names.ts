// Names of those who changed something, and of what they changed, by what was written down (`usr_…`, `key_…`, a key).
import { personKey } from './bucket.ts';
import type { Queryable } from './pool.ts';

/** Also of revoked keys. */
export async function namesOf(db: Queryable, workspaceId: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ id: string; name: string }>(
    `select 'usr_' || id::text as id, name from users where workspace_id = $1
     union all
     select 'key_' || id::text as id, 'key ' || case when name = '' then prefix else name end from keys where workspace_id = $1`,
    [workspaceId],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** What an entry of the log was done to: the noun of its action, and the key or printed id that was written down. */
export interface Subject {
  readonly noun: string;
  readonly subject: string;
}

/** A key of 36 such characters is none. */
const printedId = /^[a-z]+_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export const subjectKey = ({ noun, subject }: Subject): string => `${noun} ${subject}`;

/** Names of what was changed, as they are now, by `subjectKey`; also of what was deleted since. Erased people have none. */
export async function namesOfSubjects(
  db: Queryable,
  workspaceId: string,
  subjects: readonly Subject[],
): Promise<ReadonlyMap<string, string>> {
  const texts = [...new Set(subjects.map(({ subject }) => subject))];
  const ids = texts.flatMap((text) => printedId.exec(text)?.[1] ?? []);
  const people = ids.map(personKey);
  const [things, persons] = await Promise.all([
    db.query<{ of: string; name: string }>(
      `select 'journey ' || key as of, name from journeys where workspace_id = $1 and key = any($2)
       union all select 'segment ' || key, name from segments where workspace_id = $1 and key = any($2)
       union all select 'model ' || key, name from lifecycle_models where workspace_id = $1 and key = any($2)
       union all select 'programme ' || key, name from programmes where workspace_id = $1 and key = any($2)
       union all select 'topic ' || key, name from topics where workspace_id = $1 and key = any($2)
       union all (
         select distinct on (key) 'template ' || key, name from templates
         where workspace_id = $1 and key = any($2) order by key, version desc)
       union all select 'import imp_' || id, file_name from imports where workspace_id = $1 and id = any($3)
       union all select 'people_view view_' || id, name from people_views where workspace_id = $1 and id = any($3)
       union all select 'invitation inv_' || id, email from invitations where workspace_id = $1 and id = any($3)
       union all select 'key key_' || id, coalesce(nullif(name, ''), prefix) from keys
         where workspace_id = $1 and id = any($3)
       union all select noun || ' usr_' || id, name from users, (values ('user'), ('session')) as of (noun)
         where workspace_id = $1 and id = any($3)`,
      [workspaceId, texts, ids],
    ),
    db.query<{ id: string; name: string }>(
      `select person_id as id, coalesce(nullif(name, ''), email, user_id) as name from profiles
       where bucket = any($2::int2[]) and workspace_id = $1 and person_id = any($3)
         and coalesce(nullif(name, ''), email, user_id) is not null`,
      [workspaceId, people.map(({ bucket }) => bucket), ids],
    ),
  ]);
  return new Map([
    ...things.rows.map(({ of, name }) => [of, name] as const),
    ...persons.rows.map(({ id, name }) => [`person per_${id}`, name] as const),
  ]);
}
