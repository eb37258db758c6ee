// Who joined and left a segment, and why: read from the decisions log by the index on its segment. Reads only.
import type { Queryable } from './pool.ts';

export interface SegmentMoveRow {
  readonly person_id: string;
  readonly seq: number;
  readonly kind: 'segment_joined' | 'segment_left';
  readonly due_at: Date;
  readonly cause: string;
  readonly name: string | null;
  readonly email: string | null;
}

const OF_SEGMENT = `d.workspace_id = $1 and d.kind in ('segment_joined', 'segment_left')
  and (d.body::jsonb ->> 'segment') = $2`;

/** Newest first; of people who turned out to be one, under the id they had. */
export async function listSegmentMoves(
  db: Queryable,
  query: {
    readonly workspaceId: string;
    readonly segment: string;
    readonly before: { readonly at: Date; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<readonly SegmentMoveRow[]> {
  const { rows } = await db.query<SegmentMoveRow>(
    `select d.person_id, d.seq, d.kind, d.due_at, d.body::jsonb -> 'cause' ->> 'kind' as cause,
       f.name, f.email
     from decisions d
     left join profiles f
       on f.bucket = d.bucket and f.workspace_id = d.workspace_id and f.person_id = d.person_id
     where ${OF_SEGMENT}
       and ($3::timestamptz is null or (d.due_at, d.person_id) < ($3, $4::uuid))
     order by d.due_at desc, d.person_id desc, d.seq desc
     limit $5`,
    [query.workspaceId, query.segment, query.before?.at ?? null, query.before?.id ?? null, query.limit],
  );
  return rows;
}

export interface SegmentDayRow {
  /** `2026-03-12`, in the zone asked for. */
  readonly day: string;
  readonly joined: number;
  readonly left: number;
}

/** Only days on which someone joined or left. */
export async function countSegmentMoves(
  db: Queryable,
  query: {
    readonly workspaceId: string;
    readonly segment: string;
    readonly since: Date;
    readonly timeZone: string;
  },
): Promise<readonly SegmentDayRow[]> {
  const { rows } = await db.query<SegmentDayRow>(
    `select to_char(d.due_at at time zone $4, 'YYYY-MM-DD') as day,
       (count(*) filter (where d.kind = 'segment_joined'))::int as joined,
       (count(*) filter (where d.kind = 'segment_left'))::int as left
     from decisions d
     where ${OF_SEGMENT} and d.due_at >= $3
     group by 1
     order by 1`,
    [query.workspaceId, query.segment, query.since, query.timeZone],
  );
  return rows;
}
