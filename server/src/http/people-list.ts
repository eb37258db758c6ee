// Lists of people, as several nouns show them: a page by keyset with stages and segments beside each.
import { z } from 'zod';
import { findPeople, listMemberships, listPeople } from '../postgres/people-read.ts';
import { searchPeople } from '../postgres/people-search.ts';
import { listPeopleSorted } from '../postgres/people-sorted.ts';
import type { PeopleSort, SortedPlace } from '../postgres/people-sorted.ts';
import type { PeopleSearch } from '../postgres/people-search.ts';
import type { MembershipRow, PersonRow } from '../postgres/people-read.ts';
import { bucketOf } from '../postgres/bucket.ts';
import type { PersonKey } from '../postgres/bucket.ts';
import type { HttpDeps } from './deps.ts';
import { findId, printId } from './ids.ts';
import { loadStated } from './people-columns.ts';
import { badCursor, readCursor, readTimeCursor, toPage } from './paging.ts';
import type { CursorPart } from './paging.ts';
import { iso, isoOrNull } from './wire.ts';

export const personItemSchema = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    email: z.string().nullable(),
    user_id: z.string().nullable(),
    phone: z.string().nullable(),
    orders: z.number().int(),
    last_order_at: z.string().nullable(),
    as_of: z.string().nullable(),
    created_at: z.string(),
    stages: z.record(z.string(), z.object({ stage: z.string(), since: z.string() })),
    segments: z.array(z.string()),
    /** In the segment that was asked for. */
    since: z.string().optional(),
    /** What follows is there where a column asks for it. */
    traits: z.record(z.string(), z.unknown()).optional(),
    spent: z.number().nullable().optional(),
    worth: z.number().nullable().optional(),
    points: z.record(z.string(), z.number()).optional(),
    tiers: z.record(z.string(), z.string().nullable()).optional(),
  })
  .meta({ id: 'PersonInList' });

export type PersonItem = z.infer<typeof personItemSchema>;

export interface PeopleQuery {
  readonly workspaceId: string;
  readonly stage: { readonly model: string; readonly stage: string } | null;
  readonly segment: string | null;
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Absent: the newest first, or whoever is longest out of the chosen stage or segment last. */
  readonly sort?: PeopleSort | undefined;
  /** What to show beyond what is kept for lists. */
  readonly columns?: readonly string[];
}

export interface PeoplePage {
  readonly items: (PersonItem & { sorted_at: string })[];
  readonly next_cursor: string | null;
}

export async function listPeoplePage(deps: HttpDeps, query: PeopleQuery): Promise<PeoplePage> {
  if (query.sort !== undefined) return listSortedPage(deps, { ...query, sort: query.sort });
  const db = deps.pools.console;
  const rows = await listPeople(db, {
    ...query,
    before: readTimeCursor(query.cursor),
    limit: query.limit + 1,
  });
  const shown = rows.slice(0, query.limit);
  const view = await loadView(deps, query, shown);
  return toPage(rows, {
    limit: query.limit,
    item: (row) => ({ ...view(row), sorted_at: iso(row.sorted_at) }),
    cursor: (row) => [iso(row.sorted_at), row.id],
  });
}

async function listSortedPage(
  deps: HttpDeps,
  query: PeopleQuery & { readonly sort: PeopleSort },
): Promise<PeoplePage> {
  const rows = await listPeopleSorted(deps.pools.console, {
    ...query,
    after: readSortedCursor(query.cursor),
    limit: query.limit + 1,
  });
  const view = await loadView(deps, query, rows.slice(0, query.limit));
  return toPage(rows, {
    limit: query.limit,
    item: (row) => ({ ...view(row), sorted_at: iso(row.sorted_at) }),
    cursor: (row) => [row.by, row.id],
  });
}

function readSortedCursor(cursor: string | undefined): SortedPlace | null {
  const parts = readCursor(cursor, 2);
  if (parts === null) return null;
  const [by, id] = parts;
  if (typeof by !== 'number' || !isUuid(id)) throw badCursor();
  return { by, id };
}

