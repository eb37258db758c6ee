// Loads the sample store: everyone lives through their story as if it had been live, and is stored whole, with progress in
// the same commit. Whoever takes up an unfinished loading goes on where it stood. Contacts nobody.
import { emptyStanding, localDay, newPerson, relive } from '@rapport/engine';
import type { Decision, EventFact, Person, Program } from '@rapport/engine';
import { linkKey } from '../content/unsubscribe-token.ts';
import { ProblemError } from '../errors.ts';
import type { Log } from '../log.ts';
import { claimWork } from '../postgres/claim.ts';
import { encodeEventBody, type EventRow } from '../postgres/events.ts';
import { insertIdentities, type NewIdentity } from '../postgres/identities.ts';
import { insertMailbox } from '../postgres/mailbox.ts';
import { messageChange, messageUpdates } from '../postgres/message-rows.ts';
import type { Connection, Pool } from '../postgres/pool.ts';
import type { Programs } from '../postgres/programs.ts';
import { newRows, pushMoves } from '../postgres/rows.ts';
import type { PersonKey } from '../postgres/bucket.ts';
import { samplePersonKey } from '../postgres/sample-ids.ts';
import {
  findSampleStore,
  noteSampleLetters,
  saveSampleProgress,
  type SampleProgress,
  type SampleStoreRow,
} from '../postgres/sample-store.ts';
import { getSendingWorkspace } from '../postgres/sending.ts';
import { refreshStatistics } from '../postgres/statistics.ts';
import { makeLocked } from '../postgres/people.ts';
import { notify, retrying, writePeople, type StepContext, type StepNotify } from '../postgres/steps.ts';
import { adoptGap } from './define.ts';
import { lettersOf, openLetters, type Letter, type Letters } from './letters.ts';
import { sampleShop, type SamplePerson } from './shop/shop.ts';

export interface SampleDeps {
  readonly pool: Pool;
  readonly programs: Pick<Programs, 'get' | 'reload'>;
  readonly now: () => number;
  readonly newId: () => string;
  readonly secret: string;
  readonly publicUrl: string;
  readonly log: Log;
  readonly notify?: StepNotify;
  /** Definitions changed: people of other versions are to be upgraded. */
  readonly wakeDefinitions?: () => void;
  /** A whole history came in or went. */
  readonly onHistory?: () => void;
}

export interface LoadOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SampleProgress) => void;
}

const BATCH_PEOPLE_MAX = 100;
const BATCH_EVENTS_MAX = 6_000;
/** The thread is given back after this long, so that a running server keeps answering. */
const SLICE_MS = 8;
/** Stories told before others have their turn: about as long. */
const PEOPLE_AT_ONCE = 50;

/** `taken`: another process is at it. Throws on what may go away (a lost database); the next call goes on where it stood. */
export async function loadSample(
  deps: SampleDeps,
  workspaceId: string,
  options: LoadOptions = {},
): Promise<'ended' | 'taken'> {
  return withSample(deps, workspaceId, async (row) => {
    if (row.status === 'loading') await loadClaimed(deps, row, options);
  });
}

/** One process at a time loads or removes a workspace's sample. */
export async function withSample(
  deps: SampleDeps,
  workspaceId: string,
  work: (row: SampleStoreRow) => Promise<void>,
): Promise<'ended' | 'taken'> {
  const release = await claimWork(deps.pool, `sample ${workspaceId}`);
  if (release === undefined) return 'taken';
  try {
    const row = await findSampleStore(deps.pool, workspaceId);
    if (row !== undefined) await work(row);
    return 'ended';
  } finally {
    await release();
  }
}

