// Appointments: steps people whose time has come, each at its true instant, and sleeps until the next. Costs nothing
// while everybody waits; what other processes wrote is told by workers/news.ts. A wave goes in transactions of at most 200
// people and lets ingestion go first.
import type { Log } from '../log.ts';
import { listAppointments, postponeAppointments } from '../postgres/appointments.ts';
import type { Appointment } from '../postgres/appointments.ts';
import { stepPeople } from '../postgres/steps.ts';
import type { StepDeps } from '../postgres/steps.ts';
import { giveWay } from './give-way.ts';
import { startLoop } from './loop.ts';
import type { Loop, LoopState } from './loop.ts';

export const BULK_PEOPLE_MAX = 200;
/** While nothing may be judged. */
const LOOK_MS = 1_000;
/** Should nobody tell. */
const AT_REST_MS = 30_000;
/** People who are locked by others are asked for again after this long. */
const LOCKED_MS = 25;
/** What failed comes again after this long. */
const FAILED_MS = 3_600_000;

export interface ClockDeps extends StepDeps {
  readonly log: Log;
  /** Events that wait to be stored: they go first. */
  readonly busy?: () => boolean;
  /** Why appointments rest (the clocks disagree), or null. */
  readonly paused?: () => string | null;
}

export interface Clock {
  /** An appointment was written: sleep no longer than until then. */
  readonly notice: (at: number) => void;
  readonly wake: () => void;
  readonly stop: () => Promise<void>;
  readonly state: () => LoopState;
  readonly counters: () => { readonly stepped: number; readonly lagMs: number };
}

export function startClock(deps: ClockDeps): Clock {
  let stepped = 0;
  /** Of the newest wave: how late its last person was. */
  let lagMs = 0;
  const counts = { add: (people: number, lag: number) => ((stepped += people), (lagMs = lag)) };
  const loop: Loop = startLoop({
    name: 'clock',
    log: deps.log,
    ...(deps.paused === undefined ? {} : { paused: deps.paused }),
    work: () => ((deps.paused?.() ?? null) === null ? stepDue(deps, counts) : Promise.resolve(LOOK_MS)),
  });
  return {
    notice: (at) => loop.wakeIn(at - deps.now()),
    wake: loop.wake,
    stop: loop.stop,
    state: loop.state,
    counters: () => ({ stepped, lagMs }),
  };
}

/** One transaction's worth of what is due; gives how long to sleep. */
export async function stepDue(
  deps: Omit<ClockDeps, 'log'>,
  counts: { readonly add: (people: number, lagMs: number) => void },
): Promise<number> {
  const now = deps.now();
  const upTo = Math.min(now, deps.silenceUpTo?.(now) ?? now);
  const earliest = await listAppointments(deps.pool, BULK_PEOPLE_MAX + 1);
  const due = earliest.filter((a) => a.wakeAt <= upTo);
  const next = earliest.find((a) => a.wakeAt > upTo);
  if (due.length === 0) {
    // While silence is not judged up to now, what is overdue waits without being asked for again and again.
    if (next === undefined) return AT_REST_MS;
    return next.wakeAt <= now ? LOOK_MS : Math.min(AT_REST_MS, next.wakeAt - now);
  }
  if (due.length > 20) await giveWay(deps);
  let taken = 0;
  for (const [workspaceId, appointments] of byWorkspace(due.slice(0, BULK_PEOPLE_MAX))) {
    taken += await stepAppointments(deps, workspaceId, appointments);
  }
  counts.add(taken, deps.now() - (due[0]?.wakeAt ?? now));
  // Everyone who is due is locked by someone else: they are being stepped, or will be free in a moment.
  return taken === 0 ? LOCKED_MS : 0;
}

async function stepAppointments(
  deps: Omit<ClockDeps, 'log'>,
  workspaceId: string,
  appointments: readonly Appointment[],
): Promise<number> {
  const inputs = appointments.map(({ person }) => ({ person, input: { kind: 'time' } as const }));
  const { outcomes } = await stepPeople(deps, workspaceId, inputs, { rearm: true, skipLocked: true });
  const failed = outcomes.flatMap((outcome) => (outcome.kind === 'parked' ? [outcome.person] : []));
  if (failed.length > 0) await postponeAppointments(deps.pool, workspaceId, failed, deps.now() + FAILED_MS);
  return outcomes.filter((outcome) => outcome.kind !== 'absent').length;
}

function byWorkspace(appointments: readonly Appointment[]): ReadonlyMap<string, readonly Appointment[]> {
  return Map.groupBy(appointments, (a) => a.workspaceId);
}
