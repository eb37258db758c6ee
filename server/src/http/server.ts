// One server: its order of hooks, its headers, its doors and the console's files. Routes live in files of their noun;
// nothing here knows what they do.
import fastifyCookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import Fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { ProblemError } from '../errors.ts';
import { loadCounts } from '../postgres/counts.ts';
import { checkAccess, createAuth, identifyActors, isApi } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { registerBacktests } from './backtests.ts';
import { registerDocs } from './docs.ts';
import { registerHealth } from './health.ts';
import { registerInvitations } from './invitations.ts';
import { registerHeard } from './heard.ts';
import { keepAnswers } from './idempotency.ts';
import { registerImports } from './imports.ts';
import { registerSampleStore } from './sample-store.ts';
import { registerJourneySwitch } from './journey-switch.ts';
import { registerJourneyDifference } from './journey-difference.ts';
import { countJourneys } from './journey-numbers.ts';
import { registerJourneyKept } from './journey-kept.ts';
import { registerJourneys } from './journeys.ts';
import { registerKeys } from './keys.ts';
import { registerLifecycle } from './lifecycle.ts';
import { registerLifecycleCount } from './lifecycle-count.ts';
import { registerLifecycleKept } from './lifecycle-kept.ts';
import { registerLetters } from './letters.ts';
import { registerOpenApi } from './openapi.ts';
import { registerSegmentHistory } from './segment-history.ts';
import { registerFigurePeople } from './figure-people.ts';
import { registerFigures } from './figures.ts';
import { registerFlows } from './flows.ts';
import { registerMoments } from './moments.ts';
import { registerOutlook } from './outlook.ts';
import { registerOutages } from './outages.ts';
import { countHealth, registerOverview } from './overview.ts';
import { registerOwnSessions } from './own-sessions.ts';
import { registerPredictions } from './predictions.ts';
import { registerPeopleExport } from './people-export.ts';
import { registerPeopleMatching } from './people-matching.ts';
import { registerPeopleViews } from './people-views.ts';
import { registerPersonAddresses } from './person-addresses.ts';
import { registerPersonErase } from './person-erase.ts';
import { registerPersonExport } from './person-export.ts';
import { registerPersonJourneys } from './person-journeys.ts';
import { registerPersonNotes } from './person-notes.ts';
import { registerPersonTags } from './person-tags.ts';
import { registerPersonRecord } from './person-record.ts';
import { registerPeople } from './people.ts';
import { handleProblems } from './problems.ts';
import { registerPoints } from './points.ts';
import { registerProgrammes } from './programmes.ts';
import { registerQuarantine } from './quarantine.ts';
import { registerReveal } from './reveal.ts';
import { registerRuns } from './runs.ts';
import { registerSegmentCount } from './segment-count.ts';
import { registerSegmentRestore } from './segment-restore.ts';
import { registerSegments } from './segments.ts';
import { registerSession } from './session.ts';
import { registerSettings } from './settings.ts';
import { registerSetup } from './setup.ts';
import { refuseStrangeBodies, takeEmptyBodies } from './strange.ts';
import { registerSystem } from './system.ts';
import { registerTag } from './tag.ts';
import { registerUsers } from './users.ts';
import { registerVocabulary } from './vocabulary.ts';
import { registerWeek } from './week.ts';

/** Of one session, key or stranger's address: 100 a second is a busy script, not a person. */
const requestsPerMinute = 6_000;
const bodyLimit = 1_048_576;

/** Ready to `listen` or `inject`. Call `close` to let requests under way finish. */
export async function buildServer(deps: HttpDeps): Promise<App> {
  const log: FastifyBaseLogger = deps.log;
  const app: App = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => `req_${deps.newId()}`,
    bodyLimit,
    // A proxy on this machine may say who asks; anyone else's word is not taken.
    trustProxy: 'loopback',
    requestTimeout: 300_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 300 },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  handleProblems(app, { consoleDir: deps.config.consoleDir });

  const auth = createAuth(deps);
  await app.register(helmet, securityHeaders(deps));
  await app.register(fastifyCookie);
  // Who asks comes before the rate limit (which counts per actor), what they may do after it.
  identifyActors(app, deps, auth);
  await app.register(rateLimit, limits(deps));
  checkAccess(app, deps);
  takeEmptyBodies(app);
  refuseStrangeBodies(app);
  keepAnswers(app, deps);
  await registerOpenApi(app, deps);

  registerHealth(app, deps);
  registerDocs(app);
  registerSetup(app, deps, auth);
  registerSession(app, deps, auth);
  registerOwnSessions(app, deps, auth);
  registerUsers(app, deps);
  registerInvitations(app, deps, auth);
  registerSettings(app, deps);
  registerDefinitions(app, deps);
  registerKeys(app, deps);
  registerHeard(app, deps);
  await registerImports(app, deps);
  registerSampleStore(app, deps);
  registerQuarantine(app, deps);
  registerSystem(app, deps);
  await registerLetters(app, deps);
  await registerTag(app, deps);
  await serveConsole(app, deps);
  return app;
}

