// Runs one backtest in threads of its own: reads the definitions, hands out buckets, adds up what the threads found, writes the
// result. Whoever cancels it writes so in its row; it stops within a second. It changes nothing but its own row.
import { backtestResult, BUCKETS, emptyTally, mergeTallies, prepareBacktest } from '@rapport/engine';
import type { BacktestOptions, Definition, Tally } from '@rapport/engine';
import { availableParallelism } from 'node:os';
import { setInterval } from 'node:timers';
import { Worker } from 'node:worker_threads';
import { toProblemError } from '../errors.ts';
import type { Log } from '../log.ts';
import { planBuckets } from '../postgres/backtest-histories.ts';
import type { BucketRange } from '../postgres/backtest-histories.ts';
import { endBacktest, loadKnownUntil, noteProgress } from '../postgres/backtests.ts';
import type { BacktestProgress, BacktestRow, StoredResult } from '../postgres/backtests.ts';
import type { Pool } from '../postgres/pool.ts';
import { loadDefinition } from '../postgres/programs.ts';
import type { ThreadData, ThreadOrder, ThreadWord } from './thread.ts';

export interface BacktestDeps {
  readonly pool: Pool;
  /** Where the threads connect to. */
  readonly url: string;
  readonly now: () => number;
  readonly log: Log;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BacktestProgress) => void;
}

/** Two cores are what a small machine has; the threads yield to whoever serves people. */
const THREADS_MAX = 2;
/** A sign of life, and a look whether somebody cancelled it. */
const BEAT_MS = 400;
/** Small enough that progress moves and the threads end together, large enough that a look at the database is worth it. */
const EVENTS_A_PART = 12_000;
/** A thread that needs more has found something that is no history of a person. */
const THREAD_HEAP_MB = 1_024;

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
  const count = createCount(deps.now());
  let beating: Promise<void> | null = null;
  const beat = async (): Promise<void> => {
    const progress = count.progress(deps.now());
    options.onProgress?.(progress);
    if (!(await noteProgress(deps.pool, row, progress, deps.now()))) stopping.abort(new Cancelled());
  };
  const timer = setInterval(() => {
    beating ??= beat()
      .catch((error: unknown) =>
        deps.log.warn({ err: error, backtest: row.id }, 'progress could not be noted'),
      )
      .finally(() => (beating = null));
  }, BEAT_MS);
  try {
    const result = await live(deps, row, { signal, count });
    clearInterval(timer);
    await beating;
    const progress = { ...count.progress(deps.now()), share: 1 };
    options.onProgress?.(progress);
    await endBacktest(deps.pool, row, { state: 'done', result, progress, at: deps.now() });
  } catch (error) {
    clearInterval(timer);
    await beating;
    if (signal.aborted) {
      // Cancelled in its row already, unless this process is on its way out.
      await endBacktest(deps.pool, row, { state: 'interrupted', at: deps.now() });
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
  how: { readonly signal: AbortSignal; readonly count: Count },
): Promise<StoredResult> {
  const { asked, workspace_id: workspaceId } = row;
  const definition = await loadDefinition(deps.pool, workspaceId);
  const options: BacktestOptions = {
    span: { from: asked.from, to: asked.to },
    others: asked.others,
    holdOut: asked.hold_out,
    assumeConsent: asked.assume_consent,
  };
  // What cannot be compiled is told before a thread is started.
  const backtest = prepareBacktest(definition, asked.tested, options);
  const parts = [...(await planBuckets(deps.pool, { buckets: BUCKETS, eventsEach: EVENTS_A_PART }))];
  const knownUntil = deps.now();
  const data: ThreadData = {
    url: deps.url,
    workspaceId,
    definition,
    tested: asked.tested,
    options,
    sampleMax: asked.sample,
    knownUntil,
  };
  how.count.of(parts.length);
  how.signal.throwIfAborted();
  const threads = Math.min(THREADS_MAX, availableParallelism(), parts.length);
  const ended = await inThreads(threads, data, parts, how);
  const tally = ended.reduce<Tally>(
    (sum, { tally: one }) => mergeTallies(sum, one, asked.sample),
    emptyTally(),
  );
  const asOfPeople = sum(ended, (one) => one.asOfPeople);
  return {
    ...backtestResult(backtest, tally),
    until: await historyEnd(deps, definition, knownUntil),
    as_of_people: asOfPeople,
    failed_people: sum(ended, (one) => one.failedPeople),
    failure: ended.find((one) => one.failure !== null)?.failure ?? null,
    usual_gap_days: definition.gap_days ?? 60,
  };
}

/** Now, or the newest day as of which most people are known. */
async function historyEnd(deps: BacktestDeps, definition: Definition, now: number): Promise<number> {
  const known = await loadKnownUntil(deps.pool, definition.workspace);
  if (known.newest_as_of === null || known.as_of_people * 2 <= known.people) return now;
  return known.newest_as_of.getTime();
}

type Ended = Extract<ThreadWord, { kind: 'done' }>;

/** All threads to their end; the first failure, or the signal, ends all of them at once. */
async function inThreads(
  threads: number,
  data: ThreadData,
  parts: BucketRange[],
  how: { readonly signal: AbortSignal; readonly count: Count },
): Promise<readonly Ended[]> {
  const started: Worker[] = [];
  try {
    return await Promise.all(
      Array.from({ length: threads }, () => {
        const worker = new Worker(new URL('thread.ts', import.meta.url), {
          name: 'backtest',
          workerData: data,
          resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB },
        });
        started.push(worker);
        return follow(worker, parts, how);
      }),
    );
  } finally {
    await Promise.all(started.map((worker) => worker.terminate()));
  }
}

function follow(
  worker: Worker,
  parts: BucketRange[],
  how: { readonly signal: AbortSignal; readonly count: Count },
): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  let begun = false;
  const stop = (): void => reject(how.signal.reason);
  how.signal.addEventListener('abort', stop, { once: true });
  worker.on('message', (word: ThreadWord) => {
    switch (word.kind) {
      case 'ready': {
        if (begun) how.count.part();
        begun = true;
        const order: ThreadOrder = parts.shift() ?? null;
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        worker.postMessage(order);
        return;
      }
      case 'progress':
        how.count.add(word.people, word.events);
        return;
      case 'done':
        resolve(word);
    }
  });
  worker.on('error', reject);
  worker.on('exit', (code) => reject(new Error(`a thread of the backtest ended by itself (${code})`)));
  return promise.finally(() => how.signal.removeEventListener('abort', stop));
}

/** How far it is. Parts are of about one size, so that their share is the share of the work. */
type Count = ReturnType<typeof createCount>;

function createCount(startedAt: number) {
  let [parts, done, people, events] = [0, 0, 0, 0];
  return {
    of: (n: number): void => void (parts = n),
    part: (): void => void (done += 1),
    add(morePeople: number, moreEvents: number): void {
      people += morePeople;
      events += moreEvents;
    },
    progress(now: number): BacktestProgress {
      const ms = now - startedAt;
      return {
        share: parts === 0 ? 0 : Math.min(1, done / parts),
        people,
        events,
        events_per_second: ms < 200 ? null : Math.round((events * 1000) / ms),
      };
    },
  };
}

function sum<T>(things: readonly T[], of: (thing: T) => number): number {
  return things.reduce((total, thing) => total + of(thing), 0);
}
