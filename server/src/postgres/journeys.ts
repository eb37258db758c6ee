// Journeys as rows: immutable versions, activations, and what their runs have done, read from the decisions log.
import type { JourneyGraph } from '@rapport/engine';
import type { Queryable } from './pool.ts';

export interface JourneyRow {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly active_version: number | null;
  readonly created_at: Date;
}

export interface VersionRow {
  readonly version: number;
  readonly graph: JourneyGraph;
  readonly created_at: Date;
  readonly created_by: string | null;
}

export async function listJourneys(db: Queryable, workspaceId: string): Promise<readonly JourneyRow[]> {
  const { rows } = await db.query<JourneyRow>(
    `select key, name, description, active_version, created_at
       from journeys
      where workspace_id = $1 and archived_at is null
      order by created_at, key`,
    [workspaceId],
  );
  return rows;
}

export async function findJourney(
  db: Queryable,
  journey: { readonly workspaceId: string; readonly key: string },
): Promise<JourneyRow | undefined> {
  const { rows } = await db.query<JourneyRow>(
    `select key, name, description, active_version, created_at
       from journeys
      where workspace_id = $1 and key = $2 and archived_at is null`,
    [journey.workspaceId, journey.key],
  );
  return rows[0];
}

/** Of one journey, newest first. */
export async function listVersions(
  db: Queryable,
  journey: { readonly workspaceId: string; readonly key: string },
): Promise<readonly VersionRow[]> {
  const { rows } = await db.query<VersionRow>(
    `select version, graph, created_at, created_by
       from journey_versions
      where workspace_id = $1 and journey_key = $2
      order by version desc`,
    [journey.workspaceId, journey.key],
  );
  return rows;
}

/** The newest version of every journey, with its graph. */
export async function listNewestVersions(
  db: Queryable,
  workspaceId: string,
): Promise<readonly (VersionRow & { readonly journey_key: string })[]> {
  const { rows } = await db.query<VersionRow & { readonly journey_key: string }>(
    `select distinct on (journey_key) journey_key, version, graph, created_at, created_by
       from journey_versions
      where workspace_id = $1
      order by journey_key, version desc`,
    [workspaceId],
  );
  return rows;
}

/** False when the key is taken (also by an archived journey: its runs stay explained). */
export async function insertJourney(
  db: Queryable,
  journey: {
    readonly workspaceId: string;
    readonly key: string;
    readonly name: string;
    readonly description: string;
    readonly at: Date;
  },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into journeys (workspace_id, key, name, description, created_at)
     values ($1, $2, $3, $4, $5)
     on conflict (workspace_id, key) do nothing`,
    [journey.workspaceId, journey.key, journey.name, journey.description, journey.at],
  );
  return rowCount === 1;
}

/** The caller holds the workspace's lock, so that numbers follow each other. */
export async function insertVersion(
  db: Queryable,
  version: {
    readonly workspaceId: string;
    readonly key: string;
    readonly graph: JourneyGraph;
    readonly at: Date;
    readonly by: string | null;
  },
): Promise<number> {
  const { rows } = await db.query<{ version: number }>(
    `insert into journey_versions (workspace_id, journey_key, version, graph, created_at, created_by)
     select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5
       from journey_versions
      where workspace_id = $1 and journey_key = $2
     returning version`,
    [version.workspaceId, version.key, JSON.stringify(version.graph), version.at, version.by],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('no version was written');
  return row.version;
}

export async function updateJourney(
  db: Queryable,
  journey: {
    readonly workspaceId: string;
    readonly key: string;
    readonly name: string;
    readonly description: string;
  },
): Promise<void> {
  await db.query('update journeys set name = $3, description = $4 where workspace_id = $1 and key = $2', [
    journey.workspaceId,
    journey.key,
    journey.name,
    journey.description,
  ]);
}

/** All keys that are taken, deleted ones too. */
export async function listJourneyKeys(db: Queryable, workspaceId: string): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ key: string }>('select key from journeys where workspace_id = $1', [
    workspaceId,
  ]);
  return new Set(rows.map(({ key }) => key));
}

/** Kept with its versions: what happened stays explained, and it can be put back. `neverRan`: its rules need not be known meanwhile. */
export async function archiveJourney(
  db: Queryable,
  journey: {
    readonly workspaceId: string;
    readonly key: string;
    readonly neverRan: boolean;
    readonly at: Date;
  },
): Promise<void> {
  await db.query(
    'update journeys set archived_at = $3, never_ran = $4 where workspace_id = $1 and key = $2',
    [journey.workspaceId, journey.key, journey.at, journey.neverRan],
  );
}

export interface ArchivedJourneyRow {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly archived_at: Date;
}

/** Newest first. */
export async function listArchivedJourneys(
  db: Queryable,
  workspaceId: string,
  limit: number,
): Promise<readonly ArchivedJourneyRow[]> {
  const { rows } = await db.query<ArchivedJourneyRow>(
    `select key, name, description, archived_at
       from journeys
      where workspace_id = $1 and archived_at is not null
      order by archived_at desc, key
      limit $2`,
    [workspaceId, limit],
  );
  return rows;
}

/** False: there is no deleted journey with this key. It comes back switched off, as it was. */
export async function unarchiveJourney(
  db: Queryable,
  journey: { readonly workspaceId: string; readonly key: string },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update journeys set archived_at = null, never_ran = false
      where workspace_id = $1 and key = $2 and archived_at is not null`,
    [journey.workspaceId, journey.key],
  );
  return rowCount === 1;
}

