// "Also those who qualify today": walks through everyone once and lets in those who qualify, at most so many on a local
// day. Whoever qualifies later comes in by the journey's own trigger. Never lets anyone in twice: a run's id names the
// activation, and the allowance is written with the entries.
import { localDay, qualifiesToday } from '@rapport/engine';
import type { CompiledGraph, Program } from '@rapport/engine';
import type { Log } from '../log.ts';
import { lockPeople } from '../postgres/people.ts';
import type { LockedPerson } from '../postgres/people.ts';
import { listPeopleAfter, listRamps, lockRamp, writeRamp } from '../postgres/ramps.ts';
import type { Ramp } from '../postgres/ramps.ts';
import { newRows } from '../postgres/rows.ts';
import { notify, park, retrying, takeInput, writePeople } from '../postgres/steps.ts';
import type { StepDeps } from '../postgres/steps.ts';
import { startLoop } from './loop.ts';
import type { Loop } from './loop.ts';

const PEOPLE_MAX = 200;
/** Other processes' activations are noticed within this time. */
const LOOK_MS = 15_000;
const YIELD_MS = 20;

export interface RampDeps extends StepDeps {
  readonly log: Log;
  readonly workspaceIds: () => Promise<readonly string[]>;
  readonly busy?: () => boolean;
  readonly paused?: () => string | null;
}

export function startRamp(deps: RampDeps): Loop {
  return startLoop({
    name: 'ramp',
    log: deps.log,
    ...(deps.paused === undefined ? {} : { paused: deps.paused }),
    work: async () => {
      if ((deps.paused?.() ?? null) !== null) return LOOK_MS;
      let more = false;
      for (const workspaceId of await deps.workspaceIds()) {
        for (const ramp of await listRamps(deps.pool, workspaceId)) {
          const walked = await rampBatch(deps, workspaceId, ramp.id);
          more ||= walked === 'more';
        }
      }
      if (!more) return LOOK_MS;
      return deps.busy?.() === true ? YIELD_MS : 0;
    },
  });
}

/** `more`: there are people left and allowance for today; `rest`: until midnight, or another process is at it; `done`: for good. */
export type Walked = 'more' | 'rest' | 'done';

/** One transaction: at most 200 people looked at. */
export async function rampBatch(deps: StepDeps, workspaceId: string, rampId: string): Promise<Walked> {
  const report = await retrying(deps, workspaceId, async (client, context) => {
    const nothing = { wakeAt: null, messages: false };
    const stored = await lockRamp(client, workspaceId, rampId);
    if (stored === null) return { ...nothing, walked: 'rest' as Walked };
    const { program, now } = context;
    const ramp = today(stored, program, now);
    const allowance = ramp.perDay === null ? PEOPLE_MAX : ramp.perDay - ramp.used;
    if (allowance <= 0) return { ...nothing, walked: 'rest' as Walked };
    const graph = graphOf(program, ramp);
    const keys = graph === null ? [] : await listPeopleAfter(client, workspaceId, ramp.cursor, PEOPLE_MAX);
    const locked = await lockPeople(client, workspaceId, keys, { program });
    const rows = newRows();
    let { cursor } = ramp;
    let entered = 0;
    let looked = 0;
    for (const key of keys) {
      if (entered >= allowance) break;
      cursor = key;
      looked += 1;
      const person = locked.get(key.id);
      if (
        person === undefined ||
        graph === null ||
        !mayEnter(person, { program, graph, journey: ramp.journeyKey, now })
      )
        continue;
      const input = { kind: 'enrol', journey: ramp.journeyKey, start: `activation:${ramp.id}` } as const;
      const taken = await takeInput(deps, client, context, person, input);
      if (taken.kind === 'parked') park(rows, person, input, { ...taken, now });
      else if (taken.decisions.some((d) => d.kind === 'run_started' && d.run.journey === ramp.journeyKey))
        entered += 1;
    }
    const done = looked === keys.length && keys.length < PEOPLE_MAX;
    await writeRamp(client, workspaceId, {
      id: ramp.id,
      day: ramp.day,
      used: ramp.used + entered,
      total: ramp.total + entered,
      cursor,
      doneAt: done ? now : null,
    });
    const wakeAt = await writePeople(client, context, [...new Set(locked.values())], rows);
    const messages = rows.messages.length > 0;
    return { wakeAt, messages, walked: done ? ('done' as Walked) : ('more' as Walked) };
  });
  notify(deps, report);
  return report.walked;
}

/** The allowance begins anew on each local day. */
function today(ramp: Ramp, program: Program, now: number): Ramp {
  const day = new Date(localDay(program.zone, now) * 86_400_000).toISOString().slice(0, 10);
  return ramp.day === day ? ramp : { ...ramp, day, used: 0 };
}

/** Null: the journey or this version is gone or switched off. */
function graphOf(program: Program, ramp: Ramp): CompiledGraph | null {
  const journey = program.journeys.get(ramp.journeyKey);
  if (journey === undefined || journey.active !== ramp.version) return null;
  return journey.versions.get(ramp.version) ?? null;
}

/** A first look without writing; the engine asks again. People frozen at an earlier day are in no journey until they thaw. */
function mayEnter(
  locked: LockedPerson,
  how: {
    readonly program: Program;
    readonly graph: CompiledGraph;
    readonly journey: string;
    readonly now: number;
  },
): boolean {
  const { person } = locked;
  if (person.frozen_at !== null) return false;
  // Memory of another plan, or history not lived through: only a step can tell.
  if (locked.establish || person.plan !== how.program.plan.signature) return true;
  return qualifiesToday(how.program, person, how.journey, how.graph, how.now);
}
