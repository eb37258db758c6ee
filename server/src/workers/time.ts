// Whose clock: `now` is this process's monotonic clock plus its offset to Postgres, sampled each second, and never goes
// back. A disagreement above 60 s pauses appointments and sending (ingestion goes on) until a person confirms. After an
// outage silence is judged only up to its start, until clients have had a minute to send what they kept.
import os from 'node:os';
import type { Log } from '../log.ts';
import { askClock, loadLastSeen, writeLastSeen } from '../postgres/heartbeat.ts';
import type { Span } from '../postgres/outages.ts';
import type { Pool } from '../postgres/pool.ts';
import { startLoop } from './loop.ts';
import type { Loop } from './loop.ts';

export const DISAGREEMENT_MAX_MS = 60_000;
/** Clients send their backlogs within this time after an outage. */
export const BACKLOG_MS = 60_000;
/** Shorter than this without a sign of life is a restart, not an outage. */
export const OUTAGE_MIN_MS = 15_000;
const SAMPLE_MS = 1_000;
const HEARTBEAT_MS = 5_000;

export interface TimeOptions {
  readonly pool: Pool;
  readonly log: Log;
  /** What Postgres' clock says, and how long asking took; absent: a question for that alone. */
  readonly ask?: () => Promise<{ readonly at: number; readonly tookMs: number }>;
  /** Tests: no waiting for backlogs. */
  readonly backlogMs?: number;
  /** Tests: other clocks of the machine. `uptime` goes on while it sleeps, `mono` does not. All in milliseconds. */
  readonly wall?: () => number;
  readonly mono?: () => number;
  readonly uptime?: () => number;
  /** The machine was asleep: before its time is taken over, so that nothing is judged or sent earlier. */
  readonly onOutage?: (span: Span) => Promise<void>;
  /** After a sign of life was written. */
  readonly onBeat?: (at: number) => Promise<void>;
}

export interface Time {
  /** The outage that this start ended. */
  readonly outage: Span | null;
  readonly now: () => number;
  /** The latest instant up to which silence may be judged. */
  readonly silenceUpTo: (now: number) => number;
  readonly offsetMs: () => number;
  /** Why appointments and sending rest, or null. */
  readonly paused: () => string | null;
  /** A person says that Postgres' clock is right. */
  readonly confirm: () => void;
  readonly stop: () => Promise<void>;
}

/** Asks Postgres once, then starts sampling. */
export async function startTime(options: TimeOptions): Promise<Time> {
  const wall = options.wall ?? Date.now;
  const mono = options.mono ?? ((): number => performance.timeOrigin + performance.now());
  const uptime = options.uptime ?? ((): number => os.uptime() * 1_000);
  const backlogMs = options.backlogMs ?? BACKLOG_MS;
  const ask = options.ask ?? (() => askClock(options.pool));
  const first = await sample(ask, mono);
  /** What is added to the monotonic clock. */
  let offset = first.offset;
  /** Of Postgres, as last seen: adopted unless it jumped. */
  let seen = first.offset;
  let last = 0;
  let jumped: string | null = disagreement(first.at - wall(), 'this machine');
  if (jumped !== null)
    options.log.error(
      { disagreement_ms: Math.round(first.at - wall()) },
      'the clocks disagree: appointments and sending rest',
    );

  const now = (): number => {
    last = Math.max(last, Math.trunc(mono() + offset));
    return last;
  };
  let startedAt = now();
  let awake = uptime() - mono();
  const lastSeen = await loadLastSeen(options.pool);
  let outageFrom =
    lastSeen !== null && startedAt - lastSeen > OUTAGE_MIN_MS && backlogMs > 0 ? lastSeen : null;
  const outage = outageFrom === null ? null : { from: outageFrom, until: startedAt };
  let beatAt = -Infinity;

  const loop: Loop = startLoop({
    name: 'time',
    log: options.log,
    work: async () => {
      const next = await sample(ask, mono);
      seen = next.offset;
      const slept = uptime() - mono() - awake;
      if (slept > OUTAGE_MIN_MS && Math.abs(next.offset - offset - slept) <= DISAGREEMENT_MAX_MS) {
        // The machine was asleep: no clock is wrong, and clients kept their events for us as in any outage.
        if (backlogMs > 0) {
          const from = now();
          await options.onOutage?.({ from, until: Math.trunc(next.at) });
          outageFrom = from;
        }
        awake += slept;
        offset = next.offset;
        startedAt = now();
        options.log.warn({ slept_ms: Math.round(slept) }, 'the machine was asleep');
      }
      const jump = next.offset - offset;
      if (Math.abs(jump) > DISAGREEMENT_MAX_MS) {
        if (jumped === null)
          options.log.error(
            { disagreement_ms: Math.round(jump) },
            'the clocks disagree: appointments and sending rest',
          );
        jumped = disagreement(jump, 'this process');
      } else {
        // A sample is no more exact than the time it took: within that nothing is known to have moved.
        if (Math.abs(jump) > next.uncertaintyMs) offset = next.offset - Math.sign(jump) * next.uncertaintyMs;
        // A jump that went away by itself needs nobody; one between the machines stays until it is confirmed or mended.
        if (jumped !== null && disagreement(next.at - wall(), 'this machine') === null) jumped = null;
      }
      if (performance.now() - beatAt >= HEARTBEAT_MS) {
        beatAt = performance.now();
        // While silence is still judged as of the outage's start, a second death must find that start again.
        if (outageFrom === null || now() >= startedAt + backlogMs) {
          const at = now();
          await writeLastSeen(options.pool, at);
          await options.onBeat?.(at);
        }
      }
      return SAMPLE_MS;
    },
  });

  return {
    outage,
    now,
    silenceUpTo: (at) => (outageFrom !== null && at < startedAt + backlogMs ? Math.min(outageFrom, at) : at),
    offsetMs: () => Math.round(seen - (wall() - mono())),
    paused: () => jumped,
    confirm: () => {
      offset = seen;
      jumped = null;
      options.log.warn('the clock of Postgres was confirmed by a person');
    },
    stop: loop.stop,
  };
}

async function sample(
  ask: () => Promise<{ readonly at: number; readonly tookMs: number }>,
  mono: () => number,
): Promise<{ readonly at: number; readonly offset: number; readonly uncertaintyMs: number }> {
  const { at, tookMs } = await ask();
  const then = at + tookMs / 2;
  return { at: then, offset: then - mono(), uncertaintyMs: tookMs / 2 };
}

function disagreement(ms: number, whose: string): string | null {
  if (Math.abs(ms) <= DISAGREEMENT_MAX_MS) return null;
  const seconds = Math.round(Math.abs(ms) / 1_000);
  return `the clock of Postgres is ${seconds} s ${ms > 0 ? 'ahead of' : 'behind'} the clock of ${whose}`;
}
