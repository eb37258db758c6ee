// A whole server without workers, on a database of its own: what routes need, made the way app.ts makes it, with a clock that
// the test moves. People are made by stepping events through the one door.
import type { EventFact, Input, Json } from '@rapport/engine';
import type { LightMyRequestResponse } from 'fastify';
import { uuidv7 } from 'uuidv7';
import type { App, HttpDeps } from '../../src/http/deps.ts';
import { buildServer } from '../../src/http/server.ts';
import type { Role } from '../../src/http/roles.ts';
import { createLog } from '../../src/log.ts';
import { personKey } from '../../src/postgres/bucket.ts';
import { ensureWorkspace } from '../../src/postgres/definitions.ts';
import { createKey } from '../../src/postgres/keys.ts';
import { openPool } from '../../src/postgres/pool.ts';
import type { Pool } from '../../src/postgres/pool.ts';
import { createCounting } from '../../src/postgres/counts.ts';
import { createPrograms } from '../../src/postgres/programs.ts';
import type { Programs } from '../../src/postgres/programs.ts';
import { stepPeople } from '../../src/postgres/steps.ts';
import { createUser } from '../../src/postgres/users.ts';
import { shipped } from '../../src/shipped.ts';
import { refreshFigures } from '../../src/workers/figures.ts';
import { createTestDatabase } from './postgres.ts';

export const origin = 'http://localhost:4000';
export const password = 'correct horse battery';
const dayMs = 86_400_000;

export interface Caller {
  readonly headers: { readonly [name: string]: string };
}

export interface ApiWorld {
  readonly app: App;
  readonly deps: HttpDeps;
  readonly pool: Pool;
  readonly databaseUrl: string;
  readonly workspaceId: string;
  /** What the workers were told. */
  readonly woken: string[];
  /** Once Home's figures that were asked for are worked out. */
  figured(): Promise<void>;
  readonly clock: { now: number };
  call(
    caller: Caller | null,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: unknown,
    headers?: { readonly [name: string]: string },
  ): Promise<LightMyRequestResponse>;
  /** A signed-in user of this role. */
  signIn(role: Role): Promise<Caller>;
  serverKey(): Promise<Caller>;
  /** Makes a person and lives through these events at their own times. Returns the bare id. */
  person(events: readonly Partial<EventFact>[]): Promise<string>;
  step(id: string, ...inputs: readonly Input[]): Promise<void>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly now?: number;
  readonly config?: Partial<HttpDeps['config']>;
}

