// One person's record: how they moved through the stages, which records were merged into theirs and by what, and the state as stored
// for whoever builds on it.
import { figureEvents } from '@rapport/engine';
import { z } from 'zod';
import { listPersonEvents } from '../postgres/people-read.ts';
import {
  countBrought,
  findEventNames,
  listMerges,
  listNamedIdentities,
  listStageMoves,
} from '../postgres/person-record.ts';
import type { MoveRow } from '../postgres/person-record.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound, printId } from './ids.ts';
import { findSubject } from './person-view.ts';
import type { Subject } from './person-view.ts';
import { iso, isoOrNull } from './wire.ts';

const paramsSchema = z.object({ id: z.string().max(100) });
const movesMax = 1_000;
const marksMax = 500;
const answered = 'Survey Answered';

const spanSchema = z.object({
  stage: z.string(),
  stage_name: z.string(),
  from: z.string(),
  /** Null: they stand there now. */
  to: z.string().nullable(),
});

const historySchema = z
  .object({
    since: z.string().nullable(),
    until: z.string(),
    models: z.array(z.object({ model: z.string(), model_name: z.string(), spans: z.array(spanSchema) })),
    /** Purchases and refunds, oldest first; the newest 500. */
    marks: z.array(z.object({ at: z.string(), name: z.string() })),
    /** Older moves or purchases are left out. */
    cut: z.boolean(),
  })
  .meta({ id: 'StageHistory' });

const mergesSchema = z.object({
  items: z.array(
    z
      .object({
        id: z.string(),
        at: z.string(),
        /** The name of the event that said they are one; null: it is not stored any more. */
        event: z.string().nullable(),
        events: z.number().int(),
        first_at: z.string().nullable(),
        last_at: z.string().nullable(),
        identities: z.array(z.object({ kind: z.string(), value: z.string() })),
      })
      .meta({ id: 'MergedRecord' }),
  ),
});

export function registerPersonRecord(app: App, deps: HttpDeps): void {
  const getSubject = async (workspaceId: string, id: string): Promise<Subject> => {
    const subject = await findSubject(deps, workspaceId, id);
    if (subject === undefined) throw notFound('person', id);
    return subject;
  };

  app.get(
    '/api/people/:id/stages',
    {
      schema: {
        tags: ['people'],
        summary: 'Which stages someone was in, from when to when, with their purchases',
        params: paramsSchema,
        response: { 200: historySchema },
      },
    },
    async (request): Promise<z.infer<typeof historySchema>> => {
      const { workspaceId } = actorOf(request);
      const { key, keys, program, person } = await getSubject(workspaceId, request.params.id);
      const names = figureEvents(program.definition, program.zone)?.filter((name) => name !== answered);
      const [moves, events] = await Promise.all([
        listStageMoves(deps.pools.console, { workspaceId, key, limit: movesMax + 1 }),
        listPersonEvents(deps.pools.console, {
          workspaceId,
          keys,
          before: null,
          kinds: { events: names?.map((name) => name.replace(/[\\%_]/g, '\\$&')) ?? [], decisions: [] },
          limit: marksMax + 1,
        }),
      ]);
      const oldestFirst = moves.slice(0, movesMax).toReversed();
      const models = program.definition.models.flatMap((model) => {
        const spans = spansOf(oldestFirst.filter((move) => move.model === model.key));
        if (spans.length === 0) return [];
        const nameOf = (stage: string): string =>
          model.stages.find((one) => one.key === stage)?.name ?? stage;
        return [
          {
            model: model.key,
            model_name: model.name,
            spans: spans.map((span) => ({ ...span, stage_name: nameOf(span.stage) })),
          },
        ];
      });
      const starts = [person.memory.first_at, oldestFirst[0]?.at.getTime() ?? null].filter(
        (at) => at !== null,
      );
      return {
        since: isoOrNull(starts.length === 0 ? null : Math.min(...starts)),
        until: iso(new Date(person.frozen_at ?? deps.now())),
        models,
        marks: events
          .slice(0, marksMax)
          .toReversed()
          .map(({ at, name }) => ({ at: iso(at), name })),
        cut: moves.length > movesMax || events.length > marksMax,
      };
    },
  );

  app.get(
    '/api/people/:id/merges',
    {
      schema: {
        tags: ['people'],
        summary: 'Records that were merged into this one, and by what',
        params: paramsSchema,
        response: { 200: mergesSchema },
      },
    },
    async (request): Promise<z.infer<typeof mergesSchema>> => {
      const { workspaceId } = actorOf(request);
      const { person, keys } = await getSubject(workspaceId, request.params.id);
      const db = deps.pools.console;
      const rows = await listMerges(db, workspaceId, person.aliases);
      if (rows.length === 0) return { items: [] };
      const ids = rows.map(({ reason }) => reason.replace(/^event:/, ''));
      const [brought, identities, names] = await Promise.all([
        countBrought(db, workspaceId, person.aliases),
        listNamedIdentities(db, workspaceId, person.aliases),
        findEventNames(db, workspaceId, { keys, ids }),
      ]);
      return {
        items: rows.map((row, index) => {
          const own = brought.find(({ person_id: id }) => id === row.id);
          return {
            id: printId('per', row.id),
            at: iso(row.at),
            event: names.get(ids[index] ?? '') ?? null,
            events: own?.events ?? 0,
            first_at: isoOrNull(own?.first_at ?? null),
            last_at: isoOrNull(own?.last_at ?? null),
            identities: identities
              .filter(({ person_id: id }) => id === row.id)
              .map(({ kind, value }) => ({ kind, value })),
          };
        }),
      };
    },
  );

  app.get(
    '/api/people/:id/state',
    {
      schema: {
        tags: ['people'],
        summary: 'The state of someone as it is stored, for whoever builds on it',
        params: paramsSchema,
        response: { 200: z.record(z.string(), z.unknown()) },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { person } = await getSubject(workspaceId, request.params.id);
      return { ...person };
    },
  );
}

/** Oldest first. A move out of the model leaves a gap. */
function spansOf(moves: readonly MoveRow[]): readonly Omit<z.infer<typeof spanSchema>, 'stage_name'>[] {
  return moves.flatMap((move, index) => {
    if (move.to_stage === null) return [];
    const next = moves[index + 1];
    return [{ stage: move.to_stage, from: iso(move.at), to: next === undefined ? null : iso(next.at) }];
  });
}
