// States of older program versions: who still has one, and how far the upgrade is. Reads only.
import type { PersonKey } from './bucket.ts';
import type { Queryable } from './pool.ts';

export interface UpgradeProgress {
  readonly version: number;
  readonly people: number;
  /** States that were not brought to this version yet; 0: the rules promise exact time. */
  readonly left: number;
}

/** People whose state is older than `version`, some of them. */
export async function listOutdated(
  client: Queryable,
  workspaceId: string,
  version: number,
  limit: number,
): Promise<readonly PersonKey[]> {
  const { rows } = await client.query<PersonKey>({
    name: 'people_outdated',
    text: `select p.bucket, p.id
           from people p
           where p.workspace_id = $1 and p.program_version < $2 and p.merged_into is null and not p.establish
             -- Whose upgrade failed waits for the next program, parked under their own id.
             and not exists (
               select 1 from parked k
               where k.bucket = p.bucket and k.workspace_id = p.workspace_id and k.id = p.id and k.resolved_at is null)
           order by p.program_version
           limit $3`,
    values: [workspaceId, version, limit],
  });
  return rows;
}

export async function upgradeProgress(client: Queryable, workspaceId: string): Promise<UpgradeProgress> {
  const { rows } = await client.query<UpgradeProgress>(
    `select w.program_version::int as version,
       (select count(*)::int from people p where p.workspace_id = w.id and p.merged_into is null) as people,
       (select count(*)::int from people p
        where p.workspace_id = w.id and p.merged_into is null and p.program_version < w.program_version) as left
     from workspaces w
     where w.id = $1`,
    [workspaceId],
  );
  return rows[0] ?? { version: 0, people: 0, left: 0 };
}
