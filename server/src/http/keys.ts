// API keys of the workspace. A server's key is shown once, when it is made; a browser's stands in every page anyway.
import { z } from 'zod';
import { createKey, findKeyRow, forgetKeys, listKeys, revokeKey } from '../postgres/keys.ts';
import type { KeyRow } from '../postgres/keys.ts';
import { actorOf } from './auth.ts';
import { changeOther } from './changes.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound, printId, readId } from './ids.ts';
import { pageOf } from './paging.ts';
import { iso, isoOrNull } from './wire.ts';

const kindSchema = z.enum(['server', 'browser']);
const apiKeySchema = z
  .object({
    id: z.string(),
    kind: kindSchema,
    name: z.string(),
    prefix: z.string(),
    /** A browser's key; null for a server's, which is shown once. */
    key: z.string().nullable(),
    created_at: z.string(),
    /** To five minutes or so; null: never. */
    last_used_at: z.string().nullable(),
  })
  .meta({ id: 'Key' });
const newKeySchema = apiKeySchema.extend({ key: z.string() }).meta({ id: 'NewKey' });

export function registerKeys(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;

  app.get(
    '/api/keys',
    { schema: { tags: ['keys'], summary: 'Keys that work', response: { 200: pageOf(apiKeySchema) } } },
    async (request) => ({
      items: (await listKeys(db, actorOf(request).workspaceId)).map(viewKey),
      next_cursor: null,
    }),
  );

  app.post(
    '/api/keys',
    {
      schema: {
        tags: ['keys'],
        summary: 'Make a key; the answer shows it this once',
        body: z.object({ kind: kindSchema, name: z.string().trim().max(200).default('') }),
        response: { 201: newKeySchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const id = deps.newId();
      const what = { action: 'key.create', subject: printId('key', id), detail: { kind: request.body.kind } };
      const made = await changeOther(deps, actor, what, (connection) =>
        createKey(connection, {
          ...request.body,
          id,
          workspaceId: actor.workspaceId,
          at: new Date(deps.now()),
        }),
      );
      return reply.code(201).send({ ...viewKey(made), key: made.key });
    },
  );

  app.post(
    '/api/keys/:id/rotate',
    {
      schema: {
        tags: ['keys'],
        summary: 'Make a key of the same kind and name; the old one works until it is revoked',
        params: z.object({ id: z.string() }),
        response: { 201: newKeySchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const old = readId('key', request.params.id);
      const id = deps.newId();
      const what = {
        action: 'key.rotate',
        subject: printId('key', id),
        detail: { replaces: printId('key', old) },
      };
      const made = await changeOther(deps, actor, what, async (connection) => {
        const before = await findKeyRow(connection, { workspaceId, id: old });
        if (before === undefined) throw notFound('key', request.params.id);
        const { kind, name } = before;
        return createKey(connection, { id, workspaceId, kind, name, at: new Date(deps.now()) });
      });
      return reply.code(201).send({ ...viewKey(made), key: made.key });
    },
  );

  app.delete(
    '/api/keys/:id',
    {
      schema: {
        tags: ['keys'],
        summary: 'Revoke a key',
        params: z.object({ id: z.string() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const id = readId('key', request.params.id);
      await changeOther(
        deps,
        actor,
        { action: 'key.revoke', subject: printId('key', id) },
        async (connection) => {
          const key = { workspaceId: actor.workspaceId, id, at: new Date(deps.now()) };
          if (!(await revokeKey(connection, key))) throw notFound('key', request.params.id);
        },
      );
      for (const pool of Object.values(deps.pools)) forgetKeys(pool);
      return reply.code(204).send(null);
    },
  );
}

function viewKey(key: KeyRow): z.infer<typeof apiKeySchema> {
  return {
    id: printId('key', key.id),
    kind: key.kind,
    name: key.name,
    prefix: key.prefix,
    key: key.shown,
    created_at: iso(key.created_at),
    last_used_at: isoOrNull(key.last_used_at),
  };
}
