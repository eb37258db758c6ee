// People: lists, one person with the reasons for where they stand, their timeline, and the two things that may be done by
// hand: consents and bringing someone to today. Person changes go through the one door, steps.ts.
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import { listTopics } from '../postgres/content-keys.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { pageOf, pageQuery } from './paging.ts';
import { filterOf, listedBy } from './people-columns.ts';
import { listPeoplePage, personItemSchema, searchPeoplePage } from './people-list.ts';
import { act, getSubject } from './person-act.ts';
import { personSchema, viewConsents, viewSubject } from './person-view.ts';
import { listTimeline, showSchema, timelineItemSchema } from './timeline.ts';
import { loadTimelineNames } from './timeline-names.ts';

const paramsSchema = z.object({ id: z.string().max(100) });

const consentSchema = z.object({
  channel: z.string(),
  topic: z.string(),
  status: z.enum(['given', 'withdrawn']),
  basis: z.string(),
  source: z.string(),
  at: z.string(),
});

const consentChangeSchema = z.object({
  channel: z.string().regex(/^(\*|[a-z][a-z_]{0,39})$/, 'is not a channel such as email, or * for all'),
  topic: z.string().min(1).max(64),
  status: z.enum(['given', 'withdrawn']),
  basis: z.string().trim().min(1).max(100).default('api'),
  source: z.string().trim().min(1).max(200).optional(),
});

export function registerPeople(app: App, deps: HttpDeps): void {
  app.get(
    '/api/people',
    {
      schema: {
        tags: ['people'],
        summary: 'People, by search, stage or segment',
        querystring: listedBy.extend(pageQuery.shape).extend({
          search: z.string().trim().max(200).optional(),
        }),
        response: {
          200: pageOf(personItemSchema).extend({
            /** `close`: nobody has these words; these are one letter off. Absent without a search. */
            match: z.enum(['direct', 'close']).optional(),
          }),
        },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { search = '', limit, cursor, columns = [] } = request.query;
      if (search.includes('\0')) return { items: [], next_cursor: null };
      const query = { ...filterOf(workspaceId, request.query, columns), limit, cursor };
      const page =
        search === ''
          ? await listPeoplePage(deps, query)
          : await searchPeoplePage(deps, { ...query, search });
      return { ...page, items: page.items.map(({ sorted_at: _sorted, ...item }) => item) };
    },
  );

  app.get(
    '/api/people/:id',
    {
      schema: {
        tags: ['people'],
        summary: 'One person, and why they stand where they stand',
        params: paramsSchema,
        response: { 200: personSchema },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      return viewSubject(deps, workspaceId, await getSubject(deps, workspaceId, request.params.id));
    },
  );

  app.get(
    '/api/people/:id/timeline',
    {
      schema: {
        tags: ['people'],
        summary: 'Facts and decisions, newest first',
        params: paramsSchema,
        querystring: pageQuery.extend({ show: showSchema.optional() }),
        response: { 200: pageOf(timelineItemSchema) },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const subject = await getSubject(deps, workspaceId, request.params.id);
      const { keys } = subject;
      const names = await loadTimelineNames(deps, workspaceId, subject);
      const { cursor, limit, show } = request.query;
      return listTimeline(deps, { workspaceId, keys, cursor, limit, names, show });
    },
  );

  app.put(
    '/api/people/:id/consents',
    {
      schema: {
        tags: ['people'],
        summary: 'Write down what someone agreed to, or no longer does',
        params: paramsSchema,
        body: z.object({ changes: z.array(consentChangeSchema).min(1).max(50) }),
        response: { 200: z.object({ consents: z.array(consentSchema) }) },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const subject = await getSubject(deps, workspaceId, request.params.id);
      await checkTopics(deps, workspaceId, request.body.changes);
      const changes = request.body.changes.map((change) => ({
        ...change,
        source: change.source ?? actor.name,
      }));
      await act(
        deps,
        actor,
        subject,
        { kind: 'consent', changes },
        { action: 'person.consents', detail: { changes } },
      );
      const after = await getSubject(deps, workspaceId, request.params.id);
      return { consents: viewConsents(after.person) };
    },
  );

  app.post(
    '/api/people/:id/thaw',
    {
      schema: {
        tags: ['people'],
        summary: 'Bring someone known up to an earlier day to today, silently',
        params: paramsSchema,
        response: { 200: personSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const subject = await getSubject(deps, workspaceId, request.params.id);
      if (subject.person.frozen_at !== null)
        await act(deps, actor, subject, { kind: 'thaw' }, { action: 'person.thaw' });
      return viewSubject(deps, workspaceId, await getSubject(deps, workspaceId, request.params.id));
    },
  );
}

async function checkTopics(
  deps: HttpDeps,
  workspaceId: string,
  changes: readonly { readonly topic: string }[],
): Promise<void> {
  const known = new Set((await listTopics(deps.pools.console, workspaceId)).map(({ key }) => key));
  const problems = changes.flatMap(({ topic }, index) =>
    topic === '*' || known.has(topic)
      ? []
      : [
          {
            code: 'unknown_topic',
            path: `/changes/${index}/topic`,
            message: `There is no topic "${topic}".`,
            hint: `Use one of: ${[...known].join(', ')}, or * for all.`,
          },
        ],
  );
  const [first] = problems;
  if (first === undefined) return;
  throw new ProblemError({ ...first, code: 'invalid_body' }, { problems });
}
