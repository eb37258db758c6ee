// The runs of a journey: who is on it, where they stand, how they ended.
import { z } from 'zod';
import { findPeople } from '../postgres/people-read.ts';
import { listRuns } from '../postgres/runs.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { printId } from './ids.ts';
import { getJourney, journeyParams } from './journey-view.ts';
import { pageOf, pageQuery, readTimeCursor, toPage } from './paging.ts';
import { iso, isoOrNull } from './wire.ts';

export function registerRuns(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;

  app.get(
    '/api/journeys/:id/runs',
    {
      schema: {
        tags: ['journeys'],
        summary: 'Runs, newest first',
        params: journeyParams,
        querystring: pageQuery.extend({
          state: z.enum(['running', 'ended']).optional(),
          node: z.string().max(64).optional(),
          version: z.coerce.number().int().min(1).optional(),
        }),
        response: {
          200: pageOf(
            z.object({
              id: z.string(),
              person: z.object({ id: z.string(), name: z.string().nullable(), email: z.string().nullable() }),
              version: z.number().int(),
              arm: z.enum(['treated', 'control']),
              node: z.string(),
              node_at: z.string(),
              started_at: z.string(),
              ended_at: z.string().nullable(),
              end_reason: z.string().nullable(),
              goal_at: z.string().nullable(),
            }),
          ),
        },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const key = request.params.id;
      await getJourney(db, workspaceId, key);
      const { limit, cursor, state, node, version } = request.query;
      const rows = await listRuns(db, {
        workspaceId,
        journey: key,
        state: state ?? null,
        node: node ?? null,
        version: version ?? null,
        before: readTimeCursor(cursor),
        limit: limit + 1,
      });
      const keys = rows.map(({ bucket, person_id }) => ({ bucket, id: person_id }));
      const people = new Map((await findPeople(db, workspaceId, keys)).map((person) => [person.id, person]));
      return toPage(rows, {
        limit,
        cursor: (row) => [iso(row.started_at), row.id],
        item: (row) => ({
          id: printId('run', row.id),
          person: {
            id: printId('per', row.person_id),
            name: people.get(row.person_id)?.name ?? null,
            email: people.get(row.person_id)?.email ?? null,
          },
          version: row.version,
          arm: row.arm,
          node: row.node,
          node_at: iso(row.node_at),
          started_at: iso(row.started_at),
          ended_at: isoOrNull(row.ended_at),
          end_reason: row.end_reason,
          goal_at: isoOrNull(row.goal_at),
        }),
      });
    },
  );
}
