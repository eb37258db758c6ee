// Data health: events that were refused, with the reason, and inputs the engine failed on, with a second try.
import { z } from 'zod';
import { countQuarantineCodes, findParked, listParked, listQuarantine } from '../postgres/quarantine-read.ts';
import type { ParkedRow, QuarantineRow } from '../postgres/quarantine-read.ts';
import { actorOf } from './auth.ts';
import { changeOther } from './changes.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound, printId, readId } from './ids.ts';
import { pageOf, pageQuery, readTimeCursor, toPage } from './paging.ts';
import { iso, isoOrNull } from './wire.ts';

const quarantinedSchema = z
  .object({
    id: z.string(),
    at: z.string(),
    source: z.string(),
    code: z.string(),
    field: z.string().nullable(),
    message: z.string(),
    hint: z.string(),
    message_id: z.string().nullable(),
    body: z.string(),
  })
  .meta({ id: 'QuarantinedEvent' });

const parkedSchema = z
  .object({
    id: z.string(),
    person_id: z.string(),
    at: z.string(),
    reason: z.string(),
    detail: z.string(),
    retries: z.number().int(),
    resolved_at: z.string().nullable(),
    input: z.unknown(),
  })
  .meta({ id: 'ParkedInput' });

export function registerQuarantine(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;

  app.get(
    '/api/quarantine',
    {
      schema: {
        tags: ['data health'],
        summary: 'Events that were refused, newest first',
        querystring: pageQuery.extend({ code: z.string().max(100).optional() }),
        response: {
          200: pageOf(quarantinedSchema).extend({
            codes: z.array(z.object({ code: z.string(), count: z.number().int() })),
          }),
        },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { limit, cursor, code } = request.query;
      const page = { workspaceId, code: code ?? null, before: readTimeCursor(cursor), limit: limit + 1 };
      const [rows, codes] = await Promise.all([
        listQuarantine(db, page),
        countQuarantineCodes(db, workspaceId),
      ]);
      const shown = toPage(rows, { limit, item: viewQuarantined, cursor: (row) => [iso(row.at), row.id] });
      return { ...shown, codes: [...codes] };
    },
  );

  app.get(
    '/api/parked',
    {
      schema: {
        tags: ['data health'],
        summary: 'Inputs the engine failed on',
        querystring: pageQuery.extend({ resolved: z.enum(['true', 'false']).default('false') }),
        response: { 200: pageOf(parkedSchema) },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { limit, cursor, resolved } = request.query;
      const rows = await listParked(db, {
        workspaceId,
        resolved: resolved === 'true',
        before: readTimeCursor(cursor),
        limit: limit + 1,
      });
      return toPage(rows, { limit, item: viewParked, cursor: (row) => [iso(row.at), row.id] });
    },
  );

  app.post(
    '/api/parked/:id/retry',
    {
      schema: {
        tags: ['data health'],
        summary: 'Try it again, as a late event',
        params: z.object({ id: z.string() }),
        response: { 200: z.object({ resolved: z.boolean(), reason: z.string().nullable() }) },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const key = { workspaceId: actor.workspaceId, id: readId('prk', request.params.id) };
      const before = await findParked(db, key);
      if (before === undefined) throw notFound('parked input', request.params.id);
      if (before.resolved_at === null) await deps.retryParked(actor.workspaceId, before);
      await changeOther(
        deps,
        actor,
        { action: 'parked.retry', subject: printId('prk', key.id) },
        async () => null,
      );
      const after = await findParked(db, key);
      const resolved = after === undefined || after.resolved_at !== null;
      return { resolved, reason: resolved ? null : after.reason };
    },
  );
}

function viewQuarantined(row: QuarantineRow): z.infer<typeof quarantinedSchema> {
  return { ...row, id: printId('qua', row.id), at: iso(row.at) };
}

function viewParked(row: ParkedRow): z.infer<typeof parkedSchema> {
  return {
    id: printId('prk', row.id),
    person_id: printId('per', row.person_id),
    at: iso(row.at),
    reason: row.reason,
    detail: row.detail,
    retries: row.retries,
    resolved_at: isoOrNull(row.resolved_at),
    input: readJson(row.input),
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
