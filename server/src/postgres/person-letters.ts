// Every message to one person with the address it went to and, where it lies in the mailbox, its words: for a copy of all that is
// known of them.
import { int2Array, uuidArray } from './binary-array.ts';
import type { PersonKey } from './bucket.ts';
import type { Queryable } from './pool.ts';

export interface LetterRow {
  readonly id: string;
  readonly channel: string;
  readonly topic: string;
  readonly template: string | null;
  readonly subject: string | null;
  readonly sent_to: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly requested_at: Date;
  readonly ended_at: Date | null;
  readonly text: string | null;
}

/** In order of their ids, after `after`. */
export async function listLetters(
  db: Queryable,
  workspaceId: string,
  page: { readonly keys: readonly PersonKey[]; readonly after: string | null; readonly limit: number },
): Promise<readonly LetterRow[]> {
  const { rows } = await db.query<LetterRow>(
    `select m.id, m.channel, m.topic, m.template, m.subject, m.sent_to, m.state, m.reason, m.requested_at, m.ended_at, b.text
       from unnest($2::int2[], $3::uuid[]) u(bucket, id)
       join messages m on m.bucket = u.bucket and m.workspace_id = $1 and m.person_id = u.id
       left join mailbox b on b.bucket = m.bucket and b.workspace_id = $1 and b.message_id = m.id
      where $4::uuid is null or m.id > $4
      order by m.id
      limit $5`,
    [
      workspaceId,
      int2Array(page.keys.map(({ bucket }) => bucket)),
      uuidArray(page.keys.map(({ id }) => id)),
      page.after,
      page.limit,
    ],
  );
  return rows;
}
