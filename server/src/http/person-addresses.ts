// The addresses of one person and whether anything is sent there; blocked and let free again by hand. Stored as keyed hashes only.
import { addressOf } from '@rapport/engine';
import { z } from 'zod';
import { derivedSecret } from '../config.ts';
import { ProblemError } from '../errors.ts';
import { listIdentities } from '../postgres/people-read.ts';
import type { Queryable } from '../postgres/pool.ts';
import { addressHash, deleteSuppression, insertSuppression, listSuppressions } from '../postgres/sending.ts';
import { actorOf } from './auth.ts';
import { changeOther } from './changes.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { printId } from './ids.ts';
import { getSubject } from './person-act.ts';
import type { Subject } from './person-view.ts';
import { iso } from './wire.ts';

const channel = 'email';

const addressSchema = z.object({
  channel: z.string(),
  address: z.string(),
  /** The one that letters go to. */
  used: z.boolean(),
  suppressed: z
    .object({
      reason: z.enum(['hard_bounce', 'soft_bounces', 'complaint', 'by_hand', 'erased']),
      at: z.string(),
    })
    .nullable(),
});
const answerSchema = z.object({ items: z.array(addressSchema) }).meta({ id: 'Addresses' });
const paramsSchema = z.object({ id: z.string().max(100) });

export function registerPersonAddresses(app: App, deps: HttpDeps): void {
  app.get(
    '/api/people/:id/addresses',
    {
      schema: {
        tags: ['people'],
        summary: 'The e-mail addresses of someone, and which are suppressed',
        params: paramsSchema,
        response: { 200: answerSchema },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const subject = await getSubject(deps, workspaceId, request.params.id);
      return { items: await listAddresses(deps, deps.pools.console, workspaceId, subject) };
    },
  );

  app.put(
    '/api/people/:id/addresses',
    {
      schema: {
        tags: ['people'],
        summary: 'Suppress an address, so that nothing at all is sent there, or let it free again',
        params: paramsSchema,
        body: z.object({ address: z.string().trim().min(1).max(254), suppressed: z.boolean() }),
        response: { 200: answerSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const { address, suppressed } = request.body;
      const subject = await getSubject(deps, workspaceId, request.params.id);
      const hash = hashOf(deps, address);
      const what = {
        action: suppressed ? 'person.suppress' : 'person.unsuppress',
        subject: printId('per', subject.key.id),
        detail: { channel },
      };
      return changeOther(deps, actor, what, async (client) => {
        const before = await listAddresses(deps, client, workspaceId, subject);
        const known = before.find((one) => one.address.toLowerCase() === address.toLowerCase());
        if (known === undefined) throw notTheirs();
        if (suppressed)
          await insertSuppression(client, { workspaceId, channel, hash, reason: 'by_hand', at: deps.now() });
        else {
          mayLetFree(actor, known.suppressed?.reason);
          await deleteSuppression(client, { workspaceId, channel, hash });
        }
        return { items: await listAddresses(deps, client, workspaceId, subject) };
      });
    },
  );
}

export async function listAddresses(
  deps: HttpDeps,
  db: Queryable,
  workspaceId: string,
  subject: Subject,
): Promise<z.infer<typeof addressSchema>[]> {
  const identities = await listIdentities(db, { workspaceId, ...subject.key });
  const used = addressOf(subject.person.memory, channel);
  const known = identities.filter(({ kind }) => kind === 'email').map(({ value }) => value);
  const addresses = [
    ...new Set([...(used === null ? [] : [used]), ...known].map((one) => one.toLowerCase())),
  ];
  const hashes = addresses.map((address) => hashOf(deps, address));
  const rows = await listSuppressions(db, workspaceId, { channel, hashes });
  return addresses.map((address, i) => {
    const found = rows.find((row) => hashes[i]?.equals(row.address_hash) === true);
    return {
      channel,
      address,
      used: address === used?.toLowerCase(),
      suppressed: found === undefined ? null : { reason: found.reason, at: iso(found.at) },
    };
  });
}

export function hashOf(deps: HttpDeps, address: string): Buffer {
  return addressHash(derivedSecret(deps.config.secret, 'addresses'), address);
}

/** What bounced or complained is an owner's or admin's to judge; what a colleague blocked, anybody's who looks after people. */
function mayLetFree(actor: Actor, reason: string | undefined): void {
  const byHand = reason === undefined || reason === 'by_hand';
  if (byHand || actor.role === 'owner' || actor.role === 'admin') return;
  throw new ProblemError({
    code: 'not_allowed',
    message: 'This address bounced or marked us as spam.',
    hint: 'Ask an owner or an admin to let it free; sending there again can harm the delivery of all letters.',
  });
}

function notTheirs(): ProblemError {
  return new ProblemError({
    code: 'invalid_body',
    path: '/address',
    message: 'This is no address of this person.',
    hint: 'Take one of GET /api/people/{id}/addresses.',
  });
}
