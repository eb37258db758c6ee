// The list of doors, generated from the routes' own schemas: OpenAPI 3.1 at /api/openapi.json, readable at /api/docs.
import swagger from '@fastify/swagger';
import scalar from '@scalar/fastify-api-reference';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { App, HttpDeps } from './deps.ts';
import { problemSchema } from './problems.ts';

export async function registerOpenApi(app: App, deps: Pick<HttpDeps, 'config'>): Promise<void> {
  // Whatever goes wrong, anywhere under /api, looks the same.
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/api/') || route.schema === undefined) return;
    const { response } = route.schema;
    const own = typeof response === 'object' && response !== null ? response : {};
    route.schema.response = { ...own, '4xx': problemSchema, '5xx': problemSchema };
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Rapport',
        version: deps.config.version,
        description:
          'What holds everywhere (signing in, pages, Idempotency-Key, problems) is written down in docs/api.md.',
      },
      components: {
        securitySchemes: {
          server_key: { type: 'http', scheme: 'bearer', description: 'A server key: rk_…' },
          session: { type: 'apiKey', in: 'cookie', name: 'rapport.session_token' },
        },
      },
      security: [{ server_key: [] }, { session: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await app.register(scalar, {
    routePrefix: '/api/docs',
    configuration: { url: '/api/openapi.json', withDefaultFonts: false, telemetry: false },
    hooks: {
      // The reader of the documentation brings inline scripts and styles of its own; nothing else may.
      onRequest(_request, reply, done) {
        reply.header(
          'content-security-policy',
          "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
        );
        done();
      },
    },
  });
}
