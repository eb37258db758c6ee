// Loyalty programmes: what earns points, when they go, tiers. A change moves people silently and contacts nobody; points stand.
import { isDeepStrictEqual } from 'node:util';
import { earningSentence, expirySentence, parseProgramme, sentence } from '@rapport/engine';
import type { Definition, Names, ProgrammeDefinition } from '@rapport/engine';
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import type { Counts } from '../postgres/counts.ts';
import {
  archiveProgramme,
  insertProgramme,
  listDeletedProgrammes,
  listProgrammeVersions,
  loadPointTotals,
  updateProgramme,
} from '../postgres/loyalty.ts';
import type { PointTotals, ProgrammeVersion } from '../postgres/loyalty.ts';
import type { Queryable } from '../postgres/pool.ts';
import { armingSchema, countArmed } from './arming.ts';
import type { Arming } from './arming.ts';
import { actorId, actorOf } from './auth.ts';
import { changeDefinitions } from './changes.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { notFound } from './ids.ts';
import { loadKnown } from './known.ts';
import { inUse, invalid, ringProblem } from './refusals.ts';
import type { CountsOf } from './lifecycle-view.ts';
import { pageOf } from './paging.ts';
import { findReferences, referenceWords } from './references.ts';
import { keyFrom } from './segments.ts';
import { savedSince } from './stale.ts';
import { iso, looseSchema, problemItemSchema, referenceSchema } from './wire.ts';

const PROGRAMMES_MAX = 4;
const paramsSchema = z.object({ key: z.string().max(100) });

const programmeSchema = z
  .object({
    key: z.string(),
    name: z.string(),
    /** Grows with every change; send it back as `base`, and what another saved meanwhile is not put aside. */
    version: z.number().int(),
    unit: z.object({ one: z.string(), many: z.string() }),
    counts_from: z.string(),
    earn: z.array(looseSchema.and(z.object({ key: z.string(), sentence: z.string() }))),
    expiry: z.object({ kind: z.enum(['inactivity', 'earned']), after: z.string() }).nullable(),
    expiry_sentence: z.string(),
    tiers: z.array(
      z.object({
        key: z.string(),
        name: z.string(),
        rule: looseSchema,
        sentence: z.string(),
        people: z.number().int(),
      }),
    ),
    keep_tier_for: z.string().nullable(),
    /** Over everybody: issued − taken_back = spent + expired + outstanding − owed. */
    points: z.object({
      issued: z.number(),
      taken_back: z.number(),
      spent: z.number(),
      expired: z.number(),
      outstanding: z.number(),
      owed: z.number(),
    }),
    arming: armingSchema,
    used_by: z.array(referenceSchema),
    /** What keeps it from being used as it is stored: until it is mended nothing earns or expires, and tiers stay. */
    problems: z.array(problemItemSchema),
  })
  .meta({ id: 'Programme' });

