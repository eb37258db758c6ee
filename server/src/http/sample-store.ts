// The sample store over HTTP: is there one, put one in, take it out again. The work is the sample worker's.
import { z } from 'zod';
import { hasRealPeople } from '../postgres/sample-people.ts';
import { findSampleStore, type SampleStoreRow } from '../postgres/sample-store.ts';
import { beginSample, endSample, SEED_DEFAULT, SEED_MAX } from '../sample/define.ts';
import { actorOf } from './auth.ts';
import { changeDefinitions, changeOther } from './changes.ts';
import type { App, HttpDeps } from './deps.ts';
import { iso } from './wire.ts';

const sampleSchema = z
  .object({
    state: z.enum(['none', 'loading', 'ready', 'removing', 'failed']),
    people: z.object({ done: z.number().int(), of: z.number().int() }),
    events: z.number().int(),
    seed: z.number().int().nullable(),
    until: z.string().nullable(),
    journeys: z.array(z.string()),
    problem: z.object({ message: z.string(), hint: z.string() }).nullable(),
    real_people: z.boolean(),
  })
  .meta({ id: 'SampleStore' });

export function registerSampleStore(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;
  const view = async (workspaceId: string) =>
    viewSample(await findSampleStore(db, workspaceId), await hasRealPeople(db, workspaceId));

  app.get(
    '/api/sample-store',
    {
      schema: {
        tags: ['sample store'],
        summary: 'Is there a sample store, and how far is it?',
        response: { 200: sampleSchema },
      },
    },
    async (request) => view(actorOf(request).workspaceId),
  );

  app.post(
    '/api/sample-store',
    {
      schema: {
        tags: ['sample store'],
        summary: 'Put in a shop of 3,000 invented people; refused beside real people unless asked for',
        body: z
          .object({
            seed: z.number().int().min(0).max(SEED_MAX).default(SEED_DEFAULT),
            beside: z.boolean().default(false),
          })
          .nullish(),
        response: { 202: sampleSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const { seed, beside } = request.body ?? { seed: SEED_DEFAULT, beside: false };
      const what = { action: 'sample_store.load', subject: 'sample store', detail: { seed, beside } };
      await changeDefinitions(deps, actor, what, (connection, before) =>
        beginSample(connection, before, { workspaceId, seed, beside, now: deps.now(), newId: deps.newId }),
      );
      deps.wake.sample();
      return reply.code(202).send(await view(workspaceId));
    },
  );

  app.delete(
    '/api/sample-store',
    {
      schema: {
        tags: ['sample store'],
        summary: 'Take the sample store out again: everything of it, and nothing else',
        response: { 202: sampleSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const what = { action: 'sample_store.remove', subject: 'sample store' };
      await changeOther(deps, actor, what, (connection) => endSample(connection, actor.workspaceId));
      deps.wake.sample();
      return reply.code(202).send(await view(actor.workspaceId));
    },
  );
}

function viewSample(row: SampleStoreRow | undefined, realPeople: boolean): z.infer<typeof sampleSchema> {
  return {
    state: row?.status ?? 'none',
    people: { done: row?.progress.people ?? 0, of: row?.story.people ?? 0 },
    events: row?.progress.events ?? 0,
    seed: row?.seed ?? null,
    until: row === undefined ? null : iso(new Date(row.story.until)),
    journeys: [...(row?.made.journeys ?? [])],
    problem: row?.problem ? { message: row.problem.message, hint: row.problem.hint } : null,
    real_people: realPeople,
  };
}
