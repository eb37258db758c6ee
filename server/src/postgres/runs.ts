// What the runs of journeys have done, read from the decisions log: numbers per node, and the runs themselves. Never written here.
import type { Queryable } from './pool.ts';

export interface NodeNumbers {
  /** Runs that stand here now. */
  here: number;
  /** Runs that came here and went on. */
  passed: number;
  sent: number;
  waiting: number;
  dropped: number;
  failed: number;
  uncertain: number;
  /** Not sent because the person is in the control group. */
  withheld: number;
}

export interface JourneyNumbers {
  entered: number;
  running: number;
  control: number;
  goals: number;
  readonly runningByVersion: Map<number, number>;
  readonly nodes: Map<string, NodeNumbers>;
}

/** For every journey of the workspace at once, in four passes over indexes by kind. Dear with a million runs: see counts.ts. */
export async function loadJourneyNumbers(
  db: Queryable,
  workspaceId: string,
): Promise<ReadonlyMap<string, JourneyNumbers>> {
  const journeys = new Map<string, JourneyNumbers>();
  const journey = (key: string): JourneyNumbers => {
    const known = journeys.get(key) ?? {
      entered: 0,
      running: 0,
      control: 0,
      goals: 0,
      runningByVersion: new Map<number, number>(),
      nodes: new Map<string, NodeNumbers>(),
    };
    journeys.set(key, known);
    return known;
  };
  const node = (key: string, name: string): NodeNumbers => {
    const { nodes } = journey(key);
    const known = nodes.get(name) ?? { ...nothing };
    nodes.set(name, known);
    return known;
  };
  const [runs, moves, withheld, messages] = await Promise.all([
    loadRuns(db, workspaceId),
    loadMoves(db, workspaceId),
    loadWithheld(db, workspaceId),
    loadMessages(db, workspaceId),
  ]);
  for (const row of runs) {
    const numbers = journey(row.journey);
    numbers.entered += row.runs;
    numbers.goals += row.goals;
    if (row.arm === 'control') numbers.control += row.runs;
    node(row.journey, row.started_node).passed += row.runs;
    if (row.ended) continue;
    numbers.running += row.runs;
    numbers.runningByVersion.set(row.version, (numbers.runningByVersion.get(row.version) ?? 0) + row.runs);
    const here = node(row.journey, row.node);
    here.here += row.runs;
    here.passed -= row.runs;
  }
  for (const row of moves) node(row.journey, row.node).passed += row.arrivals;
  for (const row of withheld) node(row.journey, row.node).withheld += row.messages;
  for (const row of messages) addMessages(node(row.journey, row.node), row.state, row.messages);
  return journeys;
}

const nothing: NodeNumbers = {
  here: 0,
  passed: 0,
  sent: 0,
  waiting: 0,
  dropped: 0,
  failed: 0,
  uncertain: 0,
  withheld: 0,
};

function addMessages(numbers: NodeNumbers, state: string, messages: number): void {
  switch (state) {
    case 'sent':
    case 'dropped':
    case 'failed':
    case 'uncertain':
      numbers[state] += messages;
      return;
    default:
      numbers.waiting += messages;
  }
}

interface RunsRow {
  readonly journey: string;
  readonly version: number;
  readonly arm: string;
  readonly started_node: string;
  readonly node: string;
  readonly ended: boolean;
  readonly runs: number;
  readonly goals: number;
}

/** Runs grouped by where they started and where they stand: the newest move says, else the start. */
async function loadRuns(db: Queryable, workspaceId: string): Promise<readonly RunsRow[]> {
  const { rows } = await db.query<RunsRow>(
    `with started as (
       select d.bucket, d.person_id, d.body::jsonb -> 'run' as run
         from decisions d
        where d.workspace_id = $1 and d.kind = 'run_started'
     ), moved as (
       select distinct on (d.body::jsonb ->> 'run') d.body::jsonb ->> 'run' as run, d.body::jsonb ->> 'to' as node
         from decisions d
        where d.workspace_id = $1 and d.kind = 'run_moved'
        order by d.body::jsonb ->> 'run', d.due_at desc, d.seq desc
     ), ended as (
       select distinct d.body::jsonb ->> 'run' as run
         from decisions d
        where d.workspace_id = $1 and d.kind = 'run_ended'
     ), reached as (
       select distinct d.body::jsonb ->> 'run' as run
         from decisions d
        where d.workspace_id = $1 and d.kind = 'goal_reached'
     )
     select s.run ->> 'journey' as journey,
            (s.run ->> 'version')::int as version,
            s.run ->> 'arm' as arm,
            s.run ->> 'node' as started_node,
            coalesce(m.node, s.run ->> 'node') as node,
            e.run is not null as ended,
            count(*)::int as runs,
            count(g.run)::int as goals
       from started s
       left join moved m on m.run = s.run ->> 'id'
       left join ended e on e.run = s.run ->> 'id'
       left join reached g on g.run = s.run ->> 'id'
      group by 1, 2, 3, 4, 5, 6`,
    [workspaceId],
  );
  return rows;
}

