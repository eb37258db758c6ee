// Rows of people's moves between stages as decisions make them. Never reads; never decides.
import { applyDecision } from '@rapport/engine';
import type { Decision, Standing } from '@rapport/engine';
import { instantArray, int2Array, int4Array, textArray, uuidArray } from './binary-array.ts';
import type { PersonKey } from './bucket.ts';

export interface StageMove {
  readonly seq: number;
  readonly model: string;
  /** Null: outside of the model. */
  readonly from: string | null;
  readonly to: string | null;
  /** Since when they had stood in `from`. */
  readonly since: number | null;
  readonly at: number;
}

export interface StageRows {
  readonly moves: readonly StageMove[];
  /** A history was told anew: moves of decisions before this one are no more. */
  readonly restatedAt: number | null;
}

/** `before` is the standing that the decisions were added to. */
export function stageRows(before: Standing, decisions: readonly Decision[]): StageRows {
  if (!decisions.some(({ kind }) => kind === 'stage_changed' || kind === 'restated'))
    return { moves: [], restatedAt: null };
  const moves: StageMove[] = [];
  let restatedAt: number | null = null;
  let standing = before;
  for (const decision of decisions) {
    if (decision.kind === 'stage_changed') {
      const { model, from, to, seq, due_at: at } = decision;
      moves.push({ seq, model, from, to, since: standing.stages[model]?.since ?? null, at });
    }
    if (decision.kind === 'restated') {
      moves.length = 0;
      restatedAt = decision.seq;
    }
    if (decision.kind === 'stage_changed' || decision.kind === 'restated' || decision.kind === 'merged')
      standing = applyDecision(standing, decision);
  }
  return { moves, restatedAt };
}

type MoveRow = { readonly person: PersonKey; readonly move: StageMove };

export function stageMoveInserts(rows: readonly MoveRow[]): {
  readonly text: string;
  readonly values: readonly unknown[];
} {
  return {
    text: `insert into stage_moves (bucket, workspace_id, person_id, seq, model, from_stage, to_stage, since, at)
      select u.bucket, $1, u.id, u.seq, u.model, u.from_stage, u.to_stage, u.since, u.at
      from unnest($2::int2[], $3::uuid[], $4::int4[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[])
        u(bucket, id, seq, model, from_stage, to_stage, since, at)
      on conflict (bucket, workspace_id, person_id, seq) do nothing`,
    values: [
      int2Array(rows.map(({ person }) => person.bucket)),
      uuidArray(rows.map(({ person }) => person.id)),
      int4Array(rows.map(({ move }) => move.seq)),
      textArray(rows.map(({ move }) => move.model)),
      textArray(rows.map(({ move }) => move.from)),
      textArray(rows.map(({ move }) => move.to)),
      instantArray(rows.map(({ move }) => move.since)),
      instantArray(rows.map(({ move }) => move.at)),
    ],
  };
}

export function stageMoveDeletes(rows: readonly { readonly person: PersonKey; readonly before: number }[]): {
  readonly text: string;
  readonly values: readonly unknown[];
} {
  return {
    text: `delete from stage_moves m
      using unnest($2::int2[], $3::uuid[], $4::int4[]) u(bucket, id, before)
      where m.bucket = u.bucket and m.workspace_id = $1 and m.person_id = u.id and m.seq < u.before`,
    values: [
      int2Array(rows.map(({ person }) => person.bucket)),
      uuidArray(rows.map(({ person }) => person.id)),
      int4Array(rows.map(({ before }) => before)),
    ],
  };
}
