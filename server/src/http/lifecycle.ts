// Lifecycle models: what their stages mean and how many people stand in each. A change of rules moves people silently and
// contacts nobody.
import { isDeepStrictEqual } from 'node:util';
import { lifecyclePresets } from '@rapport/engine';
import type { Definition, LifecycleDefinition } from '@rapport/engine';
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import {
  archiveModel,
  insertModel,
  listModels,
  listModelVersions,
  orderModels,
  setModelActive,
  updateModel,
} from '../postgres/lifecycle.ts';
import type { ModelRow } from '../postgres/lifecycle.ts';
import type { Queryable } from '../postgres/pool.ts';
import { actorId, actorOf } from './auth.ts';
import { changeDefinitions } from './changes.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound } from './ids.ts';
import { loadKnown } from './known.ts';
import { findPreset, readModel, stageSentence, withoutShown } from './lifecycle-model.ts';
import { inUse } from './refusals.ts';
import { modelSchema, viewModel, viewModels } from './lifecycle-view.ts';
import type { CountsOf } from './lifecycle-view.ts';
import { loadReferences, referenceWords } from './references.ts';
import { savedSince } from './stale.ts';
import { looseSchema } from './wire.ts';

const listSchema = z.object({ items: z.array(modelSchema) });
const paramsSchema = z.object({ key: z.string().max(100) });
const modelsMax = 20;

