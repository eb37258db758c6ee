// Deleted journeys: what they were, and putting one back, switched off, as long as everything it asks about is still there.
import { z } from 'zod';
import {
  findJourney,
  listArchivedJourneys,
  listJourneys,
  listVersions,
  unarchiveJourney,
} from '../postgres/journeys.ts';
import { actorOf } from './auth.ts';
import { changeDefinitions } from './changes.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound } from './ids.ts';
import { journeySchema, viewJourney } from './journey-view.ts';
import type { CountsOfJourneys } from './journey-numbers.ts';
import { checkJourneysRoom, readGraph } from './journeys.ts';
import { pageOf } from './paging.ts';
import { iso } from './wire.ts';

const shownMax = 50;

const deletedSchema = z
  .object({ key: z.string(), name: z.string(), description: z.string(), deleted_at: z.string() })
  .meta({ id: 'DeletedJourney' });

export function registerJourneyKept(app: App, deps: HttpDeps, counts: CountsOfJourneys): void {
  const db = deps.pools.console;

  app.get(
    '/api/deleted/journeys',
    {
      schema: {
        tags: ['journeys'],
        summary: 'Journeys that were deleted and can be put back, newest first',
        response: { 200: pageOf(deletedSchema) },
      },
    },
    async (request) => {
      const rows = await listArchivedJourneys(db, actorOf(request).workspaceId, shownMax);
      const items = rows.map(({ archived_at, ...row }) => ({ ...row, deleted_at: iso(archived_at) }));
      return { items, next_cursor: null };
    },
  );

  app.post(
    '/api/journeys/:id/restore',
    {
      schema: {
        tags: ['journeys'],
        summary: 'Put a deleted journey back, switched off; contacts nobody',
        params: z.object({ id: z.string().max(100) }),
        response: { 200: journeySchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const key = request.params.id;
      const what = { action: 'journey.restore', subject: key };
      await changeDefinitions(deps, actor, what, async (connection, before) => {
        // Twice is once: it is there already.
        const isThere = (await findJourney(connection, { workspaceId, key })) !== undefined;
        if (isThere) return { result: null, bumps: false };
        const [newest] = await listVersions(connection, { workspaceId, key });
        if (newest === undefined) throw notFound('journey', key);
        checkJourneysRoom(await listJourneys(connection, workspaceId));
        // What it asks about or sends may have been deleted since: refused with the place, as any graph.
        await readGraph(connection, actor, before, key, newest.graph);
        await unarchiveJourney(connection, { workspaceId, key });
        return { result: null, bumps: true };
      });
      return viewJourney(deps, counts, workspaceId, key);
    },
  );
}
