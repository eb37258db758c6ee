// Bad inputs, one row each, with the reason. Written with the batch they came in; a notice about a link is kept once.
import { hashId } from '@rapport/engine';
import { instantArray, textArray, uuidArray } from './binary-array.ts';
import type { Refusal } from './incoming.ts';
import type { Queryable } from './pool.ts';

export interface QuarantineRow {
  readonly id: string;
  readonly at: number;
  /** `server`, `browser`, `import`. */
  readonly source: string;
  readonly refusal: Refusal;
  readonly messageId: string | null;
  readonly body: string;
}

export async function insertQuarantine(
  client: Queryable,
  workspaceId: string,
  rows: readonly QuarantineRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query({
    name: 'quarantine_insert',
    text: `insert into quarantine (workspace_id, id, at, source, code, field, message, hint, message_id, body)
           select $1, u.id, u.at, u.source, u.code, u.field, u.message, u.hint, u.message_id, u.body
           from unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
             $10::text[]) u(id, at, source, code, field, message, hint, message_id, body)
           on conflict do nothing`,
    values: [
      workspaceId,
      uuidArray(rows.map((r) => r.id)),
      instantArray(rows.map((r) => r.at)),
      textArray(rows.map((r) => r.source)),
      textArray(rows.map((r) => r.refusal.code)),
      textArray(rows.map((r) => r.refusal.field)),
      textArray(rows.map((r) => storable(r.refusal.message))),
      textArray(rows.map((r) => r.refusal.hint)),
      textArray(rows.map((r) => (r.messageId === null ? null : storable(r.messageId)))),
      textArray(rows.map((r) => storable(r.body))),
    ],
  });
}

/** The same link refused a thousand times is one row. */
export function noticeId(workspaceId: string, refusal: Refusal): string {
  return hashId('notice', workspaceId, refusal.code, refusal.field ?? '', refusal.message);
}

/** No database text holds U+0000 or half a character. */
function storable(text: string): string {
  return text.replaceAll('\0', '\u{FFFD}').toWellFormed();
}
