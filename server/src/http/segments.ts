// Segments: named rules with live membership. A change moves people silently and contacts nobody.
import { isDeepStrictEqual } from 'node:util';
import { decodePerson, explainSegment, inOneSentence, parseRule, sentence } from '@rapport/engine';
import type { Definition, Problem, Program, Rule } from '@rapport/engine';
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import { personKey } from '../postgres/bucket.ts';
import { loadStates } from '../postgres/messages.ts';
import type { Queryable } from '../postgres/pool.ts';
import {
  archiveSegment,
  countMembers,
  findSegment,
  insertSegment,
  listSegments,
  updateSegment,
} from '../postgres/segments.ts';
import type { SegmentRow } from '../postgres/segments.ts';
import { armingSchema, countArmed } from './arming.ts';
import type { Arming } from './arming.ts';
import { actorOf } from './auth.ts';
import { changeDefinitions } from './changes.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { notFound, readId } from './ids.ts';
import { loadKnown } from './known.ts';
import type { KnownThings } from './known.ts';
import { inUse, invalid, ringProblem } from './refusals.ts';
import type { Counts } from '../postgres/counts.ts';
import type { CountsOf } from './lifecycle-view.ts';
import { listPeoplePage, personItemSchema } from './people-list.ts';
import { limitMax, pageOf, pageQuery, readCursor, toPage } from './paging.ts';
import { findReferences, loadReferences, referenceWords } from './references.ts';
import { storedProblems, storedSentence } from './stored-rule.ts';
import { iso, keySchema, looseSchema, nameSchema, problemItemSchema, referenceSchema } from './wire.ts';

export const segmentSchema = z
  .object({
    key: z.string(),
    name: z.string(),
    shipped: z.boolean(),
    rule: looseSchema,
    sentence: z.string(),
    /** What keeps its stored rule from being asked: until it is mended, whoever is in it stays, and nobody joins. */
    problems: z.array(problemItemSchema),
    people: z.number().int(),
    arming: armingSchema,
    created_at: z.string(),
    used_by: z.array(referenceSchema),
  })
  .meta({ id: 'Segment' });

const memberSchema = personItemSchema
  .extend({
    since: z.string(),
    /** In one sentence; null while they are being brought to a changed rule. The whole tree: `POST /api/segments/explain`. */
    why: z.string().nullable(),
    /** When silence alone may end it; null: only something new does. */
    until: z.string().nullable(),
  })
  .meta({ id: 'Member' });

const paramsSchema = z.object({ key: z.string().max(100) });
const SEGMENTS_MAX = 10_000;

