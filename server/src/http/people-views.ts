// Saved views of the people list: a name for what is in its address, everybody's or one's own; and the columns one sees. A view is a
// look at people, it changes nobody.
import { z } from 'zod';
import {
  findPeopleColumns,
  insertPeopleView,
  listPeopleViews,
  savePeopleColumns,
  setPeopleViewDeleted,
  updatePeopleView,
} from '../postgres/people-views.ts';
import { ProblemError } from '../errors.ts';
import { actorOf } from './auth.ts';
import { changeOther } from './changes.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound, printId, readId } from './ids.ts';
import { columnsMax, columnSchema } from './people-columns.ts';
import { sorts } from '../postgres/people-sorted.ts';

const viewsMax = 200;

const viewBodySchema = z.strictObject({
  search: z.string().max(200).optional(),
  stage: z.string().max(130).optional(),
  segment: z.string().max(64).optional(),
  rule: z.record(z.string(), z.unknown()).optional(),
  sort: z.enum(sorts).optional(),
  columns: z.array(columnSchema).max(columnsMax).optional(),
});
const changeSchema = z.object({
  name: z.string().trim().min(1).max(80),
  /** Everybody sees it; else only who made it. */
  shared: z.boolean(),
  view: viewBodySchema,
});
const viewSchema = changeSchema.extend({ id: z.string() }).meta({ id: 'PeopleView' });
const byId = z.object({ id: z.string().max(100) });

export function registerPeopleViews(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;

  app.get(
    '/api/people-views',
    {
      schema: {
        tags: ['people'],
        summary: 'Saved views of the people list, and the columns one sees',
        response: {
          200: z.object({ items: z.array(viewSchema), columns: z.array(z.string()).nullable() }),
        },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const who = { workspaceId: actor.workspaceId, userId: actor.id };
      const [views, columns] = await Promise.all([listPeopleViews(db, who), findPeopleColumns(db, who)]);
      const items = views.map(({ id, name, user_id: userId, body }) => ({
        id: printId('view', id),
        name,
        shared: userId === null,
        // Stored by this door only.
        view: body as z.infer<typeof viewBodySchema>,
      }));
      return { items, columns: columns === null ? null : [...columns] };
    },
  );

  app.put(
    '/api/people-columns',
    {
      schema: {
        tags: ['people'],
        summary: 'Which columns of the people list one sees, in their order',
        body: z.object({ columns: z.array(columnSchema).max(columnsMax) }),
        response: { 200: z.object({ columns: z.array(z.string()) }) },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const columns = [...new Set(request.body.columns)];
      await savePeopleColumns(db, { workspaceId: actor.workspaceId, userId: actor.id }, columns);
      return { columns };
    },
  );

  app.post(
    '/api/people-views',
    {
      schema: {
        tags: ['people'],
        summary: 'Keep a view of the people list',
        body: changeSchema,
        response: { 201: viewSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const { name, shared, view } = request.body;
      const there = await listPeopleViews(db, { workspaceId, userId: actor.id });
      if (there.length >= viewsMax) throw tooMany();
      const id = deps.newId();
      const what = { action: 'people_view.create', subject: printId('view', id), detail: { name } };
      await changeOther(deps, actor, what, (connection) =>
        insertPeopleView(connection, {
          workspaceId,
          id,
          name,
          user_id: shared ? null : actor.id,
          body: view,
          at: new Date(deps.now()),
        }),
      );
      return reply.code(201).send({ id: printId('view', id), name, shared, view });
    },
  );

  app.put(
    '/api/people-views/:id',
    {
      schema: {
        tags: ['people'],
        summary: 'Change a view of the people list',
        params: byId,
        body: changeSchema,
        response: { 200: viewSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { name, shared, view } = request.body;
      const id = readId('view', request.params.id);
      const place = { workspaceId: actor.workspaceId, id, userId: actor.id };
      const what = { action: 'people_view.change', subject: printId('view', id), detail: { name } };
      await changeOther(deps, actor, what, async (connection) => {
        const to = { name, user_id: shared ? null : actor.id, body: view };
        if (!(await updatePeopleView(connection, place, to))) throw notFound('view', request.params.id);
      });
      return { id: printId('view', id), name, shared, view };
    },
  );

  const setDeleted = async (
    request: Parameters<typeof actorOf>[0],
    asked: string,
    { at, action }: { readonly at: Date | null; readonly action: string },
  ): Promise<void> => {
    const actor = actorOf(request);
    const id = readId('view', asked);
    const place = { workspaceId: actor.workspaceId, id, userId: actor.id };
    await changeOther(deps, actor, { action, subject: printId('view', id) }, async (connection) => {
      if (!(await setPeopleViewDeleted(connection, place, at))) throw notFound('view', asked);
    });
  };

  app.delete(
    '/api/people-views/:id',
    {
      schema: {
        tags: ['people'],
        summary: 'Delete a view; it can be put back',
        params: byId,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await setDeleted(request, request.params.id, {
        at: new Date(deps.now()),
        action: 'people_view.delete',
      });
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/people-views/:id/restore',
    {
      schema: {
        tags: ['people'],
        summary: 'Put a deleted view back',
        params: byId,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await setDeleted(request, request.params.id, { at: null, action: 'people_view.restore' });
      return reply.code(204).send(null);
    },
  );
}

function tooMany(): ProblemError {
  return new ProblemError({
    code: 'conflict',
    message: `There are ${viewsMax} views of the people list already.`,
    hint: 'Delete one that nobody opens any more.',
  });
}