/** What shows counts shares one counter each, so that a dear count is made once. */
function registerDefinitions(app: App, deps: HttpDeps): void {
  const counts = deps.counting.keep((id, pool) => loadCounts(pool, id), {
    failed: 'who is where could not be counted',
  });
  const journeys = countJourneys(deps);
  const health = deps.counting.keep((id, pool) => countHealth(deps, pool, id), {
    failed: 'how sound the data are could not be counted',
  });
  registerLifecycle(app, deps, counts.get);
  registerLifecycleCount(app, deps, counts.get);
  registerLifecycleKept(app, deps, counts.get);
  registerSegments(app, deps, counts.get);
  registerSegmentRestore(app, deps);
  registerSegmentCount(app, deps, counts.get);
  registerVocabulary(app, deps);
  registerJourneys(app, deps, journeys);
  registerJourneyKept(app, deps, journeys);
  registerJourneySwitch(app, deps, journeys);
  registerBacktests(app, deps);
  registerJourneyDifference(app, deps);
  registerRuns(app, deps);
  registerPeople(app, deps);
  registerPoints(app, deps);
  registerProgrammes(app, deps, counts.get);
  registerPeopleMatching(app, deps, counts.get);
  registerPeopleExport(app, deps, counts.get);
  registerPeopleViews(app, deps);
  registerPersonRecord(app, deps);
  registerPersonNotes(app, deps);
  registerPersonTags(app, deps);
  registerPersonErase(app, deps);
  registerPersonExport(app, deps);
  registerPersonAddresses(app, deps);
  registerPersonJourneys(app, deps);
  registerSegmentHistory(app, deps);
  registerFigures(app, deps);
  registerFigurePeople(app, deps);
  registerWeek(app, deps);
  registerFlows(app, deps, counts);
  registerMoments(app, deps);
  registerOutages(app, deps);
  registerPredictions(app, deps);
  registerOutlook(app, deps);
  registerReveal(app, deps);
  registerOverview(app, deps, { counts, health });
}

function securityHeaders(deps: HttpDeps) {
  const https = deps.config.publicUrl.startsWith('https://');
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        // Mantine writes its theme into a style element.
        'style-src': ["'self'", "'unsafe-inline'"],
        // Mails are shown in a sandboxed frame, with the pictures they link to.
        'img-src': ["'self'", 'data:', 'blob:', 'https:'],
        'font-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'frame-src': ["'self'"],
        'worker-src': ["'self'", 'blob:'],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'self'"],
      },
    },
    strictTransportSecurity: https ? { maxAge: 15_552_000, includeSubDomains: false } : false,
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'same-origin' as const },
  };
}

function limits(deps: HttpDeps) {
  return {
    global: true,
    max: deps.config.requestsPerMinute ?? requestsPerMinute,
    timeWindow: 60_000,
    enableDraftSpec: true,
    cache: 20_000,
    // Ingestion has limits of its own; files of the console have none.
    allowList: (request: Parameters<typeof isApi>[0]) => !isApi(request),
    keyGenerator: (request: Parameters<typeof isApi>[0]) =>
      request.actor === null ? `ip:${request.ip}` : `${request.actor.kind}:${request.actor.id}`,
    errorResponseBuilder: (_request: unknown, context: { readonly ttl: number; readonly max: number }) => {
      deps.log.warn({ max: context.max }, 'a caller was slowed down');
      return new ProblemError({
        code: 'too_many_requests',
        message: `More than ${context.max} requests in a minute.`,
        hint: `Wait ${Math.max(1, Math.ceil(context.ttl / 1000))} s, or ask for larger pages.`,
      });
    },
  };
}

/** The built console, with its own addresses falling back to its one page. */
async function serveConsole(app: App, deps: HttpDeps): Promise<void> {
  const { consoleDir } = deps.config;
  if (consoleDir === null) return;
  await app.register(fastifyStatic, {
    root: consoleDir,
    prefix: '/',
    index: ['index.html'],
    cacheControl: false,
    setHeaders(reply, file) {
      // Files under assets/ carry a hash of their content in their name.
      const forever = file.includes('/assets/');
      void reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