export async function createApiWorld(options: WorldOptions = {}): Promise<ApiWorld> {
  const database = await createTestDatabase();
  const log = createLog({ level: 'silent' });
  const pool = openPool({ url: database.url, name: 'test', connectionsMax: 6, statementMs: 30_000, log });
  const clock = { now: options.now ?? Date.parse('2026-06-01T12:00:00.000Z') };
  const now = (): number => clock.now;
  const woken: string[] = [];
  const wake = (name: string) => (): void => void woken.push(name);
  const programs: Programs = createPrograms(pool);
  const workspace = await ensureWorkspace(pool, { shipped, now, newId: uuidv7 });
  const workspaceId = workspace.id;
  let refreshing: Promise<unknown> = Promise.resolve();
  const deps: HttpDeps = {
    pools: { console: pool, ingest: pool, clock: pool, sender: pool },
    config: {
      publicUrl: origin,
      secret: 'a secret of the tests, long enough to be one',
      dataDir: '/nowhere',
      consoleDir: null,
      tagFile: null,
      allowPrivate: false,
      smtpUrl: null,
      version: '0.0.0',
      ...options.config,
    },
    programs,
    counting: createCounting({
      pool,
      aside: pool,
      now,
      onError: (error, what) => log.warn({ err: error }, what),
    }),
    now,
    newId: uuidv7,
    log,
    workspaceId,
    wake: {
      clock: wake('clock'),
      sender: wake('sender'),
      definitions: wake('definitions'),
      imports: wake('imports'),
      backtests: wake('backtests'),
      fits: wake('fits'),
      sample: wake('sample'),
    },
    retryParked: async () => undefined,
    figures: {
      refresh: () => {
        refreshing = refreshFigures({ pool, url: database.url, programs, now }, workspaceId);
      },
      isRunning: () => false,
    },
    system: () => ({ workers: {}, clock: { offset_ms: 0, paused: false }, disk: null }),
  };
  const app = await buildServer(deps);
  await app.ready();

  const call: ApiWorld['call'] = (caller, method, url, body, headers = {}) =>
    app.inject({
      method,
      url,
      headers: { origin, ...caller?.headers, ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
  const step: ApiWorld['step'] = async (id, ...inputs) => {
    const person = personKey(id);
    await stepPeople(
      { pool, programs, now },
      workspaceId,
      inputs.map((input) => ({ person, input })),
    );
  };

  return {
    app,
    deps,
    pool,
    databaseUrl: database.url,
    workspaceId,
    figured: async () => void (await refreshing),
    woken,
    clock,
    call,
    step,
    async signIn(role) {
      const email = `${role}-${uuidv7()}@shop.example`;
      await createUser(pool, {
        id: uuidv7(),
        loginId: uuidv7(),
        auditId: uuidv7(),
        workspaceId,
        email,
        name: `The ${role}`,
        role,
        password,
        at: new Date(clock.now),
        by: null,
      });
      const response = await call(null, 'POST', '/api/session', { email, password });
      if (response.statusCode !== 200) throw new Error(`sign-in failed: ${response.body}`);
      return { headers: { cookie: cookiesOf(response) } };
    },
    async serverKey() {
      const made = await createKey(pool, {
        id: uuidv7(),
        workspaceId,
        kind: 'server',
        name: 'test',
        at: new Date(clock.now),
      });
      return { headers: { authorization: `Bearer ${made.key}` } };
    },
    async person(events) {
      const id = uuidv7();
      const { bucket } = personKey(id);
      const program = await programs.get(workspaceId);
      const facts = events.map(fact);
      const first = Math.min(clock.now, ...facts.map(({ at }) => at));
      await pool.query(
        `insert into people (bucket, workspace_id, id, created_at, state, program_version)
         values ($1, $2, $3, $4, '{}', $5)`,
        [bucket, workspaceId, id, new Date(first), program.version],
      );
      const before = clock.now;
      for (const event of [...facts].sort((a, b) => a.at - b.at)) {
        clock.now = event.at;
        await step(id, { kind: 'event', event });
        await storeEvent(pool, { workspaceId, id, event });
        for (const [kind, value] of event.identities)
          await storeIdentity(pool, { workspaceId, id, kind, value, at: event.at });
      }
      clock.now = before;
      await step(id, { kind: 'time' });
      return id;
    },
    async close() {
      await app.close();
      await pool.end();
      await database.drop();
    },
  };
}

export function cookiesOf(response: LightMyRequestResponse): string {
  return response.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ');
}

export function daysBefore(now: number, days: number): number {
  return now - days * dayMs;
}

/** An order of 50.00 by this person at this time. */
export function order(
  email: string,
  at: number,
  properties: { readonly [key: string]: Json } = {},
): Partial<EventFact> {
  const id = `order-${email}-${at}`;
  return {
    id,
    at,
    name: 'Order Completed',
    properties: { order_id: id, total: 50, currency: 'EUR', ...properties },
    identities: [['email', email]],
  };
}

export function identify(
  email: string,
  at: number,
  traits: { readonly [key: string]: Json },
): Partial<EventFact> {
  return {
    id: `identify-${email}-${at}`,
    at,
    type: 'identify',
    name: 'Identified',
    traits,
    identities: [['email', email]],
  };
}

function fact(event: Partial<EventFact>): EventFact {
  return {
    id: uuidv7(),
    at: 0,
    type: 'track',
    name: 'Order Completed',
    trust: 'server',
    properties: {},
    traits: {},
    identities: [],
    ...event,
  };
}

/** As ingestion stores it. */
async function storeEvent(
  pool: Pool,
  what: { readonly workspaceId: string; readonly id: string; readonly event: EventFact },
): Promise<void> {
  const { event } = what;
  const { type, trust, properties, traits, identities } = event;
  await pool.query(
    `insert into events (bucket, workspace_id, person_id, at, received_at, message_id, name, body)
     values ($1, $2, $3, $4, $4, $5, $6, $7)`,
    [
      personKey(what.id).bucket,
      what.workspaceId,
      what.id,
      new Date(event.at),
      event.id,
      event.name,
      JSON.stringify({ type, trust, properties, traits, identities }),
    ],
  );
}

async function storeIdentity(
  pool: Pool,
  what: {
    readonly workspaceId: string;
    readonly id: string;
    readonly kind: string;
    readonly value: string;
    readonly at: number;
  },
): Promise<void> {
  const key = personKey(what.id);
  await pool.query(
    `insert into identities (bucket, workspace_id, kind, value, person_bucket, person_id, trust, created_at)
     values ($1, $2, $3, $4, $5, $6, 'server', $7)
     on conflict do nothing`,
    [0, what.workspaceId, what.kind, what.value, key.bucket, key.id, new Date(what.at)],
  );
}
