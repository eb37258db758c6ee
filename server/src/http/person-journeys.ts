// One person into a journey by hand, or out of it. Consent, caps and the control group hold as for everybody else who enters.
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import { actorOf } from './auth.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { notFound, printId } from './ids.ts';
import { act, getSubject } from './person-act.ts';
import { keySchema } from './wire.ts';

const enteredSchema = z.object({
  run: z.string(),
  journey: z.string(),
  /** `control`: in the control group, who get nothing so that the effect can be measured. */
  arm: z.enum(['treated', 'control']),
});

export function registerPersonJourneys(app: App, deps: HttpDeps): void {
  app.post(
    '/api/people/:id/journeys',
    {
      schema: {
        tags: ['people'],
        summary: 'Put someone into a journey that is on',
        params: z.object({ id: z.string().max(100) }),
        body: z.object({ journey: keySchema }),
        response: { 201: enteredSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const { journey } = request.body;
      const subject = await getSubject(deps, workspaceId, request.params.id);
      mayWriteToPeople(actor);
      const known = subject.program.definition.journeys.find(({ key }) => key === journey);
      if (known === undefined) throw notFound('journey', journey);
      if (known.active === null) throw isOff(known.name);
      const header = request.headers['idempotency-key'];
      const start = `api:${typeof header === 'string' ? header : deps.newId()}`;
      let entered: z.infer<typeof enteredSchema> | undefined;
      await act(
        deps,
        actor,
        subject,
        { kind: 'enrol', journey, start },
        {
          action: 'person.enrol',
          detail: { journey },
          check: ({ decisions }) => {
            for (const decision of decisions) {
              if (decision.kind !== 'run_started' || decision.run.start !== start) continue;
              const { id, arm } = decision.run;
              entered = { run: printId('run', id), journey, arm };
            }
            if (entered === undefined) throw mayNotEnter(known.name);
          },
        },
      );
      if (entered === undefined) throw mayNotEnter(known.name);
      reply.code(201);
      return entered;
    },
  );

  app.delete(
    '/api/people/:id/journeys/:key',
    {
      schema: {
        tags: ['people'],
        summary: 'Take someone out of a journey; what waits for them is not sent',
        params: z.object({ id: z.string().max(100), key: z.string().max(100) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { key: journey } = request.params;
      const subject = await getSubject(deps, actor.workspaceId, request.params.id);
      mayWriteToPeople(actor);
      await act(
        deps,
        actor,
        subject,
        { kind: 'leave', journey, reason: 'by_hand' },
        {
          action: 'person.leave',
          detail: { journey },
          check: ({ decisions }) => {
            if (!decisions.some((one) => one.kind === 'run_ended' && one.journey === journey))
              throw notFound('journey that they are in', journey);
          },
        },
      );
      reply.code(204);
      return null;
    },
  );
}

/** A key of the shop's server enters people by API; a developer who is signed in writes to nobody by hand. */
function mayWriteToPeople(actor: Actor): void {
  if (actor.kind !== 'user' || actor.role !== 'developer') return;
  throw new ProblemError({
    code: 'not_allowed',
    message: 'A developer writes to nobody by hand.',
    hint: 'Ask an agent or a marketer, or use a server key from the shop.',
  });
}

function isOff(name: string): ProblemError {
  return new ProblemError({
    code: 'conflict',
    path: '/journey',
    message: `The journey "${name}" is switched off.`,
    hint: 'Switch it on first.',
  });
}

function mayNotEnter(name: string): ProblemError {
  return new ProblemError({
    code: 'conflict',
    path: '/journey',
    message: `They may not enter "${name}" now: they are in it, or were in it and it lets nobody in again yet.`,
    hint: 'Look at its rule for entering again, or choose another journey.',
  });
}
