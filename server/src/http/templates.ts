// Templates: immutable versions, checked whole before they are kept, shown as any person would get them. Sends nothing.
import type { Definition } from '@rapport/engine';
import { z } from 'zod';
import { linkKey } from '../content/unsubscribe-token.ts';
import { renderData } from '../content/render-data.ts';
import type { RenderContext } from '../content/render-data.ts';
import { toTemplateSource } from '../content/stored.ts';
import { compileTemplate, renderMessage } from '../content/template.ts';
import type { TemplateSource } from '../content/template.ts';
import type { TemplateProblem } from '../content/problem.ts';
import { ProblemError } from '../errors.ts';
import type { Failure, Problem } from '../errors.ts';
import { insertMailbox } from '../postgres/mailbox.ts';
import { getSendingWorkspace } from '../postgres/sending.ts';
import {
  deleteTemplate,
  findTemplate,
  insertTemplate,
  listTemplates,
  listTemplateVersions,
} from '../postgres/templates.ts';
import type { TemplateRow } from '../postgres/templates.ts';
import { addressOf } from '@rapport/engine';
import { actorOf } from './auth.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { changeOther } from './changes.ts';
import { notFound, printId } from './ids.ts';
import { findSubject } from './person-view.ts';
import type { Subject } from './person-view.ts';
import { iso } from './wire.ts';

const usedBySchema = z.array(z.object({ journey: z.string(), name: z.string() }));
const itemSchema = z
  .object({
    key: z.string(),
    name: z.string(),
    channel: z.string(),
    purpose: z.enum(['marketing', 'transactional']),
    subject: z.string(),
    version: z.number().int(),
    updated_at: z.string(),
    used_by: usedBySchema,
  })
  .meta({ id: 'TemplateItem' });
const wholeSchema = itemSchema
  .extend({
    preheader: z.string(),
    body_mjml: z.string(),
    text: z.string().nullable(),
    versions: z.array(z.object({ version: z.number().int(), created_at: z.string() })),
  })
  .meta({ id: 'Template' });

const fields = {
  purpose: z.enum(['marketing', 'transactional']),
  subject: z.string().max(2_000),
  preheader: z.string().max(2_000),
  body_mjml: z.string().max(400_000),
  text: z.string().max(400_000).nullable(),
};
const keyField = z.string().max(100);
const newSchema = z.strictObject({
  key: keyField.optional(),
  name: z.string().max(300),
  purpose: fields.purpose.default('marketing'),
  subject: fields.subject,
  preheader: fields.preheader.default(''),
  body_mjml: fields.body_mjml,
  text: fields.text.default(null),
});
const changeSchema = z.strictObject({
  name: z.string().max(300).optional(),
  purpose: fields.purpose.optional(),
  subject: fields.subject.optional(),
  preheader: fields.preheader.optional(),
  body_mjml: fields.body_mjml.optional(),
  text: fields.text.optional(),
});
const previewSchema = z.object({
  subject: z.string().nullable(),
  preheader: z.string().nullable(),
  html: z.string().nullable(),
  text: z.string().nullable(),
  to: z.string().nullable(),
  problems: z.array(z.object({ code: z.string(), path: z.string(), message: z.string(), hint: z.string() })),
});
const paramsSchema = z.object({ key: keyField });
const personBody = z.strictObject({ person: z.string().max(100).optional() }).nullish();

