// Journeys: defined as graphs, kept in immutable versions. Defining one contacts nobody; switching on is in
// journey-switch.ts, how one is shown in journey-view.ts.
import { hashId, parseJourney } from '@rapport/engine';
import type { Definition, JourneyGraph } from '@rapport/engine';
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import {
  archiveJourney,
  insertJourney,
  insertVersion,
  listJourneyKeys,
  listJourneys,
  listNewestVersions,
  listVersions,
  updateJourney,
} from '../postgres/journeys.ts';
import type { Queryable } from '../postgres/pool.ts';
import { actorId, actorOf } from './auth.ts';
import { changeDefinitions } from './changes.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import {
  getJourney,
  journeyParams,
  journeyQuery,
  journeySchema,
  labelsOf,
  summarySchema,
  viewJourney,
  viewSummary,
} from './journey-view.ts';
import type { CountsOfJourneys } from './journey-numbers.ts';
import { pathWords } from './journey-words.ts';
import { loadKnown } from './known.ts';
import { loadReferences, referenceWords } from './references.ts';
import { savedSince } from './stale.ts';
import { readably } from './stored-rule.ts';
import { inUse, invalid } from './refusals.ts';
import { pageOf } from './paging.ts';
import { keyFrom } from './segments.ts';
import { besideDeleted, iso, keySchema, nameSchema, problemItemSchema } from './wire.ts';

const journeysMax = 500;

