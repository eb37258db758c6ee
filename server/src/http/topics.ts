// Topics: what people consent to hear about. Their keys stand in consents and journeys, so a used one cannot go.
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import { deleteTopic, insertTopic, listTopicRows, updateTopic } from '../postgres/topics.ts';
import type { Topic } from '../postgres/topics.ts';
import { actorOf } from './auth.ts';
import { changeOther } from './changes.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound } from './ids.ts';
import { keySchema, nameSchema } from './wire.ts';

const topicSchema = z
  .object({ key: z.string(), name: z.string(), description: z.string(), position: z.number().int() })
  .meta({ id: 'Topic' });
const descriptionSchema = z.string().trim().max(300);
const positionSchema = z.number().int().min(0).max(1_000);
const paramsSchema = z.object({ key: z.string().max(64) });

export function registerTopics(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;

  app.get(
    '/api/topics',
    {
      schema: {
        tags: ['sending'],
        summary: 'What people consent to hear about',
        response: { 200: z.object({ items: z.array(topicSchema) }) },
      },
    },
    async (request) => ({ items: [...(await listTopicRows(db, actorOf(request).workspaceId))] }),
  );

  app.post(
    '/api/topics',
    {
      schema: {
        tags: ['sending'],
        summary: 'A new topic',
        body: z.strictObject({
          key: keySchema,
          name: nameSchema,
          description: descriptionSchema.default(''),
          position: positionSchema.optional(),
        }),
        response: { 201: topicSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { key } = request.body;
      const topics = await listTopicRows(db, actor.workspaceId);
      const topic: Topic = { ...request.body, position: request.body.position ?? topics.length };
      await changeOther(deps, actor, { action: 'topic.create', subject: key }, async (connection) => {
        if (!(await insertTopic(connection, actor.workspaceId, topic))) throw taken(key);
      });
      return reply.code(201).send(topic);
    },
  );

  app.put(
    '/api/topics/:key',
    {
      schema: {
        tags: ['sending'],
        summary: 'Rename or move a topic',
        params: paramsSchema,
        body: z.strictObject({
          name: nameSchema.optional(),
          description: descriptionSchema.optional(),
          position: positionSchema.optional(),
        }),
        response: { 200: topicSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const before = await getTopic(deps, actor.workspaceId, request.params.key);
      const { name, description, position } = request.body;
      const topic = {
        ...before,
        name: name ?? before.name,
        description: description ?? before.description,
        position: position ?? before.position,
      };
      await changeOther(deps, actor, { action: 'topic.update', subject: topic.key }, (connection) =>
        updateTopic(connection, actor.workspaceId, topic),
      );
      return topic;
    },
  );

  app.delete(
    '/api/topics/:key',
    {
      schema: {
        tags: ['sending'],
        summary: 'A topic that no journey names',
        params: paramsSchema,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { key } = await getTopic(deps, actor.workspaceId, request.params.key);
      const { definition } = await deps.programs.get(actor.workspaceId);
      const user = definition.journeys.find((journey) =>
        Object.values(journey.versions).some((graph) =>
          Object.values(graph.nodes).some((node) => node.kind === 'email' && node.topic === key),
        ),
      );
      if (user !== undefined) throw inUse(key, user.name);
      await changeOther(deps, actor, { action: 'topic.delete', subject: key }, (connection) =>
        deleteTopic(connection, actor.workspaceId, key),
      );
      return reply.code(204).send(null);
    },
  );
}

async function getTopic(deps: HttpDeps, workspaceId: string, key: string): Promise<Topic> {
  const topic = (await listTopicRows(deps.pools.console, workspaceId)).find((known) => known.key === key);
  if (topic === undefined) throw notFound('topic', key);
  return topic;
}

function taken(key: string): ProblemError {
  return new ProblemError({
    code: 'conflict',
    message: `There is a topic "${key}" already.`,
    hint: 'Choose another key.',
  });
}

function inUse(key: string, journey: string): ProblemError {
  return new ProblemError({
    code: 'in_use',
    message: `The journey ${journey} writes about the topic "${key}".`,
    hint: 'Change the journey first.',
  });
}
