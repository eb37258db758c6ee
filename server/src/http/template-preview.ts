// What a letter would say to one person, before it is saved or sent; and for whom it reads well.
import { addressOf } from '@rapport/engine';
import type { Definition } from '@rapport/engine';
import { z } from 'zod';
import { adviceOn } from '../content/advice.ts';
import { mergeFieldsIn } from '../content/merge-fields.ts';
import { linkKey, NOBODY } from '../content/unsubscribe-token.ts';
import { rhythmData } from '../content/rhythm-data.ts';
import { renderData } from '../content/render-data.ts';
import type { RenderContext } from '../content/render-data.ts';
import { toTemplateSource } from '../content/stored.ts';
import { compileTemplate, renderMessage } from '../content/template.ts';
import type { TemplateSource } from '../content/template.ts';
import { getSendingWorkspace } from '../postgres/sending.ts';
import { actorOf } from './auth.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { notFound } from './ids.ts';
import { listPeoplePage, personItemSchema } from './people-list.ts';
import { findSubject } from './person-view.ts';
import type { Subject } from './person-view.ts';
import { draftSchema, getTemplate, sourceOf, templateParams, viewProblem } from './template-parts.ts';

const READERS_MAX = 20;

const previewSchema = z.object({
  subject: z.string().nullable(),
  preheader: z.string().nullable(),
  html: z.string().nullable(),
  text: z.string().nullable(),
  to: z.string().nullable(),
  /** What was filled in for this person; `value` null: not known, the fallback stands in its place. */
  fields: z.array(z.object({ path: z.string(), value: z.string().nullable(), fallback: z.string() })),
  problems: z.array(z.object({ code: z.string(), path: z.string(), message: z.string(), hint: z.string() })),
  /** Worth a look before it is used; forbids nothing. */
  advice: z.array(z.object({ code: z.string(), message: z.string(), hint: z.string() })),
});
type Preview = z.infer<typeof previewSchema>;
const personBody = z.strictObject({ person: z.string().max(100).optional() }).nullish();

