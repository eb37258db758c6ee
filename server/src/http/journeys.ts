// Journeys: defined as graphs, kept in immutable versions, switched on by a person who was told who will enter. Defining one
// contacts nobody; switching on does only what its audience said.
import { compile, parseJourney, sentence } from '@rapport/engine';
import type { Definition, JourneyGraph, Program } from '@rapport/engine';
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import {
  activateJourney,
  deactivateJourney,
  findActivation,
  findJourney,
  insertJourney,
  insertVersion,
  listJourneys,
  listNewestVersions,
  listVersions,
  removeJourney,
  updateJourney,
} from '../postgres/journeys.ts';
import type { ActivationRow, JourneyRow, VersionRow } from '../postgres/journeys.ts';
import { namesOf } from '../postgres/names.ts';
import { findPeople } from '../postgres/people-read.ts';
import { listRunning, listRuns } from '../postgres/runs.ts';
import type { JourneyNumbers } from '../postgres/runs.ts';
import { stepPeople } from '../postgres/steps.ts';
import { actorId, actorOf } from './auth.ts';
import { keepDear } from '../postgres/counts.ts';
import { countAudience } from './audience.ts';
import { changeDefinitions } from './changes.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { notFound, printId } from './ids.ts';
import { controlWords, entersWords, limitWords, nodeLabel, pathWords } from './journey-words.ts';
import { findReferences, loadKnown, referenceWords } from './known.ts';
import { inUse, invalid } from './lifecycle.ts';
import { pageOf, pageQuery, readTimeCursor, toPage } from './paging.ts';
import { keyFrom } from './segments.ts';
import { describeSending } from './sending-state.ts';
import { iso, isoOrNull, keySchema, looseSchema, nameSchema } from './wire.ts';

const summarySchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  active_version: z.number().int().nullable(),
  newest_version: z.number().int(),
  shipped: z.boolean(),
  running: z.number().int(),
  entered: z.number().int(),
  control: z.number().int(),
  goals: z.number().int(),
});

const activationSchema = z
  .object({
    id: z.string(),
    version: z.number().int(),
    who: z.enum(['from_now', 'also_today']),
    per_day: z.number().int().nullable(),
    qualified: z.number().int().nullable(),
    entered: z.number().int(),
    today: z.number().int(),
    at: z.string(),
    by: z.string().nullable(),
    done_at: z.string().nullable(),
  })
  .meta({ id: 'Activation' });

const numbersSchema = z.object({
  here: z.number().int(),
  passed: z.number().int(),
  sent: z.number().int(),
  waiting: z.number().int(),
  dropped: z.number().int(),
  failed: z.number().int(),
  uncertain: z.number().int(),
  withheld: z.number().int(),
});

const journeySchema = summarySchema
  .extend({
    graph: looseSchema,
    version: z.number().int(),
    versions: z.array(
      z.object({
        version: z.number().int(),
        created_at: z.string(),
        created_by: z.string().nullable(),
        running: z.number().int(),
        active: z.boolean(),
      }),
    ),
    numbers: z.record(z.string(), numbersSchema),
    labels: z.record(z.string(), z.string()),
    goal: z.string().nullable(),
    activation: activationSchema.nullable(),
    problems: z.array(
      z.object({ code: z.string(), path: z.string(), message: z.string(), hint: z.string() }),
    ),
  })
  .meta({ id: 'Journey' });

const problemItemSchema = z.object({
  code: z.string(),
  path: z.string(),
  message: z.string(),
  hint: z.string(),
});
const paramsSchema = z.object({ id: z.string().max(100) });
const versionQuery = z.object({ version: z.coerce.number().int().min(1).optional() });
const journeysMax = 500;
const perDayDefault = 200;
const leaveAtOnce = 200;
const shippedKeys = new Set(['welcome', 'broken_rhythm']);

export type NumbersOf = (workspaceId: string) => Promise<ReadonlyMap<string, JourneyNumbers>>;

