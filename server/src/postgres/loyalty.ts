// Programmes as rows, and the points' ledger read: what a programme issued in all, and one person's entries, newest first.
import type { PointsAccount, PointsEntry, ProgrammeDefinition } from '@rapport/engine';
import { int2Array, uuidArray } from './binary-array.ts';
import type { PersonKey } from './bucket.ts';
import type { Queryable } from './pool.ts';

/** False when the key is taken. That of a deleted programme is free for the same programme put back, not for another: its points stand. */
export async function insertProgramme(
  db: Queryable,
  {
    workspaceId,
    programme,
    at,
  }: {
    readonly workspaceId: string;
    readonly programme: ProgrammeDefinition;
    readonly at: Date;
  },
): Promise<boolean> {
  const { key, name, ...body } = programme;
  const { rowCount } = await db.query(
    `insert into programmes (workspace_id, key, name, body, position, created_at)
     select $1, $2, $3, $4, coalesce(max(position), 0) + 1, $5 from programmes where workspace_id = $1
     on conflict (workspace_id, key) do nothing`,
    [workspaceId, key, name, JSON.stringify(body), at],
  );
  return rowCount === 1;
}

/** As a new version. */
export async function updateProgramme(
  db: Queryable,
  workspaceId: string,
  { programme, by }: { readonly programme: ProgrammeDefinition; readonly by: string },
): Promise<void> {
  const { key, name, ...body } = programme;
  await db.query(
    `update programmes set name = $3, body = $4, version = version + 1, saved_by = $5
      where workspace_id = $1 and key = $2`,
    [workspaceId, key, name, JSON.stringify(body), by],
  );
}

export interface ProgrammeVersion {
  /** As it is now: a new name alone makes no new program. */
  readonly name: string;
  readonly version: number;
  readonly saved_by: string | null;
}

/** By key: how often each was saved, and who did last. */
export async function listProgrammeVersions(
  db: Queryable,
  workspaceId: string,
): Promise<ReadonlyMap<string, ProgrammeVersion>> {
  const { rows } = await db.query<ProgrammeVersion & { readonly key: string }>(
    'select key, name, version, saved_by from programmes where workspace_id = $1',
    [workspaceId],
  );
  return new Map(rows.map(({ key, ...row }) => [key, row]));
}

