// The built-in mailbox: what would have been sent. The HTML is a customer's letter: show it in a sandboxed frame only.
import { z } from 'zod';
import { findMailboxMessage, listMailbox } from '../postgres/mailbox.ts';
import type { MailboxRow } from '../postgres/mailbox.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound, printId, readId } from './ids.ts';
import { pageOf, pageQuery, readTimeCursor, toPage } from './paging.ts';
import { iso } from './wire.ts';

const itemSchema = z
  .object({
    id: z.string(),
    at: z.string(),
    to: z.string(),
    subject: z.string(),
    person: z.object({ id: z.string(), name: z.string().nullable() }),
    /** Sent by somebody of the team to themselves, as it would read to this person. */
    test: z.boolean(),
  })
  .meta({ id: 'MailboxItem' });

const wholeSchema = itemSchema
  .extend({ html: z.string(), text: z.string(), headers: z.record(z.string(), z.string()) })
  .meta({ id: 'MailboxMessage' });

export function registerMailbox(app: App, deps: HttpDeps): void {
  app.get(
    '/api/mailbox',
    {
      schema: {
        tags: ['sending'],
        summary: 'The built-in mailbox, newest first',
        querystring: pageQuery,
        response: { 200: pageOf(itemSchema) },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { limit, cursor } = request.query;
      const rows = await listMailbox(deps.pools.console, {
        workspaceId,
        before: readTimeCursor(cursor),
        limit: limit + 1,
      });
      return toPage(rows, { limit, item: viewItem, cursor: (row) => [row.at.toISOString(), row.message_id] });
    },
  );

  app.get(
    '/api/mailbox/:id',
    {
      schema: {
        tags: ['sending'],
        summary: 'One message as it would have been sent',
        params: z.object({ id: z.string().max(100) }),
        response: { 200: wholeSchema },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const row = await findMailboxMessage(deps.pools.console, workspaceId, readId('msg', request.params.id));
      if (row === undefined) throw notFound('message in the mailbox', request.params.id);
      return { ...viewItem(row), html: row.html, text: row.text, headers: { ...row.headers } };
    },
  );
}

function viewItem(row: MailboxRow): z.infer<typeof itemSchema> {
  return {
    id: printId('msg', row.message_id),
    at: iso(row.at),
    to: row.sent_to,
    subject: row.subject,
    person: { id: printId('per', row.person_id), name: row.person_name },
    test: row.test,
  };
}
