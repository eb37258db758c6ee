// Group commit: requests of a few milliseconds are stored in one transaction, and each is answered when it is on disk.
// At once when nothing is under way, otherwise as soon as a batch is worth it; two commits at most are under way, and
// what waits is bounded. Never answers for an event that is not committed.
import { randomUUID } from 'node:crypto';
import type { Log } from '../log.ts';
import type { EventOutcome, IncomingEvent, Refusal, Refused } from '../postgres/incoming.ts';
import { ingestLocked } from '../postgres/ingest.ts';
import type { IngestReport } from '../postgres/ingest.ts';
import { insertQuarantine } from '../postgres/quarantine.ts';
import { createTurns } from './turns.ts';
import type { Turn, Turns } from './turns.ts';
import { isDataError, isRetryable, notify, retrying } from '../postgres/steps.ts';
import type { StepDeps } from '../postgres/steps.ts';
import type { Programs } from '../postgres/programs.ts';

export interface CommitterDeps extends StepDeps {
  readonly programs: Programs;
  readonly newId: () => string;
  readonly log: Log;
  /** Key of the hashes of erased identities. */
  readonly erasureKey?: string;
  readonly limits?: Partial<CommitterLimits>;
}

export interface CommitterLimits {
  /** Events in one commit. */
  readonly batchEvents: number;
  /** Work of one commit: the number of events follows from the processor time that the last ones took. */
  readonly batchMs: number;
  readonly inFlight: number;
  /** How long the second commit waits for company while the first is under way. */
  readonly gatherMs: number;
  /** Events and bytes that may wait; beyond this the door answers 503. */
  readonly waitingEvents: number;
  readonly waitingBytes: number;
}

const LIMITS: CommitterLimits = {
  batchEvents: 1_000,
  batchMs: 50,
  inFlight: 2,
  gatherMs: 3,
  waitingEvents: 20_000,
  waitingBytes: 64 * 1024 * 1024,
};
/** A second commit is worth starting for this many events while the first is under way. */
const WORTH_EVENTS = 200;

export interface Submission {
  readonly workspaceId: string;
  readonly source: string;
  readonly events: readonly IncomingEvent[];
  readonly refused: readonly Refused[];
}

export type Submitted =
  | { readonly kind: 'committed'; readonly outcomes: readonly EventOutcome[] }
  /** More waits than may wait: nothing was taken. */
  | { readonly kind: 'overloaded' };

export interface Committer {
  /** Resolves after the commit; rejects when nothing was committed. */
  readonly submit: (submission: Submission) => Promise<Submitted>;
  readonly waiting: () => { readonly events: number; readonly bytes: number; readonly inFlight: number };
  readonly counters: () => CommitterCounters;
  /** Waits until everything taken so far is committed or has failed. */
  readonly drain: () => Promise<void>;
}

export interface CommitterCounters {
  readonly commits: number;
  readonly events: number;
  readonly refused: number;
  readonly failed: number;
}

interface Waiting {
  readonly submission: Submission;
  readonly since: number;
  readonly bytes: number;
  readonly resolve: (outcomes: readonly EventOutcome[]) => void;
  readonly reject: (error: unknown) => void;
}

