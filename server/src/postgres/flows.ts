// How people moved between stages: where those who moved since a day stood then, and where they stand now. From the
// rows that follow from decisions; who did not move is not looked at.
import type { Queryable } from './pool.ts';

export interface FlowRow {
  /** Null: outside the model. */
  readonly from: string | null;
  readonly to: string | null;
  readonly people: number;
}

/**
 * The move that led away from where they stood then is the one whose stage was entered before and left after; who came from outside
 * has no such stage, and for them it is the first move in the time. Read from the indexes stage_moves_at and memberships_of alone,
 * nothing is sorted. Whoever was merged away counts with the survivor's own moves.
 */
export async function listFlows(
  db: Queryable,
  query: { readonly workspaceId: string; readonly model: string; readonly since: Date },
): Promise<readonly FlowRow[]> {
  const { rows } = await db.query<FlowRow>(
    `select m.from_stage as "from", s.value as "to", count(*)::int as people
       from stage_moves m
       left join (
         select bucket, person_id, min(seq) as seq
           from stage_moves
          where workspace_id = $1 and model = $2 and at > $3 and to_stage is null
          group by bucket, person_id
       ) o on o.bucket = m.bucket and o.person_id = m.person_id
       left join memberships s
         on s.bucket = m.bucket and s.workspace_id = $1 and s.person_id = m.person_id
        and s.kind = 'stage' and s."of" = $2 and s.since > $3
      where m.workspace_id = $1 and m.model = $2 and m.at > $3
        and (m.since <= $3 or (m.from_stage is null and coalesce(o.seq, m.seq) >= m.seq))
        and not exists (
          select 1 from aliases a
           where a.bucket = m.bucket and a.workspace_id = $1 and a.person_id = m.person_id)
      group by m.from_stage, s.value`,
    [query.workspaceId, query.model, query.since],
  );
  return rows;
}