export function registerSegments(app: App, deps: HttpDeps, counts: CountsOf): void {
  const db = deps.pools.console;

  app.get(
    '/api/segments',
    {
      schema: {
        tags: ['segments'],
        summary: 'Segments in their order, page by page; with a search, those whose name has these words',
        querystring: pageQuery.extend({
          limit: z.coerce.number().int().min(1).max(limitMax).default(limitMax),
          search: z.string().max(200).default(''),
        }),
        response: { 200: pageOf(segmentSchema).extend({ total: z.number().int() }) },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { search, limit, cursor } = request.query;
      const found = matching(await listSegments(db, workspaceId), search);
      const from = placeOf(found, cursor);
      const page = toPage(found.slice(from, from + limit + 1), {
        limit,
        item: (row) => row,
        cursor: (row) => [row.key],
      });
      return {
        items: await viewSegments(
          deps,
          workspaceId,
          page.items,
          async () => (await counts(workspaceId)).segments,
        ),
        next_cursor: page.next_cursor,
        total: found.length,
      };
    },
  );

  app.post(
    '/api/segments',
    {
      schema: {
        tags: ['segments'],
        summary: 'Make a segment',
        body: z.object({ key: keySchema.optional(), name: nameSchema, rule: z.unknown() }),
        response: { 201: segmentSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { name } = request.body;
      const key = request.body.key ?? keyFrom(name);
      const what = { action: 'segment.create', subject: key };
      await changeDefinitions(deps, actor, what, async (connection, before) => {
        checkRoom(before);
        const rule = await readRule(connection, actor, before, { key, name }, request.body.rule);
        const made = await insertSegment(connection, {
          workspaceId: actor.workspaceId,
          key,
          name,
          rule,
          at: new Date(deps.now()),
        });
        if (!made) throw keyTaken(key);
        return { result: null, bumps: true };
      });
      return reply.code(201).send(await viewSegment(deps, actor, key));
    },
  );

  app.post(
    '/api/segments/preview',
    {
      schema: {
        tags: ['segments'],
        summary: 'A rule in words, and what is wrong with it',
        body: z.object({ rule: z.unknown() }),
        response: {
          200: z.object({ sentence: z.string().nullable(), problems: z.array(problemItemSchema) }),
        },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { definition } = await deps.programs.get(workspaceId);
      const { known, names } = await loadKnown(db, workspaceId, definition);
      const parsed = parseRule(request.body.rule, known, '/rule');
      if (!parsed.ok) return { sentence: null, problems: [...parsed.problems] };
      return { sentence: sentence(parsed.value, names), problems: [] };
    },
  );

  app.get(
    '/api/segments/:key',
    {
      schema: {
        tags: ['segments'],
        summary: 'One segment',
        params: paramsSchema,
        response: { 200: segmentSchema },
      },
    },
    async (request) => viewSegment(deps, actorOf(request), request.params.key),
  );

  app.put(
    '/api/segments/:key',
    {
      schema: {
        tags: ['segments'],
        summary: 'Change name or rule; contacts nobody',
        params: paramsSchema,
        body: z.object({ name: nameSchema.optional(), rule: z.unknown().optional() }),
        response: { 200: segmentSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { key } = request.params;
      const { name, rule } = request.body;
      await changeDefinitions(
        deps,
        actor,
        { action: 'segment.update', subject: key },
        async (connection, before) => {
          const row = await findSegment(connection, actor.workspaceId, key);
          if (row === undefined) throw notFound('segment', key);
          const named = { key, name: name ?? row.name };
          const after =
            rule === undefined ? row.rule : await readRule(connection, actor, before, named, rule);
          const { workspaceId } = actor;
          await updateSegment(connection, { workspaceId, key, name: name ?? row.name, rule: after });
          return { result: null, bumps: !isDeepStrictEqual(after, row.rule) };
        },
      );
      return viewSegment(deps, actor, key);
    },
  );

  app.delete(
    '/api/segments/:key',
    {
      schema: {
        tags: ['segments'],
        summary: 'Delete a segment; it can be put back',
        params: paramsSchema,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { key } = request.params;
      await changeDefinitions(
        deps,
        actor,
        { action: 'segment.delete', subject: key },
        async (connection, before) => {
          if (!before.segments.some((segment) => segment.key === key)) throw notFound('segment', key);
          const references = await loadReferences(connection, before, { kind: 'segment', key });
          if (references.length > 0)
            throw inUse(`The segment is used by ${referenceWords(references)}.`, 'Change these first.');
          await archiveSegment(connection, { workspaceId: actor.workspaceId, key, at: new Date(deps.now()) });
          return { result: null, bumps: true };
        },
      );
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/segments/:key/people',
    {
      schema: {
        tags: ['segments'],
        summary: 'Who is in it, newest first',
        params: paramsSchema,
        querystring: pageQuery,
        response: { 200: pageOf(memberSchema) },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { key } = request.params;
      const program = await deps.programs.get(workspaceId);
      if (!program.segmentByKey.has(key)) throw notFound('segment', key);
      const page = await listPeoplePage(deps, {
        ...request.query,
        workspaceId,
        stage: null,
        segment: key,
      });
      const why = await explainMembers(deps, { workspaceId, program, segment: key }, page.items);
      const items = page.items.map(({ sorted_at, ...item }, i) => ({
        ...item,
        since: sorted_at,
        ...why[i]!,
      }));
      return { items, next_cursor: page.next_cursor };
    },
  );
}

/** In the order of the people. */
async function explainMembers(
  deps: HttpDeps,
  of: { readonly workspaceId: string; readonly program: Program; readonly segment: string },
  people: readonly { readonly id: string }[],
): Promise<readonly { readonly why: string | null; readonly until: string | null }[]> {
  const keys = people.map(({ id }) => personKey(readId('per', id)));
  const states = await loadStates(deps.pools.console, of.workspaceId, keys);
  return keys.map(({ id }) => {
    const state = states.get(id);
    const person = state === undefined || state === '{}' ? null : decodePerson(state);
    // What they remember does not answer a rule that was changed a moment ago.
    if (person === null || person.plan !== of.program.plan.signature) return { why: null, until: null };
    const explained = explainSegment(of.program, person, of.segment, deps.now());
    if (explained === null || !explained.holds) return { why: null, until: null };
    const until = person.frozen_at === null && explained.until !== null ? iso(explained.until) : null;
    return { why: inOneSentence(explained), until };
  });
}

/** Every word that was typed stands in the name. Whoever types the name, or how it begins, finds it first; the others keep their order. */
function matching(rows: readonly SegmentRow[], search: string): readonly SegmentRow[] {
  const typed = plain(search).trim();
  if (typed === '') return rows;
  const words = typed.split(/\s+/);
  const ranked = rows.flatMap((row) => {
    const name = plain(row.name);
    if (!words.every((word) => name.includes(word))) return [];
    return [{ row, rank: name === typed ? 0 : name.startsWith(typed) ? 1 : 2 }];
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ row }) => row);
}

/** Marks of accents fall away. */
const plain = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** After the segment that the page before ended with; one that was deleted since begins at the start. */
function placeOf(rows: readonly SegmentRow[], cursor: string | undefined): number {
  const [after] = readCursor(cursor, 1) ?? [null];
  return after === null ? 0 : rows.findIndex(({ key }) => key === after) + 1;
}

async function viewSegments(
  deps: HttpDeps,
  workspaceId: string,
  rows: readonly SegmentRow[],
  count: () => Promise<Counts['segments']>,
): Promise<z.infer<typeof segmentSchema>[]> {
  const db = deps.pools.console;
  const { definition } = await deps.programs.get(workspaceId);
  const [{ arming, counted }, things] = await Promise.all([
    countArmed(deps, workspaceId, count),
    loadKnown(db, workspaceId, definition),
  ]);
  return rows.map((row) => view(row, { people: counted.get(row.key) ?? 0, arming, things, definition }));
}

/** Its people are counted for itself: those of all segments may be kept for a while. */
export async function viewSegment(deps: HttpDeps, actor: Actor, key: string) {
  const { workspaceId } = actor;
  const db = deps.pools.console;
  const count = async () => new Map([[key, await countMembers(db, workspaceId, key)]]);
  const row = await findSegment(db, workspaceId, key);
  const [found] = row === undefined ? [] : await viewSegments(deps, workspaceId, [row], count);
  if (found === undefined) throw notFound('segment', key);
  return found;
}

function view(
  row: SegmentRow,
  around: {
    readonly people: number;
    readonly arming: Arming;
    readonly things: KnownThings;
    readonly definition: Definition;
  },
): z.infer<typeof segmentSchema> {
  return {
    key: row.key,
    name: row.name,
    shipped: row.shipped,
    rule: { ...row.rule },
    sentence: storedSentence(row.rule, around.things.names),
    problems: problemsOf(row, around),
    people: around.people,
    arming: around.arming,
    created_at: iso(row.created_at),
    used_by: [...findReferences(around.definition, { kind: 'segment', key: row.key })],
  };
}

/** Of the rule as it stands, or of the ring that it is part of. */
function problemsOf(
  row: SegmentRow,
  around: { readonly things: KnownThings; readonly definition: Definition },
): Problem[] {
  const own = storedProblems(row.rule, around.things);
  if (own.length > 0) return own;
  const unsound = around.definition.unsound?.find(({ kind, key }) => kind === 'segment' && key === row.key);
  return [...(unsound?.problems ?? [])];
}

export function checkRoom({ segments }: Definition): void {
  if (segments.length < SEGMENTS_MAX) return;
  throw inUse(`There are ${SEGMENTS_MAX} segments, which is the most.`, 'Delete one first.');
}

/** The engine's word on the rule, and no ring of segments. */
export async function readRule(
  db: Queryable,
  actor: Actor,
  before: Definition,
  { key, name }: { readonly key: string; readonly name: string },
  json: unknown,
): Promise<Rule> {
  const { known } = await loadKnown(db, actor.workspaceId, before);
  const parsed = parseRule(json, known, '/rule');
  if (!parsed.ok) throw invalid('invalid_rule', parsed.problems, 'The rule is not valid');
  const others = before.segments.filter((segment) => segment.key !== key);
  const segments = [...others, { key, name, rule: parsed.value }];
  const problem = ringProblem({ ...before, segments }, '/rule');
  if (problem === null) return parsed.value;
  throw invalid('invalid_rule', [problem], 'The rule is not valid');
}

/** `VIP, Berlin` → `vip_berlin`. */
export function keyFrom(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60);
  if (plain !== '') return plain;
  throw new ProblemError({
    code: 'invalid_body',
    path: '/key',
    message: 'No key can be made from this name.',
    hint: 'Send a key of lower case letters, digits and _.',
  });
}

function keyTaken(key: string): ProblemError {
  return new ProblemError({
    code: 'conflict',
    path: '/key',
    message: `There is a segment "${key}".`,
    hint: 'Change that one with PUT, or give the new one another key.',
  });
}
