// The one door to a person: lock, step, write the rows that follow, in one transaction. Decides nothing itself: what
// happens is the engine's; which rows follow from a decision is here and in rows.ts and message-rows.ts, nowhere else.
import { encodePerson, establish, step } from '@rapport/engine';
import type {
  Cause,
  Changed,
  Decision,
  Input,
  Person,
  Program,
  Standing,
  StepOptions,
  Stepped,
} from '@rapport/engine';
import { randomUUID } from 'node:crypto';
import type { PersonKey } from './bucket.ts';
import { loadHistory } from './events.ts';
import { establishOptions, loadEstablishing } from './establishing.ts';
import { messageChange } from './message-rows.ts';
import { historyKeys, lockPeople } from './people.ts';
import type { LockedPeople, LockedPerson } from './people.ts';
import { inTransaction } from './pool.ts';
import type { Connection, Pool } from './pool.ts';
import { profileOf, sameProfile } from './profile.ts';
import type { Programs } from './programs.ts';
import { newRows, pushMoves, writeRows } from './rows.ts';
import type { Rows } from './rows.ts';

export { lockPeople } from './people.ts';
export type { LockedPeople, LockedPerson } from './people.ts';

export interface StepDeps {
  readonly pool: Pool;
  readonly programs: Pick<Programs, 'get' | 'reload'>;
  readonly now: () => number;
  /** How far silence may be judged; absent: up to now. */
  readonly silenceUpTo?: (now: number) => number;
  /** Told after a commit, in this process: the earliest new appointment, and that messages wait. */
  readonly notify?: StepNotify;
}

export interface StepNotify {
  readonly wakeAt: (at: number) => void;
  readonly messages: () => void;
}

export interface PersonInput {
  readonly person: PersonKey;
  readonly input: Input;
  readonly cause?: Cause;
  readonly silent?: boolean;
  readonly changed?: Changed;
}

export interface StepContext {
  readonly workspaceId: string;
  readonly program: Program;
  readonly now: number;
}

export type StepOutcome =
  | {
      readonly kind: 'stepped';
      readonly person: PersonKey;
      readonly state: Person;
      readonly decisions: readonly Decision[];
    }
  | { readonly kind: 'parked'; readonly person: PersonKey; readonly reason: ParkReason }
  | { readonly kind: 'absent' };

export interface StepReport {
  readonly outcomes: readonly StepOutcome[];
  /** The earliest appointment that was written. */
  readonly wakeAt: number | null;
  /** Messages were queued. */
  readonly messages: boolean;
}

export type ParkReason = 'assertion' | 'cascade_limit';

/** One input on one locked person. */
export type Taken =
  | { readonly kind: 'stepped'; readonly decisions: readonly Decision[] }
  | { readonly kind: 'parked'; readonly reason: ParkReason; readonly detail: string };

/** A state was written under a newer program than ours: reload and start again. */
export class ProgramOutdated extends Error {
  override readonly name = 'ProgramOutdated';
}

const RETRIES_MAX = 8;
/** A parked appointment is tried again after this long, or at the next change of the program. */
const PARKED_WAKE_MS = 3_600_000;
const DETAIL_MAX = 2_000;

export interface StepPeopleOptions {
  /** Write the appointment as it is, also when it moved later (the clock, after a wake). */
  readonly rearm?: boolean;
  readonly skipLocked?: boolean;
  readonly also?: (client: Connection, report: StepReport) => Promise<void>;
}

/**
 * One transaction over the people of `inputs`, taken in the given order; an id that was merged away leads to its survivor.
 * `outcomes[i]` of the report belongs to `inputs[i]`. Retries deadlocks, serialisation failures and newer programs by itself;
 * a data error of one person does not spoil the others: halved until it is alone, then thrown. `also` runs inside the
 * transaction, after the rows.
 */
