// The way in: /v1 as every Segment client speaks it, on JSON and on the browser's text/plain. Each event is read by
// itself, the bad ones are refused with a reason and kept; nothing is answered 200 that is not committed.
import type { EventType } from '@rapport/engine';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isUtf8 } from 'node:buffer';
import { findKey } from '../postgres/keys.ts';
import type { ApiKey } from '../postgres/keys.ts';
import { RECENT_MAX, UNKNOWN_KEY } from '../postgres/heard.ts';
import type { HeardRequest } from '../postgres/heard.ts';
import type { EventOutcome, IncomingEvent, Refusal, Refused } from '../postgres/incoming.ts';
import { keyOf } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import { BROWSER_RATE, createRate, SERVER_RATE } from './ingest/rate.ts';
import type { Rate } from './ingest/rate.ts';
import { keptText, readEvent, refusal } from './ingest/read-event.ts';
import { segmentSettings } from './segment-settings.ts';

export const BATCH_BYTES_MAX = 500 * 1024;
export const BATCH_EVENTS_MAX = 2_500;

/** What ingestion needs of the workers; app.ts puts the committer in. */
export interface IngestDoor {
  /** Resolves after the commit; rejects when nothing was committed. */
  readonly submit: (submission: {
    readonly workspaceId: string;
    readonly source: string;
    readonly events: readonly IncomingEvent[];
    readonly refused: readonly Refused[];
  }) => Promise<
    | { readonly kind: 'committed'; readonly outcomes: readonly EventOutcome[] }
    | { readonly kind: 'overloaded' }
  >;
  /** At 5 % free nothing more is taken. */
  readonly diskLow: () => boolean;
  /** Told what came in under which key, for who is connecting a site. Returns at once. */
  readonly hear: (request: HeardRequest) => void;
}

export type IngestDeps = Pick<HttpDeps, 'now' | 'newId' | 'workspaceId'> & {
  readonly pools: Pick<HttpDeps['pools'], 'ingest'>;
  readonly log: Pick<HttpDeps['log'], 'warn'>;
};

const PATHS: { readonly [type in EventType]: string } = {
  identify: 'i',
  track: 't',
  page: 'p',
  screen: 's',
  group: 'g',
  alias: 'a',
};

/** Refusals of a whole request: status, and what is said. */
class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';
  readonly status: number;
  readonly code: string;
  readonly hint: string;
  readonly field: string | null;
  readonly retryAfterS: number | null;

  constructor(
    status: number,
    what: {
      readonly code: string;
      readonly message: string;
      readonly hint: string;
      readonly field?: string | null;
    },
    retryAfterS: number | null = null,
  ) {
    super(what.message);
    this.status = status;
    this.code = what.code;
    this.hint = what.hint;
    this.field = what.field ?? null;
    this.retryAfterS = retryAfterS;
  }
}

interface Incoming {
  readonly key: ApiKey;
  readonly body: { readonly [key: string]: unknown };
}

export async function registerIngest(
  app: FastifyInstance,
  deps: IngestDeps,
  door: IngestDoor,
): Promise<void> {
  const rate = createRate(deps.now);
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // Read by hand: the browser's client says text/plain, some say nothing at all.
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: BATCH_BYTES_MAX },
      (_request, body, done) => done(null, body),
    );
    scope.addHook('onRequest', async (request, reply) => allowOrigins(request, reply));
    scope.setErrorHandler((error, _request, reply) => answerError(deps, error, reply));

    scope.options('/v1/*', async (_request, reply) => reply.code(204).send());
    scope.get<{ Params: { key: string } }>('/v1/projects/:key/settings', async (request, reply) => {
      const key = await findKey(deps.pools.ingest, request.params.key, deps.now);
      if (key === null) throw unknownKey(404);
      void reply.header('cache-control', 'private, max-age=60');
      return segmentSettings(request, request.params.key);
    });
    // The client's own metrics, where an older one still sends them.
    scope.post('/v1/m', async () => ({ success: true }));

    for (const path of ['/v1/batch', '/v1/b', '/v1/import']) {
      scope.post(path, { bodyLimit: BATCH_BYTES_MAX }, async (request, reply) => {
        const incoming = await open(deps, door, request);
        return takeBatch(deps, door, { ...incoming, request, reply, rate });
      });
    }
    for (const [type, short] of Object.entries(PATHS)) {
      for (const path of [`/v1/${type}`, `/v1/${short}`]) {
        scope.post(path, { bodyLimit: BATCH_BYTES_MAX }, async (request, reply) => {
          const incoming = await open(deps, door, request);
          // Object.entries forgets the type of its keys.
          return takeOne(deps, door, { ...incoming, request, reply, rate, type: type as EventType });
        });
      }
    }
  });
}

