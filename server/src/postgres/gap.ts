// The workspace's typical gap between two purchases, measured over everyone's stored orders: what rules use for people
// who have no rhythm of their own yet. Reads only; a look over all orders, so after an import and not in between.
// Nobody of the sample store counts.

import type { Definition } from '@rapport/engine';
import type { Queryable } from './pool.ts';
import { sampleIds } from './sample-ids.ts';

/** Fewer gaps than this say nothing about a business. */
const GAPS_MIN = 30;

/** Geometric mean in days, to a tenth, of the gaps between a person's purchase days; null when there are too few. */
export async function measureGap(
  db: Queryable,
  definition: Pick<Definition, 'workspace' | 'time_zone' | 'purchase'>,
): Promise<number | null> {
  const { event } = definition.purchase;
  const { rows } = await db.query<{ gaps: number; days: number | null }>(
    `with purchases as (
       select distinct bucket, person_id, (at at time zone $3)::date as day
       from events
       where workspace_id = $1 and name = any($2::text[]) and not parked
         and (person_id < $4 or person_id > $5)
     ), gaps as (
       select day - lag(day) over (partition by bucket, person_id order by day) as days
       from purchases
     )
     select count(*)::int as gaps, exp(avg(ln(days)))::float8 as days
     from gaps
     where days > 0`,
    [definition.workspace, typeof event === 'string' ? [event] : event, definition.time_zone, ...sampleIds],
  );
  const found = rows[0];
  if (found === undefined || found.days === null || found.gaps < GAPS_MIN) return null;
  return Math.max(1, Math.round(found.days * 10) / 10);
}
