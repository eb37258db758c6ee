// What came in under a key lately, for whoever is connecting a site and wants to see that it works.
import { z } from 'zod';
import { HEARD_DAYS, listHeard, UNKNOWN_KEY } from '../postgres/heard.ts';
import type { HeardOne, HeardRow } from '../postgres/heard.ts';
import { listKeys } from '../postgres/keys.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound, readId } from './ids.ts';
import { iso } from './wire.ts';

const lastSchema = z.object({ at: z.string(), name: z.string().nullable(), origin: z.string().nullable() });
const refusedSchema = z.object({
  code: z.string(),
  count: z.number().int(),
  last_at: z.string(),
  origin: z.string().nullable(),
  message: z.string(),
  hint: z.string(),
});
const heardSchema = z
  .object({
    days: z.number().int(),
    stored: z.object({
      count: z.number().int(),
      last_at: z.string().nullable(),
      recent: z.array(lastSchema),
    }),
    refused: z.array(refusedSchema),
    unknown: refusedSchema.nullable(),
  })
  .meta({ id: 'Heard' });

export function registerHeard(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;

  app.get(
    '/api/keys/:id/heard',
    {
      schema: {
        tags: ['keys'],
        summary: 'What came in under this key in the last days, and what was refused',
        params: z.object({ id: z.string() }),
        response: { 200: heardSchema },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const keyId = readId('key', request.params.id);
      const now = new Date(deps.now());
      const [keys, rows, unknown] = await Promise.all([
        listKeys(db, workspaceId),
        listHeard(db, { workspaceId, keyId, now }),
        listHeard(db, { workspaceId, keyId: UNKNOWN_KEY, now }),
      ]);
      if (!keys.some(({ id }) => id === keyId)) throw notFound('key', request.params.id);
      const stored = rows.find(({ code }) => code === '');
      const [strange] = unknown;
      return {
        days: HEARD_DAYS,
        stored: {
          count: stored?.count ?? 0,
          last_at: stored === undefined ? null : iso(stored.last_at),
          recent: (stored?.recent ?? []).map(viewOne),
        },
        refused: rows.filter(({ code }) => code !== '').map(viewRefused),
        unknown: strange === undefined ? null : viewRefused(strange),
      };
    },
  );
}

function viewOne({ at, name, origin }: HeardOne): z.infer<typeof lastSchema> {
  return { at, name, origin };
}

function viewRefused(row: HeardRow): z.infer<typeof refusedSchema> {
  const [newest] = row.recent;
  return {
    code: row.code,
    count: row.count,
    last_at: iso(row.last_at),
    origin: newest?.origin ?? null,
    message: newest?.note ?? '',
    hint: newest?.hint ?? '',
  };
}