/** Out of the program, or back in it; its entries stay. False when there was nothing to do. */
export async function archiveProgramme(
  db: Queryable,
  { workspaceId, key, at }: { readonly workspaceId: string; readonly key: string; readonly at: Date | null },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update programmes set archived_at = $3
      where workspace_id = $1 and key = $2 and (archived_at is null) = ($3::timestamptz is not null)`,
    [workspaceId, key, at],
  );
  return rowCount === 1;
}

export interface DeletedProgramme {
  readonly key: string;
  readonly name: string;
  readonly body: Omit<ProgrammeDefinition, 'key' | 'name'>;
  readonly archived_at: Date;
}

export async function listDeletedProgrammes(
  db: Queryable,
  workspaceId: string,
): Promise<readonly DeletedProgramme[]> {
  const { rows } = await db.query<DeletedProgramme>(
    `select key, name, body, archived_at from programmes
      where workspace_id = $1 and archived_at is not null
      order by archived_at desc, key limit 50`,
    [workspaceId],
  );
  return rows;
}

export interface PointTotals {
  /** Earned, given and brought along. */
  readonly issued: number;
  /** Of these: by refunds, by hand, or to be counted anew. */
  readonly taken_back: number;
  readonly spent: number;
  readonly expired: number;
  /** Can be spent now. */
  readonly outstanding: number;
  readonly owed: number;
}

/** Per programme, over everybody; rows of those merged away count where they stand, so that nothing counts twice. */
export async function loadPointTotals(
  db: Queryable,
  workspaceId: string,
): Promise<ReadonlyMap<string, PointTotals>> {
  const { rows } = await db.query<{
    programme_key: string;
    from_account: PointsAccount;
    to_account: PointsAccount;
    points: string;
  }>(
    `select programme_key, from_account, to_account, sum(points)::text as points
       from point_entries
      where workspace_id = $1
      group by programme_key, from_account, to_account`,
    [workspaceId],
  );
  const totals = new Map<string, PointTotals>();
  for (const key of new Set(rows.map((row) => row.programme_key))) {
    const mine = rows.filter((row) => row.programme_key === key);
    const sum = (of: (row: (typeof mine)[number]) => boolean): number =>
      mine.reduce((n, row) => (of(row) ? n + Number(row.points) : n), 0);
    const standing = (account: PointsAccount): number =>
      sum((row) => row.to_account === account) - sum((row) => row.from_account === account);
    totals.set(key, {
      issued: sum((row) => row.from_account === 'issued'),
      taken_back: sum((row) => row.to_account === 'issued'),
      spent: standing('spent'),
      expired: standing('expired'),
      outstanding: standing('balance'),
      owed: 0 - standing('debt'),
    });
  }
  return totals;
}

export interface PointEntryRow {
  readonly person_id: string;
  readonly seq: number;
  readonly programme_key: string;
  readonly entry: PointsEntry;
  readonly from_account: PointsAccount;
  readonly to_account: PointsAccount;
  readonly points: number;
  readonly source: string;
  readonly reason: string | null;
  readonly expires_at: Date | null;
  readonly at: Date;
}

/** Newest first, of the person and those merged into them. */
export async function listPointEntries(
  db: Queryable,
  page: {
    readonly workspaceId: string;
    readonly keys: readonly PersonKey[];
    readonly after: { readonly at: string; readonly id: string; readonly seq: number } | null;
    readonly limit: number;
  },
): Promise<readonly PointEntryRow[]> {
  const { rows } = await db.query<PointEntryRow>(
    `select e.person_id, e.seq, e.programme_key, e.entry, e.from_account, e.to_account, e.points, e.source, e.reason,
            e.expires_at, e.at
       from unnest($2::int2[], $3::uuid[]) u(bucket, id)
       join point_entries e on e.bucket = u.bucket and e.workspace_id = $1 and e.person_id = u.id
      where $4::timestamptz is null or (e.at, e.person_id, e.seq) < ($4::timestamptz, $5::uuid, $6::int4)
      order by e.at desc, e.person_id desc, e.seq desc
      limit $7`,
    [
      page.workspaceId,
      int2Array(page.keys.map(({ bucket }) => bucket)),
      uuidArray(page.keys.map(({ id }) => id)),
      page.after?.at ?? null,
      page.after?.id ?? null,
      page.after?.seq ?? null,
      page.limit,
    ],
  );
  return rows;
}

export interface Accounts {
  readonly balance: number;
  readonly spent: number;
  /** Below 0 by what is owed. */
  readonly debt: number;
}

/** Per programme, what the entries of these people add up to. */
export async function loadAccounts(
  db: Queryable,
  workspaceId: string,
  keys: readonly PersonKey[],
): Promise<ReadonlyMap<string, Accounts>> {
  const { rows } = await db.query<{ programme_key: string } & Accounts>(
    `select e.programme_key,
            sum(case 'balance' when e.to_account then e.points when e.from_account then -e.points else 0 end)::float8 as balance,
            sum(case 'spent' when e.to_account then e.points when e.from_account then -e.points else 0 end)::float8 as spent,
            sum(case 'debt' when e.to_account then e.points when e.from_account then -e.points else 0 end)::float8 as debt
       from unnest($2::int2[], $3::uuid[]) u(bucket, id)
       join point_entries e on e.bucket = u.bucket and e.workspace_id = $1 and e.person_id = u.id
      group by e.programme_key`,
    [workspaceId, int2Array(keys.map(({ bucket }) => bucket)), uuidArray(keys.map(({ id }) => id))],
  );
  return new Map(rows.map((row) => [row.programme_key, row]));
}