export async function stepPeople(
  deps: StepDeps,
  workspaceId: string,
  inputs: readonly PersonInput[],
  options: StepPeopleOptions = {},
): Promise<StepReport> {
  if (inputs.length === 0) return { outcomes: [], wakeAt: null, messages: false };
  try {
    const report = await retrying(deps, workspaceId, async (client, context) => {
      const keys = [...new Map(inputs.map((i) => [i.person.id, i.person])).values()];
      const locked = await lockPeople(client, workspaceId, keys, {
        program: context.program,
        skipLocked: options.skipLocked ?? false,
      });
      const done = await stepLocked(deps, client, context, locked, inputs, options);
      await options.also?.(client, done);
      return done;
    });
    notify(deps, report);
    return report;
  } catch (error) {
    if (!isDataError(error) || options.also !== undefined) throw error;
    const half = splitByPerson(inputs);
    if (half === null) throw error;
    const [a, b] = half;
    const first = await stepPeople(
      deps,
      workspaceId,
      a.map((i) => i.input),
      options,
    ).catch(failedOf(a));
    const second = await stepPeople(
      deps,
      workspaceId,
      b.map((i) => i.input),
      options,
    ).catch(failedOf(b));
    const outcomes: StepOutcome[] = [];
    a.forEach(({ at }, i) => (outcomes[at] = first.outcomes[i] ?? { kind: 'absent' }));
    b.forEach(({ at }, i) => (outcomes[at] = second.outcomes[i] ?? { kind: 'absent' }));
    return {
      outcomes,
      wakeAt: earliest(first.wakeAt, second.wakeAt),
      messages: first.messages || second.messages,
    };
  }
}

/** A transaction with the retries that concurrency asks for; `work` may run several times. */
export async function retrying<T>(
  deps: Pick<StepDeps, 'pool' | 'programs' | 'now'>,
  workspaceId: string,
  work: (client: Connection, context: StepContext) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const program = await deps.programs.get(workspaceId);
    const now = deps.now();
    try {
      return await inTransaction(deps.pool, (client) => work(client, { workspaceId, program, now }));
    } catch (error) {
      if (attempt >= RETRIES_MAX || !isRetryable(error)) throw error;
      if (error instanceof ProgramOutdated) await deps.programs.reload(workspaceId);
    }
  }
}

/**
 * The same inside a transaction that the caller holds, over what `lockPeople` gave. Throws ProgramOutdated when a state is
 * newer than the program: roll back, reload, again; `retrying` wraps a whole transaction with exactly these retries.
 * Messages are moved here (message-rows.ts); leases, `sent_to` and subject are the sender's.
 */
export async function stepLocked(
  deps: Pick<StepDeps, 'silenceUpTo'>,
  client: Connection,
  context: StepContext,
  locked: LockedPeople,
  inputs: readonly PersonInput[],
  options: { readonly rearm?: boolean } = {},
): Promise<StepReport> {
  const rows = newRows();
  const outcomes: StepOutcome[] = [];
  for (const { person: key, input, cause, silent, changed } of inputs) {
    const person = locked.get(key.id);
    if (person === undefined) {
      outcomes.push({ kind: 'absent' });
      continue;
    }
    const how = {
      ...(cause === undefined ? {} : { cause }),
      ...(silent === undefined ? {} : { silent }),
      ...(changed === undefined ? {} : { changed }),
    };
    const taken = await takeInput(deps, client, context, person, input, how);
    if (taken.kind === 'stepped') {
      outcomes.push({
        kind: 'stepped',
        person: person.key,
        state: person.person,
        decisions: taken.decisions,
      });
      continue;
    }
    park(rows, person, input, { ...taken, now: context.now });
    outcomes.push({ kind: 'parked', person: person.key, reason: taken.reason });
  }
  const wakeAt = await writePeople(client, context, [...new Set(locked.values())], rows, options);
  const messages = rows.messages.some((m) => m.kind === 'insert' || m.state === 'queued');
  return { outcomes, wakeAt, messages };
}

/** Steps one input on a locked person; older states are upgraded and imported history is lived through first. */
export async function takeInput(
  deps: Pick<StepDeps, 'silenceUpTo'>,
  client: Connection,
  context: StepContext,
  locked: LockedPerson,
  input: Input,
  how: Pick<StepOptions, 'cause' | 'silent' | 'changed'> = {},
): Promise<Taken> {
  const { program, now } = context;
  assertNotOutdated(locked, program);
  await establishFirst(client, context, locked);
  const silenceUpTo = deps.silenceUpTo?.(now);
  const options: StepOptions = { ...how, ...(silenceUpTo === undefined ? {} : { silenceUpTo }) };
  let stepped = tryStep(program, locked.person, input, now, options);
  if (stepped.kind === 'needs_history') {
    const stored = locked.history ?? (await loadHistory(client, context.workspaceId, historyKeys(locked)));
    const history = [...stored, ...locked.taken];
    stepped = tryStep(program, locked.person, input, now, { ...options, history });
  }
  switch (stepped.kind) {
    case 'stepped':
      accept(locked, stepped.person, stepped.decisions);
      if (input.kind === 'event') locked.taken.push(input.event);
      return { kind: 'stepped', decisions: stepped.decisions };
    case 'cascade_limit':
      return {
        kind: 'parked',
        reason: 'cascade_limit',
        detail: `Rules feed each other without end: ${stepped.feeding} …`,
      };
    case 'needs_history':
      return {
        kind: 'parked',
        reason: 'assertion',
        detail: `history was given and is still asked for: ${stepped.reason}`,
      };
    case 'failed':
      return { kind: 'parked', reason: 'assertion', detail: stepped.detail };
  }
}

