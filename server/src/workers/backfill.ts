// A changed program for everyone: what it adds to memory is folded from stored events in one reading, then people are
// brought to it silently, at most 200 a transaction, under their rows' locks. What is left is written in the rows, so a kill
// loses nothing and a restart goes on. Who moved on since the reading is folded again from their own history.
import { adopt, askedShapeOf, changedSince, deltaOf, shapeOf } from '@rapport/engine';
import type { Changed, Delta, Program } from '@rapport/engine';
import {
  countPeople,
  giveTurn,
  listCohort,
  listCohorts,
  noteBackfill,
  takeTurn,
} from '../postgres/backfills.ts';
import type { BackfillNote, CohortPerson } from '../postgres/backfills.ts';
import type { PersonKey } from '../postgres/bucket.ts';
import { loadHistories } from '../postgres/events.ts';
import { findPlan, recordPlan } from '../postgres/memory-plans.ts';
import { historyKeys, lockPeople } from '../postgres/people.ts';
import type { LockedPerson } from '../postgres/people.ts';
import type { Connection } from '../postgres/pool.ts';
import { notify, retrying, stepLocked } from '../postgres/steps.ts';
import type { StepContext, StepDeps } from '../postgres/steps.ts';
import { readEvents } from './backfill-read.ts';
import type { Side } from './backfill-read.ts';
import type { CrashPoint } from './crash.ts';
import { giveWay } from './give-way.ts';

const BATCH_PEOPLE = 200;
/** Fewer are read one by one: that is less than reading everyone's events. */
const FEW_PEOPLE = 200;
/** People whose ids and counts are held at once; more wait for another reading. */
const PASS_PEOPLE = 250_000;
/** Batches under way at once: one computes while Postgres writes the other. */
const LANES = 2;
const NOTE_MS = 1_000;

export interface BackfillDeps extends StepDeps {
  readonly busy?: () => boolean;
  readonly crash?: CrashPoint;
  /** The process is to stop: leave the rest to whoever comes next. */
  readonly stopping?: () => boolean;
  readonly limits?: Partial<BackfillLimits>;
}

export interface BackfillLimits {
  readonly fewPeople: number;
  readonly passPeople: number;
  readonly heldMax: number;
}

export interface BackfillReport {
  /** Brought to the newest program. */
  readonly people: number;
  /** Of them, folded again from their own history. */
  readonly refolded: number;
  /** Events that Postgres sent in one reading. */
  readonly events: number;
  /** Another process is at it. */
  readonly elsewhere: boolean;
}

const NOTHING: BackfillReport = { people: 0, refolded: 0, events: 0, elsewhere: false };

/** One reading's worth of people of the oldest program. Nobody: all are at the newest. */
export async function backfill(deps: BackfillDeps, workspaceId: string): Promise<BackfillReport> {
  const program = await deps.programs.get(workspaceId);
  const newest = { ...shapeOf(program.plan), asked: askedShapeOf(program) };
  await recordPlan(deps.pool, workspaceId, program.version, newest);
  const cohorts = await listCohorts(deps.pool, workspaceId, program.version);
  const [oldest] = cohorts;
  if (oldest === undefined) return NOTHING;
  const shape = await findPlan(deps.pool, workspaceId, oldest.version);
  const delta = shape === undefined ? null : deltaOf(program.plan, shape);
  const changed = shape?.asked === undefined ? null : changedSince(program, oldest.version, shape.asked);
  const left = cohorts.reduce((sum, { people }) => sum + people, 0);
  return withTurn(deps, workspaceId, async (client) => {
    const people = await listCohort(
      client,
      workspaceId,
      oldest.version,
      deps.limits?.passPeople ?? PASS_PEOPLE,
    );
    const pass = new Pass(deps, { workspaceId, program, delta, changed, people, left });
    return pass.run(client, people.length === oldest.people);
  });
}

