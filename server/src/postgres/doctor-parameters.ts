// Whether the stored parameters of predictions can be used: they parse, every number is finite and in bounds, and they are those of
// the fit that says it made them, under no version that is yet to come. Reads only.
import { parsePrediction } from '@rapport/engine';
import type { Queryable } from './pool.ts';

export interface ParametersFinding {
  readonly what: string;
  readonly hint: string;
}

interface StoredRow {
  readonly version: number;
  readonly prediction: unknown;
  readonly fit_version: number | null;
  readonly fitted_at: number | null;
}

const LEARN_AGAIN =
  'Run `rapport fit`; until then silences are judged by gaps, and no chance or value holds of anybody.';

export async function examineParameters(
  db: Queryable,
  workspaceId: string,
): Promise<readonly ParametersFinding[]> {
  const { rows } = await db.query<StoredRow>(
    `select w.program_version::int as version, w.settings -> 'prediction' as prediction,
       f.program_version::int as fit_version, (f.prediction ->> 'fitted_at')::float8 as fitted_at
     from workspaces w
     left join lateral (
       select program_version, prediction from predictions
       where workspace_id = w.id and state = 'done' and program_version is not null
       order by program_version desc
       limit 1) f on true
     where w.id = $1`,
    [workspaceId],
  );
  const [row] = rows;
  if (row?.prediction === undefined || row.prediction === null) return [];
  const parsed = parsePrediction(row.prediction);
  if (!parsed.ok)
    return parsed.problems.map(({ path, message }) => ({ what: `${path}: ${message}`, hint: LEARN_AGAIN }));
  const { fit_version, fitted_at, version } = row;
  if (fit_version !== null && fit_version > version)
    return [
      {
        what: `they were learnt under version ${fit_version} of the definitions, and the newest is ${version}`,
        hint: 'The database may be an older copy in part: restore it whole, then run `rapport fit`.',
      },
    ];
  if (fitted_at !== null && fitted_at !== parsed.value.fitted_at)
    return [
      {
        what: `they were learnt at ${stamp(parsed.value.fitted_at)}, and the fit in use at ${stamp(fitted_at)}`,
        hint: 'Run `rapport fit`: what is learnt then is in use under a version of its own.',
      },
    ];
  return [];
}

function stamp(at: number): string {
  return new Date(at).toISOString();
}
