// How many rows every table holds, and the workspace's settings: what must be the same before something came and after it
// went. Logs stay, and so does what a workspace is made of.
import type { Pool } from '../../src/postgres/pool.ts';

const KEPT = new Set(['audit_log', 'program_changes', 'migrations', 'workspaces', 'installation', 'heard']);

export async function countRows(pool: Pool): Promise<unknown> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select relname::text as name from pg_class
     where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition
     order by 1`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables.filter(({ name: table }) => !KEPT.has(table))) {
    const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n from "${name}"`);
    counts[name] = rows[0]?.n ?? -1;
  }
  const { rows } = await pool.query<{ settings: unknown }>('select settings from workspaces');
  return { counts, settings: rows[0]?.settings };
}