export function registerProgrammes(app: App, deps: HttpDeps, counts: CountsOf): void {
  const db = deps.pools.console;

  app.get(
    '/api/programmes',
    {
      schema: {
        tags: ['loyalty'],
        summary: 'All loyalty programmes',
        response: { 200: pageOf(programmeSchema) },
      },
    },
    async (request) => ({
      items: await viewProgrammes(deps, counts, actorOf(request).workspaceId),
      next_cursor: null,
    }),
  );

  app.post(
    '/api/programmes',
    {
      schema: {
        tags: ['loyalty'],
        summary: 'Make a loyalty programme; it counts from now unless told otherwise',
        body: looseSchema,
        response: { 201: programmeSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { name } = request.body;
      const key = request.body['key'] ?? (typeof name === 'string' ? keyFrom(name) : undefined);
      const asked = { counts_from: iso(deps.now()), ...withoutShown(request.body), key };
      const what = { action: 'programme.create', subject: String(key) };
      const made = await changeDefinitions(deps, actor, what, async (connection, before) => {
        if ((before.programmes ?? []).length >= PROGRAMMES_MAX)
          throw inUse(
            `There are ${PROGRAMMES_MAX} loyalty programmes, which is the most.`,
            'Delete one first.',
          );
        const programme = await readProgramme(connection, actor, before, asked);
        const at = new Date(deps.now());
        if (!(await insertProgramme(connection, { workspaceId: actor.workspaceId, programme, at })))
          throw keyTaken(programme.key);
        return { result: programme.key, bumps: true };
      });
      return reply.code(201).send(await viewProgramme(deps, counts, actor, made));
    },
  );

  app.get(
    '/api/programmes/:key',
    {
      schema: {
        tags: ['loyalty'],
        summary: 'One loyalty programme',
        params: paramsSchema,
        response: { 200: programmeSchema },
      },
    },
    async (request) => viewProgramme(deps, counts, actorOf(request), request.params.key),
  );

  app.put(
    '/api/programmes/:key',
    {
      schema: {
        tags: ['loyalty'],
        summary: 'Change a programme; contacts nobody, and what was earned stands',
        params: paramsSchema,
        body: looseSchema,
        response: { 200: programmeSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { key } = request.params;
      const what = { action: 'programme.update', subject: key };
      await changeDefinitions(deps, actor, what, async (connection, before) => {
        const was = (before.programmes ?? []).find((programme) => programme.key === key);
        if (was === undefined) throw notFound('loyalty programme', key);
        const { base, ...body } = request.body;
        await refuseStale(connection, actor.workspaceId, { key, base });
        const asked = withoutShown({ ...was, ...body });
        const programme = await readProgramme(connection, actor, before, { ...asked, key });
        checkTiersStay(before, was, programme);
        if (!isDeepStrictEqual(plain(was), plain(programme)))
          await updateProgramme(connection, actor.workspaceId, { programme, by: actorId(actor) });
        const { name: _was, ...old } = was;
        const { name: _is, ...next } = programme;
        return { result: null, bumps: !isDeepStrictEqual(old, next) };
      });
      return viewProgramme(deps, counts, actor, key);
    },
  );

  app.delete(
    '/api/programmes/:key',
    {
      schema: {
        tags: ['loyalty'],
        summary: 'Put a programme away: nothing earns, tiers end, points stand; it can be put back',
        params: paramsSchema,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const { key } = request.params;
      const what = { action: 'programme.delete', subject: key };
      await changeDefinitions(deps, actor, what, async (connection, before) => {
        const references = findReferences(before, { kind: 'programme', key });
        if (references.length > 0)
          throw inUse(`The programme is used by ${referenceWords(references)}.`, 'Change these first.');
        if (!(await archiveProgramme(connection, { workspaceId, key, at: new Date(deps.now()) })))
          throw notFound('loyalty programme', key);
        return { result: null, bumps: true };
      });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/deleted/programmes',
    {
      schema: {
        tags: ['loyalty'],
        summary: 'Programmes that can be put back',
        response: {
          200: pageOf(z.object({ key: z.string(), name: z.string(), deleted_at: z.string() })),
        },
      },
    },
    async (request) => ({
      items: (await listDeletedProgrammes(db, actorOf(request).workspaceId)).map((row) => ({
        key: row.key,
        name: row.name,
        deleted_at: iso(row.archived_at),
      })),
      next_cursor: null,
    }),
  );

  app.post(
    '/api/programmes/:key/restore',
    {
      schema: {
        tags: ['loyalty'],
        summary: 'Put a deleted programme back',
        params: paramsSchema,
        response: { 200: programmeSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const { key } = request.params;
      const what = { action: 'programme.restore', subject: key };
      await changeDefinitions(deps, actor, what, async (connection, before) => {
        const row = (await listDeletedProgrammes(connection, workspaceId)).find((each) => each.key === key);
        if (row === undefined) throw notFound('deleted loyalty programme', key);
        // What it asks for may have gone in the meantime.
        await readProgramme(connection, actor, before, { key, name: row.name, ...row.body });
        await archiveProgramme(connection, { workspaceId, key, at: null });
        return { result: null, bumps: true };
      });
      return viewProgramme(deps, counts, actor, key);
    },
  );
}

async function viewProgrammes(
  deps: HttpDeps,
  counts: CountsOf,
  workspaceId: string,
): Promise<z.infer<typeof programmeSchema>[]> {
  const db = deps.pools.console;
  const { definition } = await deps.programs.get(workspaceId);
  const [armed, totals, { names }, versions] = await Promise.all([
    countArmed(deps, workspaceId, () => counts(workspaceId)),
    loadPointTotals(db, workspaceId),
    loadKnown(db, workspaceId, definition),
    listProgrammeVersions(db, workspaceId),
  ]);
  return (definition.programmes ?? []).map((programme) =>
    view(programme, {
      ...armed,
      points: totals.get(programme.key) ?? NOTHING,
      names,
      definition,
      saved: versions.get(programme.key),
    }),
  );
}

const NOTHING: PointTotals = { issued: 0, taken_back: 0, spent: 0, expired: 0, outstanding: 0, owed: 0 };

async function viewProgramme(deps: HttpDeps, counts: CountsOf, actor: Actor, key: string) {
  const found = (await viewProgrammes(deps, counts, actor.workspaceId)).find((each) => each.key === key);
  if (found === undefined) throw notFound('loyalty programme', key);
  return found;
}

function view(
  programme: ProgrammeDefinition,
  around: {
    readonly counted: Counts;
    readonly points: PointTotals;
    readonly arming: Arming;
    readonly names: Names;
    readonly definition: Definition;
    readonly saved: ProgrammeVersion | undefined;
  },
): z.infer<typeof programmeSchema> {
  const { names, definition } = around;
  const people = around.counted.tiers.get(programme.key);
  return {
    key: programme.key,
    name: around.saved?.name ?? programme.name,
    version: around.saved?.version ?? 1,
    unit: { ...programme.unit },
    counts_from: programme.counts_from,
    earn: programme.earn.map((rule) => ({
      ...rule,
      sentence: earningSentence(rule, programme, { currency: definition.currency, names }),
    })),
    expiry: programme.expiry === undefined ? null : { ...programme.expiry },
    expiry_sentence: expirySentence(programme),
    tiers: programme.tiers.map(({ key, name, rule }) => ({
      key,
      name,
      rule: { ...rule },
      sentence: sentence(rule, names),
      people: people?.get(key) ?? 0,
    })),
    keep_tier_for: programme.keep_tier_for ?? null,
    points: { ...around.points },
    arming: around.arming,
    used_by: findReferences(definition, { kind: 'programme', key: programme.key }).map((each) => ({
      ...each,
    })),
    problems: [
      ...(definition.unsound?.find(({ kind, key }) => kind === 'programme' && key === programme.key)
        ?.problems ?? []),
    ],
  };
}

async function readProgramme(
  db: Queryable,
  actor: Actor,
  before: Definition,
  asked: { readonly [key: string]: unknown },
): Promise<ProgrammeDefinition> {
  const { known } = await loadKnown(db, actor.workspaceId, before);
  const parsed = parseProgramme(asked, known);
  if (!parsed.ok) throw invalid('invalid_programme', parsed.problems, 'The loyalty programme is not valid');
  const others = (before.programmes ?? []).filter(({ key }) => key !== parsed.value.key);
  const problem = ringProblem({ ...before, programmes: [...others, parsed.value] }, '/tiers');
  if (problem === null) return parsed.value;
  throw invalid('invalid_programme', [problem], 'The loyalty programme is not valid');
}

async function refuseStale(
  db: Queryable,
  workspaceId: string,
  { key, base }: { readonly key: string; readonly base: unknown },
): Promise<void> {
  if (base === undefined) return;
  if (typeof base !== 'number') throw notNumber();
  const saved = (await listProgrammeVersions(db, workspaceId)).get(key);
  if (saved === undefined || saved.version === base) return;
  throw await savedSince(db, workspaceId, { version: saved.version, by: saved.saved_by, base });
}

/** Without what is absent: a missing field and an undefined one say the same. */
const plain = (programme: ProgrammeDefinition): unknown => JSON.parse(JSON.stringify(programme));

function notNumber(): ProblemError {
  return new ProblemError({
    code: 'invalid_programme',
    path: '/base',
    message: '"base" is not a number.',
    hint: 'Send the `version` that the change was made from, or leave it away.',
  });
}

function checkTiersStay(before: Definition, was: ProgrammeDefinition, next: ProgrammeDefinition): void {
  for (const { key, name } of was.tiers) {
    if (next.tiers.some((tier) => tier.key === key)) continue;
    const references = findReferences(before, { kind: 'tier', programme: was.key, key });
    if (references.length === 0) continue;
    throw inUse(
      `The tier ${name} is used by ${referenceWords(references)}.`,
      'Change these first, or keep the tier.',
    );
  }
}

/** What a reading shows and a change does not take: sent back whole, it is left aside; null means left out. */
function withoutShown(asked: { readonly [key: string]: unknown }): { readonly [key: string]: unknown } {
  const shown = ['version', 'expiry_sentence', 'points', 'arming', 'used_by', 'problems', 'at_rest'];
  const kept = Object.entries(asked).filter(([key, value]) => !shown.includes(key) && value !== null);
  return Object.fromEntries(
    kept.map(([key, value]) => [key, key === 'tiers' || key === 'earn' ? plainItems(value) : value]),
  );
}

function plainItems(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((item: unknown) =>
    typeof item === 'object' && item !== null
      ? Object.fromEntries(Object.entries(item).filter(([key]) => key !== 'sentence' && key !== 'people'))
      : item,
  );
}

function keyTaken(key: string): ProblemError {
  return new ProblemError({
    code: 'conflict',
    path: '/key',
    message: `There is, or was, a loyalty programme "${key}": its points are kept under this key.`,
    hint: 'Change or restore that one, or give the new one another key.',
  });
}
