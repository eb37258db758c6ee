// Lifecycle models: what their stages mean and how many people stand in each. A change of rules moves people silently and
// contacts nobody.
import { isDeepStrictEqual } from 'node:util';
import { findDefinitionRing, findUnrest, lifecyclePresets, parseLifecycle, sentence } from '@rapport/engine';
import type { Definition, LifecycleDefinition, Names, Rule } from '@rapport/engine';
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import type { Problem } from '../errors.ts';
import type { Counts } from '../postgres/counts.ts';
import { insertModel } from '../postgres/definitions.ts';
import { deleteModel, listModels, orderModels, updateModel } from '../postgres/lifecycle.ts';
import type { ModelRow } from '../postgres/lifecycle.ts';
import { armingSchema, loadArming } from './arming.ts';
import type { Arming } from './arming.ts';
import { actorOf } from './auth.ts';
import { changeDefinitions } from './changes.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { notFound } from './ids.ts';
import { findReferences, loadKnown, referenceWords } from './known.ts';
import type { KnownThings } from './known.ts';
import { looseSchema } from './wire.ts';

const stageSchema = z.object({
  key: z.string(),
  name: z.string(),
  look: z.enum(['growing', 'decline', 'ended']),
  action: z.string().nullable(),
  rule: looseSchema,
  sentence: z.string(),
  people: z.number().int(),
  tested: z.number().int(),
});

const modelSchema = z
  .object({
    key: z.string(),
    name: z.string(),
    preset: z.string().nullable(),
    is_default: z.boolean(),
    position: z.number().int(),
    active: z.boolean(),
    arming: armingSchema,
    outside: z.number().int(),
    stages: z.array(stageSchema),
    tested_first: z.string().nullable(),
  })
  .meta({ id: 'LifecycleModel' });

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
                stages: z.array(
                  z.object({ key: z.string(), name: z.string(), look: z.string(), sentence: z.string() }),
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
          stages: preset.stages.map(({ key, name, look, rule }) => ({
            key,
            name,
            look,
            sentence: stageSentence(rule, names),
          })),
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
        if (rows.length >= modelsMax) throw tooMany();
        const position = Math.max(-1, ...rows.map((row) => row.position)) + 1;
        const { workspaceId } = actor;
        await insertModel(connection, { workspaceId, at: new Date(deps.now()), model, position });
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
          const { active, ...asked } = request.body;
          if (active !== undefined && typeof active !== 'boolean') throw notBoolean();
          const was = { key, name: row.name, ...row.body };
          const model = readModel({ ...was, ...withoutShown(asked), key }, before, things);
          const isActive = active ?? row.active;
          checkStagesStay(before, row, model, isActive);
          await updateModel(connection, { workspaceId: actor.workspaceId, model, active: isActive });
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
        summary: 'Remove a model',
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
          checkUnused(before, key);
          await deleteModel(connection, { workspaceId: actor.workspaceId, key });
          return { result: null, bumps: true };
        },
      );
      return reply.code(204).send(null);
    },
  );
}

export type CountsOf = (workspaceId: string) => Promise<Counts>;

async function viewModels(
  deps: HttpDeps,
  counts: CountsOf,
  workspaceId: string,
): Promise<z.infer<typeof modelSchema>[]> {
  const db = deps.pools.console;
  const program = await deps.programs.get(workspaceId);
  const [rows, counted, arming, { names }] = await Promise.all([
    listModels(db, workspaceId),
    counts(workspaceId),
    loadArming(deps, workspaceId),
    loadKnown(db, workspaceId, program.definition),
  ]);
  return rows.map((row, index) => view(row, { isDefault: index === 0, counted, arming, names }));
}

async function viewModel(deps: HttpDeps, counts: CountsOf, actor: Actor, key: string) {
  const found = (await viewModels(deps, counts, actor.workspaceId)).find((model) => model.key === key);
  if (found === undefined) throw notFound('lifecycle model', key);
  return found;
}

function view(
  row: ModelRow,
  around: {
    readonly isDefault: boolean;
    readonly counted: Counts;
    readonly arming: Arming;
    readonly names: Names;
  },
): z.infer<typeof modelSchema> {
  const people = around.counted.stages.get(row.key) ?? new Map<string, number>();
  const inside = [...people.values()].reduce((sum, n) => sum + n, 0);
  const order = testOrder(row.body);
  return {
    key: row.key,
    name: row.name,
    preset: lifecyclePresets.some(({ key }) => key === row.key) ? row.key : null,
    is_default: around.isDefault,
    position: row.position,
    active: row.active,
    arming: row.active ? around.arming : null,
    outside: row.active ? Math.max(0, around.counted.people - inside) : around.counted.people,
    stages: row.body.stages.map(({ key, name, look, action, rule }) => ({
      key,
      name,
      look,
      action: action ?? null,
      rule: { ...rule },
      sentence: stageSentence(rule, around.names),
      people: people.get(key) ?? 0,
      tested: order.indexOf(key) + 1,
    })),
    tested_first: row.body.tested_first ?? null,
  };
}

/** A rule that everyone meets stands for whoever no other stage has taken. */
export function stageSentence(rule: Rule, names: Names): string {
  return rule.kind === 'all' && rule.rules.length === 0 ? 'everyone else' : sentence(rule, names);
}

/** The lowest row first, unless one is named. */
function testOrder(body: ModelRow['body']): readonly string[] {
  const lowestFirst = body.stages.map(({ key }) => key).reverse();
  const first = lowestFirst.filter((key) => key === body.tested_first);
  return [...first, ...lowestFirst.filter((key) => key !== body.tested_first)];
}

