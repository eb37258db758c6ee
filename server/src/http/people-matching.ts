// People for whom a rule holds, saved or not: everyone is asked, a portion an answer, with how many were asked so far. Never a
// time-out without words: an answer may hold few people, and says where to go on. Stages, segments and tiers alone are looked up.
import { BUCKETS } from '@rapport/engine';
import { z } from 'zod';
import { belongingOf, countBelonging, listBelonging } from '../postgres/people-in.ts';
import type { Belonging, BelongingPlace } from '../postgres/people-in.ts';
import type { Place as Walk } from './ask-everyone.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import type { CountsOf } from './lifecycle-view.ts';
import { badCursor, limitDefault, limitMax, pageOf, printCursor, readCursor } from './paging.ts';
import { columnSchema, columnsMax } from './people-columns.ts';
import { viewPeople, personItemSchema } from './people-list.ts';
import { parseAsked } from './segment-count.ts';
import { listMatching } from './segment-draft.ts';
import { iso } from './wire.ts';

const matchingSchema = pageOf(personItemSchema)
  .extend({
    /** People asked so far, over all pages up to this one. */
    looked: z.number().int(),
    /** Those of them for whom the rule holds. */
    matched: z.number().int(),
    /** Everyone there is. */
    of: z.number().int(),
  })
  .meta({ id: 'PeopleMatching' });

interface Place extends Walk {
  readonly looked: number;
  readonly matched: number;
}

export function registerPeopleMatching(app: App, deps: HttpDeps, counts: CountsOf): void {
  app.post(
    '/api/people/matching',
    {
      schema: {
        tags: ['people'],
        summary: 'People for whom a rule holds now; a page may be short while people are left to ask',
        body: z.object({
          rule: z.unknown(),
          limit: z.number().int().min(1).max(limitMax).default(limitDefault),
          cursor: z.string().max(500).optional(),
          /** Names of traits to show. */
          traits: z.array(z.string().max(100)).max(12).default([]),
          /** What to show beyond what every row has. */
          columns: z.array(columnSchema).max(columnsMax).default([]),
        }),
        response: { 200: matchingSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const { limit, cursor } = request.body;
      const rule = await parseAsked(deps, actor, request.body.rule);
      const belonging = belongingOf(rule);
      if (belonging !== null) return listIn(deps, workspaceId, belonging, request.body);
      const from = readPlace(cursor);
      let gone = false;
      reply.raw.once('close', () => (gone = true));
      const { people } = await counts(workspaceId);
      const found = await listMatching(deps, { workspaceId, rule, people }, { from, limit }, () => !gone);
      const looked = from.looked + found.looked;
      const matched = from.matched + found.keys.length;
      return {
        items: await viewPeople(deps, workspaceId, found.keys, columnsOf(request.body)),
        next_cursor:
          found.next === null ? null : printCursor([found.next.turn, found.next.after, looked, matched]),
        looked,
        matched,
        of: found.next === null ? looked : Math.max(people, looked),
      };
    },
  );
}

interface Columns {
  readonly traits: readonly string[];
  readonly columns: readonly string[];
}
const columnsOf = ({ traits, columns }: Columns): readonly string[] => [
  ...columns,
  ...traits.map((trait) => `trait:${trait}`),
];

/** Stages, segments and tiers alone are looked up: everyone is answered for at once, newest people first. */
async function listIn(
  deps: HttpDeps,
  workspaceId: string,
  of: Belonging,
  asked: { readonly limit: number; readonly cursor?: string | undefined } & Columns,
): Promise<z.infer<typeof matchingSchema>> {
  const db = deps.pools.console;
  const place = readIndexed(asked.cursor);
  const rows = await listBelonging(db, workspaceId, { of, before: place, limit: asked.limit + 1 });
  const matched = place?.matched ?? (await countBelonging(db, workspaceId, of));
  const everyone = place?.everyone ?? (await countBelonging(db, workspaceId, { kind: 'all', parts: [] }));
  const shown = rows.slice(0, asked.limit);
  const last = rows.length > asked.limit ? shown.at(-1) : undefined;
  return {
    items: await viewPeople(deps, workspaceId, shown, columnsOf(asked)),
    next_cursor: last === undefined ? null : printCursor([iso(last.at), last.id, matched, everyone]),
    looked: everyone,
    matched,
    of: everyone,
  };
}

function readIndexed(
  cursor: string | undefined,
): (BelongingPlace & { readonly matched: number; readonly everyone: number }) | null {
  const parts = readCursor(cursor, 4);
  if (parts === null) return null;
  const [at, id, matched, everyone] = parts;
  const instant = new Date(typeof at === 'string' ? at : Number.NaN);
  const isId = typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id);
  if (Number.isNaN(instant.getTime()) || !isId || !isWhole(matched) || !isWhole(everyone)) throw badCursor();
  return { at: instant, id, matched, everyone };
}

function readPlace(cursor: string | undefined): Place {
  const parts = readCursor(cursor, 4);
  if (parts === null) return { turn: 0, after: null, looked: 0, matched: 0 };
  const [turn, after, looked, matched] = parts;
  const isId = after === null || typeof after === 'string';
  if (!isWhole(turn) || turn >= BUCKETS || !isId || !isWhole(looked) || !isWhole(matched)) throw badCursor();
  return { turn, after: after ?? null, looked, matched };
}

function isWhole(part: unknown): part is number {
  return typeof part === 'number' && Number.isSafeInteger(part) && part >= 0;
}