export function registerJourneys(app: App, deps: HttpDeps, numbers: NumbersOf): void {
  const db = deps.pools.console;
  // Asking everyone is dear: several screens that ask at once get one answer.
  const audiences = keepDear(
    async (of) => {
      const [workspaceId = '', key = '', version = ''] = of.split(' ');
      const program = await deps.programs.get(workspaceId);
      const graph = compiledGraph(program, key, Number(version));
      return countAudience(deps, program, { workspaceId, key, graph });
    },
    deps.now,
    (error) => deps.log.warn({ err: error }, 'an audience could not be counted'),
  );

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
        numbers(workspaceId),
        loadKnown(db, workspaceId, definition),
      ]);
      const items = rows.flatMap((row) => {
        const version = newest.find(({ journey_key }) => journey_key === row.key);
        if (version === undefined) return [];
        const summary = viewSummary(row, version.version, counted.get(row.key));
        return [
          { ...summary, sentence: pathWords(version.graph, names), updated_at: iso(version.created_at) },
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
      const key = request.body.key ?? keyFrom(name);
      await changeDefinitions(
        deps,
        actor,
        { action: 'journey.create', subject: key },
        async (connection, before) => {
          if (before.journeys.length >= journeysMax)
            throw inUse(`There are ${journeysMax} journeys, which is the most.`, 'Delete one first.');
          const graph = await readGraph(deps, actor, before, key, request.body.graph);
          const journey = { workspaceId: actor.workspaceId, key, at: new Date(deps.now()) };
          if (!(await insertJourney(connection, { ...journey, name, description }))) throw keyTaken(key);
          await insertVersion(connection, { ...journey, graph, by: actorId(actor) });
          return { result: null, bumps: true };
        },
      );
      return reply.code(201).send(await viewJourney(deps, numbers, actor.workspaceId, key, undefined));
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
        params: paramsSchema,
        querystring: versionQuery,
        response: { 200: journeySchema },
      },
    },
    async (request) =>
      viewJourney(deps, numbers, actorOf(request).workspaceId, request.params.id, request.query.version),
  );

  app.put(
    '/api/journeys/:id',
    {
      schema: {
        tags: ['journeys'],
        summary: 'Change name or description',
        params: paramsSchema,
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
      return viewJourney(deps, numbers, workspaceId, key, undefined);
    },
  );

  app.post(
    '/api/journeys/:id/versions',
    {
      schema: {
        tags: ['journeys'],
        summary: 'A new version; runs under way stay on theirs',
        params: paramsSchema,
        body: z.object({ graph: z.unknown() }),
        response: { 201: z.object({ version: z.number().int() }) },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const key = request.params.id;
      const what = { action: 'journey.version', subject: key };
      const version = await changeDefinitions(deps, actor, what, async (connection, before) => {
        await getJourney(connection, actor.workspaceId, key);
        const graph = await readGraph(deps, actor, before, key, request.body.graph);
        const at = new Date(deps.now());
        const { workspaceId } = actor;
        const result = await insertVersion(connection, { workspaceId, key, graph, at, by: actorId(actor) });
        return { result, bumps: true };
      });
      return reply.code(201).send({ version });
    },
  );

  app.post(
    '/api/journeys/:id/activate',
    {
      schema: {
        tags: ['journeys'],
        summary: 'Switch on: only those who qualify from now on, or also those who qualify today',
        params: paramsSchema,
        body: z.object({
          version: z.number().int().min(1).optional(),
          who: z.enum(['from_now', 'also_today']).default('from_now'),
          per_day: z.number().int().min(1).max(1_000_000).optional(),
        }),
        response: { 200: z.object({ journey: journeySchema, activation: activationSchema }) },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const key = request.params.id;
      const { who } = request.body;
      const perDay = who === 'also_today' ? (request.body.per_day ?? perDayDefault) : null;
      const detail = { who, per_day: perDay, version: request.body.version ?? null };
      await changeDefinitions(
        deps,
        actor,
        { action: 'journey.activate', subject: key, detail },
        async (connection, before) => {
          const { workspaceId } = actor;
          await getJourney(connection, workspaceId, key);
          const versions = await listVersions(connection, { workspaceId, key });
          const version = pickVersion(versions, request.body.version, key);
          // What it refers to may have changed since the version was written.
          await readGraph(deps, actor, before, key, version.graph);
          await activateJourney(connection, {
            workspaceId,
            id: deps.newId(),
            key,
            version: version.version,
            who,
            perDay,
            at: new Date(deps.now()),
            by: actorId(actor),
          });
          return { result: null, bumps: true };
        },
      );
      deps.wake.clock();
      const journey = await viewJourney(deps, numbers, actor.workspaceId, key, undefined);
      if (journey.activation === null) throw new Error('an activation vanished while it was made');
      return { journey, activation: journey.activation };
    },
  );

  app.post(
    '/api/journeys/:id/deactivate',
    {
      schema: {
        tags: ['journeys'],
        summary: 'Switch off; runs under way finish or leave',
        params: paramsSchema,
        body: z
          .object({ running: z.enum(['finish', 'leave']).default('finish') })
          .default({ running: 'finish' })
          .nullable(),
        response: { 200: journeySchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const key = request.params.id;
      const running = request.body?.running ?? 'finish';
      const what = { action: 'journey.deactivate', subject: key, detail: { running } };
      await changeDefinitions(deps, actor, what, async (connection) => {
        await getJourney(connection, actor.workspaceId, key);
        await deactivateJourney(connection, {
          workspaceId: actor.workspaceId,
          key,
          at: new Date(deps.now()),
        });
        return { result: null, bumps: true };
      });
      if (running === 'leave') await takeEveryoneOut(deps, actor, key);
      return viewJourney(deps, numbers, actor.workspaceId, key, undefined);
    },
  );

  app.delete(
    '/api/journeys/:id',
    {
      schema: {
        tags: ['journeys'],
        summary: 'Delete a journey that is off and has no runs',
        params: paramsSchema,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const key = request.params.id;
      const { workspaceId } = actor;
      await changeDefinitions(
        deps,
        actor,
        { action: 'journey.delete', subject: key },
        async (connection, before) => {
          const row = await getJourney(connection, workspaceId, key);
          if (row.active_version !== null) throw inUse('The journey is on.', 'Switch it off first.');
          const counted = (await numbers(workspaceId)).get(key);
          if ((counted?.running ?? 0) > 0)
            throw inUse(
              `${counted?.running ?? 0} people are on the journey.`,
              'Let them finish, or take them out: deactivate with {"running": "leave"}.',
            );
          const references = findReferences(before, { kind: 'journey', key });
          if (references.length > 0)
            throw inUse(`The journey is used by ${referenceWords(references)}.`, 'Change these first.');
          const hadRuns = (counted?.entered ?? 0) > 0;
          await removeJourney(connection, { workspaceId, key, hadRuns, at: new Date(deps.now()) });
          return { result: null, bumps: true };
        },
      );
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/journeys/:id/audience',
    {
      schema: {
        tags: ['journeys'],
        summary: 'Who would enter, the control group and the limits, before switching on',
        params: paramsSchema,
        querystring: versionQuery,
        response: {
          200: z.object({
            qualify_today: z.number().int(),
            frozen: z.number().int(),
            estimated: z.boolean(),
            hold_out: z.number(),
            per_day_suggested: z.number().int(),
            enters: z.string(),
            control_group: z.string(),
            limits: z.string(),
            provable: z.object({ entrants_a_year: z.number().int().nullable(), note: z.string() }),
            sending: z.object({ mode: z.string(), note: z.string() }),
          }),
        },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const key = request.params.id;
      await getJourney(db, workspaceId, key);
      const versions = await listVersions(db, { workspaceId, key });
      const { graph, version } = pickVersion(versions, request.query.version, key);
      const program = await deps.programs.get(workspaceId);
      const { names } = await loadKnown(db, workspaceId, program.definition);
      const audience = await audiences.get(`${workspaceId} ${key} ${version} ${program.version}`);
      return {
        qualify_today: audience.qualify,
        frozen: audience.frozen,
        estimated: audience.estimated,
        hold_out: graph.hold_out ?? 0,
        per_day_suggested: perDayDefault,
        enters: entersWords(graph, names),
        control_group: controlWords(graph),
        limits: limitWords(program.definition.policy),
        provable: {
          entrants_a_year: null,
          note: 'To prove a rise from 10 to 12 % takes about 11,400 entrants with a control group of 20 %.',
        },
        sending: await describeSending(deps, workspaceId),
      };
    },
  );

  app.get(
    '/api/journeys/:id/runs',
    {
      schema: {
        tags: ['journeys'],
        summary: 'Runs, newest first',
        params: paramsSchema,
        querystring: pageQuery.extend({
          state: z.enum(['running', 'ended']).optional(),
          node: z.string().max(64).optional(),
        }),
        response: {
          200: pageOf(
            z.object({
              id: z.string(),
              person: z.object({ id: z.string(), name: z.string().nullable(), email: z.string().nullable() }),
              version: z.number().int(),
              arm: z.enum(['treated', 'control']),
              node: z.string(),
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
      const { limit, cursor, state, node } = request.query;
      const rows = await listRuns(db, {
        workspaceId,
        journey: key,
        state: state ?? null,
        node: node ?? null,
        before: readTimeCursor(cursor),
        limit: limit + 1,
      });
      const keys = rows.map(({ bucket, person_id }) => ({ bucket, id: person_id }));
      const people = new Map((await findPeople(db, workspaceId, keys)).map((person) => [person.id, person]));
      return toPage(rows, {
        limit,
        cursor: (row) => [iso(row.decided_at), row.person_id],
        item: (row) => ({
          id: printId('run', row.run.id),
          person: {
            id: printId('per', row.person_id),
            name: people.get(row.person_id)?.name ?? null,
            email: people.get(row.person_id)?.email ?? null,
          },
          version: row.run.version,
          arm: row.run.arm,
          node: row.node,
          started_at: iso(row.run.started_at),
          ended_at: isoOrNull(row.ended_at),
          end_reason: row.end_reason,
          goal_at: isoOrNull(row.goal_at),
        }),
      });
    },
  );
}

async function viewJourney(
  deps: HttpDeps,
  numbers: NumbersOf,
  workspaceId: string,
  key: string,
  asked: number | undefined,
): Promise<z.infer<typeof journeySchema>> {
  const db = deps.pools.console;
  const row = await getJourney(db, workspaceId, key);
  const { definition } = await deps.programs.get(workspaceId);
  const [versions, activation, all, users, { known, names }] = await Promise.all([
    listVersions(db, { workspaceId, key }),
    findActivation(db, { workspaceId, key }),
    numbers(workspaceId),
    namesOf(db, workspaceId),
    loadKnown(db, workspaceId, definition),
  ]);
  const counted = all.get(key);
  const shown = pickVersion(versions, asked ?? row.active_version ?? undefined, key);
  const parsed = parseJourney(shown.graph, known, '/graph');
  return {
    ...viewSummary(row, versions[0]?.version ?? 1, counted),
    graph: { ...shown.graph },
    version: shown.version,
    versions: versions.map(({ version, created_at, created_by }) => ({
      version,
      created_at: iso(created_at),
      created_by: created_by === null ? null : (users.get(created_by) ?? created_by),
      running: counted?.runningByVersion.get(version) ?? 0,
      active: row.active_version === version,
    })),
    numbers: Object.fromEntries(
      Object.keys(shown.graph.nodes).map((node) => [node, { ...(counted?.nodes.get(node) ?? nothing) }]),
    ),
    labels: labelsOf(shown.graph, names),
    goal: shown.graph.goal === undefined ? null : sentence(shown.graph.goal.rule, names),
    activation: activation === undefined ? null : viewActivation(activation, users),
    problems: parsed.ok ? [] : [...parsed.problems],
  };
}

const nothing: z.infer<typeof numbersSchema> = {
  here: 0,
  passed: 0,
  sent: 0,
  waiting: 0,
  dropped: 0,
  failed: 0,
  uncertain: 0,
  withheld: 0,
};

function viewSummary(
  row: JourneyRow,
  newest: number,
  counted: JourneyNumbers | undefined,
): z.infer<typeof summarySchema> {
  return {
    id: row.key,
    name: row.name,
    description: row.description,
    active_version: row.active_version,
    newest_version: newest,
    shipped: shippedKeys.has(row.key),
    running: counted?.running ?? 0,
    entered: counted?.entered ?? 0,
    control: counted?.control ?? 0,
    goals: counted?.goals ?? 0,
  };
}

function viewActivation(
  row: ActivationRow,
  users: ReadonlyMap<string, string>,
): z.infer<typeof activationSchema> {
  return {
    id: printId('act', row.id),
    version: row.version,
    who: row.who,
    per_day: row.per_day,
    qualified: row.ramp_qualified,
    entered: row.ramp_total,
    today: row.ramp_used,
    at: iso(row.at),
    by: row.by_user === null ? null : (users.get(row.by_user) ?? row.by_user),
    done_at: isoOrNull(row.ramp_done_at),
  };
}

function labelsOf(graph: JourneyGraph, names: Parameters<typeof nodeLabel>[1]): { [node: string]: string } {
  return Object.fromEntries(Object.entries(graph.nodes).map(([key, node]) => [key, nodeLabel(node, names)]));
}

async function getJourney(
  db: Parameters<typeof findJourney>[0],
  workspaceId: string,
  key: string,
): Promise<JourneyRow> {
  const row = await findJourney(db, { workspaceId, key });
  if (row === undefined) throw notFound('journey', key);
  return row;
}

function pickVersion(versions: readonly VersionRow[], asked: number | undefined, key: string): VersionRow {
  const found = asked === undefined ? versions[0] : versions.find(({ version }) => version === asked);
  if (found === undefined) throw notFound('version of this journey', `${key} ${asked ?? ''}`.trim());
  return found;
}

/** The program of this instant has every version compiled. */
function compiledGraph(program: Program, key: string, version: number) {
  const graph =
    program.journeys.get(key)?.versions.get(version) ??
    compile(program.definition).journeys.get(key)?.versions.get(version);
  if (graph === undefined) throw notFound('version of this journey', `${key} ${version}`);
  return graph;
}

async function readGraph(
  deps: HttpDeps,
  actor: Actor,
  before: Definition,
  key: string,
  json: unknown,
): Promise<JourneyGraph> {
  const { known } = await loadKnown(deps.pools.console, actor.workspaceId, before);
  const journeys = new Set([...(known.journeys ?? []), key]);
  const parsed = parseJourney(json, { ...known, journeys }, '/graph');
  if (parsed.ok) return parsed.value;
  throw invalid('invalid_journey', parsed.problems, 'The journey is not valid');
}

/** Everyone on it leaves, in transactions of at most 200 people. */
async function takeEveryoneOut(deps: HttpDeps, actor: Actor, key: string): Promise<void> {
  const people = await listRunning(deps.pools.console, { workspaceId: actor.workspaceId, key });
  const steps = {
    pool: deps.pools.console,
    programs: deps.programs,
    now: deps.now,
    ...(deps.silenceUpTo === undefined ? {} : { silenceUpTo: deps.silenceUpTo }),
    notify: { wakeAt: () => deps.wake.clock(), messages: () => deps.wake.sender() },
  };
  for (let from = 0; from < people.length; from += leaveAtOnce) {
    const inputs = people.slice(from, from + leaveAtOnce).map((person) => ({
      person,
      input: { kind: 'leave' as const, journey: key, reason: 'switched_off' },
      cause: { kind: 'command' as const, id: actorId(actor) },
    }));
    await stepPeople(steps, actor.workspaceId, inputs);
  }
}

function keyTaken(key: string): ProblemError {
  return new ProblemError({
    code: 'conflict',
    path: '/key',
    message: `There is, or was, a journey "${key}".`,
    hint: 'Add a version to that one, or give the new one another key.',
  });
}
