// Connection pools: one for each lane (ingestion, clock, sender, console), each with a deadline of its own, so that a
// slow lane never starves another. Never creates a pool without an error listener: it would kill the process.
import pg from 'pg';
import { ProblemError } from '../errors.ts';
import type { Log } from '../log.ts';
import { yieldBackend } from './aside.ts';

export type Pool = pg.Pool;
export type Connection = pg.PoolClient;
/** Whatever runs a statement: a pool, or the connection of an open transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

export type PoolOptions = {
  readonly url: string;
  /** Shows in pg_stat_activity: `ingest`, `clock`, `sender`, `console`, `cli`. */
  readonly name: string;
  readonly connectionsMax: number;
  /** How long one statement may take before Postgres cancels it. 0: no limit. */
  readonly statementMs: number;
  /** How long to wait for a free connection before the caller gets an error. */
  readonly connectMs?: number;
  /** Statements are sent without waiting for the answer to the one before: each round trip saved is latency saved. */
  readonly pipeline?: boolean;
  /** No statement takes more than one processor: a page asks several at once, and must not starve what else runs. */
  readonly oneProcessor?: boolean;
  /** How long a connection is kept that nobody uses: a new one has everything to learn, and a page waits for that. Default: 30 s. */
  readonly keptMs?: number;
  /** What nobody waits for: its backends give way where they are on this machine. */
  readonly yields?: boolean;
  readonly log: Log;
};

export function openPool(options: PoolOptions): Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: `rapport ${options.name}`,
    max: options.connectionsMax,
    connectionTimeoutMillis: options.connectMs ?? 10_000,
    idleTimeoutMillis: options.keptMs ?? 30_000,
    statement_timeout: options.statementMs,
    // A transaction that a stuck caller leaves open would hold row locks for ever.
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    ...(options.oneProcessor ? { options: '-c max_parallel_workers_per_gather=0' } : {}),
    pipeline: options.pipeline ?? false,
    // Waited for by the pool, before anybody has the connection.
    ...(options.yields ? { onConnect: yieldBackend } : {}),
    types: { getTypeParser },
  });
  // Between two statements nobody listens to a connection that somebody holds, not even for the moment after it was handed out, in
  // which one read may bring both its readiness and Postgres's last words: that would end the process. The next statement fails and tells.
  pool.on('connect', (connection) => connection.on('error', () => undefined));
  pool.on('error', (error) => {
    // On the way out Postgres may stop before the last goodbye has reached it.
    if (pool.ending) return;
    options.log.warn({ err: error, pool: options.name }, 'an idle database connection was lost');
  });
  return pool;
}

/**
 * Runs `work` in one transaction on one connection. Any throw rolls back; a connection whose rollback fails is
 * thrown away. A 2xx may only be sent after this has returned.
 */
export async function inTransaction<T>(pool: Pool, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await pool.connect();
  let broken: Error | undefined;
  try {
    const begun = connection.query('begin');
    // Without it the work's first statement fails as well, and that is what is told.
    if (connection.pipeline) begun.catch(() => undefined);
    else await begun;
    const result = await work(connection);
    await connection.query('commit');
    return result;
  } catch (error) {
    await connection.query('rollback').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    connection.release(broken);
  }
}

/** int8 as a number where it is exact, refused where it is not; everything else as pg does it. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') => {
  if (oid === pg.types.builtins.INT8 && format !== 'binary') return parseInt8;
  return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
};

function parseInt8(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new ProblemError({
    code: 'internal',
    message: 'The database returned an integer above 2^53.',
    hint: 'Cast it to text in the statement, or report this as a bug.',
  });
}
