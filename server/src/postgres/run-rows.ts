// Rows of journeys' runs as decisions make them: where each run stands, and every step it took. A run's row stands in the bucket
// of the person who entered, also after a merge. Never reads; never decides.
import { bucketOf } from './bucket.ts';
import { instantArray, int2Array, int4Array, textArray, uuidArray } from './binary-array.ts';
import type { Decision, Run, RunEnd, Standing } from '@rapport/engine';

export interface RunChange {
  readonly run: Run;
  readonly endedAt: number | null;
  readonly endReason: RunEnd | null;
}

export interface RunMove {
  readonly run: Run;
  readonly from: string;
  readonly to: string;
  readonly at: number;
}

export interface RunRows {
  readonly runs: readonly RunChange[];
  readonly moves: readonly RunMove[];
}

/** What decisions did to runs, each as it stands after all of them. `before` is the standing that they were added to. */
export function runRows(before: Standing, decisions: readonly Decision[]): RunRows {
  const standing = new Map<string, Run>(Object.entries(before.runs));
  const changed = new Map<string, RunChange>();
  const moves: RunMove[] = [];
  const set = (run: Run): void => {
    standing.set(run.id, run);
    changed.set(run.id, { run, endedAt: null, endReason: null });
  };
  for (const decision of decisions) {
    switch (decision.kind) {
      case 'run_started':
        set(decision.run);
        break;
      case 'merged':
        for (const run of Object.values(decision.standing.runs))
          if (!standing.has(run.id)) standing.set(run.id, run);
        break;
      case 'run_moved': {
        const run = standing.get(decision.run);
        if (run === undefined) break;
        const moved = { ...run, node: decision.to, node_at: decision.due_at, visit: run.visit + 1 };
        set(moved);
        moves.push({ run: moved, from: decision.from, to: decision.to, at: decision.due_at });
        break;
      }
      case 'run_versioned': {
        const run = standing.get(decision.run);
        if (run !== undefined) set({ ...run, version: decision.version });
        break;
      }
      case 'goal_reached': {
        const run = standing.get(decision.run);
        if (run !== undefined) set({ ...run, goal_at: decision.due_at });
        break;
      }
      case 'run_ended': {
        const run = standing.get(decision.run);
        if (run === undefined) break;
        standing.delete(decision.run);
        changed.set(run.id, { run, endedAt: decision.due_at, endReason: decision.reason });
        break;
      }
      default:
        break;
    }
  }
  return { runs: [...changed.values()], moves };
}

export function runUpserts(all: readonly RunChange[]): {
  readonly text: string;
  readonly values: readonly unknown[];
} {
  const changes = furthestOfEach(all);
  const runs = changes.map((change) => change.run);
  return {
    text: `insert into runs (bucket, workspace_id, id, person_id, journey_key, version, arm, node, node_at, started_at, goal_at, ended_at, end_reason)
      select u.bucket, $1, u.id, u.person_id, u.journey, u.version, u.arm, u.node, u.node_at, u.started_at, u.goal_at, u.ended_at, u.reason
      from unnest($2::int2[], $3::uuid[], $4::uuid[], $5::text[], $6::int4[], $7::text[], $8::text[], $9::timestamptz[],
          $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::text[])
        u(bucket, id, person_id, journey, version, arm, node, node_at, started_at, goal_at, ended_at, reason)
      on conflict (bucket, workspace_id, id)
        do update set version = excluded.version, node = excluded.node, node_at = excluded.node_at, goal_at = excluded.goal_at,
          ended_at = excluded.ended_at, end_reason = excluded.end_reason`,
    values: [
      int2Array(runs.map((run) => bucketOf(run.person))),
      uuidArray(runs.map((run) => run.id)),
      uuidArray(runs.map((run) => run.person)),
      textArray(runs.map((run) => run.journey)),
      int4Array(runs.map((run) => run.version)),
      textArray(runs.map((run) => run.arm)),
      textArray(runs.map((run) => run.node)),
      instantArray(runs.map((run) => run.node_at)),
      instantArray(runs.map((run) => run.started_at)),
      instantArray(runs.map((run) => run.goal_at)),
      instantArray(changes.map((change) => change.endedAt)),
      textArray(changes.map((change) => change.endReason)),
    ],
  };
}

export function moveInserts(moves: readonly RunMove[]): {
  readonly text: string;
  readonly values: readonly unknown[];
} {
  return {
    text: `insert into run_moves (bucket, workspace_id, run_id, visit, person_id, journey_key, arm, from_node, to_node, at)
      select u.bucket, $1, u.run_id, u.visit, u.person_id, u.journey, u.arm, u.from_node, u.to_node, u.at
      from unnest($2::int2[], $3::uuid[], $4::int4[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[])
        u(bucket, run_id, visit, person_id, journey, arm, from_node, to_node, at)
      on conflict (bucket, workspace_id, run_id, visit) do nothing`,
    values: [
      int2Array(moves.map(({ run }) => bucketOf(run.person))),
      uuidArray(moves.map(({ run }) => run.id)),
      int4Array(moves.map(({ run }) => run.visit)),
      uuidArray(moves.map(({ run }) => run.person)),
      textArray(moves.map(({ run }) => run.journey)),
      textArray(moves.map(({ run }) => run.arm)),
      textArray(moves.map((move) => move.from)),
      textArray(moves.map((move) => move.to)),
      instantArray(moves.map((move) => move.at)),
    ],
  };
}

/** One row a run: when two people become one in the transaction in which their run moves, both tell of it. */
function furthestOfEach(changes: readonly RunChange[]): readonly RunChange[] {
  const byRun = new Map<string, RunChange>();
  for (const change of changes) {
    const other = byRun.get(change.run.id);
    if (other === undefined || isFurther(change, other)) byRun.set(change.run.id, change);
  }
  return [...byRun.values()];
}

function isFurther(a: RunChange, b: RunChange): boolean {
  if ((a.endedAt === null) !== (b.endedAt === null)) return a.endedAt !== null;
  if (a.run.visit !== b.run.visit) return a.run.visit > b.run.visit;
  return a.run.goal_at !== null || b.run.goal_at === null;
}