/** Takes over what the engine made of a person. */
export function accept(locked: LockedPerson, person: Person, decisions: readonly Decision[]): void {
  locked.person = person;
  locked.decisions.push(...decisions);
  locked.touched = true;
}

/** A person's input that failed: kept with its reason; an appointment is moved away so that it does not come at once again. */
export function park(
  rows: Rows,
  locked: LockedPerson,
  input: Input,
  failure: { readonly reason: ParkReason; readonly detail: string; readonly now: number },
): void {
  const detail = failure.detail.slice(0, DETAIL_MAX).replaceAll('\0', '');
  // One row for a person's appointment, however often it fails.
  const id = input.kind === 'time' || input.kind === 'definition' ? locked.key.id : randomUUID();
  rows.parked.push({
    person: locked.key,
    id,
    at: failure.now,
    reason: failure.reason,
    detail,
    input: JSON.stringify(input),
  });
  if (input.kind !== 'time' && input.kind !== 'definition') return;
  locked.person = { ...locked.person, wake_at: failure.now + PARKED_WAKE_MS };
  locked.touched = true;
}

/** Writes the rows of everyone who was touched. Gives the earliest appointment written. */
export async function writePeople(
  client: Connection,
  context: StepContext,
  people: readonly LockedPerson[],
  rows: Rows,
  options: { readonly rearm?: boolean } = {},
): Promise<number | null> {
  let wakeAt: number | null = null;
  for (const locked of people) {
    // A new person is written also when their first input was parked: identities lead to them already.
    if (!locked.touched && !locked.isNew) continue;
    const stored = storedWakeAt(locked, options.rearm ?? false);
    if (stored !== null && stored !== locked.storedWakeAt) wakeAt = earliest(wakeAt, stored);
    const row = {
      key: locked.key,
      state: encodePerson(locked.person),
      programVersion: Math.max(locked.storedVersion, locked.person.program_version),
      wakeAt: stored,
      createdAt: locked.createdAt,
    };
    (locked.isNew ? rows.inserts : rows.updates).push(row);
    pushDecisions(rows, locked);
    pushMemberships(rows, locked.key, locked.before.standing, locked.person.standing);
    const profile = profileOf(locked.key, locked.person);
    if (locked.isNew || !sameProfile(profile, profileOf(locked.key, locked.before)))
      rows.profiles.push(profile);
  }
  const asked = rows.updates.length;
  const { updated } = await writeRows(client, context.workspaceId, rows);
  if (updated !== asked)
    throw new ProgramOutdated(`${asked - updated} people were written under a newer program`);
  return wakeAt;
}

export function notify(
  deps: Pick<StepDeps, 'notify'>,
  report: Pick<StepReport, 'wakeAt' | 'messages'>,
): void {
  if (report.wakeAt !== null) deps.notify?.wakeAt(report.wakeAt);
  if (report.messages) deps.notify?.messages();
}

/** Deadlock, serialisation failure, or a newer program. */
export function isRetryable(error: unknown): boolean {
  const code = sqlState(error);
  return error instanceof ProgramOutdated || code === '40P01' || code === '40001';
}

/** What Postgres refuses because of a value: classes 22 (data), 23 (constraints), 54 (program limits). */
export function isDataError(error: unknown): boolean {
  return /^(22|23|54)/.test(sqlState(error));
}

