// The first ten minutes: whoever holds the one-time link printed on the machine becomes the owner and says what kind of
// business this is. Works once; of two at the same moment one wins.
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import { industries, industryEvents } from '../postgres/definitions.ts';
import { hasUsers, setupOwner } from '../postgres/users.ts';
import { countAttempts } from './attempts.ts';
import { passwordMax, passwordMin } from './auth.ts';
import type { Auth } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { sessionSchema, signIn, viewSession } from './session.ts';
import { currencySchema, timeZoneSchema, writeBusiness } from './settings.ts';
import { eventsNamed } from './known.ts';

const setupSchema = z.object({
  token: z.string().min(1).max(200),
  name: z.string().trim().min(1).max(200),
  email: z.email().max(320),
  password: z.string().min(passwordMin).max(passwordMax),
  business: z.object({
    name: z.string().trim().min(1).max(200),
    time_zone: timeZoneSchema,
    currency: currencySchema,
    industry: z.enum(industries),
  }),
});

export function registerSetup(app: App, deps: HttpDeps, auth: Auth): void {
  const attempts = countAttempts({ max: 10, windowMs: 5 * 60_000, now: deps.now });

  app.get(
    '/api/setup',
    {
      schema: {
        tags: ['session'],
        summary: 'Is there an owner yet?',
        security: [],
        response: {
          200: z.object({
            needed: z.boolean(),
            /** What counts, by kind of business. */
            industries: z.array(
              z.object({ key: z.string(), purchase: z.array(z.string()), visit: z.array(z.string()) }),
            ),
          }),
        },
      },
    },
    async () => ({
      needed: !(await hasUsers(deps.pools.console)),
      industries: industries.map((key) => {
        const { purchase, visit } = industryEvents(key);
        return { key, purchase: eventsNamed(purchase), visit: eventsNamed(visit) };
      }),
    }),
  );

  app.post(
    '/api/setup',
    {
      schema: {
        tags: ['session'],
        summary: 'Make the owner, once, with the link printed on the machine',
        security: [],
        body: setupSchema,
        response: { 201: sessionSchema },
      },
    },
    async (request, reply) => {
      const { token, name, email, password, business } = request.body;
      const names = [`ip:${request.ip}`];
      attempts.check(names);
      const at = new Date(deps.now());
      const user = {
        id: deps.newId(),
        loginId: deps.newId(),
        auditId: deps.newId(),
        workspaceId: deps.workspaceId,
        email,
        name,
        role: 'owner' as const,
        password,
        at,
        by: null,
      };
      const outcome = await setupOwner(deps.pools.console, { token, user }, (connection) =>
        writeBusiness(connection, { workspaceId: deps.workspaceId, business, at }),
      );
      if (outcome.kind === 'refused') {
        attempts.failed(names);
        throw linkUsed();
      }
      await deps.programs.reload(deps.workspaceId);
      deps.wake.definitions();
      const actor = await signIn(deps, auth, reply, { email, password });
      return reply.code(201).send(await viewSession(deps, actor ?? null));
    },
  );
}

function linkUsed(): ProblemError {
  return new ProblemError({
    code: 'setup_link_used',
    message: 'The set-up link was used, or is not the newest one.',
    hint: 'Sign in, or start Rapport again: it prints a fresh link as long as there is no user.',
  });
}
