// The browser tag as sites load it: one small file, the same for everyone, from any origin. Short of life in caches, so that
// a new version reaches every site within the hour; asking again costs no bytes.
import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { App, HttpDeps } from './deps.ts';

const cacheControl = 'public, max-age=3600, stale-while-revalidate=86400';

export async function registerTag(app: App, deps: HttpDeps): Promise<void> {
  const { tagFile } = deps.config;
  if (tagFile === null) return;
  const plain = await readFile(tagFile);
  const packed = gzipSync(plain, { level: 9 });
  const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 22);

  app.get('/tag.js', { schema: { hide: true } }, async (request, reply) => {
    const gzip = takesGzip(request);
    const etag = `"${hash}${gzip ? '-gzip' : ''}"`;
    void reply
      .header('cache-control', cacheControl)
      .header('etag', etag)
      .header('vary', 'accept-encoding')
      .header('access-control-allow-origin', '*')
      .header('cross-origin-resource-policy', 'cross-origin')
      .header('timing-allow-origin', '*');
    if (isKnown(request, hash)) return reply.code(304).send();
    void reply.type('text/javascript; charset=utf-8');
    return gzip ? reply.header('content-encoding', 'gzip').send(packed) : reply.send(plain);
  });
}

function takesGzip(request: FastifyRequest): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(String(request.headers['accept-encoding'] ?? ''));
}

/** Whichever encoding it came in, and whatever a proxy made of the quotes. */
function isKnown(request: FastifyRequest, hash: string): boolean {
  return (request.headers['if-none-match'] ?? '').includes(hash);
}
