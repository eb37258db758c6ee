// Templates: immutable versions, checked whole before they are kept, shown as any person would get them. Sends nothing.
import type { Definition } from '@rapport/engine';
import { z } from 'zod';
import { letterSchema } from '../content/blocks/letter.ts';
import { bodyOf, toTemplateSource } from '../content/stored.ts';
import { compileTemplate } from '../content/template.ts';
import type { TemplateSource } from '../content/template.ts';
import { ProblemError } from '../errors.ts';
import {
  archiveTemplate,
  insertTemplate,
  listTemplates,
  listTakenKeys,
  listTemplateVersions,
} from '../postgres/templates.ts';
import type { TemplateRow } from '../postgres/templates.ts';
import { actorOf } from './auth.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { changeOther } from './changes.ts';
import { inUse } from './refusals.ts';
import { loadReferences, referenceWords } from './references.ts';
import {
  draftSchema,
  getTemplate,
  invalidTemplate,
  sourceOf,
  templateFields,
  templateKey,
  templateParams,
  usedBy,
  viewProblem,
} from './template-parts.ts';
import { besideDeleted, iso } from './wire.ts';

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
export const wholeSchema = itemSchema
  .extend({
    preheader: z.string(),
    /** Null: written as MJML by hand. */
    letter: letterSchema.nullable(),
    body_mjml: z.string(),
    text: z.string().nullable(),
    versions: z.array(z.object({ version: z.number().int(), created_at: z.string() })),
  })
  .meta({ id: 'Template' });

const newSchema = z.strictObject({
  key: templateKey.optional(),
  name: z.string().max(300),
  ...draftSchema.shape,
});
const changeSchema = z.strictObject({
  name: z.string().max(300).optional(),
  purpose: templateFields.purpose.optional(),
  subject: templateFields.subject.optional(),
  preheader: templateFields.preheader.optional(),
  letter: templateFields.letter.optional(),
  body_mjml: templateFields.body_mjml.optional(),
  text: templateFields.text.optional(),
  /** The version that was changed: refused when somebody saved a newer one meanwhile. */
  based_on: z.number().int().min(1).optional(),
});

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
      const { key, name, ...draft } = request.body;
      const free = key ?? besideDeleted(keyOf(name), await listTakenKeys(db, actor.workspaceId));
      const source = sourceOf(draft, { key: free, name, version: 1 });
      await save(deps, actor, source, 'template.create');
      return reply.code(201).send(await viewWhole(deps, actor, await getTemplate(deps, actor, source.key)));
    },
  );

  app.get(
    '/api/templates/:key',
    {
      schema: {
        tags: ['content'],
        summary: 'One template, newest version unless another is asked for',
        params: templateParams,
        querystring: z.object({ version: z.coerce.number().int().min(1).max(1_000_000).optional() }),
        response: { 200: wholeSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      return viewWhole(
        deps,
        actor,
        await getTemplate(deps, actor, request.params.key, request.query.version),
      );
    },
  );

  app.put(
    '/api/templates/:key',
    {
      schema: {
        tags: ['content'],
        summary: 'A new version of it',
        params: templateParams,
        body: changeSchema,
        response: { 200: wholeSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const before = toTemplateSource(await getTemplate(deps, actor, request.params.key));
      const { based_on } = request.body;
      if (based_on !== undefined && based_on !== before.version) throw savedMeanwhile(before.version);
      await save(deps, actor, changed(before, request.body), 'template.update');
      return viewWhole(deps, actor, await getTemplate(deps, actor, before.key));
    },
  );

  app.delete(
    '/api/templates/:key',
    {
      schema: {
        tags: ['content'],
        summary: 'Delete a template that no journey names; it can be put back',
        params: templateParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { key } = await getTemplate(deps, actor, request.params.key);
      const { definition } = await deps.programs.get(actor.workspaceId);
      const references = await loadReferences(db, definition, { kind: 'template', key });
      if (references.length > 0)
        throw inUse(`The template is used by ${referenceWords(references)}.`, 'Change these first.');
      await changeOther(deps, actor, { action: 'template.delete', subject: key }, (connection) =>
        archiveTemplate(connection, { workspaceId: actor.workspaceId, key, at: new Date(deps.now()) }),
      );
      return reply.code(204).send(null);
    },
  );
}

async function save(deps: HttpDeps, actor: Actor, source: TemplateSource, action: string): Promise<void> {
  const compiled = await compileTemplate(source);
  if (!compiled.ok) throw invalidTemplate(compiled.problems.map(viewProblem));
  const { subject, preheader, purpose, letter = null } = source;
  const body_mjml = letter === null ? source.body_mjml : '';
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
        body: { subject, preheader, letter, body_mjml, purpose, text: source.text ?? null },
        at: new Date(deps.now()),
      });
      if (!kept) throw taken(source);
    },
  );
}

function changed(before: TemplateSource, change: z.infer<typeof changeSchema>): TemplateSource {
  const { text: textBefore, letter: letterBefore, body_mjml, ...kept } = before;
  const text = change.text === undefined ? textBefore : (change.text ?? undefined);
  const purpose = change.purpose ?? before.purpose;
  // MJML sent alone replaces the blocks: from then on it is written by hand.
  const letter =
    change.letter === undefined
      ? change.body_mjml === undefined
        ? (letterBefore ?? null)
        : null
      : change.letter;
  return {
    ...kept,
    name: change.name ?? before.name,
    purpose,
    subject: change.subject ?? before.subject,
    preheader: change.preheader ?? before.preheader,
    ...bodyOf({ letter, body_mjml: change.body_mjml ?? body_mjml }, purpose),
    ...(text === undefined || text === '' ? {} : { text }),
    version: before.version + 1,
  };
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

export async function viewWhole(
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
    letter: source.letter ?? null,
    body_mjml: source.body_mjml,
    text: source.text ?? null,
    versions: versions.map(({ version, created_at }) => ({ version, created_at: iso(created_at) })),
  };
}

function keyOf(name: string): string {
  const key = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 64);
  return key === '' ? 'template' : key;
}

function taken(source: TemplateSource): ProblemError {
  if (source.version > 1) return savedMeanwhile(source.version);
  return new ProblemError({
    code: 'conflict',
    message: `There is, or was, a template "${source.key}".`,
    hint: 'Choose another key, or change the one that is there; a deleted one can be put back.',
  });
}

function savedMeanwhile(version: number): ProblemError {
  return new ProblemError({
    code: 'conflict',
    message: `Someone else saved version ${version} meanwhile.`,
    hint: 'Look at it, then save yours again.',
  });
}
