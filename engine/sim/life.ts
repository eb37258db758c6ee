// Ways to live one and the same story through the engine: woken exactly when the state asks, woken late, or looked at
// without being asked, as a careful observer would who does not trust appointments.
import { step } from '../src/index.ts';
import type { Program, StepOptions } from '../src/index.ts';
import { begin, take } from '../test/support/live.ts';
import type { Life } from '../test/support/live.ts';
import type { Timed } from '../test/support/worlds.ts';
import { leaveOut } from './law.ts';

export type { Life } from '../test/support/live.ts';
export { logical } from '../test/support/live.ts';

/** What happens between two instants, in order of arrival. */
export interface Story {
  readonly from: number;
  readonly to: number;
  readonly inputs: readonly Timed[];
}

export type Observe = (life: Life, at: number) => void;

/** Rules and journeys may feed each other in a ring that goes round once a second, for years. */
const WAKES_MAX = 1_000;

/** Woken exactly at each appointment. Rings of rules end as `cascade_limit`: such a world is left out. */
export function liveAtAppointments(
  program: Program,
  story: Story,
  options: StepOptions = {},
  observe: Observe = () => {},
): Life {
  const life = begin(program, 'p1', story.from);
  let wakes = 0;
  for (const { now, input } of [...story.inputs, { now: story.to, input: { kind: 'time' } as const }]) {
    while (life.person.wake_at !== null && life.person.wake_at < now) {
      const at = life.person.wake_at;
      wakes += 1;
      if (wakes > WAKES_MAX || !take(program, life, { kind: 'time' }, at, options)) leaveOut();
      if (life.person.wake_at !== null && life.person.wake_at <= at)
        throw new Error(`woken at ${at}, the state asks to be woken at ${life.person.wake_at} again`);
    }
    if (!take(program, life, input, now, options)) leaveOut();
    observe(life, now);
  }
  return life;
}

/**
 * Woken at these instants and at no others. With `unasked`, each of them asks every rule, due or not: the stored
 * appointment is set to that instant, as if it had been stored too early.
 */
export function liveAtTicks(
  program: Program,
  story: Story,
  ticks: readonly number[],
  how: { readonly unasked: boolean },
): Life {
  const life = begin(program, 'p1', story.from);
  let next = 0;
  for (const tick of [...ticks, story.to]) {
    for (
      let input = story.inputs[next];
      input !== undefined && input.now <= tick;
      input = story.inputs[next]
    ) {
      next += 1;
      if (!take(program, life, input.input, input.now)) leaveOut();
    }
    // Who has not been heard of yet is no person to look at.
    if (next === 0) continue;
    if (how.unasked) life.person = { ...life.person, wake_at: Math.min(life.person.wake_at ?? tick, tick) };
    look(program, life, tick);
  }
  return life;
}

/** Thousands of them: not through the stored form. */
function look(program: Program, life: Life, at: number): void {
  const stepped = step(program, life.person, { kind: 'time' }, at);
  if (stepped.kind !== 'stepped') return leaveOut();
  life.person = stepped.person;
  life.decisions.push(...stepped.decisions);
}
