// What the tests of ingestion share: a database, the shipped workspace, keys, the committer and the doors, with a clock
// that the test moves. Everything is real but the time.
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { uuidv7 } from 'uuidv7';
import { createLog } from '../../src/log.ts';
import { registerIngest } from '../../src/http/ingest.ts';
import { ensureWorkspace } from '../../src/postgres/definitions.ts';
import { createKey } from '../../src/postgres/keys.ts';
import { openPool } from '../../src/postgres/pool.ts';
import type { Pool } from '../../src/postgres/pool.ts';
import { createPrograms } from '../../src/postgres/programs.ts';
import type { Programs } from '../../src/postgres/programs.ts';
import type { StepDeps } from '../../src/postgres/steps.ts';
import { shipped } from '../../src/shipped.ts';
import { createCommitter } from '../../src/workers/committer.ts';
import type { Committer, CommitterLimits } from '../../src/workers/committer.ts';
import { startHearing } from '../../src/workers/hearing.ts';
import { createTestDatabase } from './postgres.ts';

export interface IngestWorld {
  readonly url: string;
  readonly pool: Pool;
  readonly programs: Programs;
  readonly committer: Committer;
  readonly app: FastifyInstance;
  readonly workspaceId: string;
  readonly serverKey: string;
  readonly browserKey: string;
  readonly deps: StepDeps;
  /** The instant that `now` gives; null: the real one. */
  readonly clock: { now: number | null; diskLow: boolean };
  /** POST /v1/batch with the server's key. */
  readonly batch: (
    events: readonly unknown[],
    options?: { readonly key?: string; readonly sentAt?: string },
  ) => Promise<{
    readonly status: number;
    readonly body: BatchAnswer;
  }>;
  /** A door of its own for another committer. */
  readonly door: (
    submit: Committer['submit'],
  ) => Promise<(events: readonly unknown[]) => Promise<BatchAnswer>>;
  readonly rows: <T>(sql: string, values?: readonly unknown[]) => Promise<readonly T[]>;
  readonly close: () => Promise<void>;
}

export interface BatchAnswer {
  readonly success: boolean;
  readonly rejected: readonly {
    readonly index: number;
    readonly code: string;
    readonly field: string | null;
    readonly message: string;
  }[];
  readonly parked?: readonly { readonly index: number; readonly reason: string }[];
}

export async function createIngestWorld(
  options: { readonly limits?: Partial<CommitterLimits> } = {},
): Promise<IngestWorld> {
  const database = await createTestDatabase();
  const log = createLog({ level: 'silent' });
  const pool = openPool({ url: database.url, name: 'test', connectionsMax: 8, statementMs: 30_000, log });
  const clock: IngestWorld['clock'] = { now: null, diskLow: false };
  const now = (): number => clock.now ?? Date.now();
  const workspace = await ensureWorkspace(pool, { shipped, now, newId: uuidv7 });
  const key = async (kind: 'server' | 'browser') =>
    (
      await createKey(pool, {
        id: uuidv7(),
        workspaceId: workspace.id,
        kind,
        name: kind,
        at: new Date(now()),
      })
    ).key;
  const programs = createPrograms(pool);
  const deps: StepDeps = { pool, programs, now };
  const committer = createCommitter({
    ...deps,
    programs,
    newId: uuidv7,
    log,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  const hearing = startHearing({ pool, now, log });
  const apps: FastifyInstance[] = [];
  const openDoor = async (submit: Committer['submit']): Promise<FastifyInstance> => {
    const opened = Fastify();
    apps.push(opened);
    const around = { pools: { ingest: pool }, now, newId: uuidv7, log, workspaceId: workspace.id };
    await registerIngest(opened, around, {
      submit,
      diskLow: () => clock.diskLow,
      hear: hearing.hear,
    });
    return opened;
  };
  const app = await openDoor(committer.submit);
  const serverKey = await key('server');
  const post = (to: FastifyInstance, payload: object, writeKey: string) =>
    to.inject({ method: 'POST', url: '/v1/batch', headers: basic(writeKey), payload });
  return {
    url: database.url,
    pool,
    programs,
    committer,
    app,
    workspaceId: workspace.id,
    serverKey,
    browserKey: await key('browser'),
    deps,
    clock,
    batch: async (events, { key: writeKey = serverKey, sentAt } = {}) => {
      const payload = { batch: events, ...(sentAt === undefined ? {} : { sentAt }) };
      const answer = await post(app, payload, writeKey);
      return { status: answer.statusCode, body: answer.json<BatchAnswer>() };
    },
    door: async (submit) => {
      const opened = await openDoor(submit);
      return async (events) => (await post(opened, { batch: events }, serverKey)).json<BatchAnswer>();
    },
    rows: async <T>(sql: string, values: readonly unknown[] = []) =>
      (await pool.query(sql, [...values])).rows as T[],
    close: async () => {
      await Promise.all(apps.map((opened) => opened.close()));
      await committer.drain();
      await hearing.stop();
      await pool.end();
      await database.drop();
    },
  };
}

export function basic(key: string): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` };
}