async function loadMoves(
  db: Queryable,
  workspaceId: string,
): Promise<readonly { readonly journey: string; readonly node: string; readonly arrivals: number }[]> {
  const { rows } = await db.query<{ journey: string; node: string; arrivals: number }>(
    `with started as (
       select d.body::jsonb -> 'run' ->> 'id' as run, d.body::jsonb -> 'run' ->> 'journey' as journey
         from decisions d
        where d.workspace_id = $1 and d.kind = 'run_started'
     )
     select s.journey, d.body::jsonb ->> 'to' as node, count(*)::int as arrivals
       from decisions d
       join started s on s.run = d.body::jsonb ->> 'run'
      where d.workspace_id = $1 and d.kind = 'run_moved'
      group by 1, 2`,
    [workspaceId],
  );
  return rows;
}

async function loadWithheld(
  db: Queryable,
  workspaceId: string,
): Promise<readonly { readonly journey: string; readonly node: string; readonly messages: number }[]> {
  const { rows } = await db.query<{ journey: string; node: string; messages: number }>(
    `with started as (
       select d.body::jsonb -> 'run' ->> 'id' as run, d.body::jsonb -> 'run' ->> 'journey' as journey
         from decisions d
        where d.workspace_id = $1 and d.kind = 'run_started'
     )
     select s.journey, d.body::jsonb ->> 'node' as node, count(*)::int as messages
       from decisions d
       join started s on s.run = d.body::jsonb ->> 'run'
      where d.workspace_id = $1 and d.kind = 'message_withheld'
      group by 1, 2`,
    [workspaceId],
  );
  return rows;
}

async function loadMessages(
  db: Queryable,
  workspaceId: string,
): Promise<
  readonly {
    readonly journey: string;
    readonly node: string;
    readonly state: string;
    readonly messages: number;
  }[]
> {
  const { rows } = await db.query<{ journey: string; node: string; state: string; messages: number }>(
    `select journey_key as journey, node, state, count(*)::int as messages
       from messages
      where workspace_id = $1 and journey_key is not null and node is not null
      group by journey_key, node, state`,
    [workspaceId],
  );
  return rows;
}

export interface RunRow {
  readonly bucket: number;
  readonly person_id: string;
  readonly seq: number;
  readonly decided_at: Date;
  readonly run: {
    readonly id: string;
    readonly version: number;
    readonly arm: 'treated' | 'control';
    readonly node: string;
    readonly started_at: number;
  };
  readonly node: string;
  readonly goal_at: Date | null;
  readonly ended_at: Date | null;
  readonly end_reason: string | null;
}

/** Newest start first. */
export async function listRuns(
  db: Queryable,
  page: {
    readonly workspaceId: string;
    readonly journey: string;
    readonly state: 'running' | 'ended' | null;
    readonly node: string | null;
    readonly before: { readonly at: Date; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<readonly RunRow[]> {
  const { rows } = await db.query<RunRow>(
    `select * from (
       select d.bucket, d.person_id, d.seq, d.decided_at, d.body::jsonb -> 'run' as run,
              coalesce(m.node, d.body::jsonb -> 'run' ->> 'node') as node,
              g.due_at as goal_at, e.due_at as ended_at, e.reason as end_reason
         from decisions d
         left join lateral (
           select x.body::jsonb ->> 'to' as node
             from decisions x
            where x.bucket = d.bucket and x.workspace_id = d.workspace_id and x.person_id = d.person_id
              and x.kind = 'run_moved' and x.body::jsonb ->> 'run' = d.body::jsonb -> 'run' ->> 'id'
            order by x.seq desc
            limit 1) m on true
         left join lateral (
           select x.due_at
             from decisions x
            where x.bucket = d.bucket and x.workspace_id = d.workspace_id and x.person_id = d.person_id
              and x.kind = 'goal_reached' and x.body::jsonb ->> 'run' = d.body::jsonb -> 'run' ->> 'id'
            limit 1) g on true
         left join lateral (
           select x.due_at, x.body::jsonb ->> 'reason' as reason
             from decisions x
            where x.bucket = d.bucket and x.workspace_id = d.workspace_id and x.person_id = d.person_id
              and x.kind = 'run_ended' and x.body::jsonb ->> 'run' = d.body::jsonb -> 'run' ->> 'id'
            limit 1) e on true
        where d.workspace_id = $1 and d.kind = 'run_started' and d.body::jsonb -> 'run' ->> 'journey' = $2
          and ($3::timestamptz is null or (d.decided_at, d.person_id) < ($3, $4::uuid))
     ) as runs
      where ($5::text is null or (ended_at is not null) = ($5 = 'ended'))
        and ($6::text is null or node = $6)
      order by decided_at desc, person_id desc
      limit $7`,
    [
      page.workspaceId,
      page.journey,
      page.before?.at ?? null,
      page.before?.id ?? null,
      page.state,
      page.node,
      page.limit,
    ],
  );
  return rows;
}

/** People with a run of this journey under way, as the log says; for taking them out. */
export async function listRunning(
  db: Queryable,
  journey: { readonly workspaceId: string; readonly key: string },
): Promise<readonly { readonly bucket: number; readonly id: string }[]> {
  const { rows } = await db.query<{ bucket: number; id: string }>(
    `select distinct d.bucket, d.person_id as id
       from decisions d
      where d.workspace_id = $1 and d.kind = 'run_started' and d.body::jsonb -> 'run' ->> 'journey' = $2
        and not exists (
          select 1 from decisions x
           where x.bucket = d.bucket and x.workspace_id = d.workspace_id and x.person_id = d.person_id
             and x.kind = 'run_ended' and x.body::jsonb ->> 'run' = d.body::jsonb -> 'run' ->> 'id')`,
    [journey.workspaceId, journey.key],
  );
  return rows;
}