async function loadClaimed(deps: SampleDeps, found: SampleStoreRow, options: LoadOptions): Promise<void> {
  const { workspace_id: workspaceId } = found;
  const row = await settleGap(deps, found);
  if (row === null) return;
  const program = await deps.programs.reload(workspaceId);
  const letters = await openLetters(deps.pool, {
    workspace: await getSendingWorkspace(deps.pool, workspaceId),
    publicUrl: deps.publicUrl,
    linkKey: linkKey(deps.secret),
    templateKeys: templatesOf(program, row.made.journeys),
  });
  const { onProgress } = options;
  const load: Load = { deps, row, program, letters, until: Date.parse(row.story.until), onProgress };
  let { progress } = row;
  let batch: Lived[] = [];
  // One batch is stored while the next one lives: Postgres and we each have a processor.
  let storing: Promise<boolean> = Promise.resolve(true);
  const flush = async (): Promise<boolean> => {
    if (!(await storing) || options.signal?.aborted === true) return false;
    const lived = batch;
    const next: SampleProgress = {
      people: progress.people + lived.length,
      events: progress.events + eventsIn(lived),
      newest: lived.at(-1)?.n ?? progress.newest,
    };
    batch = [];
    progress = next;
    storing = store(load, lived, next);
    // Its failure is met where it is awaited.
    storing.catch(() => undefined);
    return true;
  };
  let sliceEnd = performance.now() + SLICE_MS;
  for (const person of sampleShop(storyOf(row))) {
    if (performance.now() > sliceEnd) {
      await pause();
      sliceEnd = performance.now() + SLICE_MS;
    }
    if (person.n <= row.progress.newest) continue;
    batch.push(live(load, person));
    const full = batch.length >= BATCH_PEOPLE_MAX || eventsIn(batch) >= BATCH_EVENTS_MAX;
    if (full && !(await flush())) return;
  }
  if (!(await flush()) || !(await storing)) return;
  await refreshStatistics(deps.pool);
  await saveSampleProgress(deps.pool, workspaceId, { progress, to: 'ready', finishedAt: deps.now() });
  deps.onHistory?.();
  deps.wakeDefinitions?.();
}

interface Load {
  readonly deps: SampleDeps;
  readonly row: SampleStoreRow;
  readonly program: Program;
  readonly letters: Letters;
  readonly until: number;
  readonly onProgress: LoadOptions['onProgress'];
}

/** One person who has lived through their story. */
interface Lived {
  readonly n: number;
  readonly key: PersonKey;
  readonly events: readonly EventFact[];
  readonly person: Person;
  readonly decisions: readonly Decision[];
  readonly letters: readonly Letter[];
}

function eventsIn(batch: readonly Lived[]): number {
  return batch.reduce((sum, { events }) => sum + events.length, 0);
}

function storyOf({ seed, story }: SampleStoreRow) {
  const { until, time_zone: timeZone, currency, people } = story;
  return { seed, until: Date.parse(until), timeZone, currency, people };
}

function live({ row, program, letters, until }: Load, { n, events }: SamplePerson): Lived {
  const key = samplePersonKey(row.workspace_id, row.seed, n);
  const born = newPerson(program, key.id, events[0]?.at ?? until);
  const lived = relive(program, born, events, { until, via: 'mailbox' });
  if (lived.kind !== 'stepped')
    throw new Error(`person ${n} of the sample could not be lived through: ${lived.kind}`);
  const { person, decisions } = lived;
  return {
    n,
    key,
    events,
    person,
    decisions,
    letters: lettersOf(letters, key, { person, decisions, until }),
  };
}

function identitiesOf(personId: string, events: readonly EventFact[]): readonly NewIdentity[] {
  const values = new Map<string, readonly [string, string]>();
  for (const identity of events.flatMap(({ identities }) => identities))
    values.set(identity.join('\n'), identity);
  const userId = [...values.values()].find(([kind]) => kind === 'user_id')?.[1] ?? null;
  return [...values.values()].map(([kind, value]) => ({
    kind,
    value,
    personId,
    browser: kind === 'anonymous_id',
    userId: kind === 'anonymous_id' ? userId : null,
  }));
}

/** False: it was told to go meanwhile. */
async function store(load: Load, batch: readonly Lived[], progress: SampleProgress): Promise<boolean> {
  const { deps, row, onProgress } = load;
  try {
    const wakeAt = await retrying(deps, row.workspace_id, async (client, context) => {
      if (!(await saveSampleProgress(client, row.workspace_id, { progress }))) throw new Told();
      return write(load, client, { ...context, batch });
    });
    notify(deps, { wakeAt, messages: true });
    onProgress?.(progress);
    return true;
  } catch (error) {
    if (error instanceof Told) return false;
    throw error;
  }
}