export function registerTemplates(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;

  app.get(
    '/api/templates',
    {
      schema: {
        tags: ['content'],
        summary: 'The newest version of every template',
        response: { 200: z.object({ items: z.array(itemSchema), next_cursor: z.null() }) },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { definition } = await deps.programs.get(workspaceId);
      return {
        items: (await listTemplates(db, workspaceId)).map((row) => viewItem(row, definition)),
        next_cursor: null,
      };
    },
  );

  app.post(
    '/api/templates',
    {
      schema: {
        tags: ['content'],
        summary: 'A new template',
        body: newSchema,
        response: { 201: wholeSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { key, text, ...rest } = request.body;
      const source = {
        ...rest,
        key: key ?? keyOf(rest.name),
        channel: 'email',
        ...(text === null ? {} : { text }),
        version: 1,
      } as const;
      await save(deps, actor, source, 'template.create');
      return reply.code(201).send(await viewWhole(deps, actor, await getRow(deps, actor, source.key)));
    },
  );

  app.get(
    '/api/templates/:key',
    {
      schema: {
        tags: ['content'],
        summary: 'One template, newest version unless another is asked for',
        params: paramsSchema,
        querystring: z.object({ version: z.coerce.number().int().min(1).max(1_000_000).optional() }),
        response: { 200: wholeSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      return viewWhole(deps, actor, await getRow(deps, actor, request.params.key, request.query.version));
    },
  );

  app.put(
    '/api/templates/:key',
    {
      schema: {
        tags: ['content'],
        summary: 'A new version of it',
        params: paramsSchema,
        body: changeSchema,
        response: { 200: wholeSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const before = toTemplateSource(await getRow(deps, actor, request.params.key));
      await save(deps, actor, changed(before, request.body), 'template.update');
      return viewWhole(deps, actor, await getRow(deps, actor, before.key));
    },
  );

  app.delete(
    '/api/templates/:key',
    {
      schema: {
        tags: ['content'],
        summary: 'A template that no journey names',
        params: paramsSchema,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { key } = await getRow(deps, actor, request.params.key);
      const { definition } = await deps.programs.get(actor.workspaceId);
      const [user] = usedBy(definition, key);
      if (user !== undefined) throw inUse(key, user.name);
      await changeOther(deps, actor, { action: 'template.delete', subject: key }, (connection) =>
        deleteTemplate(connection, actor.workspaceId, key),
      );
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/templates/preview',
    {
      schema: {
        tags: ['content'],
        summary: 'What an unsaved template would give',
        body: z.strictObject({
          ...newSchema.omit({ key: true, name: true }).shape,
          person: z.string().max(100).optional(),
        }),
        response: { 200: previewSchema },
      },
    },
    async (request) => {
      const { person, text, ...rest } = request.body;
      const source = {
        ...rest,
        key: 'preview',
        name: 'Preview',
        channel: 'email',
        ...(text === null ? {} : { text }),
        version: 1,
      } as const;
      return preview(deps, actorOf(request), source, person);
    },
  );

  app.post(
    '/api/templates/:key/preview',
    {
      schema: {
        tags: ['content'],
        summary: 'What a person would get',
        params: paramsSchema,
        body: personBody,
        response: { 200: previewSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const row = await getRow(deps, actor, request.params.key);
      return preview(deps, actor, toTemplateSource(row), request.body?.person);
    },
  );

  app.post(
    '/api/templates/:key/test',
    {
      schema: {
        tags: ['content'],
        summary: 'Put it into the built-in mailbox, to look at it',
        params: paramsSchema,
        body: personBody,
        response: { 201: z.object({ id: z.string() }) },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const row = await getRow(deps, actor, request.params.key);
      const id = await putIntoMailbox(deps, actor, toTemplateSource(row), request.body?.person);
      return reply.code(201).send({ id: printId('msg', id) });
    },
  );
}

async function save(deps: HttpDeps, actor: Actor, source: TemplateSource, action: string): Promise<void> {
  const compiled = await compileTemplate(source);
  if (!compiled.ok) throw invalid(compiled.problems);
  const { subject, preheader, body_mjml, purpose } = source;
  await changeOther(
    deps,
    actor,
    { action, subject: source.key, detail: { version: source.version } },
    async (connection) => {
      const kept = await insertTemplate(connection, actor.workspaceId, {
        key: source.key,
        version: source.version,
        name: source.name,
        channel: source.channel,
        body: { subject, preheader, body_mjml, purpose, text: source.text ?? null },
        at: new Date(deps.now()),
      });
      if (!kept) throw taken(source);
    },
  );
}

function changed(before: TemplateSource, change: z.infer<typeof changeSchema>): TemplateSource {
  const { text: textBefore, ...kept } = before;
  const text = change.text === undefined ? textBefore : (change.text ?? undefined);
  return {
    ...kept,
    name: change.name ?? before.name,
    purpose: change.purpose ?? before.purpose,
    subject: change.subject ?? before.subject,
    preheader: change.preheader ?? before.preheader,
    body_mjml: change.body_mjml ?? before.body_mjml,
    ...(text === undefined || text === '' ? {} : { text }),
    version: before.version + 1,
  };
}

/** Problems are an answer here, not a refusal: the editor shows them beside the last good picture. */
async function preview(
  deps: HttpDeps,
  actor: Actor,
  source: TemplateSource,
  personId: string | undefined,
): Promise<z.infer<typeof previewSchema>> {
  const subject = await subjectOf(deps, actor, personId);
  const to = subject === null ? null : addressOf(subject.person.memory, 'email');
  const none = { subject: null, preheader: null, html: null, text: null, to };
  const compiled = await compileTemplate(source);
  if (!compiled.ok) return { ...none, problems: compiled.problems.map(viewProblem) };
  const { data } = renderData(
    await contextOf(deps, actor.workspaceId),
    sample(deps, subject),
    subject?.person ?? null,
  );
  const rendered = renderMessage(compiled.template, data);
  if (!rendered.ok) return { ...none, problems: [viewProblem(rendered.problem)] };
  return { ...rendered.message, to, problems: [] };
}

async function putIntoMailbox(
  deps: HttpDeps,
  actor: Actor,
  source: TemplateSource,
  personId: string | undefined,
): Promise<string> {
  const subject = await subjectOf(deps, actor, personId);
  const shown = await preview(deps, actor, source, personId);
  if (shown.html === null || shown.text === null || shown.subject === null)
    throw invalidShown(shown.problems);
  const id = deps.newId();
  const person = subject?.key ?? { bucket: 0, id };
  const to = shown.to ?? (actor.kind === 'user' ? actor.email : 'test@localhost');
  await insertMailbox(deps.pools.console, actor.workspaceId, [
    {
      bucket: person.bucket,
      messageId: id,
      person,
      at: deps.now(),
      sentTo: to,
      subject: shown.subject,
      html: shown.html,
      text: shown.text,
      headers: { To: to, Subject: shown.subject, 'X-Rapport-Test': 'yes' },
    },
  ]);
  return id;
}

/** An offer of the usual kind, so that its block is seen. */
function sample(deps: HttpDeps, subject: Subject | null) {
  return {
    messageId: '00000000-0000-8000-8000-000000000000',
    personId: subject?.key.id ?? '00000000-0000-8000-8000-000000000000',
    channel: 'email',
    topic: 'offers',
    journey: null,
    offer: { percent: 10, days: 14 },
    requestedAt: deps.now(),
  };
}

async function contextOf(deps: HttpDeps, workspaceId: string): Promise<RenderContext> {
  const { id, name, timeZone, sending } = await getSendingWorkspace(deps.pools.console, workspaceId);
  return {
    publicUrl: deps.config.publicUrl,
    linkKey: linkKey(deps.config.secret),
    workspace: { id, name, timeZone, postalAddress: sending.postal_address },
  };
}

async function subjectOf(
  deps: HttpDeps,
  actor: Actor,
  personId: string | undefined,
): Promise<Subject | null> {
  if (personId === undefined) return null;
  const subject = await findSubject(deps, actor.workspaceId, personId);
  if (subject === undefined) throw notFound('person', personId);
  return subject;
}

async function getRow(deps: HttpDeps, actor: Actor, key: string, version?: number): Promise<TemplateRow> {
  const wanted = { workspaceId: actor.workspaceId, key, ...(version === undefined ? {} : { version }) };
  const row = await findTemplate(deps.pools.console, wanted);
  if (row === undefined) throw notFound('template', key);
  return row;
}

function viewItem(row: TemplateRow, definition: Definition): z.infer<typeof itemSchema> {
  const source = toTemplateSource(row);
  const { key, name, channel, purpose, subject, version } = source;
  return {
    key,
    name,
    channel,
    purpose,
    subject,
    version,
    updated_at: iso(row.created_at),
    used_by: usedBy(definition, key),
  };
}

async function viewWhole(
  deps: HttpDeps,
  actor: Actor,
  row: TemplateRow,
): Promise<z.infer<typeof wholeSchema>> {
  const { definition } = await deps.programs.get(actor.workspaceId);
  const source = toTemplateSource(row);
  const versions = await listTemplateVersions(deps.pools.console, actor.workspaceId, row.key);
  return {
    ...viewItem(row, definition),
    preheader: source.preheader,
    body_mjml: source.body_mjml,
    text: source.text ?? null,
    versions: versions.map(({ version, created_at }) => ({ version, created_at: iso(created_at) })),
  };
}

function usedBy(definition: Definition, template: string): { journey: string; name: string }[] {
  return definition.journeys
    .filter(({ versions }) =>
      Object.values(versions).some((graph) =>
        Object.values(graph.nodes).some((node) => node.kind === 'email' && node.template === template),
      ),
    )
    .map(({ key, name }) => ({ journey: key, name }));
}

function keyOf(name: string): string {
  const key = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 64);
  return key === '' ? 'template' : key;
}

function viewProblem(problem: TemplateProblem): {
  code: string;
  path: string;
  message: string;
  hint: string;
} {
  const where = problem.line === undefined ? '' : `Line ${problem.line}: `;
  return {
    code: problem.code,
    path: `/${problem.path}`,
    message: `${where}${problem.message}`,
    hint: problem.hint,
  };
}

function invalid(problems: readonly TemplateProblem[]): ProblemError {
  return invalidShown(problems.map(viewProblem));
}

function invalidShown(
  shown: readonly { readonly path: string; readonly message: string; readonly hint: string }[],
): ProblemError {
  const problems = shown.map(({ path, message, hint }): Problem => ({
    code: 'invalid_template',
    path,
    message,
    hint,
  }));
  const failure: Failure = {
    code: 'invalid_template',
    path: problems[0]?.path ?? '/',
    message: problems.map((problem) => problem.message).join(' '),
    hint: problems[0]?.hint ?? 'See docs/templates.md.',
  };
  return new ProblemError(failure, { problems });
}

function taken(source: TemplateSource): ProblemError {
  return source.version === 1
    ? new ProblemError({
        code: 'conflict',
        message: `There is a template "${source.key}" already.`,
        hint: 'Choose another key, or change the one that is there.',
      })
    : new ProblemError({
        code: 'conflict',
        message: 'Someone else saved a new version meanwhile.',
        hint: 'Look at it, then save yours again.',
      });
}

function inUse(key: string, journey: string): ProblemError {
  return new ProblemError({
    code: 'in_use',
    message: `The journey ${journey} sends the template "${key}".`,
    hint: 'Change the journey first.',
  });
}