/** Rules of a model may name its own new stages. */
export function readModel(
  asked: { readonly [key: string]: unknown },
  definition: Definition,
  things: KnownThings,
): LifecycleDefinition {
  const key = typeof asked['key'] === 'string' ? asked['key'] : '';
  const stages = Array.isArray(asked['stages']) ? asked['stages'] : [];
  const own = stages.flatMap((stage: unknown) =>
    typeof stage === 'object' && stage !== null && 'key' in stage && typeof stage.key === 'string'
      ? [stage.key]
      : [],
  );
  const models = new Map(
    definition.models.map((model) => [model.key, new Set(model.stages.map((s) => s.key))]),
  );
  models.set(key, new Set(own));
  const parsed = parseLifecycle(asked, { ...things.known, models });
  if (!parsed.ok) throw invalid('invalid_model', parsed.problems, 'The lifecycle model is not valid');
  const others = definition.models.filter((model) => model.key !== key);
  const after = { ...definition, models: [...others, parsed.value] };
  const problem = ringProblem(after, '/stages') ?? unrestProblem(after);
  if (problem === null) return parsed.value;
  throw invalid('invalid_model', [problem], 'The lifecycle model is not valid');
}

/** A stage that is left because it was reached, and the other way round. */
function unrestProblem(definition: Definition): Problem | null {
  const feeding = findUnrest(definition);
  if (feeding === null) return null;
  return {
    code: 'cycle',
    path: '/stages',
    message: `Nobody could come to rest in a stage: ${feeding} …`,
    hint: 'Let no stage ask whether someone is in a stage of its own model.',
  };
}

/** Segments and models that would feed each other for ever: everyone's events would be parked. */
export function ringProblem(
  definition: Pick<Definition, 'segments' | 'models'>,
  path: string,
): Problem | null {
  const ring = findDefinitionRing(definition);
  if (ring === null) return null;
  return {
    code: 'cycle',
    path,
    message: `These would refer to each other in a ring: ${ring.join(' → ')}.`,
    hint: 'Let one of them ask the underlying question itself.',
  };
}

/** One failure that carries every problem. */
export function invalid(
  code: 'invalid_model' | 'invalid_rule' | 'invalid_journey',
  problems: readonly Problem[],
  message: string,
): ProblemError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new ProblemError(
    {
      code,
      path: first?.path ?? '/',
      message: `${message}: ${first?.message ?? 'it cannot be read'}${more}`,
      hint: first?.hint ?? 'See docs/api.md.',
    },
    { problems },
  );
}

/** What a reading shows and a change does not take: sent back whole, it is left aside. */
export function withoutShown(asked: { readonly [key: string]: unknown }): {
  readonly [key: string]: unknown;
} {
  const shown = ['preset', 'is_default', 'position', 'arming', 'outside'];
  const rest = Object.fromEntries(Object.entries(asked).filter(([key]) => !shown.includes(key)));
  if (rest['tested_first'] === null) rest['tested_first'] = undefined;
  const stages = rest['stages'];
  if (!Array.isArray(stages)) return defined(rest);
  rest['stages'] = stages.map((stage: unknown) => {
    if (typeof stage !== 'object' || stage === null) return stage;
    const kept = Object.entries(stage).filter(
      ([key, value]) =>
        !['sentence', 'people', 'tested'].includes(key) && !(key === 'action' && value === null),
    );
    return Object.fromEntries(kept);
  });
  return defined(rest);
}

function defined(parts: { readonly [key: string]: unknown }): { readonly [key: string]: unknown } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

function findPreset(preset: unknown): { readonly [key: string]: unknown } {
  const found = lifecyclePresets.find(({ key }) => key === preset);
  if (found !== undefined) return { ...found };
  throw new ProblemError({
    code: 'invalid_model',
    path: '/preset',
    message: `"${String(preset).slice(0, 100)}" is not a preset.`,
    hint: `Use one of: ${lifecyclePresets.map(({ key }) => key).join(', ')}.`,
  });
}

function checkStagesStay(
  before: Definition,
  row: ModelRow,
  model: LifecycleDefinition,
  isActive: boolean,
): void {
  if (!isActive) {
    if (row.active) checkUnused(before, row.key);
    return;
  }
  for (const { key, name } of row.body.stages) {
    if (model.stages.some((stage) => stage.key === key)) continue;
    const references = findReferences(before, { kind: 'stage', model: row.key, key });
    if (references.length > 0)
      throw inUse(
        `The stage ${name} is used by ${referenceWords(references)}.`,
        'Change these first, or keep the stage.',
      );
  }
}

function checkUnused(before: Definition, key: string): void {
  const references = findReferences(before, { kind: 'model', key });
  if (references.length === 0) return;
  throw inUse(`The model is used by ${referenceWords(references)}.`, 'Change these first.');
}

export function inUse(message: string, hint: string): ProblemError {
  return new ProblemError({ code: 'in_use', message, hint });
}

function keyTaken(key: string): ProblemError {
  return new ProblemError({
    code: 'conflict',
    path: '/key',
    message: `There is a lifecycle model "${key}".`,
    hint: 'Change that one with PUT, or give the new one another key.',
  });
}

function tooMany(): ProblemError {
  return inUse(`There are ${modelsMax} lifecycle models, which is the most.`, 'Remove one first.');
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
