// The sample store as a row and as definitions: its own copies of some ready journeys, which let in nobody but its people.
// Begins and ends under the workspace's lock, so that what it made and what it takes away are one change each.
import { DAY_MS, parseJourney, readyJourneys } from '@rapport/engine';
import type { Definition, JourneyGraph, ProgrammeDefinition, Rule } from '@rapport/engine';
import { ProblemError } from '../errors.ts';
import { changeDefinition, getWorkspace, updateWorkspace, type Workspace } from '../postgres/definitions.ts';
import { measureGap } from '../postgres/gap.ts';
import { insertProgramme } from '../postgres/loyalty.ts';
import { loadJourneyKnown } from '../postgres/known.ts';
import type { Connection, Pool } from '../postgres/pool.ts';
import { hasRealPeople } from '../postgres/sample-people.ts';
import {
  deleteSampleJourneys,
  deleteSampleProgrammes,
  deleteSampleStore,
  findSampleStore,
  insertSampleJourney,
  insertSampleStore,
  markSampleRemoving,
  type SampleStoreRow,
} from '../postgres/sample-store.ts';
import { SAMPLE_PEOPLE, STORY_DAYS } from './shop/shop.ts';

export const SEED_DEFAULT = 1;
export const SEED_MAX = 2 ** 31 - 1;

const MINUTE_MS = 60_000;
/** What this shop has done so far. The others are left to whoever looks around: their backtests speak of a shop without them. */
const RUNNING = new Set(['welcome', 'abandoned_checkout', 'review_request', 'ask_why']);
/** Every person of the sample who is known says so: the trait that its journeys ask for. */
const SAMPLE_ONLY: Rule = { kind: 'trait', path: 'sample_store', op: 'is', value: true };

export interface Begin {
  readonly workspaceId: string;
  readonly seed: number;
  readonly now: number;
  readonly newId: () => string;
  /** Also when real people are there. */
  readonly beside: boolean;
  /** A smaller shop, for tests. */
  readonly people?: number;
}

/** Inside a change of definitions. Asked again while it is there, it changes nothing (`bumps` false). */
export async function beginSample(
  connection: Connection,
  before: Definition,
  begin: Begin,
): Promise<{ readonly result: null; readonly bumps: boolean }> {
  const { workspaceId, now } = begin;
  const known = await findSampleStore(connection, workspaceId);
  if (known?.status === 'removing') throw beingRemoved();
  if (known !== undefined && known.status !== 'failed') return { result: null, bumps: false };
  if (known !== undefined) throw failedBefore(known);
  if (!begin.beside && (await hasRealPeople(connection, workspaceId))) throw besideRealPeople();
  const until = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const at = new Date(until - STORY_DAYS * DAY_MS);
  const journeys: string[] = [];
  for (const journey of await sampleJourneys(connection, before)) {
    const made = await insertSampleJourney(connection, {
      ...journey,
      workspaceId,
      activationId: begin.newId(),
      at,
    });
    if (made) journeys.push(journey.key);
  }
  const programme = sampleProgramme(at);
  const hasProgramme = await insertProgramme(connection, { workspaceId, programme, at });
  await insertSampleStore(connection, {
    workspace_id: workspaceId,
    seed: begin.seed,
    story: {
      until: new Date(until).toISOString(),
      time_zone: before.time_zone,
      currency: before.currency,
      people: begin.people ?? SAMPLE_PEOPLE,
    },
    made: { journeys, programmes: hasProgramme ? [programme.key] : [] },
    at: now,
  });
  return { result: null, bumps: true };
}

/** Says that it is to go; what it holds is taken away by whoever does the work. False: there is none. */
export function endSample(connection: Connection, workspaceId: string): Promise<boolean> {
  return markSampleRemoving(connection, workspaceId);
}

/** The last step of removing: its definitions and its row. The workspace's gap is measured anew where the sample had set it. */
export async function forgetSample(
  deps: {
    readonly pool: Pool;
    readonly now: () => number;
    readonly newId: () => string;
    readonly onHistory?: () => void;
  },
  row: SampleStoreRow,
): Promise<void> {
  const { workspace_id: workspaceId, made } = row;
  await changeDefinition(
    deps.pool,
    stamp(deps, workspaceId, 'sample_store.removed'),
    async (connection, before) => {
      await deleteSampleJourneys(connection, workspaceId, made.journeys);
      await deleteSampleProgrammes(connection, workspaceId, made.programmes ?? []);
      const workspace = await getWorkspace(connection, workspaceId);
      if (
        made.gap_days !== undefined &&
        made.gap_days !== null &&
        workspace.settings.gap_days === made.gap_days
      )
        await setGap(connection, workspace, await measureGap(connection, before));
      await deleteSampleStore(connection, workspaceId);
      return { result: null, bumps: true };
    },
  );
  deps.onHistory?.();
}