function sqlState(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function assertNotOutdated(locked: LockedPerson, program: Program): void {
  if (locked.storedVersion <= program.version) return;
  throw new ProgramOutdated(`a state of version ${locked.storedVersion} met program ${program.version}`);
}

/** History that an import stored is lived through before anything new happens. */
export async function establishFirst(
  client: Connection,
  context: StepContext,
  locked: LockedPerson,
): Promise<void> {
  if (!locked.establish) return;
  const { program, workspaceId, now } = context;
  const how = await loadEstablishing(client, workspaceId);
  const history = await loadHistory(client, workspaceId, historyKeys(locked));
  const options = establishOptions(how, locked.person, history, now);
  const established = establish(program, locked.person, history, options);
  if (established.kind !== 'stepped')
    throw new Error(`an imported history could not be lived through: ${established.kind}`);
  accept(locked, established.person, established.decisions);
  locked.establish = false;
}

function tryStep(
  program: Program,
  person: Person,
  input: Input,
  now: number,
  options: StepOptions,
): Stepped | { readonly kind: 'failed'; readonly detail: string } {
  try {
    return step(program, person, input, now, options);
  } catch (error) {
    // An assertion of the engine parks this one input; it never stops the others.
    return {
      kind: 'failed',
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

/** The stored appointment may be earlier than the true one: it only moves earlier, so that the row's update stays cheap. */
function storedWakeAt(locked: LockedPerson, rearm: boolean): number | null {
  const { wake_at: wakeAt } = locked.person;
  if (rearm || locked.isNew || locked.storedWakeAt === null) return wakeAt;
  return wakeAt === null || wakeAt > locked.storedWakeAt ? locked.storedWakeAt : wakeAt;
}

function pushDecisions(rows: Rows, locked: LockedPerson): void {
  for (const decision of locked.decisions) {
    rows.decisions.push({ person: locked.key, decision });
    const change = messageChange(locked.key, locked.person.aliases, decision);
    if (change !== null) rows.messages.push(change);
  }
  pushMoves(rows, locked.key, { before: locked.before.standing, decisions: locked.decisions });
}

/** From the difference of standings, so that establishing, restating and merging need no rows of their own. */
function pushMemberships(rows: Rows, person: PersonKey, before: Standing, after: Standing): void {
  if (before.segments !== after.segments) {
    for (const key in after.segments) {
      const since = after.segments[key];
      if (since !== undefined && before.segments[key] !== since)
        rows.memberships.push({ person, kind: 'segment', of: key, value: '', since });
    }
    for (const key in before.segments) {
      if (!(key in after.segments)) rows.membershipsGone.push({ person, kind: 'segment', of: key });
    }
  }
  if (before.tiers !== after.tiers) {
    for (const [of, { tier, since }] of Object.entries(after.tiers ?? {})) {
      const was = before.tiers?.[of];
      if (was?.tier !== tier || was.since !== since)
        rows.memberships.push({ person, kind: 'tier', of, value: tier, since });
    }
    for (const of of Object.keys(before.tiers ?? {}))
      if (!(of in (after.tiers ?? {}))) rows.membershipsGone.push({ person, kind: 'tier', of });
  }
  if (before.stages === after.stages) return;
  for (const [of, { stage, since }] of Object.entries(after.stages)) {
    const was = before.stages[of];
    if (was?.stage !== stage || was.since !== since)
      rows.memberships.push({ person, kind: 'stage', of, value: stage, since });
  }
  for (const of of Object.keys(before.stages)) {
    if (!(of in after.stages)) rows.membershipsGone.push({ person, kind: 'stage', of });
  }
}

type Indexed = readonly { readonly at: number; readonly input: PersonInput }[];

function splitByPerson(inputs: readonly PersonInput[]): readonly [Indexed, Indexed] | null {
  const ids = [...new Set(inputs.map((i) => i.person.id))];
  if (ids.length < 2) return null;
  const left = new Set(ids.slice(0, ids.length >> 1));
  const indexed = inputs.map((input, at) => ({ at, input }));
  return [
    indexed.filter((i) => left.has(i.input.person.id)),
    indexed.filter((i) => !left.has(i.input.person.id)),
  ];
}

/** A person whose rows Postgres refuses, among others that went well. */
function failedOf(inputs: Indexed): (error: unknown) => StepReport {
  return (error) => {
    if (!isDataError(error)) throw error;
    return {
      outcomes: inputs.map(({ input }) => ({ kind: 'parked', person: input.person, reason: 'assertion' })),
      wakeAt: null,
      messages: false,
    };
  };
}

function earliest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
