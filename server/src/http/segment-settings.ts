// What Segment's browser client asks for before it sends anything: where to send, and that nothing else is loaded.
import type { FastifyRequest } from 'fastify';

/** `host` is where the browser reached us, so that it sends to the same place. */
export function segmentSettings(request: FastifyRequest, writeKey: string): object {
  return {
    integrations: {
      'Segment.io': {
        apiKey: writeKey,
        apiHost: `${request.host}/v1`,
        protocol: request.protocol === 'https' ? 'https' : 'http',
        unbundledIntegrations: [],
        addBundledMetadata: true,
        maybeBundledConfigIds: {},
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    // The client would report its own metrics to Segment.
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  };
}
