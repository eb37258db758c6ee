// What a lifecycle model was: its versions, and deleted models with a way back. Putting something back contacts nobody.
import { parseLifecycle } from '@rapport/engine';
import { z } from 'zod';
import { archiveModel, listArchivedModels, listModels, listModelVersions } from '../postgres/lifecycle.ts';
import { namesOf } from '../postgres/names.ts';
import { actorOf } from './auth.ts';
import { changeDefinitions } from './changes.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound } from './ids.ts';
import { loadKnown } from './known.ts';
import { checkModelsRoom } from './lifecycle.ts';
import { readModel, stageSentence } from './lifecycle-model.ts';
import { modelSchema, viewModel } from './lifecycle-view.ts';
import type { CountsOf } from './lifecycle-view.ts';
import { pageOf } from './paging.ts';
import { iso, looseSchema } from './wire.ts';

const versionsMax = 50;
const paramsSchema = z.object({ key: z.string().max(100) });

const versionSchema = z
  .object({
    version: z.number().int(),
    name: z.string(),
    saved_at: z.string(),
    saved_by: z.string().nullable(),
    stages: z.array(
      z.object({
        key: z.string(),
        name: z.string(),
        look: z.string(),
        action: z.string().nullable(),
        rule: looseSchema,
        sentence: z.string(),
      }),
    ),
    tested_first: z.string().nullable(),
    /** Everything that it asks about is still there. */
    usable: z.boolean(),
  })
  .meta({ id: 'LifecycleVersion' });

const deletedSchema = z
  .object({ key: z.string(), name: z.string(), stages: z.array(z.string()), deleted_at: z.string() })
  .meta({ id: 'DeletedModel' });

export function registerLifecycleKept(app: App, deps: HttpDeps, counts: CountsOf): void {
  const db = deps.pools.console;

  app.get(
    '/api/lifecycle/:key/versions',
    {
      schema: {
        tags: ['lifecycle'],
        summary: 'What a model was, newest first; one is put back by saving it again',
        params: paramsSchema,
        response: { 200: pageOf(versionSchema) },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { key } = request.params;
      const { definition } = await deps.programs.get(workspaceId);
      const [rows, users, { known, names }] = await Promise.all([
        listModelVersions(db, { workspaceId, key }, versionsMax),
        namesOf(db, workspaceId),
        loadKnown(db, workspaceId, definition),
      ]);
      if (rows.length === 0) throw notFound('lifecycle model', key);
      const items = rows.map((row) => {
        const own = new Set(row.body.stages.map((stage) => stage.key));
        const around = { ...known, models: new Map([...known.models, [key, own]]) };
        const stageNames = row.body.stages.map((stage) => [`${key}/${stage.key}`, stage.name] as const);
        const called = { ...names, stages: new Map([...(names.stages ?? []), ...stageNames]) };
        return {
          version: row.version,
          name: row.name,
          saved_at: iso(row.created_at),
          saved_by: row.created_by === null ? null : (users.get(row.created_by) ?? row.created_by),
          stages: row.body.stages.map((stage) => ({
            key: stage.key,
            name: stage.name,
            look: stage.look,
            action: stage.action ?? null,
            rule: { ...stage.rule },
            sentence: stageSentence(stage.rule, called),
          })),
          tested_first: row.body.tested_first ?? null,
          usable: parseLifecycle({ key, name: row.name, ...row.body }, around).ok,
        };
      });
      return { items, next_cursor: null };
    },
  );

  app.get(
    '/api/deleted/lifecycle',
    {
      schema: {
        tags: ['lifecycle'],
        summary: 'Lifecycle models that were deleted and can be put back, newest first',
        response: { 200: pageOf(deletedSchema) },
      },
    },
    async (request) => {
      const rows = await listArchivedModels(db, actorOf(request).workspaceId);
      const items = rows.map(({ key, name, body, archived_at }) => ({
        key,
        name,
        stages: body.stages.map((stage) => stage.name),
        deleted_at: iso(archived_at ?? new Date(0)),
      }));
      return { items, next_cursor: null };
    },
  );

  app.post(
    '/api/lifecycle/:key/restore',
    {
      schema: {
        tags: ['lifecycle'],
        summary: 'Put a deleted model back as it was; contacts nobody',
        params: paramsSchema,
        response: { 200: modelSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const { key } = request.params;
      const what = { action: 'model.restore', subject: key };
      await changeDefinitions(deps, actor, what, async (connection, before) => {
        const row = (await listArchivedModels(connection, workspaceId)).find((one) => one.key === key);
        // Twice is once: it is there already.
        const rows = await listModels(connection, workspaceId);
        const isThere = rows.some((one) => one.key === key);
        if (row === undefined && isThere) return { result: null, bumps: false };
        if (row === undefined) throw notFound('lifecycle model', key);
        checkModelsRoom(rows);
        // What it asks about may have been deleted since: refused with the place, as any rule.
        const things = await loadKnown(connection, workspaceId, before);
        readModel({ key, name: row.name, ...row.body }, before, things);
        await archiveModel(connection, { workspaceId, key, at: null });
        return { result: null, bumps: true };
      });
      return viewModel(deps, counts, actor, key);
    },
  );
}
