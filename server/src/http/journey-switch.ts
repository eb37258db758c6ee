// Switching a journey on and off, and what is told before: who would enter, the control group, the limits.
import { compile } from '@rapport/engine';
import type { Input, JourneyGraph, Program } from '@rapport/engine';
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import { activateJourney, deactivateJourney, listVersions } from '../postgres/journeys.ts';
import { findEntrants } from '../postgres/reveal.ts';
import { listRunning } from '../postgres/runs.ts';
import { stepPeople } from '../postgres/steps.ts';
import { countAudience } from './audience.ts';
import { provableWords } from './provable.ts';
import { actorId, actorOf } from './auth.ts';
import { changeDefinitions } from './changes.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { notFound } from './ids.ts';
import {
  activationSchema,
  getJourney,
  journeyParams,
  journeySchema,
  pickVersion,
  versionQuery,
  viewJourney,
} from './journey-view.ts';
import type { CountsOfJourneys } from './journey-numbers.ts';
import { controlWords, entersWords, limitWords } from './journey-words.ts';
import { readGraph } from './journeys.ts';
import { loadKnown } from './known.ts';
import { describeSending } from './sending-state.ts';

const perDayDefault = 200;
const leaveAtOnce = 200;

export function registerJourneySwitch(app: App, deps: HttpDeps, counts: CountsOfJourneys): void {
  const db = deps.pools.console;
  // Asking everyone is dear: several screens that ask at once get one answer.
  const audiences = deps.counting.keep(
    async (of) => {
      const [workspaceId = '', key = '', version = ''] = of.split(' ');
      const program = await deps.programs.get(workspaceId);
      const graph = compiledGraph(program, key, Number(version));
      return countAudience(deps, program, { workspaceId, key, graph });
    },
    { failed: 'an audience could not be counted' },
  );

  app.post(
    '/api/journeys/:id/activate',
    {
      schema: {
        tags: ['journeys'],
        summary: 'Switch on: only those who qualify from now on, or also those who qualify today',
        params: journeyParams,
        body: z.object({
          version: z.number().int().min(1).optional(),
          who: z.enum(['from_now', 'also_today']).default('from_now'),
          per_day: z.number().int().min(1).max(1_000_000).optional(),
          /** Runs under way on other versions: go on as they are, go on in this one, or leave. */
          running: z.enum(['stay', 'move', 'leave']).default('stay'),
        }),
        response: { 200: z.object({ journey: journeySchema, activation: activationSchema }) },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const key = request.params.id;
      const { who, running } = request.body;
      const perDay = who === 'also_today' ? (request.body.per_day ?? perDayDefault) : null;
      const detail = { who, per_day: perDay, version: request.body.version ?? null, running };
      const activated = await changeDefinitions(
        deps,
        actor,
        { action: 'journey.activate', subject: key, detail },
        async (connection, before) => {
          const { workspaceId } = actor;
          await getJourney(connection, workspaceId, key);
          const versions = await listVersions(connection, { workspaceId, key });
          const version = pickVersion(versions, request.body.version, key);
          // What it refers to may have changed since the version was written.
          await readGraph(connection, actor, before, key, version.graph);
          if (who === 'also_today') refuseNobody(version.graph, key);
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
          return { result: version.version, bumps: true };
        },
      );
      if (running !== 'stay') await changeRuns(deps, actor, key, { to: running, version: activated });
      deps.wake.clock();
      const journey = await viewJourney(deps, counts, actor.workspaceId, key);
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
        params: journeyParams,
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
      if (running === 'leave') await changeRuns(deps, actor, key, { to: 'leave', version: null });
      return viewJourney(deps, counts, actor.workspaceId, key);
    },
  );

  app.get(
    '/api/journeys/:id/audience',
    {
      schema: {
        tags: ['journeys'],
        summary: 'Who would enter, the control group and the limits, before switching on',
        params: journeyParams,
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
        provable: provableWords(await findEntrants(db, { workspaceId, key }), graph.hold_out ?? 0),
        sending: await describeSending(deps, workspaceId),
      };
    },
  );
}

/** The program of this instant has every version compiled. */
function compiledGraph(program: Program, key: string, version: number) {
  const graph =
    program.journeys.get(key)?.versions.get(version) ??
    compile(program.definition).journeys.get(key)?.versions.get(version);
  if (graph === undefined) throw notFound('version of this journey', `${key} ${version}`);
  return graph;
}

/** Everyone on it, except on `version`, leaves or is moved there; in transactions of at most 200 people. */
async function changeRuns(
  deps: HttpDeps,
  actor: Actor,
  key: string,
  change: { readonly to: 'move' | 'leave'; readonly version: number | null },
): Promise<void> {
  const { version } = change;
  const people = await listRunning(deps.pools.console, {
    workspaceId: actor.workspaceId,
    key,
    except: version,
  });
  const input: Input =
    change.to === 'move' && version !== null
      ? { kind: 'move', journey: key, version }
      : { kind: 'leave', journey: key, reason: version === null ? 'switched_off' : `version ${version}` };
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
      input,
      cause: { kind: 'command' as const, id: actorId(actor) },
    }));
    await stepPeople(steps, actor.workspaceId, inputs);
  }
}

/** An event alone says nothing about today: without a condition nobody could be let in, silently. */
function refuseNobody(graph: JourneyGraph, key: string): void {
  const entry = graph.nodes[graph.entry];
  if (entry?.kind !== 'trigger' || entry.where !== undefined) return;
  const triggers = entry.on.kind === 'any' ? entry.on.of : [entry.on];
  if (triggers.some((on) => on.kind !== 'event' && on.kind !== 'api')) return;
  throw new ProblemError({
    code: 'conflict',
    message: `Journey "${key}" waits for an event: that alone does not say who qualifies today.`,
    hint: 'Switch it on with who "from_now", or give its trigger a condition ("where").',
  });
}
