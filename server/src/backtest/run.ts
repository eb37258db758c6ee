// Runs one backtest in threads of its own: plans it, hands out the parts that are not done yet, adds up what the threads found,
// writes how far it is and the result. Whoever cancels it writes so in its row; it stops within a second. It changes nothing
// but its own row, and whoever takes it up again goes on where it was.
import { backtestResult, emptyTally, mergeTallies, prepareBacktest } from '@rapport/engine';
import type { BacktestOptions } from '@rapport/engine';
import { availableParallelism } from 'node:os';
import { setInterval } from 'node:timers';
import { toProblemError } from '../errors.ts';
import type { Log } from '../log.ts';
import { endBacktest, loadKnownUntil, noteProgress, queueAgain } from '../postgres/backtests.ts';
import type { BacktestProgress, Checkpoint, Plan, StoredResult, Sums } from '../postgres/backtest-stored.ts';
import type { BacktestRow } from '../postgres/backtests.ts';
import type { Pool } from '../postgres/pool.ts';
import { planBacktest } from './plan.ts';
import type { ThreadData } from './thread.ts';
import { liveInThreads } from './threads.ts';

export interface BacktestDeps {
  readonly pool: Pool;
  /** Where the threads connect to. */
  readonly url: string;
  readonly now: () => number;
  readonly log: Log;
  /** Named commit boundaries at which tests end the process. */
  readonly crash?: (name: string) => void;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Aborted, it waits for whoever goes on with it; otherwise it ends as interrupted. */
  readonly resumes?: boolean;
  readonly onProgress?: (progress: BacktestProgress) => void;
}

/** Two cores are what a small machine has; the threads yield to whoever serves people. */
const THREADS_MAX = 2;
/** A sign of life, what is done so far, and a look whether somebody cancelled it. */
const BEAT_MS = 400;

/** Ends the row in every case but a lost database. Never throws for what went wrong with the backtest. */
export async function runBacktest(
  deps: BacktestDeps,
  row: BacktestRow,
  options: RunOptions = {},
): Promise<void> {
  const stopping = new AbortController();
  const signal = AbortSignal.any([
    stopping.signal,
    ...(options.signal === undefined ? [] : [options.signal]),
  ]);
  const work = createWork(row, deps.now());
  let beating: Promise<void> | null = null;
  const beat = async (): Promise<void> => {
    const progress = work.progress(deps.now());
    options.onProgress?.(progress);
    const checkpoint = work.toStore();
    const goesOn = await noteProgress(deps.pool, row, { progress, checkpoint, at: deps.now() });
    if (checkpoint !== null) deps.crash?.('backtest.after_checkpoint');
    if (!goesOn) stopping.abort(new Cancelled());
  };
  const timer = setInterval(() => {
    beating ??= beat()
      .catch((error: unknown) =>
        deps.log.warn({ err: error, backtest: row.id }, 'progress could not be noted'),
      )
      .finally(() => (beating = null));
  }, BEAT_MS);
  try {
    const result = await live(deps, row, { signal, work });
    clearInterval(timer);
    await beating;
    const progress = { ...work.progress(deps.now()), share: 1 };
    options.onProgress?.(progress);
    await endBacktest(deps.pool, row, { state: 'done', result, progress, at: deps.now() });
  } catch (error) {
    clearInterval(timer);
    await beating;
    if (signal.aborted) {
      // Cancelled in its row already, unless this process is on its way out.
      if (options.resumes === true) await queueAgain(deps.pool, row, work.toStore());
      else await endBacktest(deps.pool, row, { state: 'interrupted', at: deps.now() });
      return;
    }
    deps.log.warn({ err: error, backtest: row.id }, 'a backtest failed');
    const { failure } = toProblemError(error);
    await endBacktest(deps.pool, row, { state: 'failed', problem: failure, at: deps.now() });
  }
}

class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

async function live(
  deps: BacktestDeps,
  row: BacktestRow,
  how: { readonly signal: AbortSignal; readonly work: Work },
): Promise<StoredResult> {
  const { asked, workspace_id: workspaceId } = row;
  const { signal, work } = how;
  const plan = await planBacktest(deps, row, signal);
  const { definition, known_until: knownUntil } = plan;
  const options: BacktestOptions = {
    span: { from: asked.from, to: asked.to },
    others: asked.others,
    holdOut: asked.hold_out,
    assumeConsent: asked.assume_consent,
    refits: plan.refits,
  };
  const data: ThreadData = {
    url: deps.url,
    workspaceId,
    definition,
    tested: asked.tested,
    options,
    sampleMax: asked.sample,
    knownUntil,
  };
  signal.throwIfAborted();
  work.begin(plan);
  const parts = work.left(plan);
  await liveInThreads({
    threads: Math.min(THREADS_MAX, availableParallelism(), parts.length),
    data,
    parts,
    signal,
    onPart: work.part,
    onProgress: work.add,
  });
  const { tally, asOfPeople, failedPeople, failure } = work.sums();
  return {
    ...backtestResult(prepareBacktest(definition, asked.tested, options), tally),
    until: await historyEnd(deps, workspaceId, knownUntil),
    as_of_people: asOfPeople,
    failed_people: failedPeople,
    failure,
    usual_gap_days: definition.gap_days ?? 60,
    learnt: plan.learnt,
  };
}

/** Now, or the newest day as of which most people are known. */
async function historyEnd(deps: BacktestDeps, workspaceId: string, now: number): Promise<number> {
  const known = await loadKnownUntil(deps.pool, workspaceId);
  if (known.newest_as_of === null || known.as_of_people * 2 <= known.people) return now;
  return known.newest_as_of.getTime();
}

/** What is done and how far it is. Parts are of about one size, so that their share is the share of the work. */
type Work = ReturnType<typeof createWork>;

function createWork(row: BacktestRow, startedAt: number) {
  let parts = 0;
  let done = new Set<number>();
  let sums: Sums = { tally: emptyTally(), failedPeople: 0, failure: null, asOfPeople: 0 };
  let [people, events, eventsBefore] = [0, 0, 0];
  let isStored = true;
  return {
    /** What was done under this very plan before stands. */
    begin(plan: Plan): void {
      parts = plan.parts.length;
      if (row.checkpoint === null || row.plan !== plan) return;
      done = new Set(row.checkpoint.done);
      ({ sums } = row.checkpoint);
      [people, events, eventsBefore] = [sums.tally.people, sums.tally.events, sums.tally.events];
    },
    left: (plan: Plan) =>
      plan.parts.flatMap((range, place) => (done.has(place) ? [] : [[place, range] as const])),
    part(place: number, more: Sums): void {
      done.add(place);
      sums = {
        tally: mergeTallies(sums.tally, more.tally, row.asked.sample),
        failedPeople: sums.failedPeople + more.failedPeople,
        failure: sums.failure ?? more.failure,
        asOfPeople: sums.asOfPeople + more.asOfPeople,
      };
      isStored = false;
    },
    add(morePeople: number, moreEvents: number): void {
      people += morePeople;
      events += moreEvents;
    },
    sums: (): Sums => sums,
    /** Null: nothing is new since the last time. */
    toStore(): Checkpoint | null {
      if (isStored) return null;
      isStored = true;
      return { done: [...done], sums };
    },
    progress(now: number): BacktestProgress {
      const ms = now - startedAt;
      return {
        phase: parts === 0 ? 'learning' : 'living',
        share: parts === 0 ? 0 : Math.min(1, done.size / parts),
        people,
        events,
        events_per_second: ms < 200 ? null : Math.round(((events - eventsBefore) * 1000) / ms),
      };
    },
  };
}