export function createCommitter(options: CommitterDeps): Committer {
  const deps: CommitDeps = { ...options, turns: createTurns() };
  const limits = { ...LIMITS, ...deps.limits };
  /** By workspace, in order of arrival. */
  const queues = new Map<string, Waiting[]>();
  /** Taken and not answered yet: waiting or under way. */
  let events = 0;
  let bytes = 0;
  let queued = 0;
  let inFlight = 0;
  /** Processor time of this process, so that waiting for a busy disk does not make commits small and slow. */
  let msPerEvent = 0;
  let cpuSeen = 0;
  let timer: NodeJS.Timeout | null = null;
  let soon = false;
  const idle: (() => void)[] = [];
  const counted = { commits: 0, events: 0, refused: 0, failed: 0 };

  const submit = async (submission: Submission): Promise<Submitted> => {
    const size =
      submission.events.reduce((sum, e) => sum + e.size, 1_000) + submission.refused.length * 1_000;
    if (events + submission.events.length > limits.waitingEvents || bytes + size > limits.waitingBytes) {
      return { kind: 'overloaded' };
    }
    const parts = split(submission, limits.batchEvents);
    const outcomes = await Promise.all(parts.map((part) => enqueue(part, size / parts.length)));
    return { kind: 'committed', outcomes: outcomes.flat() };
  };

  const enqueue = (submission: Submission, size: number): Promise<readonly EventOutcome[]> =>
    new Promise((resolve, reject) => {
      const queue = queues.get(submission.workspaceId) ?? [];
      queues.set(submission.workspaceId, queue);
      queue.push({ submission, since: performance.now(), bytes: size, resolve, reject });
      events += submission.events.length;
      queued += submission.events.length;
      bytes += size;
      // What arrived in the same turn of the loop goes together.
      if (soon) return;
      soon = true;
      setImmediate(() => {
        soon = false;
        pump();
      });
    });

  const pump = (): void => {
    while (queues.size > 0 && inFlight < limits.inFlight) {
      const [oldest] = [...queues.values()].map((q) => q[0]?.since ?? 0);
      const waited = performance.now() - (oldest ?? 0);
      if (inFlight > 0 && queued < WORTH_EVENTS && waited < limits.gatherMs) {
        timer ??= setTimeout(() => {
          timer = null;
          pump();
        }, limits.gatherMs - waited);
        return;
      }
      start(takeBatch());
    }
    if (queues.size === 0 && inFlight === 0) for (const done of idle.splice(0)) done();
  };

  /** The workspace that waited longest, as many of its requests as fit into one commit. */
  const takeBatch = (): readonly Waiting[] => {
    const [first] = queues;
    if (first === undefined) return [];
    const [workspaceId, queue] = first;
    const fits = msPerEvent === 0 ? limits.batchEvents : Math.floor(limits.batchMs / msPerEvent);
    const max = Math.min(limits.batchEvents, Math.max(WORTH_EVENTS, fits));
    let count = 0;
    let taken = 0;
    for (const waiting of queue) {
      if (taken > 0 && count + waiting.submission.events.length > max) break;
      count += waiting.submission.events.length;
      taken += 1;
    }
    queued -= count;
    const batch = queue.splice(0, taken);
    // To the end of the line, so that one busy workspace does not hold up the others.
    queues.delete(workspaceId);
    if (queue.length > 0) queues.set(workspaceId, queue);
    return batch;
  };

  const start = (batch: readonly Waiting[]): void => {
    inFlight += 1;
    const count = batch.reduce((sum, w) => sum + w.submission.events.length, 0);
    commit(
      deps,
      batch.map((w) => w.submission),
    )
      .then(
        (outcomes) => {
          counted.commits += 1;
          counted.events += count;
          batch.forEach((waiting, i) => {
            const own = outcomes[i] ?? [];
            counted.refused +=
              waiting.submission.refused.length + own.filter((o) => o.kind === 'refused').length;
            waiting.resolve(own);
          });
        },
        (error: unknown) => {
          counted.failed += count;
          for (const waiting of batch) waiting.reject(error);
        },
      )
      .finally(() => {
        inFlight -= 1;
        events -= count;
        for (const waiting of batch) bytes -= waiting.bytes;
        const cpu = process.cpuUsage();
        const took = (cpu.user + cpu.system - cpuSeen) / 1_000 / Math.max(1, count);
        cpuSeen = cpu.user + cpu.system;
        // Small commits are mostly overhead and say little about an event.
        if (count >= 50) msPerEvent = msPerEvent === 0 ? took : msPerEvent * 0.8 + took * 0.2;
        pump();
      });
  };

  return {
    submit,
    waiting: () => ({ events, bytes, inFlight }),
    counters: () => ({ ...counted }),
    drain: () =>
      new Promise((resolve) => {
        idle.push(resolve);
        pump();
      }),
  };
}

type CommitDeps = CommitterDeps & { readonly turns: Turns };