export function registerLifecycle(app: App, deps: HttpDeps, counts: CountsOf): void {
  const db = deps.pools.console;

  app.get(
    '/api/lifecycle',
    {
      schema: {
        tags: ['lifecycle'],
        summary: 'Models, stages and who is in them',
        response: { 200: listSchema },
      },
    },
    async (request) => ({ items: await viewModels(deps, counts, actorOf(request).workspaceId) }),
  );

  app.get(
    '/api/lifecycle/presets',
    {
      schema: {
        tags: ['lifecycle'],
        summary: 'Models that ship',
        response: {
          200: z.object({
            items: z.array(
              z.object({
                key: z.string(),
                name: z.string(),
                added: z.boolean(),
                tested_first: z.string().nullable(),
                stages: z.array(
                  z.object({
                    key: z.string(),
                    name: z.string(),
                    look: z.string(),
                    sentence: z.string(),
                    action: z.string().nullable(),
                    rule: looseSchema,
                  }),
                ),
              }),
            ),
          }),
        },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const program = await deps.programs.get(workspaceId);
      const { names } = await loadKnown(db, workspaceId, program.definition);
      const added = new Set((await listModels(db, workspaceId)).map(({ key }) => key));
      return {
        items: lifecyclePresets.map((preset) => ({
          key: preset.key,
          name: preset.name,
          added: added.has(preset.key),
          stages: preset.stages.map(({ key, name, look, action, rule }) => ({
            key,
            name,
            look,
            sentence: stageSentence(rule, names),
            action: action ?? null,
            rule: { ...rule },
          })),
          tested_first: preset.tested_first ?? null,
        })),
      };
    },
  );

  app.post(
    '/api/lifecycle',
    {
      schema: {
        tags: ['lifecycle'],
        summary: 'Add a preset, or a model of your own',
        body: looseSchema,
        response: { 201: modelSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { preset } = request.body;
      const asked = preset === undefined ? request.body : findPreset(preset);
      const what = { action: 'model.create', subject: String(asked['key'] ?? '').slice(0, 100) };
      const key = await changeDefinitions(deps, actor, what, async (connection, before) => {
        const things = await loadKnown(connection, actor.workspaceId, before);
        const model = readModel(asked, before, things);
        const rows = await listModels(connection, actor.workspaceId);
        if (rows.some((row) => row.key === model.key)) throw keyTaken(model.key);
        checkModelsRoom(rows);
        const position = Math.max(-1, ...rows.map((row) => row.position)) + 1;
        const { workspaceId } = actor;
        await insertModel(connection, {
          workspaceId,
          at: new Date(deps.now()),
          model,
          position,
          by: actorId(actor),
        });
        return { result: model.key, bumps: true };
      });
      return reply.code(201).send(await viewModel(deps, counts, actor, key));
    },
  );

  app.put(
    '/api/lifecycle/order',
    {
      schema: {
        tags: ['lifecycle'],
        summary: 'Their order; the first is the default',
        body: z.object({ keys: z.array(z.string().max(100)).max(modelsMax) }),
        response: { 200: listSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { keys } = request.body;
      const what = { action: 'model.order', subject: 'lifecycle', detail: { keys } };
      await changeDefinitions(deps, actor, what, async (connection) => {
        const known = (await listModels(connection, actor.workspaceId)).map(({ key }) => key);
        if (keys.length !== known.length || known.some((key) => !keys.includes(key))) throw wrongOrder(known);
        await orderModels(connection, { workspaceId: actor.workspaceId, keys });
        // Nobody is judged otherwise, but programs list the default first: reload them.
        return { result: null, bumps: true };
      });
      return { items: await viewModels(deps, counts, actor.workspaceId) };
    },
  );

  app.put(
    '/api/lifecycle/:key',
    {
      schema: {
        tags: ['lifecycle'],
        summary: 'Change stages, rules and names; contacts nobody',
        params: paramsSchema,
        body: looseSchema,
        response: { 200: modelSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { key } = request.params;
      await changeDefinitions(
        deps,
        actor,
        { action: 'model.update', subject: key },
        async (connection, before) => {
          const row = (await listModels(connection, actor.workspaceId)).find((known) => known.key === key);
          if (row === undefined) throw notFound('lifecycle model', key);
          const things = await loadKnown(connection, actor.workspaceId, before);
          const { active, base, ...asked } = request.body;
          if (active !== undefined && typeof active !== 'boolean') throw notBoolean();
          await refuseStale(connection, actor.workspaceId, row, base);
          const stored = { key, name: row.name, ...row.body };
          const model = readModel({ ...stored, ...withoutShown(asked), key }, before, things);
          const isActive = active ?? row.active;
          await checkStagesStay(connection, before, row, { model, isActive });
          const { workspaceId } = actor;
          const isChanged = !isDeepStrictEqual(plain(model), plain(stored));
          if (isChanged)
            await updateModel(connection, {
              workspaceId,
              model,
              at: new Date(deps.now()),
              by: actorId(actor),
            });
          if (isActive !== row.active)
            await setModelActive(connection, { workspaceId, key, active: isActive });
          const bumps =
            isActive !== row.active ||
            !isDeepStrictEqual(model.stages, row.body.stages) ||
            model.tested_first !== row.body.tested_first;
          return { result: null, bumps };
        },
      );
      return viewModel(deps, counts, actor, key);
    },
  );

  app.delete(
    '/api/lifecycle/:key',
    {
      schema: {
        tags: ['lifecycle'],
        summary: 'Delete a model; it can be put back',
        params: paramsSchema,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { key } = request.params;
      await changeDefinitions(
        deps,
        actor,
        { action: 'model.delete', subject: key },
        async (connection, before) => {
          const rows = await listModels(connection, actor.workspaceId);
          if (!rows.some((row) => row.key === key)) throw notFound('lifecycle model', key);
          if (rows.length === 1) throw inUse('It is the only lifecycle model.', 'Add another one first.');
          await checkUnused(connection, before, key);
          await archiveModel(connection, { workspaceId: actor.workspaceId, key, at: new Date(deps.now()) });
          return { result: null, bumps: true };
        },
      );
      return reply.code(204).send(null);
    },
  );
}

/** As JSON holds it: what is undefined is not there. */
const plain = (model: unknown): unknown => JSON.parse(JSON.stringify(model));

async function refuseStale(db: Queryable, workspaceId: string, row: ModelRow, base: unknown): Promise<void> {
  if (base === undefined || base === row.version) return;
  if (typeof base !== 'number') throw notNumber();
  const [newest] = await listModelVersions(db, { workspaceId, key: row.key }, 1);
  throw await savedSince(db, workspaceId, { version: row.version, by: newest?.created_by ?? null, base });
}

async function checkStagesStay(
  db: Queryable,
  before: Definition,
  row: ModelRow,
  after: { readonly model: LifecycleDefinition; readonly isActive: boolean },
): Promise<void> {
  if (!after.isActive) {
    if (row.active) await checkUnused(db, before, row.key);
    return;
  }
  for (const { key, name } of row.body.stages) {
    if (after.model.stages.some((stage) => stage.key === key)) continue;
    const references = await loadReferences(db, before, { kind: 'stage', model: row.key, key });
    if (references.length > 0)
      throw inUse(
        `The stage ${name} is used by ${referenceWords(references)}.`,
        'Change these first, or keep the stage.',
      );
  }
}

async function checkUnused(db: Queryable, before: Definition, key: string): Promise<void> {
  const references = await loadReferences(db, before, { kind: 'model', key });
  if (references.length === 0) return;
  throw inUse(`The model is used by ${referenceWords(references)}.`, 'Change these first.');
}

export function checkModelsRoom(rows: readonly ModelRow[]): void {
  if (rows.length >= modelsMax)
    throw inUse(`There are ${modelsMax} lifecycle models, which is the most.`, 'Delete one first.');
}

function keyTaken(key: string): ProblemError {
  return new ProblemError({
    code: 'conflict',
    path: '/key',
    message: `There is a lifecycle model "${key}".`,
    hint: 'Change that one with PUT, or give the new one another key.',
  });
}

function wrongOrder(known: readonly string[]): ProblemError {
  return new ProblemError({
    code: 'invalid_body',
    path: '/keys',
    message: 'The order must name every model once.',
    hint: `Name these: ${known.join(', ')}.`,
  });
}

function notBoolean(): ProblemError {
  return new ProblemError({
    code: 'invalid_model',
    path: '/active',
    message: '"active" is neither true nor false.',
    hint: 'Send true or false.',
  });
}

function notNumber(): ProblemError {
  return new ProblemError({
    code: 'invalid_model',
    path: '/base',
    message: '"base" is not a number.',
    hint: 'Send the `version` that the change was made from, or leave it away.',
  });
}