/** Pages of any site may send here: the key says whose they are, and no cookie is looked at. */
function allowOrigins(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('access-control-allow-origin', request.headers.origin ?? '*');
  void reply.header('vary', 'origin');
  void reply.header('cross-origin-resource-policy', 'cross-origin');
  void reply.header('access-control-expose-headers', 'retry-after');
  if (request.method !== 'OPTIONS') return;
  void reply.header('access-control-allow-methods', 'GET, POST, OPTIONS');
  void reply.header('access-control-allow-headers', 'authorization, content-type, x-retry-count');
  void reply.header('access-control-max-age', '86400');
}

/** Whose request it is, and its body as JSON. What cannot be read is kept too when we know for whom. */
async function open(deps: IngestDeps, door: IngestDoor, request: FastifyRequest): Promise<Incoming> {
  if (door.diskLow()) {
    throw new RefusedRequest(
      503,
      {
        code: 'disk_full',
        message: 'The disk is nearly full; nothing is taken.',
        hint: 'Free some space on the server, then send again.',
      },
      30,
    );
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new RefusedRequest(415, {
      code: 'unsupported_media_type',
      message: `The body is encoded as ${encoding.slice(0, 20)}.`,
      hint: 'Send it without content-encoding.',
    });
  }
  const sent = keyOf(request.headers.authorization);
  const header = sent === undefined || sent === '' ? null : sent;
  const parsed = parse(request.body);
  const inBody =
    parsed.kind === 'object' && typeof parsed.body['writeKey'] === 'string' ? parsed.body['writeKey'] : null;
  const text = header ?? inBody;
  if (text === null) {
    if (parsed.kind === 'malformed' && header === null) throw malformed(parsed.message);
    throw new RefusedRequest(401, {
      code: 'missing_key',
      message: 'The request carries no write key.',
      hint: 'Send the key as user of Basic authentication, or as writeKey in the body.',
      field: 'writeKey',
    });
  }
  const key = await findKey(deps.pools.ingest, text, deps.now);
  if (key === null) {
    hearUnknown(deps, door, request, text);
    throw unknownKey(401);
  }
  if (parsed.kind === 'object') return { key, body: parsed.body };
  const why = refusal('malformed_json', null, parsed.message, 'Send one JSON object in UTF-8.');
  const body = keptText(Buffer.isBuffer(request.body) ? request.body.toString('utf8', 0, 4_096) : '');
  const refused = [{ index: 0, refusal: why, messageId: null, body }];
  await submit(door, { key, request, events: [], refused });
  throw malformed(parsed.message);
}

interface Taking extends Incoming {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly rate: Rate;
}

async function takeOne(
  deps: IngestDeps,
  door: IngestDoor,
  how: Taking & { readonly type: EventType },
): Promise<object> {
  limitRate(how, 1);
  const read = readEvent(how.body, 0, readContext(deps, how, how.type));
  if (read.kind === 'refused') {
    await submit(door, { ...how, events: [], refused: [read.refused] });
    throw new RefusedRequest(400, read.refused.refusal);
  }
  const [outcome] = await submit(door, { ...how, events: [read.event], refused: [] });
  if (outcome?.kind === 'refused') throw new RefusedRequest(400, outcome.refusal);
  return { success: true, ...(outcome?.kind === 'parked' ? { parked: outcome.reason } : {}) };
}

