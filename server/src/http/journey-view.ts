// A journey as it is shown: its graph with labels and live numbers, its versions, the activation in force. Reads only.
import { parseJourney, readyJourneys } from '@rapport/engine';
import type { JourneyGraph } from '@rapport/engine';
import { z } from 'zod';
import { findActivation, findJourney, listVersions } from '../postgres/journeys.ts';
import type { ActivationRow, JourneyRow, VersionRow } from '../postgres/journeys.ts';
import { namesOf } from '../postgres/names.ts';
import type { JourneyTotals } from '../postgres/runs.ts';
import type { HttpDeps } from './deps.ts';
import { notFound, printId } from './ids.ts';
import { edgeSchema, numbersSchema, periodSchema, viewNumbers } from './journey-numbers.ts';
import type { CountsOfJourneys } from './journey-numbers.ts';
import { nodeLabel } from './journey-words.ts';
import { loadKnown } from './known.ts';
import { readably, storedSentence } from './stored-rule.ts';
import { iso, isoOrNull, looseSchema, problemItemSchema } from './wire.ts';

export const summarySchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  active_version: z.number().int().nullable(),
  newest_version: z.number().int(),
  shipped: z.boolean(),
  running: z.number().int(),
  entered: z.number().int(),
  control: z.number().int(),
  goals: z.number().int(),
});

export const activationSchema = z
  .object({
    id: z.string(),
    version: z.number().int(),
    who: z.enum(['from_now', 'also_today']),
    per_day: z.number().int().nullable(),
    qualified: z.number().int().nullable(),
    entered: z.number().int(),
    today: z.number().int(),
    at: z.string(),
    by: z.string().nullable(),
    done_at: z.string().nullable(),
  })
  .meta({ id: 'Activation' });

export const journeySchema = summarySchema
  .extend({
    graph: looseSchema,
    version: z.number().int(),
    versions: z.array(
      z.object({
        version: z.number().int(),
        created_at: z.string(),
        created_by: z.string().nullable(),
        running: z.number().int(),
        active: z.boolean(),
      }),
    ),
    numbers: z.record(z.string(), numbersSchema),
    edges: z.array(edgeSchema),
    days: z.number().int().nullable(),
    period: periodSchema,
    labels: z.record(z.string(), z.string()),
    goal: z.string().nullable(),
    activation: activationSchema.nullable(),
    problems: z.array(problemItemSchema),
  })
  .meta({ id: 'Journey' });

export const journeyParams = z.object({ id: z.string().max(100) });
export const versionQuery = z.object({ version: z.coerce.number().int().min(1).optional() });
/** Numbers of the last so many days; who is here is always now. */
export const journeyQuery = versionQuery.extend({
  days: z.enum(['7', '30', '90']).transform(Number).optional(),
});
const shippedKeys: ReadonlySet<string> = new Set(readyJourneys.map(({ key }) => key));

export interface Shown {
  readonly version?: number | undefined;
  readonly days?: number | undefined;
}

export async function viewJourney(
  deps: HttpDeps,
  counts: CountsOfJourneys,
  workspaceId: string,
  key: string,
  asked: Shown = {},
): Promise<z.infer<typeof journeySchema>> {
  const db = deps.pools.console;
  const row = await getJourney(db, workspaceId, key);
  const { definition } = await deps.programs.get(workspaceId);
  const days = asked.days ?? null;
  const [versions, activation, totals, numbers, users, { known, names }] = await Promise.all([
    listVersions(db, { workspaceId, key }),
    findActivation(db, { workspaceId, key }),
    counts.totals(workspaceId),
    counts.numbers({ workspaceId, key, days }),
    namesOf(db, workspaceId),
    loadKnown(db, workspaceId, definition),
  ]);
  const shown = pickVersion(versions, asked.version ?? row.active_version ?? undefined, key);
  const parsed = parseJourney(shown.graph, known, '/graph');
  const { runningByVersion, ...counted } = viewNumbers(shown.graph, numbers);
  return {
    ...viewSummary(row, versions[0]?.version ?? 1, totals.get(key)),
    graph: { ...shown.graph },
    version: shown.version,
    versions: versions.map(({ version, created_at, created_by }) => ({
      version,
      created_at: iso(created_at),
      created_by: created_by === null ? null : (users.get(created_by) ?? created_by),
      running: runningByVersion.get(version) ?? 0,
      active: row.active_version === version,
    })),
    ...counted,
    days,
    labels: labelsOf(shown.graph, names),
    goal: shown.graph.goal === undefined ? null : storedSentence(shown.graph.goal.rule, names),
    activation: activation === undefined ? null : viewActivation(activation, users),
    problems: parsed.ok ? [] : [...parsed.problems],
  };
}

export function viewSummary(
  row: JourneyRow,
  newest: number,
  counted: JourneyTotals | undefined,
): z.infer<typeof summarySchema> {
  return {
    id: row.key,
    name: row.name,
    description: row.description,
    active_version: row.active_version,
    newest_version: newest,
    shipped: shippedKeys.has(row.key),
    running: counted?.running ?? 0,
    entered: counted?.entered ?? 0,
    control: counted?.control ?? 0,
    goals: counted?.goals ?? 0,
  };
}

function viewActivation(
  row: ActivationRow,
  users: ReadonlyMap<string, string>,
): z.infer<typeof activationSchema> {
  return {
    id: printId('act', row.id),
    version: row.version,
    who: row.who,
    per_day: row.per_day,
    qualified: row.ramp_qualified,
    entered: row.ramp_total,
    today: row.ramp_used,
    at: iso(row.at),
    by: row.by_user === null ? null : (users.get(row.by_user) ?? row.by_user),
    done_at: isoOrNull(row.ramp_done_at),
  };
}

export function labelsOf(
  graph: JourneyGraph,
  names: Parameters<typeof nodeLabel>[1],
): { [node: string]: string } {
  return Object.fromEntries(
    Object.entries(graph.nodes).map(([key, node]) => [key, readably(() => nodeLabel(node, names))]),
  );
}

export async function getJourney(
  db: Parameters<typeof findJourney>[0],
  workspaceId: string,
  key: string,
): Promise<JourneyRow> {
  const row = await findJourney(db, { workspaceId, key });
  if (row === undefined) throw notFound('journey', key);
  return row;
}

export function pickVersion(
  versions: readonly VersionRow[],
  asked: number | undefined,
  key: string,
): VersionRow {
  const found = asked === undefined ? versions[0] : versions.find(({ version }) => version === asked);
  if (found === undefined) throw notFound('version of this journey', `${key} ${asked ?? ''}`.trim());
  return found;
}