/** How each of these people is shown: with stages and segments, and what was asked for beyond. */
async function loadView(
  deps: HttpDeps,
  { workspaceId, segment, columns = [] }: Pick<PeopleQuery, 'workspaceId' | 'columns'> & Partial<PeopleQuery>,
  rows: readonly PersonRow[],
): Promise<(row: PersonRow) => PersonItem> {
  const [memberships, known] = await Promise.all([
    listMemberships(deps.pools.console, workspaceId, rows),
    loadStated(deps, workspaceId, { keys: rows, columns }),
  ]);
  const own = Map.groupBy(memberships, ({ person_id }) => person_id);
  return (row) => {
    const mine = own.get(row.id) ?? [];
    const asked = mine.find(({ kind, of }) => kind === 'segment' && of === segment);
    return {
      ...viewPerson(row, mine),
      ...(asked === undefined ? {} : { since: iso(asked.since) }),
      ...known.get(row.id),
    };
  };
}

/** These people, in this order; who is not there any more is left out. */
export async function viewPeople(
  deps: HttpDeps,
  workspaceId: string,
  keys: readonly PersonKey[],
  columns: readonly string[] = [],
): Promise<PersonItem[]> {
  const rows = await findPeople(deps.pools.console, workspaceId, keys);
  const view = await loadView(deps, { workspaceId, columns }, rows);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return keys.flatMap(({ id }) => {
    const row = byId.get(id);
    return row === undefined ? [] : [view(row)];
  });
}

/** Of a search: exact ones first; `close` when nobody has these words and these are one letter off. */
export async function searchPeoplePage(
  deps: HttpDeps,
  query: PeopleQuery & { readonly search: string },
): Promise<PeoplePage & { readonly match: 'direct' | 'close' }> {
  const db = deps.pools.console;
  const id = findId('per', query.search);
  const place = readSearchCursor(query.cursor);
  const { rows, match } =
    id === undefined
      ? await searchPeople(db, { ...query, ...place, limit: query.limit + 1 })
      : {
          rows: (await findPeople(db, query.workspaceId, [{ bucket: bucketOf(id), id }])).map((row) => ({
            ...row,
            rank: 0,
          })),
          match: 'direct' as const,
        };
  const view = await loadView(deps, query, rows.slice(0, query.limit));
  const page = toPage(rows, {
    limit: query.limit,
    item: (row) => ({ ...view(row), sorted_at: iso(row.sorted_at) }),
    cursor: (row) => [match, row.rank, iso(row.sorted_at), row.id],
  });
  return { ...page, match };
}

function readSearchCursor(cursor: string | undefined): Pick<PeopleSearch, 'after' | 'match'> {
  const parts = readCursor(cursor, 4);
  if (parts === null) return { after: null, match: null };
  const [match, rank, at, id] = parts;
  const isMatch = match === 'direct' || match === 'close';
  if (!isMatch || typeof rank !== 'number' || typeof at !== 'string' || !isUuid(id)) throw badCursor();
  const instant = new Date(at);
  if (!Number.isInteger(rank) || rank < 0 || rank > 2 || Number.isNaN(instant.getTime())) throw badCursor();
  return { after: { rank, at: instant, id }, match };
}

function isUuid(part: CursorPart | undefined): part is string {
  return typeof part === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(part);
}

function viewPerson(row: PersonRow, own: readonly MembershipRow[]): PersonItem {
  return {
    id: printId('per', row.id),
    name: row.name,
    email: row.email,
    user_id: row.user_id,
    phone: row.phone,
    orders: row.orders,
    last_order_at: isoOrNull(row.last_order_at),
    as_of: isoOrNull(row.as_of),
    created_at: iso(row.created_at),
    stages: Object.fromEntries(
      own
        .filter(({ kind }) => kind === 'stage')
        .map(({ of, value, since }) => [of, { stage: value, since: iso(since) }]),
    ),
    segments: own.filter(({ kind }) => kind === 'segment').map(({ of }) => of),
  };
}
