// What lifecycle models that are not saved would mean: how everyone would spread over their stages, who would move from where to where.
// Asked of real people, a portion an answer, until everyone was asked; stores nothing.
import { BUCKETS, stageNow } from '@rapport/engine';
import type { Definition, LifecycleDefinition } from '@rapport/engine';
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import type { PersonKey } from '../postgres/bucket.ts';
import { findPeople } from '../postgres/people-read.ts';
import { answerMs, askEveryone, compileDraft, theStart } from './ask-everyone.ts';
import type { Place } from './ask-everyone.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { printId } from './ids.ts';
import { loadKnown } from './known.ts';
import { findPreset, readModel, withoutShown } from './lifecycle-model.ts';
import type { CountsOf } from './lifecycle-view.ts';
import { badCursor, printCursor, readCursor } from './paging.ts';
import { looseSchema } from './wire.ts';

const modelsAtOnceMax = 6;
/** Of each way from one stage to another, in one answer; and in all of it. */
const examplesMax = 3;
const examplesInAllMax = 60;

const moveSchema = z.object({
  /** Null: in no stage of the model now, or the model is new. */
  from: z.string().nullable(),
  /** Null: outside every stage. */
  to: z.string().nullable(),
  people: z.number().int(),
  /** Nobody is named who stays. */
  examples: z.array(z.object({ id: z.string(), name: z.string().nullable(), email: z.string().nullable() })),
});

const countSchema = z
  .object({
    /** People asked in this answer, and all there are. */
    looked: z.number().int(),
    of: z.number().int(),
    from_events: z.boolean(),
    /** Null: everyone was asked. Numbers of all answers up to then add up. */
    next_cursor: z.string().nullable(),
    models: z.array(z.object({ key: z.string(), moves: z.array(moveSchema) })),
  })
  .meta({ id: 'LifecycleCount' });

interface Way {
  readonly from: string | null;
  readonly to: string | null;
  people: number;
  readonly examples: PersonKey[];
}

export function registerLifecycleCount(app: App, deps: HttpDeps, counts: CountsOf): void {
  app.post(
    '/api/lifecycle/count',
    {
      schema: {
        tags: ['lifecycle'],
        summary:
          'Who would move between which stages if models were saved so, a portion an answer; stores nothing',
        body: z.object({
          /** Models as they would be saved, or `{preset}`. */
          models: z.array(looseSchema).min(1).max(modelsAtOnceMax),
          cursor: z.string().max(500).optional(),
        }),
        response: { 200: countSchema },
      },
    },
    async (request, reply): Promise<z.infer<typeof countSchema>> => {
      const { workspaceId } = actorOf(request);
      const current = await deps.programs.get(workspaceId);
      const models = await readModels(deps, current.definition, request.body.models);
      const from = readPlace(request.body.cursor, current.version);
      let gone = false;
      reply.raw.once('close', () => (gone = true));
      const { people } = await counts(workspaceId);
      const draft = compileDraft(current, withModels(current.definition, models));
      const ways = models.map(() => new Map<string, Way>());
      const startedAt = performance.now();
      let looked = 0;
      let fromEvents = false;
      let next: Place | null = null;
      for await (const portion of askEveryone(deps, { workspaceId, draft, people }, from, () => !gone)) {
        fromEvents ||= portion.fromEvents;
        looked += portion.asked.length;
        for (const { key, person } of portion.asked)
          for (const [i, model] of models.entries()) {
            const was = person.standing.stages[model.key]?.stage ?? null;
            addTo(ways[i]!, was, stageNow(draft.program, person, model.key, deps.now()), key);
          }
        if (performance.now() - startedAt <= answerMs) continue;
        ({ next } = portion);
        break;
      }
      return {
        looked,
        of: people,
        from_events: fromEvents,
        next_cursor: next === null ? null : printCursor([next.turn, next.after, current.version]),
        models: await viewWays(deps, workspaceId, models, ways),
      };
    },
  );
}

async function readModels(
  deps: HttpDeps,
  definition: Definition,
  asked: readonly { readonly [key: string]: unknown }[],
): Promise<readonly LifecycleDefinition[]> {
  const things = await loadKnown(deps.pools.console, definition.workspace, definition);
  return asked.map((one) => {
    const { active: _active, ...body } = withoutShown('stages' in one ? one : findPreset(one['preset']));
    return readModel(body, definition, things);
  });
}

function withModels(definition: Definition, models: readonly LifecycleDefinition[]): Definition {
  const keys = new Set(models.map(({ key }) => key));
  return { ...definition, models: [...definition.models.filter(({ key }) => !keys.has(key)), ...models] };
}

function addTo(ways: Map<string, Way>, from: string | null, to: string | null, person: PersonKey): void {
  const name = `${from ?? ''}>${to ?? ''}`;
  const way = ways.get(name) ?? { from, to, people: 0, examples: [] };
  way.people += 1;
  if (from !== to && way.examples.length < examplesMax) way.examples.push(person);
  ways.set(name, way);
}

async function viewWays(
  deps: HttpDeps,
  workspaceId: string,
  models: readonly LifecycleDefinition[],
  ways: readonly ReadonlyMap<string, Way>[],
): Promise<z.infer<typeof countSchema>['models']> {
  const keys = ways.flatMap((of) => [...of.values()].flatMap(({ examples }) => examples));
  const rows = await findPeople(deps.pools.console, workspaceId, keys.slice(0, examplesInAllMax));
  const known = new Map(rows.map((row) => [row.id, row]));
  return models.map(({ key }, i) => ({
    key,
    moves: [...(ways[i]?.values() ?? [])]
      .sort((a, b) => b.people - a.people)
      .map(({ from, to, people, examples }) => ({
        from,
        to,
        people,
        examples: examples.flatMap(({ id }) => {
          const row = known.get(id);
          return row === undefined ? [] : [{ id: printId('per', id), name: row.name, email: row.email }];
        }),
      })),
  }));
}

/** Numbers of two programs do not add up: a count that met a change begins again. */
function readPlace(cursor: string | undefined, version: number): Place {
  const parts = readCursor(cursor, 3);
  if (parts === null) return theStart;
  const [turn, after, counted] = parts;
  const isTurn = typeof turn === 'number' && Number.isInteger(turn) && turn >= 0 && turn < BUCKETS;
  if (!isTurn || typeof after === 'number' || typeof counted !== 'number') throw badCursor();
  if (counted === version) return { turn, after: after ?? null };
  throw new ProblemError({
    code: 'conflict',
    path: '/cursor',
    message: 'Something that people are judged by was changed while they were asked.',
    hint: 'Begin the count again, without a cursor.',
  });
}