/** Outcomes by submission. A batch that Postgres or the engine refuses is halved until the culprit stands alone. */
async function commit(
  deps: CommitDeps,
  batch: readonly Submission[],
): Promise<readonly (readonly EventOutcome[])[]> {
  const [first] = batch;
  if (first === undefined) return [];
  const { workspaceId } = first;
  const events = batch.flatMap((s) => s.events);
  const refused = batch.flatMap((s) => s.refused.map((r) => ({ ...r, source: s.source })));
  const outcomes = await commitEvents(deps, workspaceId, events, refused);
  let at = 0;
  return batch.map((s) => {
    at += s.events.length;
    return outcomes.slice(at - s.events.length, at);
  });
}

async function commitEvents(
  deps: CommitDeps,
  workspaceId: string,
  events: readonly IncomingEvent[],
  refused: readonly (Refused & { readonly source: string })[],
): Promise<readonly EventOutcome[]> {
  try {
    const { strict_linking: strict } = await deps.programs.settings(workspaceId);
    const report = await inTurn(deps, (turn) =>
      retrying(deps, workspaceId, (client, context) =>
        ingestLocked(
          deps,
          client,
          context,
          { events, refused },
          {
            strict,
            newId: deps.newId,
            turn,
            erasureKey: deps.erasureKey,
          },
        ),
      ),
    );
    notify(deps, report);
    return report.outcomes;
  } catch (error) {
    if (!isCulprits(error) || events.length === 0) throw error;
    deps.log.warn({ err: error, events: events.length }, 'a batch was refused; looking for the culprit');
    const [only] = events;
    if (events.length === 1 && only !== undefined) {
      const renamed = isTaken(error) ? apart(only) : null;
      if (renamed !== null) return commitEvents(deps, workspaceId, [renamed], refused);
      return [await quarantineCulprit(deps, workspaceId, only, error, refused)];
    }
    const half = events.length >> 1;
    return [
      ...(await commitEvents(deps, workspaceId, events.slice(0, half), refused)),
      ...(await commitEvents(deps, workspaceId, events.slice(half), [])),
    ];
  }
}

/** One commit with all its retries; a turn that it took ends with it. */
async function inTurn(
  deps: CommitDeps,
  work: (take: Turn['take']) => Promise<IngestReport>,
): Promise<IngestReport> {
  const turn = deps.turns.next();
  try {
    return await work(turn.take);
  } finally {
    turn.end();
  }
}

async function quarantineCulprit(
  deps: CommitDeps,
  workspaceId: string,
  event: IncomingEvent,
  error: unknown,
  refused: readonly (Refused & { readonly source: string })[],
): Promise<EventOutcome> {
  const refusal: Refusal = {
    code: 'data_refused',
    field: null,
    message: `The event could not be stored: ${error instanceof Error ? error.message.slice(0, 200) : 'unknown failure'}.`,
    hint: 'It is kept in quarantine. Change it and send it under a new messageId, or report this as a bug.',
  };
  const at = deps.now();
  const rows = [
    ...refused.map((r) => ({
      id: randomUUID(),
      at,
      source: r.source,
      refusal: r.refusal,
      messageId: r.messageId,
      body: r.body,
    })),
    { id: randomUUID(), at, source: event.fact.trust, refusal, messageId: event.fact.id, body: event.body },
  ];
  await insertQuarantine(deps.pool, workspaceId, rows);
  return { kind: 'refused', refusal };
}

/** A browser and a server may use one messageId for two things that happened to one person at one instant: both count. */
function apart(event: IncomingEvent): IncomingEvent | null {
  const { id, trust } = event.fact;
  return id.startsWith(`${trust}:`) ? null : { ...event, fact: { ...event.fact, id: `${trust}:${id}` } };
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}

/** The failure is the fault of some event, not of the machine, the connection or the load. */
function isCulprits(error: unknown): boolean {
  if (isDataError(error)) return true;
  if (!(error instanceof Error) || isRetryable(error)) return false;
  const fromBelow = 'code' in error || /connect|terminat|timeout|ended|closed/i.test(error.message);
  return !fromBelow;
}

function split(submission: Submission, max: number): readonly Submission[] {
  if (submission.events.length <= max) return [submission];
  const parts: Submission[] = [];
  for (let i = 0; i < submission.events.length; i += max) {
    parts.push({
      ...submission,
      events: submission.events.slice(i, i + max),
      refused: i === 0 ? submission.refused : [],
    });
  }
  return parts;
}
