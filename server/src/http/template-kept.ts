// Deleted templates: what they were, and putting one back with all its versions.
import { z } from 'zod';
import { archiveTemplate, listArchivedTemplates } from '../postgres/templates.ts';
import { actorOf } from './auth.ts';
import { changeOther } from './changes.ts';
import type { App, HttpDeps } from './deps.ts';
import { pageOf } from './paging.ts';
import { getTemplate, templateParams } from './template-parts.ts';
import { viewWhole, wholeSchema } from './templates.ts';
import { iso } from './wire.ts';

const shownMax = 50;

const deletedSchema = z
  .object({ key: z.string(), name: z.string(), subject: z.string(), deleted_at: z.string() })
  .meta({ id: 'DeletedTemplate' });

export function registerTemplateKept(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;

  app.get(
    '/api/deleted/templates',
    {
      schema: {
        tags: ['content'],
        summary: 'Templates that were deleted and can be put back, newest first',
        response: { 200: pageOf(deletedSchema) },
      },
    },
    async (request) => {
      const rows = await listArchivedTemplates(db, actorOf(request).workspaceId, shownMax);
      const items = rows.map(({ archived_at, ...row }) => ({ ...row, deleted_at: iso(archived_at) }));
      return { items, next_cursor: null };
    },
  );

  app.post(
    '/api/templates/:key/restore',
    {
      schema: {
        tags: ['content'],
        summary: 'Put a deleted template back with all its versions',
        params: templateParams,
        response: { 200: wholeSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const { key } = request.params;
      // Twice is once: what is there already stays.
      await changeOther(deps, actor, { action: 'template.restore', subject: key }, (connection) =>
        archiveTemplate(connection, { workspaceId, key, at: null }),
      );
      return viewWhole(deps, actor, await getTemplate(deps, actor, key));
    },
  );
}
