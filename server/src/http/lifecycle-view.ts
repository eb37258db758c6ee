// Lifecycle models as they are shown: stages with their sentences, how many stand in each, and what refers to them.
import { lifecyclePresets } from '@rapport/engine';
import type { Definition } from '@rapport/engine';
import { z } from 'zod';
import type { Counts } from '../postgres/counts.ts';
import { listModels } from '../postgres/lifecycle.ts';
import type { ModelRow } from '../postgres/lifecycle.ts';
import { armingSchema, countArmed } from './arming.ts';
import type { Arming } from './arming.ts';
import type { Actor, HttpDeps } from './deps.ts';
import { notFound } from './ids.ts';
import { loadKnown } from './known.ts';
import type { KnownThings } from './known.ts';
import { stageSentence, testOrder } from './lifecycle-model.ts';
import { findReferences } from './references.ts';
import { storedProblems } from './stored-rule.ts';
import { looseSchema, problemItemSchema, referenceSchema } from './wire.ts';

const stageSchema = z.object({
  key: z.string(),
  name: z.string(),
  look: z.enum(['growing', 'decline', 'ended']),
  action: z.string().nullable(),
  rule: looseSchema,
  sentence: z.string(),
  people: z.number().int(),
  tested: z.number().int(),
  /** Journeys, segments and other models that name it: they keep it from being taken out. */
  used_by: z.array(referenceSchema),
  /** What keeps its stored rule from being asked: until it is mended, whoever stands here stays, and nobody comes. */
  problems: z.array(problemItemSchema),
});

export const modelSchema = z
  .object({
    key: z.string(),
    name: z.string(),
    preset: z.string().nullable(),
    is_default: z.boolean(),
    position: z.number().int(),
    active: z.boolean(),
    /** Counts saves; sent back as `base`, so that nobody's save is put over unseen. */
    version: z.number().int(),
    arming: armingSchema,
    outside: z.number().int(),
    stages: z.array(stageSchema),
    tested_first: z.string().nullable(),
  })
  .meta({ id: 'LifecycleModel' });

export type CountsOf = (workspaceId: string) => Promise<Counts>;

export async function viewModels(
  deps: HttpDeps,
  counts: CountsOf,
  workspaceId: string,
): Promise<z.infer<typeof modelSchema>[]> {
  const db = deps.pools.console;
  const { definition } = await deps.programs.get(workspaceId);
  const [rows, armed, things] = await Promise.all([
    listModels(db, workspaceId),
    countArmed(deps, workspaceId, () => counts(workspaceId)),
    loadKnown(db, workspaceId, definition),
  ]);
  return rows.map((row, index) => view(row, { isDefault: index === 0, ...armed, things, definition }));
}

export async function viewModel(deps: HttpDeps, counts: CountsOf, actor: Actor, key: string) {
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
    readonly things: KnownThings;
    readonly definition: Definition;
  },
): z.infer<typeof modelSchema> {
  const people = around.counted.stages.get(row.key) ?? new Map<string, number>();
  const inside = [...people.values()].reduce((sum, n) => sum + n, 0);
  const order = testOrder(row.body);
  const own = new Set(row.body.stages.map(({ key }) => key));
  const { known } = around.things;
  // Also of a model that does not run.
  const things = {
    ...around.things,
    known: { ...known, models: new Map([...known.models, [row.key, own]]) },
  };
  return {
    key: row.key,
    name: row.name,
    preset: lifecyclePresets.some(({ key }) => key === row.key) ? row.key : null,
    is_default: around.isDefault,
    position: row.position,
    active: row.active,
    version: row.version,
    arming: row.active ? around.arming : null,
    outside: row.active ? Math.max(0, around.counted.people - inside) : around.counted.people,
    stages: row.body.stages.map(({ key, name, look, action, rule }) => ({
      key,
      name,
      look,
      action: action ?? null,
      rule: { ...rule },
      sentence: stageSentence(rule, around.things.names),
      people: people.get(key) ?? 0,
      tested: order.indexOf(key) + 1,
      used_by: [...findReferences(around.definition, { kind: 'stage', model: row.key, key })],
      problems: storedProblems(rule, things),
    })),
    tested_first: row.body.tested_first ?? null,
  };
}
