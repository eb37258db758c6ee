// Who joined and left a segment lately, when and why, and how many a day.
import { z } from 'zod';
import { countSegmentMoves, listSegmentMoves } from '../postgres/segment-history.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound, printId } from './ids.ts';
import { pageOf, pageQuery, readTimeCursor, toPage } from './paging.ts';
import { iso } from './wire.ts';

const moveSchema = z.object({
  person: z.object({ id: z.string(), name: z.string().nullable(), email: z.string().nullable() }),
  kind: z.enum(['joined', 'left']),
  at: z.string(),
  why: z.string(),
});

const historySchema = pageOf(moveSchema)
  .extend({
    /** The last 90 days; only those on which someone joined or left. */
    days: z.array(z.object({ day: z.string(), joined: z.number().int(), left: z.number().int() })),
  })
  .meta({ id: 'SegmentHistory' });

const daysMs = 90 * 86_400_000;

export function registerSegmentHistory(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;
  app.get(
    '/api/segments/:key/history',
    {
      schema: {
        tags: ['segments'],
        summary: 'Who joined and left it, newest first',
        params: z.object({ key: z.string().max(100) }),
        querystring: pageQuery,
        response: { 200: historySchema },
      },
    },
    async (request): Promise<z.infer<typeof historySchema>> => {
      const { workspaceId } = actorOf(request);
      const { key: segment } = request.params;
      const { definition } = await deps.programs.get(workspaceId);
      if (!definition.segments.some((each) => each.key === segment)) throw notFound('segment', segment);
      const { limit, cursor } = request.query;
      const before = readTimeCursor(cursor);
      const [rows, days] = await Promise.all([
        listSegmentMoves(db, { workspaceId, segment, before, limit: limit + 1 }),
        countSegmentMoves(db, {
          workspaceId,
          segment,
          since: new Date(deps.now() - daysMs),
          timeZone: definition.time_zone,
        }),
      ]);
      const page = toPage(rows, {
        limit,
        item: (row) => ({
          person: { id: printId('per', row.person_id), name: row.name, email: row.email },
          kind: row.kind === 'segment_joined' ? ('joined' as const) : ('left' as const),
          at: iso(row.due_at),
          why: WHY[row.cause] ?? 'by a change',
        }),
        cursor: (row) => [row.due_at.toISOString(), row.person_id],
      });
      return { ...page, days: [...days] };
    },
  );
}

const WHY: { readonly [cause: string]: string } = {
  event: 'by what they did',
  time: 'by silence alone',
  import: 'as imported history was lived through',
  definition: 'as the rule was made or changed',
  command: 'by what was set for them',
  result: 'by the result of a message',
  merge: 'as two people turned out to be one',
  thaw: 'as they were brought to today',
  refit: 'as predictions were made anew',
};
