// People for whom a rule holds, saved or not: everyone is asked, a portion an answer, with how many were asked so far. Never a
// time-out without words: an answer may hold few people, and says where to go on. Stages and segments alone are GET /api/people.
import { BUCKETS } from '@rapport/engine';
import { z } from 'zod';
import type { Place as Walk } from './ask-everyone.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import type { CountsOf } from './lifecycle-view.ts';
import { badCursor, limitDefault, limitMax, pageOf, printCursor, readCursor } from './paging.ts';
import { viewPeople, personItemSchema } from './people-list.ts';
import { parseAsked } from './segment-count.ts';
import { listMatching } from './segment-draft.ts';

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
        }),
        response: { 200: matchingSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const { limit, cursor } = request.body;
      const rule = await parseAsked(deps, actor, request.body.rule);
      const from = readPlace(cursor);
      let gone = false;
      reply.raw.once('close', () => (gone = true));
      const { people } = await counts(workspaceId);
      const found = await listMatching(deps, { workspaceId, rule, people }, { from, limit }, () => !gone);
      const looked = from.looked + found.looked;
      const matched = from.matched + found.keys.length;
      return {
        items: await viewPeople(deps, workspaceId, found.keys, request.body.traits),
        next_cursor:
          found.next === null ? null : printCursor([found.next.turn, found.next.after, looked, matched]),
        looked,
        matched,
        of: found.next === null ? looked : Math.max(people, looked),
      };
    },
  );
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
