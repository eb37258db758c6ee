// Law 4: the size of memory depends on the program, not on the length of the history.
import fc from 'fast-check';
import type { Definition, Rule } from '../../src/index.ts';
import { refoldMemory } from '../../src/memory/remember.ts';
import { definition, leaf, START } from '../../test/support/random.ts';
import { bound, busyLife, HOUR, slotBound } from '../bound.ts';
import type { Law } from '../law.ts';
import { check, isAtMost } from '../law.ts';
import { ALWAYS, planOf } from '../memories.ts';

const EVENTS = 5_000;
/** A few lives are enough for many plans. */
const LIVES = [1, 2, 3, 4, 5];
const lived = new Map<number, ReturnType<typeof busyLife>>();

const world: fc.Arbitrary<{ definition: Definition; rules: readonly Rule[]; life: number }> = fc.record({
  definition,
  rules: fc
    .array(leaf, { minLength: 10, maxLength: 40 })
    .map((drawn) => [
      ...drawn,
      ...ALWAYS,
      { kind: 'count', event: '*', window: { last: 'P30D' }, op: 'at_least', n: 400 } as const,
    ]),
  life: fc.constantFrom(...LIVES),
});

export const bounded: Law = {
  name: 'bounded',
  checks: [
    check('after 5,000 events memory is no larger than its plan allows', world, (drawn) => {
      const plan = planOf(drawn);
      const memory = refoldMemory(plan, lifeOf(drawn.life), START + EVENTS * HOUR);
      for (const slot of plan.slots)
        isAtMost(
          `characters of ${slot.key}`,
          slotBound(slot),
          JSON.stringify(memory.slots[slot.key] ?? null).length,
        );
      isAtMost('characters of memory', bound(plan), JSON.stringify(memory).length);
    }),
  ],
};

function lifeOf(seed: number): ReturnType<typeof busyLife> {
  const known = lived.get(seed) ?? busyLife(seed, EVENTS);
  lived.set(seed, known);
  return known;
}
