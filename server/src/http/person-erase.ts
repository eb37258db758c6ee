// Forgetting somebody for good, at their wish. The one thing in the console that asks beforehand and cannot be taken back.
import { addressOf } from '@rapport/engine';
import { z } from 'zod';
import { derivedSecret } from '../config.ts';
import { ProblemError } from '../errors.ts';
import { insertAudit } from '../postgres/audit.ts';
import { erasePerson, isBeingHandedOver, listEveryIdentity } from '../postgres/erase.ts';
import { identityHash } from '../postgres/erasures.ts';
import { historyKeys } from '../postgres/people.ts';
import { lockPeople, retrying } from '../postgres/steps.ts';
import { actorId, actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound, printId } from './ids.ts';
import { getSubject } from './person-act.ts';
import { hashOf } from './person-addresses.ts';

const confirmation = 'erase';

const erasedSchema = z
  .object({
    erased: z.object({ events: z.number(), messages: z.number(), notes: z.number() }),
    /** What stays, in words. */
    kept: z.array(z.string()),
  })
  .meta({ id: 'Erased' });

export function registerPersonErase(app: App, deps: HttpDeps): void {
  app.post(
    '/api/people/:id/erase',
    {
      schema: {
        tags: ['people'],
        summary: 'Forget someone for good; cannot be taken back',
        params: z.object({ id: z.string().max(100) }),
        body: z.object({ confirm: z.string().max(100) }),
        response: { 200: erasedSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const subject = await getSubject(deps, workspaceId, request.params.id);
      if (request.body.confirm.trim().toLowerCase() !== confirmation) throw notConfirmed();
      const steps = { pool: deps.pools.console, programs: deps.programs, now: deps.now };
      return retrying(steps, workspaceId, async (client, { program, now }) => {
        const locked = await lockPeople(client, workspaceId, [subject.key], { program });
        const person = locked.get(subject.key.id);
        if (person === undefined) throw notFound('person', request.params.id);
        const keys = historyKeys(person);
        if (await isBeingHandedOver(client, workspaceId, keys)) throw onItsWay();
        const identities = await listEveryIdentity(client, workspaceId, keys);
        const used = addressOf(person.person.memory, 'email');
        const addresses = new Set(
          [...identities.filter(({ kind }) => kind === 'email').map(({ value }) => value), used ?? ''].filter(
            (address) => address !== '',
          ),
        );
        const key = derivedSecret(deps.config.secret, 'erasures');
        const erased = await erasePerson(client, workspaceId, {
          keys,
          identities,
          subjects: keys.map(({ id }) => printId('per', id)),
          identityHashes: identities.map((identity) => identityHash(key, identity)),
          addressHashes: [...addresses].map((address) => hashOf(deps, address)),
          at: now,
        });
        await insertAudit(client, {
          workspaceId,
          auditId: deps.newId(),
          at: new Date(now),
          by: actorId(actor),
          action: 'person.erase',
          subject: printId('per', person.key.id),
          detail: { ...erased },
        });
        return { erased, kept: keptWords(identities.length, addresses.size) };
      });
    },
  );
}

function keptWords(identities: number, addresses: number): string[] {
  const s = (n: number, one: string, many: string): string => (n === 1 ? `one ${one}` : `${n} ${many}`);
  return [
    ...(addresses === 0
      ? []
      : [
          `A keyed hash of ${s(addresses, 'address', 'addresses')}, so that nothing is ever sent there. It does not say whose it was.`,
        ]),
    ...(identities === 0
      ? []
      : [
          `A keyed hash of ${s(identities, 'identity', 'identities')}, so that events that name them again are refused.`,
        ]),
    'One entry in the log of changes: who erased somebody, and when.',
  ];
}

function notConfirmed(): ProblemError {
  return new ProblemError({
    code: 'invalid_body',
    path: '/confirm',
    message: 'That is not the word that confirms it.',
    hint: `Type "${confirmation}".`,
  });
}

function onItsWay(): ProblemError {
  return new ProblemError({
    code: 'conflict',
    message: 'A letter to them is leaving this very moment.',
    hint: 'Nothing was erased. Try again in a minute.',
  });
}
