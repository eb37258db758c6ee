// The row of a workspace's sample store: what was asked, how far it is, and which definitions came with it.
import type { JourneyGraph } from '@rapport/engine';
import { int2Array, textArray, uuidArray } from './binary-array.ts';
import type { Failure } from '../errors.ts';
import type { Connection, Queryable } from './pool.ts';

export interface SampleStory {
  /** ISO: nothing in the story is later. */
  readonly until: string;
  readonly time_zone: string;
  readonly currency: string;
  readonly people: number;
}

export interface SampleProgress {
  readonly people: number;
  readonly events: number;
  /** The number of the newest person that was stored: where a resumed loading goes on. */
  readonly newest: number;
}

export interface SampleStoreRow {
  readonly workspace_id: string;
  readonly seed: number;
  readonly story: SampleStory;
  readonly status: 'loading' | 'ready' | 'removing' | 'failed';
  readonly made: {
    readonly programmes?: readonly string[];
    readonly journeys: readonly string[];
    /** Undefined: not looked at yet; null: the workspace had a gap of its own. */
    readonly gap_days?: number | null;
  };
  readonly progress: SampleProgress;
  readonly problem: Pick<Failure, 'code' | 'message' | 'hint'> | null;
  readonly started_at: Date;
  readonly finished_at: Date | null;
}

const columns =
  'workspace_id, seed::float8 as seed, story, status, made, progress, problem, started_at, finished_at';

export async function findSampleStore(
  db: Queryable,
  workspaceId: string,
): Promise<SampleStoreRow | undefined> {
  const { rows } = await db.query<SampleStoreRow>(
    `select ${columns} from sample_stores where workspace_id = $1`,
    [workspaceId],
  );
  return rows[0];
}

/** Those that are to be loaded or removed. */
export async function listSampleWork(db: Queryable): Promise<readonly SampleStoreRow[]> {
  const { rows } = await db.query<SampleStoreRow>({
    name: 'sample_work',
    text: `select ${columns} from sample_stores where status in ('loading', 'removing') order by workspace_id`,
  });
  return rows;
}

/** The caller holds the workspace's lock. */
export async function insertSampleStore(
  db: Queryable,
  row: Pick<SampleStoreRow, 'workspace_id' | 'seed' | 'story' | 'made'> & { readonly at: number },
): Promise<void> {
  const progress: SampleProgress = { people: 0, events: 0, newest: 0 };
  await db.query(
    `insert into sample_stores (workspace_id, seed, story, status, made, progress, started_at)
     values ($1, $2, $3, 'loading', $4, $5, $6)`,
    [
      row.workspace_id,
      row.seed,
      JSON.stringify(row.story),
      JSON.stringify(row.made),
      JSON.stringify(progress),
      new Date(row.at),
    ],
  );
}

/** False: it was told to go meanwhile. */
export async function saveSampleProgress(
  db: Queryable,
  workspaceId: string,
  now: {
    readonly progress: SampleProgress;
    readonly made?: SampleStoreRow['made'];
    readonly to?: 'ready' | 'failed';
    readonly problem?: SampleStoreRow['problem'];
    readonly finishedAt?: number;
  },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update sample_stores
     set progress = $2, made = coalesce($3, made), status = coalesce($4, status), problem = $5, finished_at = $6
     where workspace_id = $1 and status = 'loading'`,
    [
      workspaceId,
      JSON.stringify(now.progress),
      now.made === undefined ? null : JSON.stringify(now.made),
      now.to ?? null,
      now.problem === undefined ? null : JSON.stringify(now.problem),
      now.finishedAt === undefined ? null : new Date(now.finishedAt),
    ],
  );
  return rowCount === 1;
}

/** False: there is none. From here on it only gets less. */
export async function markSampleRemoving(db: Queryable, workspaceId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update sample_stores set status = 'removing', problem = null, finished_at = null where workspace_id = $1`,
    [workspaceId],
  );
  return rowCount === 1;
}

/** How many people are still there, for who watches. */
export async function noteSampleRemoval(
  db: Queryable,
  workspaceId: string,
  progress: SampleProgress,
): Promise<void> {
  await db.query(`update sample_stores set progress = $2 where workspace_id = $1 and status = 'removing'`, [
    workspaceId,
    JSON.stringify(progress),
  ]);
}

export async function deleteSampleStore(db: Queryable, workspaceId: string): Promise<void> {
  await db.query('delete from sample_stores where workspace_id = $1', [workspaceId]);
}

/** A journey of the sample's own, switched on since its story began. False: somebody has a journey of this key. */
export async function insertSampleJourney(
  db: Queryable,
  journey: {
    readonly workspaceId: string;
    readonly key: string;
    readonly name: string;
    readonly description: string;
    readonly graph: JourneyGraph;
    readonly activationId: string;
    readonly at: Date;
  },
): Promise<boolean> {
  const { workspaceId, key, at } = journey;
  const { rowCount } = await db.query(
    `insert into journeys (workspace_id, key, name, description, active_version, created_at)
     values ($1, $2, $3, $4, 1, $5)
     on conflict (workspace_id, key) do nothing`,
    [workspaceId, key, journey.name, journey.description, at],
  );
  if (rowCount !== 1) return false;
  await db.query(
    `insert into journey_versions (workspace_id, journey_key, version, graph, created_at, created_by)
     values ($1, $2, 1, $3, $4, null)`,
    [workspaceId, key, JSON.stringify(journey.graph), at],
  );
  await db.query(
    `insert into activations (workspace_id, id, journey_key, version, who, at)
     values ($1, $2, $3, 1, 'from_now', $4)`,
    [workspaceId, journey.activationId, key, at],
  );
  return true;
}

export async function deleteSampleJourneys(
  db: Queryable,
  workspaceId: string,
  keys: readonly string[],
): Promise<void> {
  for (const table of ['activations', 'journey_versions'])
    await db.query(`delete from ${table} where workspace_id = $1 and journey_key = any($2::text[])`, [
      workspaceId,
      keys,
    ]);
  await db.query('delete from journeys where workspace_id = $1 and key = any($2::text[])', [
    workspaceId,
    keys,
  ]);
}

/** Their entries went with the people. */
export async function deleteSampleProgrammes(
  db: Queryable,
  workspaceId: string,
  keys: readonly string[],
): Promise<void> {
  await db.query('delete from programmes where workspace_id = $1 and key = any($2::text[])', [
    workspaceId,
    keys,
  ]);
}

/** What the sender writes when it hands over: where a letter went and under which subject. */
export async function noteSampleLetters(
  client: Connection,
  workspaceId: string,
  letters: readonly {
    readonly bucket: number;
    readonly id: string;
    readonly sentTo: string;
    readonly subject: string;
  }[],
): Promise<void> {
  if (letters.length === 0) return;
  await client.query(
    `update messages m
     set sent_to = u.sent_to, subject = u.subject, attempt = 1
     from unnest($2::int2[], $3::uuid[], $4::text[], $5::text[]) u(bucket, id, sent_to, subject)
     where m.bucket = u.bucket and m.workspace_id = $1 and m.id = u.id`,
    [
      workspaceId,
      int2Array(letters.map((l) => l.bucket)),
      uuidArray(letters.map((l) => l.id)),
      textArray(letters.map((l) => l.sentTo)),
      textArray(letters.map((l) => l.subject)),
    ],
  );
}
