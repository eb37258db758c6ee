// The team: who may sign in and as what. An admin may not make or change owners; the last owner stays.
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import { changeUser, createUser, listUsers, restoreUser } from '../postgres/users.ts';
import type { UserRow } from '../postgres/users.ts';
import { actorId, actorOf, passwordMax, passwordMin } from './auth.ts';
import { changeOther } from './changes.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { notFound, printId, readId } from './ids.ts';
import { pageOf } from './paging.ts';
import { roles } from './roles.ts';
import { iso, nameSchema } from './wire.ts';

const userSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role: z.enum(roles),
    created_at: z.string(),
  })
  .meta({ id: 'User' });

const paramsSchema = z.object({ id: z.string() });

export function registerUsers(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;

  app.get(
    '/api/users',
    { schema: { tags: ['team'], summary: 'The team', response: { 200: pageOf(userSchema) } } },
    async (request) => ({
      items: (await listUsers(db, actorOf(request).workspaceId)).map(viewUser),
      next_cursor: null,
    }),
  );

  app.post(
    '/api/users',
    {
      schema: {
        tags: ['team'],
        summary: 'Let someone in',
        body: z.object({
          email: z.email().max(320),
          name: nameSchema,
          role: z.enum(roles),
          password: z.string().min(passwordMin).max(passwordMax),
        }),
        response: { 201: userSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      checkOwnerMatters(actor, request.body.role === 'owner');
      const outcome = await createUser(db, {
        ...request.body,
        id: deps.newId(),
        loginId: deps.newId(),
        auditId: deps.newId(),
        workspaceId: actor.workspaceId,
        at: new Date(deps.now()),
        by: actorId(actor),
      });
      if (outcome.kind === 'email_taken') throw emailTaken();
      return reply.code(201).send(viewUser(outcome.user));
    },
  );

  app.put(
    '/api/users/:id',
    {
      schema: {
        tags: ['team'],
        summary: 'Change name or role',
        params: paramsSchema,
        body: z.object({ name: nameSchema.optional(), role: z.enum(roles).optional() }),
        response: { 200: userSchema },
      },
    },
    async (request) => {
      const user = await change(deps, actorOf(request), request.params.id, request.body);
      return viewUser(user);
    },
  );

  app.delete(
    '/api/users/:id',
    {
      schema: {
        tags: ['team'],
        summary: 'Shut someone out; `POST …/restore` lets them in again',
        params: paramsSchema,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await change(deps, actorOf(request), request.params.id, null);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/users/:id/restore',
    {
      schema: {
        tags: ['team'],
        summary: 'Let someone in again who was shut out',
        params: paramsSchema,
        response: { 200: userSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const id = readId('usr', request.params.id);
      const what = { action: 'user.restore', subject: printId('usr', id) };
      await changeOther(deps, actor, what, async (connection) => {
        const role = await restoreUser(connection, { workspaceId: actor.workspaceId, id });
        if (role === undefined) throw notFound('user', request.params.id);
        checkOwnerMatters(actor, role === 'owner');
      });
      const user = await find(deps, actor, id);
      if (user === undefined) throw notFound('user', request.params.id);
      return viewUser(user);
    },
  );
}

async function change(
  deps: HttpDeps,
  actor: Actor,
  printed: string,
  to: { readonly name?: string | undefined; readonly role?: UserRow['role'] | undefined } | null,
): Promise<UserRow> {
  const id = readId('usr', printed);
  const before = await find(deps, actor, id);
  if (before === undefined) throw notFound('user', printed);
  checkOwnerMatters(actor, before.role === 'owner' || to?.role === 'owner');
  const outcome = await changeUser(deps.pools.console, {
    workspaceId: actor.workspaceId,
    id,
    to,
    at: new Date(deps.now()),
    by: actorId(actor),
    auditId: deps.newId(),
  });
  if (outcome.kind === 'unknown') throw notFound('user', printed);
  if (outcome.kind === 'last_owner') throw lastOwner(before);
  return (await find(deps, actor, id)) ?? before;
}

async function find(deps: HttpDeps, actor: Actor, id: string): Promise<UserRow | undefined> {
  const users = await listUsers(deps.pools.console, actor.workspaceId);
  return users.find((user) => user.id === id);
}

function viewUser(user: UserRow): z.infer<typeof userSchema> {
  return {
    id: printId('usr', user.id),
    email: user.email,
    name: user.name,
    role: user.role,
    created_at: iso(user.created_at),
  };
}

export function checkOwnerMatters(actor: Actor, concernsOwner: boolean): void {
  if (!concernsOwner || actor.role === 'owner') return;
  throw new ProblemError({
    code: 'not_allowed',
    message: `The role ${actor.role} may not make or change an owner.`,
    hint: 'Ask an owner.',
  });
}

export function emailTaken(): ProblemError {
  return new ProblemError({
    code: 'conflict',
    path: '/email',
    message: 'There is a user with this address.',
    hint: 'Change that user instead, or take another address.',
  });
}

function lastOwner(user: UserRow): ProblemError {
  return new ProblemError({
    code: 'in_use',
    message: `${user.name} is the last owner.`,
    hint: 'Make another owner first.',
  });
}