export function registerJourneys(app: App, deps: HttpDeps, counts: CountsOfJourneys): void {
  const db = deps.pools.console;

  app.get(
    '/api/journeys',
    {
      schema: {
        tags: ['journeys'],
        summary: 'All journeys',
        response: {
          200: pageOf(
            summarySchema
              .extend({ sentence: z.string(), updated_at: z.string() })
              .meta({ id: 'JourneyInList' }),
          ),
        },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { definition } = await deps.programs.get(workspaceId);
      const [rows, newest, counted, { names }] = await Promise.all([
        listJourneys(db, workspaceId),
        listNewestVersions(db, workspaceId),
        counts.totals(workspaceId),
        loadKnown(db, workspaceId, definition),
      ]);
      const items = rows.flatMap((row) => {
        const version = newest.find(({ journey_key }) => journey_key === row.key);
        if (version === undefined) return [];
        const summary = viewSummary(row, version.version, counted.get(row.key));
        return [
          {
            ...summary,
            sentence: readably(() => pathWords(version.graph, names)),
            updated_at: iso(version.created_at),
          },
        ];
      });
      return { items, next_cursor: null };
    },
  );

  app.post(
    '/api/journeys',
    {
      schema: {
        tags: ['journeys'],
        summary: 'Make a journey; it is off',
        body: z.object({
          key: keySchema.optional(),
          name: nameSchema,
          description: z.string().max(2000).default(''),
          graph: z.unknown(),
        }),
        response: { 201: journeySchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { name, description } = request.body;
      const asked = request.body.key ?? keyOfName(name);
      const key = await changeDefinitions(
        deps,
        actor,
        { action: 'journey.create', subject: asked },
        async (connection, before) => {
          const here = before.journeys.filter((one) => one.archived !== true);
          checkJourneysRoom(here);
          const all = await listJourneyKeys(connection, actor.workspaceId);
          const inUse = new Set(here.map((one) => one.key));
          const key = request.body.key ?? besideDeleted(asked, { all, inUse });
          const graph = await readGraph(connection, actor, before, key, request.body.graph);
          const journey = { workspaceId: actor.workspaceId, key, at: new Date(deps.now()) };
          if (!(await insertJourney(connection, { ...journey, name, description }))) throw keyTaken(key);
          await insertVersion(connection, { ...journey, graph, by: actorId(actor) });
          return { result: key, bumps: true };
        },
      );
      return reply.code(201).send(await viewJourney(deps, counts, actor.workspaceId, key));
    },
  );

  app.post(
    '/api/journeys/check',
    {
      schema: {
        tags: ['journeys'],
        summary: 'What is wrong with a graph, and what its nodes are called',
        body: z.object({ graph: z.unknown() }),
        response: {
          200: z.object({ problems: z.array(problemItemSchema), labels: z.record(z.string(), z.string()) }),
        },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { definition } = await deps.programs.get(workspaceId);
      const { known, names } = await loadKnown(db, workspaceId, definition);
      const parsed = parseJourney(request.body.graph, known, '/graph');
      if (!parsed.ok) return { problems: [...parsed.problems], labels: {} };
      return { problems: [], labels: labelsOf(parsed.value, names) };
    },
  );

  app.get(
    '/api/journeys/:id',
    {
      schema: {
        tags: ['journeys'],
        summary: 'One journey: graph, versions, live numbers',
        params: journeyParams,
        querystring: journeyQuery,
        response: { 200: journeySchema },
      },
    },
    async (request) =>
      viewJourney(deps, counts, actorOf(request).workspaceId, request.params.id, request.query),
  );

  app.put(
    '/api/journeys/:id',
    {
      schema: {
        tags: ['journeys'],
        summary: 'Change name or description',
        params: journeyParams,
        body: z.object({ name: nameSchema.optional(), description: z.string().max(2000).optional() }),
        response: { 200: journeySchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const key = request.params.id;
      await changeDefinitions(deps, actor, { action: 'journey.update', subject: key }, async (connection) => {
        const row = await getJourney(connection, workspaceId, key);
        const { name = row.name, description = row.description } = request.body;
        await updateJourney(connection, { workspaceId, key, name, description });
        return { result: null, bumps: false };
      });
      return viewJourney(deps, counts, workspaceId, key);
    },
  );

  app.post(
    '/api/journeys/:id/versions',
    {
      schema: {
        tags: ['journeys'],
        summary: 'A new version; runs under way stay on theirs',
        params: journeyParams,
        body: z.object({
          graph: z.unknown(),
          /** The version it was made from: refused when a newer one was saved since. */
          base: z.number().int().min(1).optional(),
        }),
        response: { 201: z.object({ version: z.number().int() }) },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const key = request.params.id;
      const what = { action: 'journey.version', subject: key };
      const version = await changeDefinitions(deps, actor, what, async (connection, before) => {
        await getJourney(connection, actor.workspaceId, key);
        await refuseStale(connection, actor.workspaceId, key, request.body.base);
        const graph = await readGraph(connection, actor, before, key, request.body.graph);
        const at = new Date(deps.now());
        const { workspaceId } = actor;
        const result = await insertVersion(connection, { workspaceId, key, graph, at, by: actorId(actor) });
        return { result, bumps: true };
      });
      return reply.code(201).send({ version });
    },
  );

  app.delete(
    '/api/journeys/:id',
    {
      schema: {
        tags: ['journeys'],
        summary: 'Delete a journey that is off and has nobody on the way; it can be put back',
        params: journeyParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const key = request.params.id;
      const { workspaceId } = actor;
      // Before the transaction: whoever holds the workspace's lock never waits for a second connection.
      const counted = (await counts.totals(workspaceId)).get(key);
      await changeDefinitions(
        deps,
        actor,
        { action: 'journey.delete', subject: key },
        async (connection, before) => {
          const row = await getJourney(connection, workspaceId, key);
          if (row.active_version !== null) throw inUse('The journey is on.', 'Switch it off first.');
          if ((counted?.running ?? 0) > 0)
            throw inUse(
              `${counted?.running ?? 0} people are on the journey.`,
              'Let them finish, or take them out: deactivate with {"running": "leave"}.',
            );
          const references = await loadReferences(connection, before, { kind: 'journey', key });
          if (references.length > 0)
            throw inUse(`The journey is used by ${referenceWords(references)}.`, 'Change these first.');
          const hadRuns = (counted?.entered ?? 0) > 0;
          await archiveJourney(connection, {
            workspaceId,
            key,
            neverRan: !hadRuns,
            at: new Date(deps.now()),
          });
          return { result: null, bumps: true };
        },
      );
      return reply.code(204).send(null);
    },
  );
}

/** A name in another script makes no key that can be read: then one of its own. */
function keyOfName(name: string): string {
  if (/[a-z0-9]/i.test(name.normalize('NFKD'))) return keyFrom(name);
  return `journey_${hashId('journey', name).slice(0, 8)}`;
}

async function refuseStale(
  db: Queryable,
  workspaceId: string,
  key: string,
  base: number | undefined,
): Promise<void> {
  if (base === undefined) return;
  const [newest] = await listVersions(db, { workspaceId, key });
  if (newest !== undefined && newest.version !== base)
    throw await savedSince(db, workspaceId, { version: newest.version, by: newest.created_by, base });
}

export async function readGraph(
  db: Queryable,
  actor: Actor,
  before: Definition,
  key: string,
  json: unknown,
): Promise<JourneyGraph> {
  const { known } = await loadKnown(db, actor.workspaceId, before);
  const journeys = new Set([...(known.journeys ?? []), key]);
  const parsed = parseJourney(json, { ...known, journeys }, '/graph');
  if (parsed.ok) return parsed.value;
  throw invalid('invalid_journey', parsed.problems, 'The journey is not valid');
}

export function checkJourneysRoom(journeys: readonly unknown[]): void {
  if (journeys.length >= journeysMax)
    throw inUse(`There are ${journeysMax} journeys, which is the most.`, 'Delete one first.');
}

function keyTaken(key: string): ProblemError {
  return new ProblemError({
    code: 'conflict',
    path: '/key',
    message: `There is, or was, a journey "${key}".`,
    hint: 'Add a version to that one, or put it back if it was deleted, or give the new one another key.',
  });
}
