// The live side of a rule being edited: how many people it holds for right now, and why it holds or not for one of them.
import { explainSegment, parseRule } from '@rapport/engine';
import type { Explanation, Person, Rule } from '@rapport/engine';
import { z } from 'zod';
import { findPeople } from '../postgres/people-read.ts';
import { actorOf } from './auth.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { notFound, printId } from './ids.ts';
import { loadKnown } from './known.ts';
import { invalid } from './refusals.ts';
import type { CountsOf } from './lifecycle-view.ts';
import { findSubject, viewWhy, whySchema } from './person-view.ts';
import { countDraft, explainDraft } from './segment-draft.ts';
import { iso } from './wire.ts';

const changeSchema = z.enum(['joins', 'leaves', 'stays']);

const countSchema = z
  .object({
    /** For how many people the rule holds; scaled up when not everyone was asked. */
    people: z.number().int(),
    of: z.number().int(),
    looked: z.number().int(),
    exact: z.boolean(),
    /** The rule asks for something new: memory was made from stored events. */
    from_events: z.boolean(),
    /** Against the saved segment; null without one. */
    joins: z.number().int().nullable(),
    leaves: z.number().int().nullable(),
    examples: z.array(
      z.object({
        id: z.string(),
        name: z.string().nullable(),
        email: z.string().nullable(),
        change: changeSchema,
        why: whySchema,
      }),
    ),
  })
  .meta({ id: 'RuleCount' });

const explainedSchema = z
  .object({
    person: z.object({ id: z.string(), name: z.string().nullable(), email: z.string().nullable() }),
    segment: z.string().nullable(),
    member_since: z.string().nullable(),
    why: whySchema,
  })
  .meta({ id: 'RuleExplained' });

export function registerSegmentCount(app: App, deps: HttpDeps, counts: CountsOf): void {
  app.post(
    '/api/segments/count',
    {
      schema: {
        tags: ['segments'],
        summary: 'How many people a rule holds for now, and who would join or leave; stores nothing',
        body: z.object({ rule: z.unknown(), key: z.string().max(100).optional() }),
        response: { 200: countSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const rule = await parseAsked(deps, actor, request.body.rule);
      const saved = request.body.key ?? null;
      let gone = false;
      reply.raw.once('close', () => (gone = true));
      const { people: all } = await counts(workspaceId);
      const counted = await countDraft(deps, { workspaceId, rule, saved, people: all }, () => !gone);
      const of = counted.whole ? counted.looked : Math.max(all, counted.looked);
      const scaled = (n: number): number =>
        counted.looked === 0 ? 0 : Math.round((n * of) / counted.looked);
      const rows = await findPeople(
        deps.pools.console,
        workspaceId,
        counted.examples.map(({ key }) => key),
      );
      return {
        people: scaled(counted.holds),
        of,
        looked: counted.looked,
        exact: counted.whole,
        from_events: counted.fromEvents,
        joins: saved === null ? null : scaled(counted.joins),
        leaves: saved === null ? null : scaled(counted.leaves),
        examples: counted.examples.map(({ key, change, why }) => {
          const row = rows.find(({ id }) => id === key.id);
          return {
            id: printId('per', key.id),
            name: row?.name ?? null,
            email: row?.email ?? null,
            change,
            why: viewWhy(why),
          };
        }),
      };
    },
  );

  app.post(
    '/api/segments/explain',
    {
      schema: {
        tags: ['segments'],
        summary: 'Why a rule, or a saved segment, holds or not for one person',
        body: z.union([
          z.strictObject({ person: z.string().max(100), rule: z.record(z.string(), z.unknown()) }),
          z.strictObject({ person: z.string().max(100), segment: z.string().max(100) }),
        ]),
        response: { 200: explainedSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const { body } = request;
      const subject = await findSubject(deps, workspaceId, body.person);
      if (subject === undefined) throw notFound('person', body.person);
      const { person, key } = subject;
      const segment = 'segment' in body ? body.segment : null;
      const why =
        'rule' in body
          ? await explainDraft(
              deps,
              { workspaceId, rule: await parseAsked(deps, actor, body.rule), saved: null },
              person,
            )
          : await explainSaved(deps, workspaceId, person, body.segment);
      if (why === null) throw notFound('person', body.person);
      const [row] = await findPeople(deps.pools.console, workspaceId, [key]);
      const since = segment === null ? undefined : person.standing.segments[segment];
      return {
        person: { id: printId('per', key.id), name: row?.name ?? null, email: row?.email ?? null },
        segment,
        member_since: since === undefined ? null : iso(since),
        why: viewWhy(why),
      };
    },
  );
}

async function explainSaved(
  deps: HttpDeps,
  workspaceId: string,
  person: Person,
  key: string,
): Promise<Explanation | null> {
  const program = await deps.programs.get(workspaceId);
  const segment = program.segmentByKey.get(key);
  if (segment === undefined) throw notFound('segment', key);
  if (person.plan === program.plan.signature) return explainSegment(program, person, key, deps.now());
  // What they remember does not answer it yet.
  return explainDraft(deps, { workspaceId, rule: segment.rule.rule, saved: key }, person);
}

export async function parseAsked(deps: HttpDeps, actor: Actor, json: unknown): Promise<Rule> {
  const { definition } = await deps.programs.get(actor.workspaceId);
  const { known } = await loadKnown(deps.pools.console, actor.workspaceId, definition);
  const rule = parseRule(json, known, '/rule');
  if (!rule.ok) throw invalid('invalid_rule', rule.problems, 'The rule is not valid');
  return rule.value;
}