/** On a connection of its own, which gives the turn back when it ends, whatever ended it. */
async function withTurn(
  deps: BackfillDeps,
  workspaceId: string,
  work: (client: Connection) => Promise<BackfillReport>,
): Promise<BackfillReport> {
  const client = await deps.pool.connect();
  let broken: Error | undefined;
  try {
    if (!(await takeTurn(client, workspaceId))) return { ...NOTHING, elsewhere: true };
    const report = await work(client);
    await giveTurn(client, workspaceId);
    return report;
  } catch (error) {
    // Who knows what it still holds: the connection is thrown away.
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Until nobody is left: for the command line and tests. */
export async function backfillAll(deps: BackfillDeps, workspaceId: string): Promise<BackfillReport> {
  let all = NOTHING;
  for (;;) {
    const done = await backfill(deps, workspaceId);
    if (done.elsewhere) await giveWay({ busy: () => true });
    else if (done.people === 0) return all;
    all = {
      ...done,
      people: all.people + done.people,
      refolded: all.refolded + done.refolded,
      events: all.events + done.events,
    };
  }
}

interface PassOptions {
  readonly workspaceId: string;
  readonly program: Program;
  /** Null: what was remembered under the older program cannot be told. */
  readonly delta: Delta | null;
  /** Null: every rule is asked. */
  readonly changed: Changed | null;
  readonly people: readonly CohortPerson[];
  /** Everyone who is behind, of this cohort or another. */
  readonly left: number;
}

class Pass {
  readonly deps: BackfillDeps;
  readonly options: PassOptions;
  private people = 0;
  private refolded = 0;
  private moved = false;
  private note: BackfillNote | null = null;

  constructor(deps: BackfillDeps, options: PassOptions) {
    this.deps = deps;
    this.options = options;
  }

  async run(client: Connection, whole: boolean): Promise<BackfillReport> {
    const { deps, options } = this;
    const { workspaceId, delta } = options;
    let { people } = options;
    let sides: ReadonlyMap<string, Side> | null = null;
    let events = 0;
    if (delta !== null && delta.plan.slots.length > 0 && people.length > this.few()) {
      await this.begin('reading');
      deps.crash?.('backfill.before_read');
      const reading = await readEvents(client, {
        workspaceId,
        delta,
        people,
        whole,
        ...(deps.busy === undefined ? {} : { busy: deps.busy }),
        over: () => this.over(),
        onShare: (share) => this.tell({ readShare: share }),
        ...(deps.limits?.heldMax === undefined ? {} : { heldMax: deps.limits.heldMax }),
      });
      deps.crash?.('backfill.after_read');
      if (reading === null) return this.report(events);
      events = reading.rows;
      const read = reading.sides;
      sides = read;
      people = people.filter(({ id }) => read.has(id));
    }
    await this.begin('writing');
    const batches = chunks(people, BATCH_PEOPLE).values();
    await Promise.all(Array.from({ length: LANES }, () => this.writeBatches(batches, sides)));
    await this.tell({}, true);
    return this.report(events);
  }

  private few(): number {
    return this.deps.limits?.fewPeople ?? FEW_PEOPLE;
  }

  /** The lanes share one line of batches. */
  private async writeBatches(
    batches: Iterator<readonly CohortPerson[]>,
    sides: ReadonlyMap<string, Side> | null,
  ): Promise<void> {
    for (let next = batches.next(); next.done !== true; next = batches.next()) {
      if (this.over()) return;
      await giveWay(this.deps);
      await this.write(next.value, sides);
      await this.tell({});
    }
  }

  private async write(batch: readonly PersonKey[], sides: ReadonlyMap<string, Side> | null): Promise<void> {
    const { deps, options } = this;
    const done = await retrying(deps, options.workspaceId, async (client, context) => {
      if (context.program.version !== options.program.version) {
        this.moved = true;
        return null;
      }
      const locked = await lockPeople(client, options.workspaceId, batch, { program: context.program });
      const people = [...new Set(locked.values())].filter((p) => p.storedVersion < context.program.version);
      const refolded = people.filter((person) => !this.adopted(context, person, sides));
      const histories = await loadHistories(client, options.workspaceId, refolded.map(historyKeys));
      refolded.forEach((person, i) => (person.history = histories[i] ?? []));
      const inputs = people.map(({ key }) => ({
        person: key,
        input: { kind: 'definition' } as const,
        silent: true,
        ...(options.changed === null ? {} : { changed: options.changed }),
      }));
      const report = await stepLocked(deps, client, context, locked, inputs);
      deps.crash?.('backfill.before_commit');
      return { ...report, people: people.length, refolded: refolded.length };
    });
    deps.crash?.('backfill.after_commit');
    if (done === null) return;
    notify(deps, done);
    this.people += done.people;
    this.refolded += done.refolded;
  }

  /** Memory under the new plan, from what was kept and read. False: only the person's whole history gives it. */
  private adopted(
    { program }: StepContext,
    locked: LockedPerson,
    sides: ReadonlyMap<string, Side> | null,
  ): boolean {
    const { delta } = this.options;
    const { person } = locked;
    if (locked.establish) return false;
    if (person.plan === program.plan.signature) return true;
    if (delta === null || person.plan !== delta.from) return false;
    if (delta.plan.slots.length === 0) {
      locked.person = adopt(program.plan, person, delta, new Map());
      return true;
    }
    const side = sides?.get(locked.key.id);
    if (side === undefined || side.lost || side.events !== person.memory.events) return false;
    locked.person = adopt(program.plan, person, delta, side.slots);
    return true;
  }

  private over(): boolean {
    return this.moved || this.deps.stopping?.() === true;
  }

  private report(events: number): BackfillReport {
    // Others were quicker, or the program changed: there may be more.
    return { people: Math.max(1, this.people), refolded: this.refolded, events, elsewhere: false };
  }

  private async begin(phase: BackfillNote['phase']): Promise<void> {
    const { deps, options } = this;
    const now = deps.now();
    this.note = {
      version: options.program.version,
      phase,
      phaseAt: now,
      notedAt: now,
      people: this.note?.people ?? (await countPeople(deps.pool, options.workspaceId)),
      leftNow: options.left - this.people,
      leftBefore: options.left - this.people,
      readShare: phase === 'reading' ? 0 : 1,
    };
    await noteBackfill(deps.pool, options.workspaceId, this.note);
  }

  private async tell(what: Partial<Pick<BackfillNote, 'readShare'>>, always = false): Promise<void> {
    const { deps, options, note } = this;
    const now = deps.now();
    if (note === null) return;
    if (!always && now - note.notedAt < NOTE_MS) return;
    // Seen by the others before it is written: they have nothing to add.
    this.note = { ...note, ...what, notedAt: now, leftNow: Math.max(0, options.left - this.people) };
    const program = await deps.programs.get(options.workspaceId);
    this.moved ||= program.version !== options.program.version;
    await noteBackfill(deps.pool, options.workspaceId, this.note);
  }
}

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) =>
    items.slice(n * size, (n + 1) * size),
  );
}