export function registerTemplatePreview(app: App, deps: HttpDeps): void {
  app.post(
    '/api/templates/preview',
    {
      schema: {
        tags: ['content'],
        summary: 'What an unsaved template would give',
        body: z.strictObject({ ...draftSchema.shape, person: z.string().max(100).optional() }),
        response: { 200: previewSchema },
      },
    },
    async (request) => {
      const { person, ...draft } = request.body;
      const source = sourceOf(draft, { key: 'preview', name: 'Preview', version: 1 });
      return (await previewFor(deps, actorOf(request), source, person)).preview;
    },
  );

  app.post(
    '/api/templates/:key/preview',
    {
      schema: {
        tags: ['content'],
        summary: 'What a person would get',
        params: templateParams,
        body: personBody,
        response: { 200: previewSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const row = await getTemplate(deps, actor, request.params.key);
      return (await previewFor(deps, actor, toTemplateSource(row), request.body?.person)).preview;
    },
  );

  app.get(
    '/api/templates/:key/readers',
    {
      schema: {
        tags: ['content'],
        summary:
          'People whom it is meant for, to preview it as: those its journeys let in, else customers, else anyone',
        params: templateParams,
        response: { 200: z.object({ items: z.array(personItemSchema), of: z.string().nullable() }) },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { key } = await getTemplate(deps, actor, request.params.key);
      const { definition } = await deps.programs.get(actor.workspaceId);
      return listReaders(deps, actor.workspaceId, [...audiencesOf(definition, key), CUSTOMERS, ANYONE]);
    },
  );
}

/** Problems are an answer here, not a refusal: the editor shows them beside the last good picture. */
export async function previewFor(
  deps: HttpDeps,
  actor: Actor,
  source: TemplateSource,
  personId: string | undefined,
): Promise<{ readonly preview: Preview; readonly subject: Subject | null }> {
  const subject = await subjectOf(deps, actor, personId);
  return { subject, preview: await previewAs(deps, actor, source, subject) };
}

async function previewAs(
  deps: HttpDeps,
  actor: Actor,
  source: TemplateSource,
  subject: Subject | null,
): Promise<Preview> {
  const to = subject === null ? null : addressOf(subject.person.memory, 'email');
  const none = { subject: null, preheader: null, html: null, text: null, to, fields: [], advice: [] };
  const compiled = await compileTemplate(source);
  if (!compiled.ok) return { ...none, problems: compiled.problems.map(viewProblem) };
  const context = await contextOf(deps, actor.workspaceId);
  const rhythm = subject === null ? null : rhythmData(subject.program, subject.person, deps.now());
  const { data } = renderData(context, sample(deps), subject?.person ?? null, rhythm);
  const rendered = renderMessage(compiled.template, data);
  if (!rendered.ok) return { ...none, problems: [viewProblem(rendered.problem)] };
  const { message } = rendered;
  const fields = mergeFieldsIn([source.subject, source.preheader, source.body_mjml, source.text ?? ''], data);
  const { postalAddress } = context.workspace;
  const advice = adviceOn({ source, message, fields, data, postalAddress });
  return { ...message, to, fields: [...fields], problems: [], advice: [...advice] };
}

interface Audience {
  readonly stage: { readonly model: string; readonly stage: string } | null;
  readonly segment: string | null;
  /** Who they are, in words; null: anyone. */
  readonly words: string | null;
}

const CUSTOMERS: Audience = { stage: null, segment: 'customers', words: 'customers' };
const ANYONE: Audience = { stage: null, segment: null, words: null };

/** Whom the journeys that send it let in, as far as a list can say it. */
function audiencesOf(definition: Definition, template: string): readonly Audience[] {
  return definition.journeys.flatMap(({ active, versions }) => {
    const graph = versions[active ?? Math.max(...Object.keys(versions).map(Number))];
    if (graph === undefined) return [];
    const sends = Object.values(graph.nodes).some(
      (node) => node.kind === 'email' && node.template === template,
    );
    const entry = graph.nodes[graph.entry];
    if (!sends || entry?.kind !== 'trigger') return [];
    return [entry.on].flat().flatMap((on): readonly Audience[] => {
      if (on.kind === 'segment_joined') {
        const name = definition.segments.find(({ key }) => key === on.segment)?.name ?? on.segment;
        return [{ stage: null, segment: on.segment, words: `in “${name}”` }];
      }
      if (on.kind !== 'stage_reached') return [];
      const model = definition.models.find(({ key }) => key === on.model);
      const stage = model?.stages.find(({ key }) => key === on.stage)?.name ?? on.stage;
      return [
        { stage: { model: on.model, stage: on.stage }, segment: null, words: `in the stage “${stage}”` },
      ];
    });
  });
}

/** The first of these lists that anyone is in; those with a name and an address come first. */
async function listReaders(
  deps: HttpDeps,
  workspaceId: string,
  audiences: readonly Audience[],
): Promise<{ items: z.infer<typeof personItemSchema>[]; of: string | null }> {
  for (const { words, ...filter } of audiences) {
    const page = await listPeoplePage(deps, { workspaceId, ...filter, limit: READERS_MAX });
    if (page.items.length === 0) continue;
    const rank = (one: (typeof page.items)[number]): number =>
      (one.name === null ? 2 : 0) + (one.email === null ? 1 : 0);
    const items = page.items.toSorted((a, b) => rank(a) - rank(b)).map(({ sorted_at: _at, ...one }) => one);
    return { items, of: words };
  }
  return { items: [], of: null };
}

/** An offer of the usual kind, so that its block is seen. Its links belong to nobody: who tries them changes no customer. */
function sample(deps: HttpDeps) {
  return {
    messageId: NOBODY,
    personId: NOBODY,
    channel: 'email',
    topic: 'offers',
    journey: null,
    offer: { percent: 10, days: 14 },
    requestedAt: deps.now(),
  };
}

async function contextOf(deps: HttpDeps, workspaceId: string): Promise<RenderContext> {
  const { id, name, timeZone, sending, brand } = await getSendingWorkspace(deps.pools.console, workspaceId);
  return {
    publicUrl: deps.config.publicUrl,
    linkKey: linkKey(deps.config.secret),
    workspace: { id, name, timeZone, postalAddress: sending.postal_address, brand },
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
