// `Idempotency-Key`: a POST that is sent again gets the first answer again. Only successes are kept, encrypted, for a day.
// Never applies to strangers: a key used by one actor says nothing to another.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { ProblemError } from '../errors.ts';
import { forgetAnswers, keepAnswer, releaseRequest, reserveRequest } from '../postgres/idempotency.ts';
import type { KeptRequest } from '../postgres/idempotency.ts';
import { derivedSecret } from '../config.ts';
import type { App, HttpDeps } from './deps.ts';

declare module 'fastify' {
  interface FastifyRequest {
    kept: KeptRequest | null;
  }
}

const keyMax = 255;
const forgetEveryMs = 3_600_000;

export function keepAnswers(app: App, deps: HttpDeps): void {
  const secret = Buffer.from(derivedSecret(deps.config.secret, 'idempotency'), 'hex');
  const pool = deps.pools.console;
  app.decorateRequest('kept', null);
  let forgotAt = deps.now();
  const forget = (): void => {
    if (deps.now() - forgotAt < forgetEveryMs) return;
    forgotAt = deps.now();
    forgetAnswers(pool, new Date(forgotAt)).catch((error: unknown) =>
      deps.log.warn({ err: error }, 'old answers could not be forgotten; trying again in an hour'),
    );
  };

  app.addHook('preHandler', async (request, reply) => {
    const header = request.headers['idempotency-key'];
    if (request.method !== 'POST' || typeof header !== 'string' || request.actor === null) return;
    if (header === '' || header.length > keyMax || !/^[\x21-\x7e ]+$/.test(header))
      throw badKey(header.length);
    forget();
    const { actor } = request;
    const kept = { workspaceId: actor.workspaceId, actor: `${actor.kind}:${actor.id}`, key: header };
    const reservation = await reserveRequest(pool, {
      ...kept,
      hash: hashOf(request),
      at: new Date(deps.now()),
    });
    switch (reservation.kind) {
      case 'ours':
        request.kept = kept;
        return;
      case 'other_request':
        throw new ProblemError({
          code: 'idempotency_key_reused',
          message: 'This Idempotency-Key was used for another request.',
          hint: 'Make a new key for each thing that is to be done once.',
        });
      case 'at_work':
        reply.header('retry-after', '1');
        throw new ProblemError({
          code: 'conflict',
          message: 'The first request with this Idempotency-Key is still at work.',
          hint: 'Wait a second and send it again: it will get the first answer.',
        });
      case 'answered':
        reply.header('idempotency-replayed', 'true').code(reservation.status);
        if (reservation.contentType !== '') reply.header('content-type', reservation.contentType);
        return reply.serializer((text: unknown) => String(text)).send(decrypt(secret, reservation.body));
    }
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const { kept } = request;
    if (kept === null) return payload;
    request.kept = null;
    const text =
      typeof payload === 'string' ? payload : payload === null || payload === undefined ? '' : undefined;
    if (reply.statusCode >= 300 || text === undefined) await releaseRequest(pool, kept);
    else {
      const contentType = String(reply.getHeader('content-type') ?? '');
      await keepAnswer(pool, { ...kept, status: reply.statusCode, body: encrypt(secret, text), contentType });
    }
    return payload;
  });
}

function hashOf(request: FastifyRequest): Buffer {
  const body = request.body === undefined ? '' : JSON.stringify(request.body);
  return createHash('sha256').update(`${request.method} ${request.url}\n${body}`).digest();
}

function encrypt(secret: Buffer, text: string): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', secret, iv);
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

function decrypt(secret: Buffer, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
}

function badKey(length: number): ProblemError {
  return new ProblemError({
    code: 'invalid_body',
    path: 'Idempotency-Key',
    message: `An Idempotency-Key has 1 to ${keyMax} printable ASCII characters; this one has ${length}.`,
    hint: 'A UUID is a good one.',
  });
}
