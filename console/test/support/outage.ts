// Makes a Rapport that does not run have been off for three hours, with letters that came due meanwhile.
import { createLog } from '../../../server/src/log.ts';
import { openPool } from '../../../server/src/postgres/pool.ts';

/** Its last sign of life was three hours ago, and a letter to each of some people was to leave an hour ago; how many letters. */
export async function offForThreeHours(databaseUrl: string, lettersMax = 1): Promise<number> {
  const pool = openPool({
    url: databaseUrl,
    name: 'test',
    connectionsMax: 1,
    statementMs: 10_000,
    log: createLog({ level: 'silent' }),
  });
  try {
    await pool.query(
      `update installation set value = jsonb_build_object('at', (now() - interval '3 hours')::text) where key = 'last_seen_at'`,
    );
    const { rowCount } = await pool.query(
      `insert into messages (bucket, workspace_id, id, person_id, channel, topic, marketing, template, state, reason, next_at,
         requested_at, due_at, expires_at)
       select bucket, workspace_id, ('00000000-0000-8000-8000-' || lpad((row_number() over ())::text, 12, '0'))::uuid, person_id,
         'email', 'offers', true, 'welcome', 'queued', 'quiet_hours', now() - interval '1 hour', now() - interval '4 hours',
         now() - interval '4 hours', now() - interval '10 minutes'
       from profiles where name is not null order by bucket, person_id limit $1`,
      [lettersMax],
    );
    return rowCount ?? 0;
  } finally {
    await pool.end();
  }
}
