// How people moved between stages: where those who moved since a day stood then, and where they stand now. From the decisions
// log; who did not move is not looked at.
import type { Queryable } from './pool.ts';

export interface FlowRow {
  readonly model: string;
  /** Null: outside the model. */
  readonly from: string | null;
  readonly to: string | null;
  readonly people: number;
}

/** Whoever was merged away counts with the survivor's own moves. */
export async function listFlows(
  db: Queryable,
  workspaceId: string,
  since: Date,
): Promise<readonly FlowRow[]> {
  const { rows } = await db.query<FlowRow>(
    `with moved as (
       select distinct on (d.bucket, d.person_id, d.body::jsonb ->> 'model')
         d.bucket, d.person_id, d.body::jsonb ->> 'model' as model, d.body::jsonb ->> 'from' as "from"
       from decisions d
       where d.workspace_id = $1 and d.kind = 'stage_changed' and d.due_at > $2
       order by d.bucket, d.person_id, d.body::jsonb ->> 'model', d.seq
     )
     select m.model, m."from", s.value as "to", count(*)::int as people
     from moved m
     join people p on p.bucket = m.bucket and p.workspace_id = $1 and p.id = m.person_id
     left join memberships s
       on s.bucket = m.bucket and s.workspace_id = $1 and s.person_id = m.person_id
      and s.kind = 'stage' and s."of" = m.model
     where p.merged_into is null
     group by m.model, m."from", s.value`,
    [workspaceId, since],
  );
  return rows;
}
