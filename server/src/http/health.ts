// Is this process fit to serve: the database answers and has been brought to this code's schema. Says nothing else.
import { z } from 'zod';
import { listApplied } from '../postgres/system.ts';
import { readMigrations, migrationsDir } from '../postgres/migrate.ts';
import type { App, HttpDeps } from './deps.ts';

export function registerHealth(app: App, deps: HttpDeps): void {
  let wanted: readonly string[] | undefined;
  app.get(
    '/health',
    {
      schema: {
        summary: 'Ready to serve?',
        security: [],
        response: {
          200: z.object({ status: z.literal('ready') }),
          503: z.object({ status: z.literal('not_ready'), reason: z.string() }),
        },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      try {
        wanted ??= (await readMigrations(migrationsDir)).map(({ name }) => name);
        const applied = new Set(await listApplied(deps.pools.console));
        const missing = wanted.find((name) => !applied.has(name));
        if (missing === undefined) return { status: 'ready' as const };
        return await reply
          .code(503)
          .send({ status: 'not_ready', reason: `The migration ${missing} has not run.` });
      } catch (error) {
        deps.log.warn({ err: error }, 'not ready: the database does not answer');
        return reply.code(503).send({ status: 'not_ready', reason: 'The database does not answer.' });
      }
    },
  );
}
