// A piece of long work is done by one process at a time, for as long as that process lives: the claim goes with its
// connection, so that nothing has to be cleared up after a crash.
import type { Pool } from './pool.ts';

/** Gives how to let go of it, or undefined when another process is at it. Holds one connection of the pool meanwhile. */
export async function claimWork(pool: Pool, name: string): Promise<(() => Promise<void>) | undefined> {
  const connection = await pool.connect();
  const release = (broken?: Error): void => connection.release(broken);
  try {
    const text = 'select pg_try_advisory_lock(hashtextextended($1, 0)) as mine';
    const { rows } = await connection.query<{ mine: boolean }>(text, [name]);
    if (rows[0]?.mine !== true) {
      release();
      return undefined;
    }
  } catch (error) {
    release(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
  return async () => {
    const unlock = connection.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]);
    await unlock.then(
      () => release(),
      (error: Error) => release(error),
    );
  };
}
