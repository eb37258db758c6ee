// Deleted segments: what they were, and putting one back, as long as everything its rule asks about is still there.
import { z } from 'zod';
import { findArchivedSegment, listArchivedSegments, unarchiveSegment } from '../postgres/segments.ts';
import { actorOf } from './auth.ts';
import { changeDefinitions } from './changes.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound } from './ids.ts';
import { loadKnown } from './known.ts';
import { pageOf } from './paging.ts';
import { checkRoom, readRule, segmentSchema, viewSegment } from './segments.ts';
import { storedSentence } from './stored-rule.ts';
import { iso } from './wire.ts';

const SHOWN_MAX = 50;

const deletedSchema = z
  .object({ key: z.string(), name: z.string(), sentence: z.string(), deleted_at: z.string() })
  .meta({ id: 'DeletedSegment' });

export function registerSegmentRestore(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;

  app.get(
    '/api/deleted/segments',
    {
      schema: {
        tags: ['segments'],
        summary: 'Segments that were deleted and can be put back, newest first',
        response: { 200: pageOf(deletedSchema) },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { definition } = await deps.programs.get(workspaceId);
      const [rows, { names }] = await Promise.all([
        listArchivedSegments(db, workspaceId, SHOWN_MAX),
        loadKnown(db, workspaceId, definition),
      ]);
      const items = rows.map((row) => ({
        key: row.key,
        name: row.name,
        sentence: storedSentence(row.rule, names),
        deleted_at: iso(row.archived_at),
      }));
      return { items, next_cursor: null };
    },
  );

  app.post(
    '/api/segments/:key/restore',
    {
      schema: {
        tags: ['segments'],
        summary: 'Put a deleted segment back as it was; contacts nobody',
        params: z.object({ key: z.string().max(100) }),
        response: { 200: segmentSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const { key } = request.params;
      await changeDefinitions(
        deps,
        actor,
        { action: 'segment.restore', subject: key },
        async (connection, before) => {
          const row = await findArchivedSegment(connection, workspaceId, key);
          // Twice is once: it is there already.
          const isThere = before.segments.some((segment) => segment.key === key);
          if (row === undefined && isThere) return { result: null, bumps: false };
          if (row === undefined) throw notFound('segment', key);
          checkRoom(before);
          // What it asks about may have been deleted since: refused with the place, as any rule.
          await readRule(connection, actor, before, { key, name: row.name }, row.rule);
          await unarchiveSegment(connection, { workspaceId, key });
          return { result: null, bumps: true };
        },
      );
      return viewSegment(deps, actor, key);
    },
  );
}