/** The gap of the sample holds where the workspace has none of its own. */
export async function adoptGap(
  deps: { readonly pool: Pool; readonly now: () => number; readonly newId: () => string },
  workspaceId: string,
  gap: number | null,
): Promise<number | null> {
  const { result } = await changeDefinition(
    deps.pool,
    stamp(deps, workspaceId, 'settings.gap'),
    async (connection) => {
      const workspace = await getWorkspace(connection, workspaceId);
      if (gap === null || workspace.settings.gap_days !== null) return { result: null, bumps: false };
      await setGap(connection, workspace, gap);
      return { result: gap, bumps: true };
    },
  );
  return result;
}

async function setGap(connection: Connection, workspace: Workspace, gap: number | null): Promise<void> {
  await updateWorkspace(connection, { ...workspace, settings: { ...workspace.settings, gap_days: gap } });
}

function stamp(
  deps: { readonly now: () => number; readonly newId: () => string },
  workspaceId: string,
  action: string,
) {
  return {
    workspaceId,
    auditId: deps.newId(),
    at: new Date(deps.now()),
    by: null,
    action,
    subject: 'sample store',
  };
}

/** Its own people alone earn in it. Both tiers go by what was earned within a year. */
function sampleProgramme(from: Date): ProgrammeDefinition {
  const key = 'sample_club';
  const earned = (value: number): Rule => ({
    kind: 'points',
    programme: key,
    of: 'earned',
    window: { last: 'P365D' },
    op: 'at_least',
    value,
  });
  return {
    key,
    name: 'Club (sample store)',
    unit: { one: 'point', many: 'points' },
    counts_from: from.toISOString(),
    earn: [
      { kind: 'spend', key: 'orders', points: 1, per: 1, rounding: 'down', who: SAMPLE_ONLY },
      {
        kind: 'event',
        key: 'answers',
        event: 'Survey Answered',
        points: 20,
        cap: { times: 1, per: 'month' },
        who: SAMPLE_ONLY,
      },
    ],
    expiry: { kind: 'inactivity', after: 'P270D' },
    tiers: [
      { key: 'silver', name: 'Silver', rule: earned(200) },
      { key: 'gold', name: 'Gold', rule: earned(500) },
    ],
    keep_tier_for: 'P90D',
  };
}

/** Copies of some ready journeys; one whose template, topic or segment was deleted here is left out. */
async function sampleJourneys(
  connection: Connection,
  definition: Definition,
): Promise<
  readonly {
    readonly key: string;
    readonly name: string;
    readonly description: string;
    readonly graph: JourneyGraph;
  }[]
> {
  const known = await loadJourneyKnown(connection, definition);
  const running = readyJourneys.filter(({ key }) => RUNNING.has(key));
  return running.flatMap(({ key, name, description, graph }) => {
    const parsed = parseJourney(onlySample(graph), known);
    if (!parsed.ok) return [];
    return [{ key: `sample_${key}`, name: `${name} (sample store)`, description, graph: parsed.value }];
  });
}

function onlySample(graph: JourneyGraph): JourneyGraph {
  const entry = graph.nodes[graph.entry];
  if (entry?.kind !== 'trigger') throw new Error('a ready journey begins with a trigger');
  const where: Rule =
    entry.where === undefined ? SAMPLE_ONLY : { kind: 'all', rules: [entry.where, SAMPLE_ONLY] };
  return { ...graph, nodes: { ...graph.nodes, [graph.entry]: { ...entry, where } } };
}

function besideRealPeople(): ProblemError {
  return new ProblemError({
    code: 'conflict',
    message: 'There are real people here already; the sample store would stand among them.',
    hint: 'Ask for it with "beside": true (on the command line --beside). Removing it takes only its own people.',
  });
}

function beingRemoved(): ProblemError {
  return new ProblemError({
    code: 'conflict',
    message: 'The sample store is being removed.',
    hint: 'Wait until it is gone, a few seconds, and ask again.',
  });
}

function failedBefore({ problem }: SampleStoreRow): ProblemError {
  return new ProblemError({
    code: 'conflict',
    message: `The sample store could not be loaded: ${problem?.message ?? 'nobody knows why'}`,
    hint: 'Remove it, and load it again.',
  });
}