async function takeBatch(deps: IngestDeps, door: IngestDoor, how: Taking): Promise<object> {
  const list = how.body['batch'];
  if (!Array.isArray(list)) {
    const why = refusal(
      'missing_field',
      'batch',
      'The body has no list called batch.',
      'Send {"batch": [{"type": "track", …}]}.',
    );
    await submit(door, {
      ...how,
      events: [],
      refused: [{ index: 0, refusal: why, messageId: null, body: keptText(how.body) }],
    });
    throw new RefusedRequest(400, why);
  }
  if (list.length > BATCH_EVENTS_MAX) {
    const why = refusal(
      'too_many_events',
      'batch',
      `The batch holds ${list.length} events; at most ${BATCH_EVENTS_MAX} are taken.`,
      'Send smaller batches.',
    );
    await submit(door, {
      ...how,
      events: [],
      refused: [{ index: 0, refusal: why, messageId: null, body: keptText(how.body) }],
    });
    throw new RefusedRequest(413, why);
  }
  limitRate(how, list.length);
  const context = readContext(deps, how, null);
  const events: IncomingEvent[] = [];
  const refused: Refused[] = [];
  for (let i = 0; i < list.length; i += 1) {
    const read = readEvent(list[i], i, context);
    if (read.kind === 'event') events.push(read.event);
    else refused.push(read.refused);
  }
  if (events.length === 0 && refused.length === 0) return { success: true, rejected: [] };
  const outcomes = await submit(door, { ...how, events, refused });
  return batchAnswer(events, refused, outcomes);
}

function batchAnswer(
  events: readonly IncomingEvent[],
  refused: readonly Refused[],
  outcomes: readonly EventOutcome[],
): object {
  const rejected = refused.map((r) => rejection(r.index, r.refusal));
  const parked: { readonly index: number; readonly reason: string }[] = [];
  outcomes.forEach((outcome, i) => {
    const index = events[i]?.index ?? 0;
    if (outcome.kind === 'refused') rejected.push(rejection(index, outcome.refusal));
    if (outcome.kind === 'parked') parked.push({ index, reason: outcome.reason });
  });
  rejected.sort((a, b) => a.index - b.index);
  return { success: true, rejected, ...(parked.length === 0 ? {} : { parked }) };
}

function rejection(index: number, why: Refusal) {
  return { index, code: why.code, field: why.field, message: why.message, hint: why.hint };
}

async function submit(
  door: IngestDoor,
  what: {
    readonly key: ApiKey;
    readonly request: FastifyRequest;
    readonly events: readonly IncomingEvent[];
    readonly refused: readonly Refused[];
  },
): Promise<readonly EventOutcome[]> {
  const { key, events, refused } = what;
  const submitted = await door.submit({ workspaceId: key.workspace_id, source: key.kind, events, refused });
  if (submitted.kind === 'committed') {
    hear(door, what, submitted.outcomes);
    return submitted.outcomes;
  }
  throw new RefusedRequest(
    503,
    {
      code: 'overloaded',
      message: 'Too many events are waiting to be stored.',
      hint: 'Send the same events again after a second.',
    },
    1,
  );
}

function hear(
  door: IngestDoor,
  {
    key,
    request,
    events,
    refused,
  }: {
    readonly key: ApiKey;
    readonly request: FastifyRequest;
    readonly events: readonly IncomingEvent[];
    readonly refused: readonly Refused[];
  },
  outcomes: readonly EventOutcome[],
): void {
  const late = outcomes.flatMap((outcome) => (outcome.kind === 'refused' ? [outcome.refusal] : []));
  const stored = events.filter((_, i) => outcomes[i]?.kind !== 'refused');
  const notices = stored.flatMap((event) => event.notices);
  door.hear({
    workspaceId: key.workspace_id,
    keyId: key.id,
    origin: request.headers.origin ?? null,
    stored: stored.length,
    names: stored.slice(-RECENT_MAX).map(({ fact }) => fact.name),
    refused: [...refused.map(({ refusal }) => refusal), ...late, ...notices],
  });
}

