// Rows of the points' ledger as decisions make them: one a posting. Never reads; never decides.
import type { Decision } from '@rapport/engine';
import { instantArray, int2Array, int4Array, textArray, uuidArray } from './binary-array.ts';
import type { PersonKey } from './bucket.ts';

export type Posted = Extract<Decision, { kind: 'points_posted' }>;

export interface PointRow {
  readonly person: PersonKey;
  readonly posted: Posted;
}

export function postedIn(decisions: readonly Decision[]): readonly Posted[] {
  return decisions.filter((decision) => decision.kind === 'points_posted');
}

export function pointInserts(rows: readonly PointRow[]): {
  readonly text: string;
  readonly values: readonly unknown[];
} {
  return {
    text: `insert into point_entries (bucket, workspace_id, person_id, seq, programme_key, entry, from_account, to_account, points,
        source, rule, reason, expires_at, at)
      select u.bucket, $1, u.id, u.seq, u.programme, u.entry, u.from_account, u.to_account, u.points, u.source, u.rule, u.reason,
        u.expires_at, u.at
      from unnest($2::int2[], $3::uuid[], $4::int4[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int4[], $10::text[],
          $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[])
        u(bucket, id, seq, programme, entry, from_account, to_account, points, source, rule, reason, expires_at, at)
      on conflict (bucket, workspace_id, person_id, seq) do nothing`,
    values: [
      int2Array(rows.map(({ person }) => person.bucket)),
      uuidArray(rows.map(({ person }) => person.id)),
      int4Array(rows.map(({ posted }) => posted.seq)),
      textArray(rows.map(({ posted }) => posted.programme)),
      textArray(rows.map(({ posted }) => posted.entry)),
      textArray(rows.map(({ posted }) => posted.from)),
      textArray(rows.map(({ posted }) => posted.to)),
      int4Array(rows.map(({ posted }) => posted.points)),
      textArray(rows.map(({ posted }) => posted.source)),
      textArray(rows.map(({ posted }) => posted.rule ?? null)),
      textArray(rows.map(({ posted }) => posted.reason ?? null)),
      instantArray(rows.map(({ posted }) => posted.expires_at ?? null)),
      instantArray(rows.map(({ posted }) => posted.due_at)),
    ],
  };
}
