// The pages of docs/ as they are, so that the `type` of a problem leads somewhere on the machine that said it.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { App } from './deps.ts';
import { notFound } from './ids.ts';

const folder = new URL('../../../docs/', import.meta.url);

export function registerDocs(app: App): void {
  app.get(
    '/docs/:page',
    { schema: { hide: true, params: z.object({ page: z.string().regex(/^[a-z-]{1,40}$/) }) } },
    async (request, reply) => {
      const { page } = request.params;
      const text = await readFile(new URL(`${page}.md`, folder), 'utf8').catch(() => null);
      if (text === null) throw notFound('page', page);
      return reply.type('text/markdown; charset=utf-8').header('cache-control', 'no-cache').send(text);
    },
  );
}
