// The people behind one of Home's figures: those counted, those who made it, and the others. From the same reading as the figure.
import { FIGURE_PARTS } from '@rapport/engine';
import type { FigureWithPeople } from '@rapport/engine';
import { z } from 'zod';
import { bucketOf } from '../postgres/bucket.ts';
import { findFigurePeople, findFigures, listFigureParts } from '../postgres/figures.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound } from './ids.ts';
import { pageOf, pageQuery, printCursor, readCursor } from './paging.ts';
import { personItemSchema, viewPeople } from './people-list.ts';
import { isoOrNull } from './wire.ts';

const peopleSchema = pageOf(personItemSchema)
  .extend({
    worked_out_at: z.string().nullable(),
    /** How many of the part can be listed: the first 2,000. */
    listed: z.number().int(),
    parts: z.array(z.object({ part: z.string(), name: z.string(), people: z.number().int() })),
  })
  .meta({ id: 'FigurePeople' });

const names: { readonly [figure in FigureWithPeople]: { readonly [part: string]: string } } = {
  retention: {
    of: 'Ordered in the earlier period',
    yes: 'Ordered again',
    no: 'Did not order again',
  },
  repeat: { of: 'Customers of the last 365 days', yes: 'Ordered on two days or more', no: 'Ordered once' },
  second: {
    of: 'First ordered 90 days ago or earlier',
    yes: 'Ordered again within 90 days',
    no: 'Did not within 90 days',
  },
  nps: {
    of: 'Answered',
    promoters: 'Promoters (9, 10)',
    passives: 'Passives (7, 8)',
    detractors: 'Detractors (0 to 6)',
  },
  customer_value: { of: 'All customers, most valuable first' },
  expected: { of: 'All customers, those expected to bring most first' },
};

export function registerFigurePeople(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;
  app.get(
    '/api/figures/:key/people',
    {
      schema: {
        tags: ['overview'],
        summary: 'The people behind a figure',
        params: z.object({ key: z.string().max(100) }),
        querystring: pageQuery.extend({ part: z.string().max(100).default('of') }),
        response: { 200: peopleSchema },
      },
    },
    async (request): Promise<z.infer<typeof peopleSchema>> => {
      const { workspaceId } = actorOf(request);
      const { part, limit, cursor } = request.query;
      const { key } = request.params;
      const figure = isFigure(key) ? key : undefined;
      if (figure === undefined) throw notFound('figure', key);
      const known: readonly string[] = FIGURE_PARTS[figure];
      if (!known.includes(part)) throw notFound('part of this figure', part);
      const from = Number(readCursor(cursor, 1)?.[0] ?? 0);
      const [stored, counts, { ids, listed }] = await Promise.all([
        findFigures(db, workspaceId),
        listFigureParts(db, workspaceId, figure),
        findFigurePeople(db, { workspaceId, figure, part, from, limit }),
      ]);
      const items = await viewPeople(
        deps,
        workspaceId,
        ids.map((id) => ({ bucket: bucketOf(id), id })),
      );
      return {
        items,
        next_cursor: from + limit < listed ? printCursor([from + limit]) : null,
        worked_out_at: isoOrNull(stored?.worked_out_at ?? null),
        listed,
        parts: known.map((one) => ({
          part: one,
          name: names[figure][one] ?? one,
          people: counts.find((each) => each.part === one)?.people ?? 0,
        })),
      };
    },
  );
}

function isFigure(key: string): key is FigureWithPeople {
  return Object.hasOwn(FIGURE_PARTS, key);
}
