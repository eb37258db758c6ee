// Letting someone into the team by a link: whoever invites passes it on as they like, no mail is needed. It works once, for a week.
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import { getWorkspace } from '../postgres/definitions.ts';
import {
  createInvitation,
  findInvitation,
  joinTeam,
  listInvitations,
  revokeInvitation,
} from '../postgres/invitations.ts';
import type { InvitationRow } from '../postgres/invitations.ts';
import { findUserByEmail } from '../postgres/users.ts';
import { countAttempts } from './attempts.ts';
import { actorId, actorOf, passwordMax, passwordMin } from './auth.ts';
import type { Auth } from './auth.ts';
import { changeOther } from './changes.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound, printId, readId } from './ids.ts';
import { pageOf } from './paging.ts';
import { roles } from './roles.ts';
import { sessionSchema, signIn, viewSession } from './session.ts';
import { checkOwnerMatters, emailTaken } from './users.ts';
import { iso, nameSchema } from './wire.ts';

const invitationSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    role: z.enum(roles),
    created_at: z.string(),
    expires_at: z.string(),
  })
  .meta({ id: 'Invitation' });

const invitationMs = 7 * 24 * 3_600_000;
const tokenSchema = z.string().min(1).max(200);

export function registerInvitations(app: App, deps: HttpDeps, auth: Auth): void {
  const db = deps.pools.console;
  const attempts = countAttempts({ max: 10, windowMs: 5 * 60_000, now: deps.now });
  const now = (): Date => new Date(deps.now());

  app.get(
    '/api/invitations',
    {
      schema: {
        tags: ['team'],
        summary: 'Who was invited and has not come yet',
        response: { 200: pageOf(invitationSchema) },
      },
    },
    async (request) => ({
      items: (await listInvitations(db, actorOf(request).workspaceId, now())).map(view),
      next_cursor: null,
    }),
  );

  app.post(
    '/api/invitations',
    {
      schema: {
        tags: ['team'],
        summary: 'Invite someone; the answer shows the link this once',
        body: z.object({ email: z.email().max(320), role: z.enum(roles) }),
        response: { 201: invitationSchema.extend({ link: z.string() }).meta({ id: 'NewInvitation' }) },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { email, role } = request.body;
      checkOwnerMatters(actor, role === 'owner');
      if ((await findUserByEmail(db, email)) !== undefined) throw emailTaken();
      const id = deps.newId();
      const what = { action: 'invitation.create', subject: printId('inv', id), detail: { email, role } };
      const made = await changeOther(deps, actor, what, (connection) =>
        createInvitation(connection, {
          id,
          workspace_id: actor.workspaceId,
          email,
          role,
          created_at: now(),
          created_by: actorId(actor),
          expires_at: new Date(deps.now() + invitationMs),
        }),
      );
      const link = `${deps.config.publicUrl}/join?token=${made.token}`;
      return reply.code(201).send({ ...view(made.row), link });
    },
  );

  app.delete(
    '/api/invitations/:id',
    {
      schema: {
        tags: ['team'],
        summary: 'Take an invitation back',
        params: z.object({ id: z.string() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const id = readId('inv', request.params.id);
      const what = { action: 'invitation.revoke', subject: printId('inv', id) };
      await changeOther(deps, actor, what, async (connection) => {
        if (!(await revokeInvitation(connection, actor.workspaceId, id)))
          throw notFound('invitation', request.params.id);
      });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/join',
    {
      schema: {
        tags: ['session'],
        summary: 'What an invitation is for',
        security: [],
        querystring: z.object({ token: tokenSchema }),
        response: { 200: z.object({ email: z.string(), role: z.enum(roles), workspace: z.string() }) },
      },
    },
    async (request) => {
      const names = [`ip:${request.ip}`];
      attempts.check(names);
      const invited = await findInvitation(db, request.query.token, now());
      if (invited === undefined) {
        attempts.failed(names);
        throw linkUsed();
      }
      const { name } = await getWorkspace(db, invited.workspace_id);
      return { email: invited.email, role: invited.role, workspace: name };
    },
  );

  app.post(
    '/api/join',
    {
      schema: {
        tags: ['session'],
        summary: 'Come in by an invitation, once; signs in',
        security: [],
        body: z.object({
          token: tokenSchema,
          name: nameSchema,
          password: z.string().min(passwordMin).max(passwordMax),
        }),
        response: { 201: sessionSchema },
      },
    },
    async (request, reply) => {
      const names = [`ip:${request.ip}`];
      attempts.check(names);
      const { token, name, password } = request.body;
      const outcome = await joinTeam(db, token, {
        id: deps.newId(),
        loginId: deps.newId(),
        auditId: deps.newId(),
        name,
        password,
        at: now(),
      });
      if (outcome.kind === 'refused') {
        attempts.failed(names);
        throw linkUsed();
      }
      if (outcome.kind === 'email_taken') throw emailTaken();
      const actor = await signIn(deps, auth, reply, { email: outcome.user.email, password });
      return reply.code(201).send(await viewSession(deps, actor ?? null));
    },
  );
}

function view(row: InvitationRow): z.infer<typeof invitationSchema> {
  return {
    id: printId('inv', row.id),
    email: row.email,
    role: row.role,
    created_at: iso(row.created_at),
    expires_at: iso(row.expires_at),
  };
}

function linkUsed(): ProblemError {
  return new ProblemError({
    code: 'invitation_used',
    message: 'The invitation was used, taken back, or is older than a week.',
    hint: 'Ask whoever invited you for a new link, or sign in if you came in already.',
  });
}