/** A site that sends with a mistyped or revoked key is somebody's who looks for the reason. */
function hearUnknown(deps: IngestDeps, door: IngestDoor, request: FastifyRequest, key: string): void {
  const hint = 'Put the key of this page into the site.';
  door.hear({
    workspaceId: deps.workspaceId,
    keyId: UNKNOWN_KEY,
    origin: request.headers.origin ?? null,
    stored: 0,
    names: [],
    refused: [
      { code: 'unknown_key', message: `A key that begins with ${key.slice(0, 7)} is not known.`, hint },
    ],
  });
}

function readContext(deps: IngestDeps, how: Taking, type: EventType | null) {
  return {
    workspaceId: how.key.workspace_id,
    trust: how.key.kind,
    receivedAt: deps.now(),
    sentAt: how.body['sentAt'],
    type,
    newId: deps.newId,
  };
}

function limitRate({ key, request, rate }: Taking, events: number): void {
  const browser = key.kind === 'browser';
  const wait = rate.take(
    browser ? `${key.id} ${request.ip}` : key.id,
    events,
    browser ? BROWSER_RATE : SERVER_RATE,
  );
  if (wait === 0) return;
  throw new RefusedRequest(
    429,
    {
      code: 'too_many_requests',
      message: 'This key sends more events than it may.',
      hint: `Wait ${wait} s and send the same events again.`,
    },
    wait,
  );
}

type ParsedBody =
  | { readonly kind: 'object'; readonly body: { readonly [key: string]: unknown } }
  | { readonly kind: 'malformed'; readonly message: string };

function parse(raw: unknown): ParsedBody {
  if (!Buffer.isBuffer(raw) || raw.length === 0) return { kind: 'malformed', message: 'The body is empty.' };
  if (!isUtf8(raw)) return { kind: 'malformed', message: 'The body is not UTF-8.' };
  try {
    const body: unknown = JSON.parse(raw.toString('utf8'));
    if (typeof body === 'object' && body !== null && !Array.isArray(body))
      return { kind: 'object', body: { ...body } };
    return {
      kind: 'malformed',
      message: `The body is ${Array.isArray(body) ? 'a list' : 'a single value'} instead of an object.`,
    };
  } catch (error) {
    return {
      kind: 'malformed',
      message: `The body is not JSON: ${error instanceof Error ? error.message.slice(0, 120) : ''}.`,
    };
  }
}

function malformed(message: string): RefusedRequest {
  return new RefusedRequest(400, { code: 'malformed_json', message, hint: 'Send one JSON object in UTF-8.' });
}

function unknownKey(status: 401 | 404): RefusedRequest {
  return new RefusedRequest(status, {
    code: 'unknown_key',
    message: 'The write key is not known or was revoked.',
    hint: 'Make one with `npx rapport key create --kind server`, or in the settings.',
    field: 'writeKey',
  });
}

/** Segment's clients look at the status (429 and 5xx are sent again) and show the message. */
function answerError(deps: IngestDeps, error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof RefusedRequest) {
    if (error.retryAfterS !== null) void reply.header('retry-after', String(error.retryAfterS));
    return reply.code(error.status).send({
      success: false,
      code: error.code,
      message: error.message,
      ...(error.field === null ? {} : { field: error.field }),
      hint: error.hint,
    });
  }
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return reply.code(413).send({
      success: false,
      code: 'body_too_large',
      message: `The body is larger than ${BATCH_BYTES_MAX / 1024} KB.`,
      hint: 'Send smaller batches; one event may have 32 KB.',
    });
  }
  const status =
    error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
      ? error.statusCode
      : 503;
  if (status < 500) {
    return reply.code(status).send({
      success: false,
      code: 'malformed_json',
      message: error instanceof Error ? error.message : 'The request cannot be read.',
      hint: 'Send one JSON object in UTF-8.',
    });
  }
  // Not committed, as far as we know: the same events may be sent again, those that were stored are recognised.
  deps.log.warn({ err: error }, 'events could not be committed');
  return reply
    .code(503)
    .header('retry-after', '2')
    .send({
      success: false,
      code: code === '53100' || code === 'ENOSPC' ? 'disk_full' : 'database_unreachable',
      message: 'The events could not be stored.',
      hint: 'Send the same events again, with the same messageIds.',
    });
}
