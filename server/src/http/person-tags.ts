// Tags on one person: a trait that the team keeps by hand. A change is an event like any other, so the state stays a fold of what is
// stored, and rules, journeys and lists see tags as they see every trait.
import type { EventFact, Person } from '@rapport/engine';
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { act, getSubject } from './person-act.ts';

/** The trait, also as any sender of events may set it. */
const TAGS = 'tags';
const TAGS_MAX = 50;

const tagSchema = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[^\p{C},]+$/u, 'holds a comma or a character that cannot be seen');

export function registerPersonTags(app: App, deps: HttpDeps): void {
  app.post(
    '/api/people/:id/tags',
    {
      schema: {
        tags: ['people'],
        summary: 'Put tags on someone, or take them off',
        params: z.object({ id: z.string().max(100) }),
        body: z.object({
          add: z.array(tagSchema).max(TAGS_MAX).default([]),
          remove: z.array(z.string().max(200)).max(TAGS_MAX).default([]),
        }),
        response: { 200: z.object({ tags: z.array(z.string()) }) },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const subject = await getSubject(deps, actor.workspaceId, request.params.id);
      const { add, remove } = request.body;
      const change = (person: Person) => {
        const before = tagsOf(person);
        const after = [...new Set([...before.filter((tag) => !remove.includes(tag)), ...add])];
        const added = after.filter((tag) => !before.includes(tag));
        const removed = before.filter((tag) => !after.includes(tag));
        if (added.length === 0 && removed.length === 0) return null;
        if (after.length > TAGS_MAX) throw tooMany(after.length);
        const event: EventFact = {
          id: `tags-${deps.newId()}`,
          at: deps.now(),
          type: 'track',
          name: 'Tags Changed',
          trust: 'server',
          properties: { added, removed },
          traits: { [TAGS]: after },
          identities: [],
        };
        return { kind: 'event', event } as const;
      };
      await act(deps, actor, subject, change, { action: 'person.tags', detail: { add, remove } });
      const after = await getSubject(deps, actor.workspaceId, request.params.id);
      return { tags: [...tagsOf(after.person)] };
    },
  );
}

/** What somebody else set may be one text, or hold what is no text. */
function tagsOf(person: Person): readonly string[] {
  const value = person.memory.traits[TAGS]?.v ?? [];
  const values = Array.isArray(value) ? value : [value];
  return values.filter((tag) => typeof tag === 'string');
}

function tooMany(count: number): ProblemError {
  return new ProblemError({
    code: 'invalid_body',
    path: '/add',
    message: `That would be ${count} tags on one person; at most ${TAGS_MAX} are kept.`,
    hint: 'Take one off first.',
  });
}