/** Everyone whole: as they are, what they did, what was decided, and where their messages ended. */
async function write(
  { program, until }: Load,
  client: Connection,
  { batch, ...context }: StepContext & { readonly batch: readonly Lived[] },
): Promise<number | null> {
  const { workspaceId } = context;
  const rows = newRows();
  const changes = batch.flatMap(({ key, decisions }) =>
    decisions.flatMap((decision) => messageChange(key, [], decision) ?? []),
  );
  for (const { key, events, decisions } of batch) {
    rows.events.push(...events.map((event) => eventRow(key, event)));
    rows.decisions.push(...decisions.map((decision) => ({ person: key, decision })));
    pushMoves(rows, key, { before: emptyStanding(), decisions });
  }
  rows.messages.push(...changes.filter(({ kind }) => kind === 'insert'));
  const people = batch.map(({ key, person, events }) => {
    const made = makeLocked(key, program, events[0]?.at ?? until);
    return { ...made, person, touched: true };
  });
  const wakeAt = await writePeople(client, context, people, rows);
  // A statement does not see what its own parts insert: where messages went from there is told after it.
  const moved = changes.filter((change) => change.kind === 'update');
  if (moved.length > 0) {
    const moves = messageUpdates(moved);
    await client.query(moves.text, [workspaceId, ...moves.values]);
  }
  const letters = batch.flatMap((lived) => lived.letters);
  await noteSampleLetters(client, workspaceId, letters);
  const mails = letters.flatMap(({ mail }) => (mail === null ? [] : [mail]));
  await insertMailbox(client, workspaceId, mails);
  const identities = batch.flatMap(({ key, events }) => identitiesOf(key.id, events));
  if (!(await insertIdentities(client, workspaceId, identities, until))) throw identityTaken();
  return wakeAt;
}

function eventRow(person: PersonKey, event: EventFact): EventRow {
  const { at, id, name } = event;
  const body = encodeEventBody(event);
  return { person, at, receivedAt: at, messageId: id, name, body, parked: false };
}

class Told extends Error {
  override readonly name = 'Told';
}

function identityTaken(): ProblemError {
  return new ProblemError({
    code: 'conflict',
    message: 'Somebody here already has an id or address of the sample store.',
    hint: 'Ids like sample-00001 belong to it: send your own events under others, then remove the sample store and load it again.',
  });
}

/** The workspace's gap first, so that everyone lives under the rule that will hold. Null: it was told to go meanwhile. */
async function settleGap(deps: SampleDeps, row: SampleStoreRow): Promise<SampleStoreRow | null> {
  if (row.made.gap_days !== undefined) return row;
  const { workspace_id: workspaceId } = row;
  const gap = await gapOf(row, (await deps.programs.get(workspaceId)).zone);
  const made = { ...row.made, gap_days: await adoptGap(deps, workspaceId, gap) };
  return (await saveSampleProgress(deps.pool, workspaceId, { progress: row.progress, made }))
    ? { ...row, made }
    : null;
}

/** As gap.ts measures it, from the story. */
async function gapOf(row: SampleStoreRow, zone: Program['zone']): Promise<number> {
  let [sum, count] = [0, 0];
  for (const { n, events } of sampleShop(storyOf(row))) {
    const days = [
      ...new Set(events.filter(({ name }) => name === 'Order Completed').map(({ at }) => localDay(zone, at))),
    ];
    for (const [i, day] of days.slice(1).entries()) {
      sum += Math.log(day - (days[i] ?? day));
      count += 1;
    }
    if (n % PEOPLE_AT_ONCE === 0) await pause();
  }
  return Math.max(1, Math.round(Math.exp(sum / Math.max(count, 1)) * 10) / 10);
}

function templatesOf(program: Program, journeys: readonly string[]): readonly string[] {
  const graphs = program.definition.journeys
    .filter(({ key }) => journeys.includes(key))
    .flatMap(({ versions }) => Object.values(versions));
  const nodes = graphs.flatMap((graph) => Object.values(graph.nodes));
  return [...new Set(nodes.flatMap((node) => (node.kind === 'email' ? [node.template] : [])))];
}

/** Gives the thread to whoever waits for it. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