export interface ActivationRow {
  readonly id: string;
  readonly version: number;
  readonly who: 'from_now' | 'also_today';
  readonly per_day: number | null;
  readonly at: Date;
  readonly by_user: string | null;
  readonly ramp_used: number;
  readonly ramp_total: number;
  readonly ramp_qualified: number | null;
  readonly ramp_done_at: Date | null;
  readonly ended_at: Date | null;
}

const activationColumns = `id, version, who, per_day, at, by_user, ramp_used, ramp_total, ramp_qualified,
  ramp_done_at, ended_at`;

/** The activation in force, if any. */
export async function findActivation(
  db: Queryable,
  journey: { readonly workspaceId: string; readonly key: string },
): Promise<ActivationRow | undefined> {
  const { rows } = await db.query<ActivationRow>(
    `select ${activationColumns}
       from activations
      where workspace_id = $1 and journey_key = $2 and ended_at is null
      order by at desc, id desc
      limit 1`,
    [journey.workspaceId, journey.key],
  );
  return rows[0];
}

/** Ends what was in force, takes new entrants with this version from now on. */
export async function activateJourney(
  db: Queryable,
  activation: {
    readonly workspaceId: string;
    readonly id: string;
    readonly key: string;
    readonly version: number;
    readonly who: 'from_now' | 'also_today';
    readonly perDay: number | null;
    readonly at: Date;
    readonly by: string;
  },
): Promise<void> {
  await deactivateJourney(db, activation);
  await db.query('update journeys set active_version = $3 where workspace_id = $1 and key = $2', [
    activation.workspaceId,
    activation.key,
    activation.version,
  ]);
  await db.query(
    `insert into activations (workspace_id, id, journey_key, version, who, per_day, at, by_user)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      activation.workspaceId,
      activation.id,
      activation.key,
      activation.version,
      activation.who,
      activation.perDay,
      activation.at,
      activation.by,
    ],
  );
}

export async function deactivateJourney(
  db: Queryable,
  journey: { readonly workspaceId: string; readonly key: string; readonly at: Date },
): Promise<void> {
  await db.query(
    `update activations set ended_at = $3
      where workspace_id = $1 and journey_key = $2 and ended_at is null`,
    [journey.workspaceId, journey.key, journey.at],
  );
  await db.query('update journeys set active_version = null where workspace_id = $1 and key = $2', [
    journey.workspaceId,
    journey.key,
  ]);
}
