// Signing in and out, and who is signed in. The cookie is better-auth's; our routes call it and pass its cookies on.
import { isAPIError } from 'better-auth/api';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import { insertAudit } from '../postgres/audit.ts';
import { getWorkspace } from '../postgres/definitions.ts';
import { hasUsers } from '../postgres/users.ts';
import { countAttempts } from './attempts.ts';
import { actorId, actorOf, passwordMax, passwordMin } from './auth.ts';
import type { Auth } from './auth.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { printId } from './ids.ts';
import { accessOf, roles } from './roles.ts';

export const sessionSchema = z
  .object({
    setup_needed: z.boolean(),
    user: z
      .object({
        id: z.string(),
        email: z.string().nullable(),
        name: z.string(),
        role: z.enum(roles),
      })
      .nullable(),
    workspace: z
      .object({
        id: z.string(),
        name: z.string(),
        time_zone: z.string(),
        currency: z.string(),
        industry: z.string(),
      })
      .nullable(),
    can: z
      .object({
        define: z.boolean(),
        switch_on: z.boolean(),
        care: z.boolean(),
        export: z.boolean(),
        copy: z.boolean(),
        erase: z.boolean(),
        connect: z.boolean(),
        administer: z.boolean(),
        team: z.boolean(),
      })
      .nullable(),
  })
  .meta({ id: 'Session' });

const passwordSchema = z.string().min(passwordMin).max(passwordMax);

export function registerSession(app: App, deps: HttpDeps, auth: Auth): void {
  const attempts = countAttempts({ max: 10, windowMs: 5 * 60_000, now: deps.now });

  app.get(
    '/api/session',
    { schema: { tags: ['session'], summary: 'Who asks', security: [], response: { 200: sessionSchema } } },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return viewSession(deps, request.actor);
    },
  );

  app.post(
    '/api/session',
    {
      schema: {
        tags: ['session'],
        summary: 'Sign in',
        security: [],
        body: z.object({ email: z.string().min(1).max(320), password: z.string().min(1).max(1000) }),
        response: { 200: sessionSchema },
      },
    },
    async (request, reply) => {
      const { email, password } = request.body;
      const names = [`ip:${request.ip}`, `email:${email.trim().toLowerCase()}`];
      attempts.check(names);
      const actor = await signIn(deps, auth, reply, { email: email.trim(), password });
      if (actor === undefined) {
        attempts.failed(names);
        throw wrongCredentials();
      }
      attempts.succeeded(names);
      return viewSession(deps, actor);
    },
  );

  app.delete(
    '/api/session',
    { schema: { tags: ['session'], summary: 'Sign out', response: { 204: z.null() } } },
    async (request, reply) => {
      const cookie = request.headers.cookie ?? '';
      const signedOut = await auth.api.signOut({ headers: new Headers({ cookie }), asResponse: true });
      passCookies(reply, signedOut);
      return reply.code(204).send(null);
    },
  );

  app.put(
    '/api/session/password',
    {
      schema: {
        tags: ['session'],
        summary: 'Change the own password; ends the other sessions',
        body: z.object({ current: z.string().min(1).max(1000), new: passwordSchema }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const names = [`ip:${request.ip}`, actorId(actor)];
      attempts.check(names);
      const changed = await auth.api.changePassword({
        body: {
          currentPassword: request.body.current,
          newPassword: request.body.new,
          revokeOtherSessions: true,
        },
        headers: new Headers({ cookie: request.headers.cookie ?? '' }),
        asResponse: true,
      });
      if (!changed.ok) {
        attempts.failed(names);
        throw wrongCredentials();
      }
      await insertAudit(deps.pools.console, {
        workspaceId: actor.workspaceId,
        auditId: deps.newId(),
        at: new Date(deps.now()),
        by: actorId(actor),
        action: 'user.password',
        subject: actorId(actor),
      });
      passCookies(reply, changed);
      return reply.code(204).send(null);
    },
  );
}

/** Sets the cookie and gives the actor; undefined when address or password are wrong. */
export async function signIn(
  deps: HttpDeps,
  auth: Auth,
  reply: FastifyReply,
  credentials: { readonly email: string; readonly password: string },
): Promise<Actor | undefined> {
  let answer;
  try {
    // Which browser it is, is shown to its owner under Your account.
    const headers = new Headers({ 'user-agent': reply.request.headers['user-agent'] ?? '' });
    answer = await auth.api.signInEmail({ body: credentials, headers, returnHeaders: true });
  } catch (error) {
    // 401 and 400 (an address that is none, a password too long) are all the same to whoever guesses.
    if (isAPIError(error) && error.statusCode < 500) return undefined;
    throw error;
  }
  for (const cookie of answer.headers.getSetCookie()) reply.header('set-cookie', cookie);
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
  const session = await auth.api.getSession({ headers: new Headers({ cookie }) });
  const role = roles.find((known) => known === session?.user.role);
  if (session === null || role === undefined) return undefined;
  if (session.user.removedAt) {
    await deps.pools.console.query('delete from user_sessions where id = $1', [session.session.id]);
    return undefined;
  }
  const { id, name, email, workspace } = session.user;
  await insertAudit(deps.pools.console, {
    workspaceId: workspace,
    auditId: deps.newId(),
    at: new Date(deps.now()),
    by: printId('usr', id),
    action: 'session.create',
    subject: printId('usr', id),
  });
  return { kind: 'user', id, workspaceId: workspace, role, name, email };
}

export async function viewSession(
  deps: HttpDeps,
  actor: Actor | null,
): Promise<z.infer<typeof sessionSchema>> {
  const db = deps.pools.console;
  if (actor === null) return { setup_needed: !(await hasUsers(db)), user: null, workspace: null, can: null };
  const workspace = await getWorkspace(db, actor.workspaceId);
  const { time_zone, currency, industry } = workspace.settings;
  return {
    setup_needed: false,
    user: {
      id: actorId(actor),
      email: actor.kind === 'user' ? actor.email : null,
      name: actor.name,
      role: actor.role,
    },
    workspace: { id: printId('wsp', workspace.id), name: workspace.name, time_zone, currency, industry },
    can: {
      define: may(actor, 'POST', '/api/segments'),
      switch_on: may(actor, 'POST', '/api/journeys/:id/activate'),
      care: may(actor, 'PUT', '/api/people/:id/consents'),
      export: may(actor, 'GET', '/api/people/export'),
      copy: may(actor, 'GET', '/api/people/:id/export'),
      erase: may(actor, 'POST', '/api/people/:id/erase'),
      connect: may(actor, 'POST', '/api/keys'),
      administer: may(actor, 'PUT', '/api/settings'),
      team: may(actor, 'GET', '/api/users'),
    },
  };
}

function may(actor: Actor, method: string, route: string): boolean {
  const access = accessOf(method, route);
  return access === 'public' || access.includes(actor.role);
}

function passCookies(reply: FastifyReply, response: Response): void {
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie);
}

function wrongCredentials(): ProblemError {
  return new ProblemError({
    code: 'wrong_credentials',
    message: 'The address or the password is not right.',
    hint: 'Check both. An owner or admin can make a new user under Settings → Team, or on the machine with `npx rapport user create`.',
  });
}
