// Laws 1 and 2: the same bytes for the same inputs, and the same decisions however often and however late anyone looks.
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { compile, encodePerson } from '../../src/index.ts';
import type { Program } from '../../src/index.ts';
import { begin, logical, take } from '../support/live.ts';
import type { Life } from '../support/live.ts';
import { definitions, inputsOf, START, stories } from '../support/worlds.ts';
import type { Timed } from '../support/worlds.ts';

const RUNS = 200;
const HORIZON_MS = 7_200_000;

/** Rings of random rules end as `cascade_limit`, alike however anyone looks; they must stay the exception. */
const lived = { stories: 0, cascaded: 0 };

afterAll(() => {
  expect(lived.cascaded).toBeLessThan(lived.stories * 0.2);
});

describe('law 1: determinism', () => {
  test('the same program, inputs and instants give the same bytes', () => {
    fc.assert(
      fc.property(definitions, stories, (definition, story) => {
        const [a, b] = [compile(definition), compile(structuredClone(definition))];
        const [left, right] = [
          liveAtAppointments(a, inputsOf(story)),
          liveAtAppointments(b, inputsOf(story)),
        ];
        expect(JSON.stringify(left.decisions)).toBe(JSON.stringify(right.decisions));
        expect(encodePerson(left.person)).toBe(encodePerson(right.person));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('law 2: wake-completeness', () => {
  test('a tick every second and a tick only at appointments decide the same, at the same instants', () => {
    fc.assert(
      fc.property(definitions, stories, (definition, story) => {
        const program = compile(definition);
        const inputs = inputsOf(story);
        expect(logical(liveBySeconds(program, inputs).decisions)).toEqual(
          logical(liveAtAppointments(program, inputs).decisions),
        );
      }),
      { numRuns: RUNS },
    );
  });

  test('wakes that come late, in vain or not at all between inputs change nothing', () => {
    fc.assert(
      fc.property(
        definitions,
        stories,
        fc.array(fc.integer({ min: 0, max: HORIZON_MS }), { maxLength: 20 }),
        (definition, story, delays) => {
          const program = compile(definition);
          const inputs = inputsOf(story);
          const late = liveAt(
            program,
            inputs,
            delays.map((d) => START + d).sort((a, b) => a - b),
          );
          expect(logical(late.decisions)).toEqual(logical(liveAtAppointments(program, inputs).decisions));
        },
      ),
      { numRuns: RUNS },
    );
  });
});

/** Ticks exactly when the state asks to be woken. */
function liveAtAppointments(program: Program, inputs: readonly Timed[]): Life {
  const life = begin(program, 'p1', START);
  lived.stories += 1;
  for (const { now, input } of [...inputs, { now: START + HORIZON_MS, input: { kind: 'time' } as const }]) {
    while (life.person.wake_at !== null && life.person.wake_at < now) {
      if (!take(program, life, { kind: 'time' }, life.person.wake_at)) return cascaded(life);
    }
    if (!take(program, life, input, now)) return cascaded(life);
  }
  return life;
}

function liveBySeconds(program: Program, inputs: readonly Timed[]): Life {
  const seconds = Array.from({ length: HORIZON_MS / 1_000 }, (_, i) => START + i * 1_000);
  return liveAt(program, inputs, seconds);
}

/** Ticks at the given instants only; inputs come first where both fall on one. */
function liveAt(program: Program, inputs: readonly Timed[], ticks: readonly number[]): Life {
  const life = begin(program, 'p1', START);
  let next = 0;
  for (const tick of [...ticks, START + HORIZON_MS]) {
    for (let input = inputs[next]; input !== undefined && input.now <= tick; input = inputs[next]) {
      next += 1;
      if (!take(program, life, input.input, input.now)) return life;
    }
    if (!take(program, life, { kind: 'time' }, tick)) return life;
  }
  return life;
}

function cascaded(life: Life): Life {
  lived.cascaded += 1;
  return life;
}
