// Finding people by words: exact ones first, then by the beginnings of words, then one letter off when nothing else is found. Reads
// at most a thousand matches, so that a search for one letter among a million people is as quick as one for a whole name.
import { findPeople, membershipFilters } from './people-read.ts';
import type { PeopleFilter, PersonRow } from './people-read.ts';
import type { Queryable } from './pool.ts';
import { searchQuery } from './search-words.ts';

/** Matches looked at; of more, these are ordered. */
export const matchesMax = 1_000;
const ordersMax = 20;

export interface SearchPlace {
  readonly rank: number;
  readonly at: Date;
  readonly id: string;
}

export interface FoundRow extends PersonRow {
  /** 0 exactly this address, number or id; 1 their name begins like this; 2 a word of theirs does. */
  readonly rank: number;
}

export interface Found {
  readonly rows: readonly FoundRow[];
  readonly match: 'direct' | 'close';
}

export interface PeopleSearch extends Pick<PeopleFilter, 'workspaceId' | 'stage' | 'segment' | 'limit'> {
  readonly search: string;
  readonly after: SearchPlace | null;
  /** What the first page had found; a later page goes on in the same way. */
  readonly match: 'direct' | 'close' | null;
}

export async function searchPeople(db: Queryable, search: PeopleSearch): Promise<Found> {
  const query = searchQuery(search.search);
  if (query === null) return { rows: [], match: 'direct' };
  if (search.match !== 'close') {
    const words = await listMatches(db, search, query.direct);
    const bought = search.after === null ? await listBuyers(db, search) : [];
    const seen = new Set(bought.map(({ id }) => id));
    const rows = [...bought, ...words.filter(({ id }) => !seen.has(id))];
    if (rows.length > 0 || query.close === null || search.match === 'direct')
      return { rows: rows.slice(0, search.limit), match: 'direct' };
  }
  return {
    rows: query.close === null ? [] : await listMatches(db, search, query.close),
    match: 'close',
  };
}

/**
 * Index profiles_search; `limit` inside, so that no more than so many rows are ever read and sorted. Ids begin with the time at which
 * they were made, so the newest come first without looking at anybody's wide row: those were five of six pages read.
 */
async function listMatches(
  db: Queryable,
  search: PeopleSearch,
  tsquery: string,
): Promise<readonly FoundRow[]> {
  const whole = search.search.trim().toLowerCase();
  const parameters: unknown[] = [
    search.workspaceId,
    tsquery,
    matchesMax,
    whole,
    `${whole.replace(/[\\%_]/g, '\\$&')}%`,
    search.after?.rank ?? null,
    search.after?.id ?? null,
    search.limit,
  ];
  const { rows } = await db.query<FoundRow>(
    `select p.bucket, p.id, p.created_at, page.name, page.email, page.user_id, page.phone, page.orders, page.last_order_at,
            page.as_of, p.created_at as sorted_at, page.rank
       from (
         select ranked.*
           from (
             select s.bucket, s.person_id, s.name, s.email, s.user_id, s.phone, s.orders, s.last_order_at, s.as_of,
                    case
                      when $4 in (lower(s.email), lower(s.user_id), s.phone) then 0
                      when lower(s.name) like $5 then 1
                      else 2
                    end as rank
               from profiles s
              where s.workspace_id = $1
                and s.search::tsvector @@ $2::tsquery
                ${membershipFilters(search)
                  .map(
                    ({ kind, of, value }) => `and exists (
                select 1 from memberships o
                 where o.bucket = s.bucket and o.workspace_id = $1 and o.person_id = s.person_id
                   and o.kind || '' = $${parameters.push(kind)} and o."of" || '' = $${parameters.push(of)}
                   and o.value = $${parameters.push(value)})`,
                  )
                  .join('\n                ')}
              limit $3
           ) as ranked
          where $6::int is null
             or ranked.rank > $6
             or (ranked.rank = $6 and ranked.person_id < $7::uuid)
          order by ranked.rank, ranked.person_id desc
          limit $8
       ) as page
       join people p on p.bucket = page.bucket and p.workspace_id = $1 and p.id = page.person_id
      order by page.rank, page.person_id desc`,
    parameters,
  );
  return rows;
}

/** Who the order of this number belongs to; whole numbers only. Index events_order. */
async function listBuyers(db: Queryable, search: PeopleSearch): Promise<readonly FoundRow[]> {
  const order = search.search.trim().replace(/^#/, '').slice(0, 64);
  if (/\s/.test(order) || search.stage !== null || search.segment !== null) return [];
  const { rows } = await db.query<{ bucket: number; id: string }>(
    `select distinct coalesce(a.survivor_bucket, e.bucket) as bucket, coalesce(a.survivor_id, e.person_id) as id
       from events e
       left join aliases a on a.bucket = e.bucket and a.workspace_id = $1 and a.person_id = e.person_id
      where e.workspace_id = $1
        and strpos(e.body, '"order_id":') > 0
        and left(substring(e.body from '"order_id":"?([^",}]+)'), 64) = $2
      limit $3`,
    [search.workspaceId, order, ordersMax],
  );
  const people = await findPeople(db, search.workspaceId, rows);
  return people.map((row) => ({ ...row, rank: 0 }));
}
