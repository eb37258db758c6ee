// Lists of people, as several nouns show them: a page by keyset with stages and segments beside each.
import { z } from 'zod';
import { findPeople, listMemberships, listPeople } from '../postgres/people-read.ts';
import { searchPeople } from '../postgres/people-search.ts';
import type { PeopleSearch } from '../postgres/people-search.ts';
import type { MembershipRow, PersonRow } from '../postgres/people-read.ts';
import { bucketOf } from '../postgres/bucket.ts';
import type { PersonKey } from '../postgres/bucket.ts';
import type { HttpDeps } from './deps.ts';
import { findId, printId } from './ids.ts';
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
  })
  .meta({ id: 'PersonInList' });

export type PersonItem = z.infer<typeof personItemSchema>;

export interface PeopleQuery {
  readonly workspaceId: string;
  readonly stage: { readonly model: string; readonly stage: string } | null;
  readonly segment: string | null;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface PeoplePage {
  readonly items: (PersonItem & { sorted_at: string })[];
  readonly next_cursor: string | null;
}

export async function listPeoplePage(deps: HttpDeps, query: PeopleQuery): Promise<PeoplePage> {
  const db = deps.pools.console;
  const rows = await listPeople(db, {
    ...query,
    before: readTimeCursor(query.cursor),
    limit: query.limit + 1,
  });
  const shown = rows.slice(0, query.limit);
  const memberships = await listMemberships(db, query.workspaceId, shown);
  return toPage(rows, {
    limit: query.limit,
    item: (row) => ({ ...viewPerson(row, memberships), sorted_at: iso(row.sorted_at) }),
    cursor: (row) => [iso(row.sorted_at), row.id],
  });
}

/** These people, in this order; who is not there any more is left out. */
export async function viewPeople(
  deps: HttpDeps,
  workspaceId: string,
  keys: readonly PersonKey[],
): Promise<PersonItem[]> {
  const db = deps.pools.console;
  const [rows, memberships] = await Promise.all([
    findPeople(db, workspaceId, keys),
    listMemberships(db, workspaceId, keys),
  ]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return keys.flatMap(({ id }) => {
    const row = byId.get(id);
    return row === undefined ? [] : [viewPerson(row, memberships)];
  });
}

/** These people, in this order. */
export async function listPeopleOf(
  deps: HttpDeps,
  workspaceId: string,
  keys: readonly PersonKey[],
): Promise<PersonItem[]> {
  const db = deps.pools.console;
  const [rows, memberships] = await Promise.all([
    findPeople(db, workspaceId, keys),
    listMemberships(db, workspaceId, keys),
  ]);
  return keys.flatMap(({ id }) => {
    const row = rows.find((one) => one.id === id);
    return row === undefined ? [] : [viewPerson(row, memberships)];
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
  const memberships = await listMemberships(db, query.workspaceId, rows.slice(0, query.limit));
  const page = toPage(rows, {
    limit: query.limit,
    item: (row) => ({ ...viewPerson(row, memberships), sorted_at: iso(row.sorted_at) }),
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

function viewPerson(row: PersonRow, memberships: readonly MembershipRow[]): PersonItem {
  const own = memberships.filter(({ person_id }) => person_id === row.id);
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
