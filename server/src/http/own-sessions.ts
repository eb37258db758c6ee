// Where one is signed in, and signing out elsewhere. Everyone sees and ends only their own.
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import { endSessions, listSessions } from '../postgres/user-sessions.ts';
import { actorOf } from './auth.ts';
import type { Auth } from './auth.ts';
import { changeOther } from './changes.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { notFound, printId, readId } from './ids.ts';
import { pageOf } from './paging.ts';
import { iso } from './wire.ts';

const sessionItemSchema = z
  .object({
    id: z.string(),
    /** "Firefox on Linux", as far as the browser said. */
    device: z.string(),
    created_at: z.string(),
    last_at: z.string(),
    current: z.boolean(),
  })
  .meta({ id: 'OwnSession' });

export function registerOwnSessions(app: App, deps: HttpDeps, auth: Auth): void {
  const db = deps.pools.console;
  const currentOf = async (cookie: string | undefined): Promise<string | null> => {
    const found = await auth.api.getSession({ headers: new Headers({ cookie: cookie ?? '' }) });
    return found?.session.id ?? null;
  };

  app.get(
    '/api/sessions',
    {
      schema: {
        tags: ['session'],
        summary: 'Where one is signed in',
        response: { 200: pageOf(sessionItemSchema) },
      },
    },
    async (request) => {
      const user = userOf(actorOf(request));
      const [rows, current] = await Promise.all([
        listSessions(db, user.id, new Date(deps.now())),
        currentOf(request.headers.cookie),
      ]);
      return {
        items: rows.map((row) => ({
          id: printId('ses', row.id),
          device: deviceWords(row.user_agent),
          created_at: iso(row.created_at),
          last_at: iso(row.updated_at),
          current: row.id === current,
        })),
        next_cursor: null,
      };
    },
  );

  app.delete(
    '/api/sessions/:id',
    {
      schema: {
        tags: ['session'],
        summary: 'Sign out there; `others` ends all but this one',
        params: z.object({ id: z.string() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const user = userOf(actorOf(request));
      const { id } = request.params;
      const which =
        id === 'others'
          ? { except: (await currentOf(request.headers.cookie)) ?? '' }
          : { id: readId('ses', id) };
      const what = { action: 'session.end', subject: printId('usr', user.id) };
      await changeOther(deps, user, what, async (connection) => {
        const ended = await endSessions(connection, user.id, which);
        if (ended === 0 && id !== 'others') throw notFound('session', id);
      });
      return reply.code(204).send(null);
    },
  );
}

type User = Extract<Actor, { readonly kind: 'user' }>;

function userOf(actor: Actor): User {
  if (actor.kind === 'user') return actor;
  throw new ProblemError({
    code: 'not_allowed',
    message: 'A key has no sessions.',
    hint: 'Sign in as a person.',
  });
}

const browsers: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** What a browser says of itself, in two words. */
export function deviceWords(userAgent: string | null): string {
  const find = (of: typeof browsers): string | undefined =>
    of.find(([test]) => test.test(userAgent ?? ''))?.[1];
  const browser = find(browsers);
  const system = find(systems);
  if (browser !== undefined && system !== undefined) return `${browser} on ${system}`;
  return browser ?? system ?? 'Unknown device';
}
