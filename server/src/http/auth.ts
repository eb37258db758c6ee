// Who asks, and may they: finds the actor of a request (session cookie or server key), checks the origin of cookie
// requests and the one table of roles. Every route under /api passes here; nothing else decides about access.
import { betterAuth } from 'better-auth';
import type { FastifyRequest } from 'fastify';
import { derivedSecret } from '../config.ts';
import { ProblemError } from '../errors.ts';
import { findKey } from '../postgres/keys.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { printId } from './ids.ts';
import { accessOf, roles } from './roles.ts';
import type { Role } from './roles.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null until found, and on public routes for strangers. */
    actor: Actor | null;
  }
}

export type Auth = ReturnType<typeof createAuth>;

export const passwordMin = 10;
export const passwordMax = 128;
const sessionSeconds = 14 * 24 * 3600;

/** better-auth over our tables. Its own routes are not mounted: session.ts calls the few that we need. */
export function createAuth(deps: Pick<HttpDeps, 'pools' | 'config' | 'newId'>) {
  return betterAuth({
    appName: 'Rapport',
    baseURL: deps.config.publicUrl,
    basePath: '/api/auth',
    secret: derivedSecret(deps.config.secret, 'sign-in'),
    database: deps.pools.console,
    telemetry: { enabled: false },
    logger: { disabled: true },
    trustedOrigins: [deps.config.publicUrl],
    rateLimit: { enabled: false },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordMin,
      maxPasswordLength: passwordMax,
    },
    user: {
      modelName: 'users',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
      additionalFields: {
        role: { type: 'string', required: true, input: false },
        workspace: { type: 'string', required: true, input: false, fieldName: 'workspace_id' },
        removedAt: { type: 'date', required: false, input: false, fieldName: 'removed_at' },
      },
    },
    session: {
      modelName: 'user_sessions',
      expiresIn: sessionSeconds,
      updateAge: 24 * 3600,
      fields: {
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    account: {
      modelName: 'user_logins',
      fields: {
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      modelName: 'user_verifications',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    advanced: {
      cookiePrefix: 'rapport',
      useSecureCookies: deps.config.publicUrl.startsWith('https://'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      database: { generateId: () => deps.newId() },
      ipAddress: { disableIpTracking: true },
    },
  });
}

/** Hooks, in this order: who asks (refuses nobody), [rate limit], may they. */
export function identifyActors(app: App, deps: HttpDeps, auth: Auth): void {
  app.decorateRequest('actor', null);
  app.addHook('onRequest', async (request) => {
    if (!isApi(request)) return;
    request.actor = await findActor(deps, auth, request);
  });
}

export function checkAccess(app: App, deps: HttpDeps): void {
  app.addHook('preParsing', async (request) => {
    // What no route takes falls to the console's files, and is not found there either.
    if (!isApi(request) || request.is404 || request.routeOptions.url === '/*') return;
    const access = accessOf(request.method, request.routeOptions.url ?? '');
    checkOrigin(deps, request);
    if (access === 'public') return;
    const { actor } = request;
    if (actor === null) throw notSignedIn(request);
    if (!access.includes(actor.role)) throw notAllowed(actor.role, access);
  });
}

/** The actor of a route that is not public. */
export function actorOf(request: FastifyRequest): Actor {
  if (request.actor === null) throw notSignedIn(request);
  return request.actor;
}

/** How an actor is written into the audit log and `created_by`: the printed id, names are looked up when shown. */
export function actorId(actor: Actor): string {
  return printId(actor.kind === 'user' ? 'usr' : 'key', actor.id);
}

export function isApi(request: FastifyRequest): boolean {
  return request.url === '/api' || request.url.startsWith('/api/');
}

async function findActor(deps: HttpDeps, auth: Auth, request: FastifyRequest): Promise<Actor | null> {
  const key = keyOf(request.headers.authorization);
  if (key !== undefined) {
    const found = await findKey(deps.pools.console, key, deps.now);
    if (found === null || found.kind !== 'server') return null;
    return {
      kind: 'key',
      id: found.id,
      workspaceId: found.workspace_id,
      role: 'developer',
      name: found.name,
    };
  }
  const { cookie } = request.headers;
  if (cookie === undefined || !cookie.includes('rapport.session_token')) return null;
  const session = await auth.api.getSession({ headers: new Headers({ cookie }) });
  if (session === null) return null;
  const role = toRole(session.user.role);
  if (role === undefined || session.user.removedAt) return null;
  const { id, name, email, workspace } = session.user;
  return { kind: 'user', id, workspaceId: workspace, role, name, email };
}

/** The key of `Bearer key` or of Basic authentication's user; undefined when the header speaks of something else. */
export function keyOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const [scheme = '', value = ''] = authorization.trim().split(/\s+/, 2);
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const [user = ''] = Buffer.from(value, 'base64').toString('utf8').split(':', 1);
  return user;
}

/** A cookie travels with requests that other sites start: those that change something must come from our own pages. */
function checkOrigin(deps: HttpDeps, request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return;
  const byCookie = request.actor?.kind === 'user' || request.headers.cookie !== undefined;
  const { origin } = request.headers;
  if (request.actor?.kind === 'key' || (!byCookie && origin === undefined)) return;
  if (origin !== undefined && isOwnOrigin(deps, request, origin)) return;
  if (origin === undefined && request.headers['sec-fetch-site'] === 'same-origin') return;
  throw new ProblemError({
    code: 'bad_origin',
    message: `The request comes from ${origin === undefined ? 'an unknown origin' : `"${origin.slice(0, 100)}"`}, not from ${deps.config.publicUrl}.`,
    hint: 'Open the console at PUBLIC_URL. A script signs in with a server key, or sends our own address as Origin.',
  });
}

function isOwnOrigin(deps: HttpDeps, request: FastifyRequest, origin: string): boolean {
  if (origin === new URL(deps.config.publicUrl).origin) return true;
  const parsed = URL.parse(origin);
  return parsed !== null && parsed.host === request.headers.host;
}

function toRole(value: unknown): Role | undefined {
  return roles.find((role) => role === value);
}

function notSignedIn(request: FastifyRequest): ProblemError {
  const key = keyOf(request.headers.authorization);
  if (key === undefined) {
    return new ProblemError({
      code: 'not_signed_in',
      message: 'Nobody is signed in.',
      hint: 'Sign in at /sign-in, or send a server key: `Authorization: Bearer rk_…` (npx rapport key create --kind server).',
    });
  }
  if (key.startsWith('wk_')) {
    return new ProblemError({
      code: 'wrong_key_kind',
      message: 'A browser key opens /v1 only.',
      hint: 'Use a server key (rk_…) here, and keep it away from browsers.',
    });
  }
  return new ProblemError({
    code: 'unknown_key',
    message: 'The key is not known, or was revoked.',
    hint: 'Make a new one under Settings → Integrations, or with `npx rapport key create --kind server`.',
  });
}

function notAllowed(role: Role, access: readonly Role[]): ProblemError {
  return new ProblemError({
    code: 'not_allowed',
    message: `The role ${role} may not do this; ${access.join(', ')} may.`,
    hint: 'Ask someone with one of these roles, or an owner to change yours.',
  });
}
