// What the planner knows of the tables that grow. Plans are kept; one that was made while a table was nearly empty reads all
// of it, and stays until statistics change. Postgres looks once a minute; a first import fills a table in less.
import type { Queryable } from './pool.ts';

const TABLES = ['people', 'identities', 'seen', 'memberships', 'profiles', 'decisions', 'messages'];
/** Below this a scan does not matter. */
const PAGES_MIN = 16;

/** Analyses every table that has doubled since it was last looked at; gives their names. */
export async function refreshStatistics(client: Queryable): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>({
    name: 'statistics_grown',
    text: `select c.relname::text as name
           from pg_class c
           where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
             and (c.relname = any($1::text[]) or c.relname like 'events\\_%')
             and pg_relation_size(c.oid) / 8192 > 2 * greatest(c.relpages, $2::int)`,
    values: [TABLES, PAGES_MIN],
  });
  // Names from the catalogue; a table's name is no parameter.
  for (const { name } of rows) await client.query(`analyze "${name}"`);
  return rows.map((row) => row.name);
}
