// The one place that loops, sleeps and tries again. A loop runs its work, sleeps for as long as the work says, is woken
// early by others, and goes on after a failure. Never runs its work twice at once; at rest it costs a timer.
import type { Log } from '../log.ts';

export interface Loop {
  /** Runs the work again soon: at once, or right after the run under way. */
  readonly wake: () => void;
  /** Sleeps no longer than until then (milliseconds from now). */
  readonly wakeIn: (delayMs: number) => void;
  /** Waits for the run under way, then is still. */
  readonly stop: () => Promise<void>;
  readonly state: () => LoopState;
}

export interface LoopState {
  readonly state: 'running' | 'paused' | 'stopped';
  readonly detail?: string;
}

export interface LoopOptions {
  readonly name: string;
  readonly log: Log;
  /** Does what is due and gives the milliseconds until it wants to run again. */
  readonly work: () => Promise<number>;
  /** After a failure of ours (no database, say). */
  readonly failedMs?: number;
  /** Why the work does nothing for now, for the System page. */
  readonly paused?: () => string | null;
}

/** setTimeout cannot sleep longer than 24.8 days. */
const SLEEP_MAX_MS = 3_600_000;

export function startLoop(options: LoopOptions): Loop {
  let timer: NodeJS.Timeout | null = null;
  let dueAt = Infinity;
  let running: Promise<void> | null = null;
  let again = false;
  /** Asked for during a run: no later than this. */
  let askedAt = Infinity;
  let stopped = false;
  let failure: string | null = null;

  const schedule = (delayMs: number): void => {
    if (stopped) return;
    const delay = Math.min(Math.max(0, delayMs), SLEEP_MAX_MS);
    const at = performance.now() + delay;
    if (timer !== null && dueAt <= at) return;
    if (timer !== null) clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(run, delay);
  };

  const run = (): void => {
    timer = null;
    dueAt = Infinity;
    if (stopped || running !== null) {
      again = true;
      return;
    }
    again = false;
    askedAt = Infinity;
    running = options
      .work()
      .then((delayMs) => {
        failure = null;
        return delayMs;
      })
      .catch((error: unknown) => {
        failure = error instanceof Error ? error.message : String(error);
        options.log.warn({ err: error, worker: options.name }, 'a worker failed and tries again');
        again = false;
        return options.failedMs ?? 1_000;
      })
      .then((delayMs) => {
        running = null;
        schedule(again ? 0 : Math.min(delayMs, askedAt - performance.now()));
      });
  };

  schedule(0);
  return {
    wake: () => {
      if (running === null) schedule(0);
      else again = true;
    },
    wakeIn: (delayMs) => {
      if (running === null) schedule(delayMs);
      else askedAt = Math.min(askedAt, performance.now() + delayMs);
    },
    stop: async () => {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
    state: () => {
      if (stopped) return { state: 'stopped' };
      const paused = options.paused?.() ?? null;
      if (paused !== null) return { state: 'paused', detail: paused };
      return failure === null ? { state: 'running' } : { state: 'running', detail: failure };
    },
  };
}
