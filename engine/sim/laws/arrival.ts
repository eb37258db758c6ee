// Law 5: in any order of arrival, by step or by refold, memory ends the same, byte for byte.
import { mergeMemory, needsHistory, pruneMemory, refoldMemory, remember } from '../../src/memory/remember.ts';
import { compile } from '../../src/index.ts';
import { rememberAll } from '../../test/support/remember-all.ts';
import { START } from '../../test/support/random.ts';
import { arrange } from '../../test/support/shuffle.ts';
import type { Law } from '../law.ts';
import { agree, check, isAtMost } from '../law.ts';
import { liveAtAppointments } from '../life.ts';
import { memories, planOf, shortMemories } from '../memories.ts';
import { storyOf, years } from '../years.ts';

export const arrival: Law = {
  name: 'arrival',
  checks: [
    check('memory ends as the fold of all facts, however they arrive', memories, (world) => {
      const plan = planOf(world);
      const arrived = arrange(world.history, world.arrival, world.seed);
      agree('memory', refoldMemory(plan, world.history, world.now), rememberAll(plan, arrived, world.now));
    }),
    check(
      'folding again does not depend on the order of facts, and may happen at any point',
      memories,
      (world) => {
        const plan = planOf(world);
        const whole = refoldMemory(plan, world.history, world.now);
        const shuffled = arrange(world.history, 'any_order', world.seed);
        agree('memory folded in another order', whole, refoldMemory(plan, shuffled, world.now));

        const half = Math.floor(world.history.length / 2);
        let memory = refoldMemory(plan, shuffled.slice(0, half), START);
        for (let i = half; i < shuffled.length; i++) {
          const next = remember(plan, memory, shuffled[i]!, START);
          memory = needsHistory(next) ? refoldMemory(plan, shuffled.slice(0, i + 1), START) : next;
        }
        agree('memory folded half-way', whole, pruneMemory(plan, memory, world.now));
      },
    ),
    check(
      'a person with few orders never needs history, neither for late facts nor for a merge',
      shortMemories,
      (world) => {
        const plan = planOf(world);
        const counts = { history: 0 };
        const arrived = arrange(world.history, world.arrival, world.seed);
        rememberAll(plan, arrived, world.now, counts);
        isAtMost('facts that needed history', 0, counts.history);
        const [one, other] = [arrived.slice(0, 10), arrived.slice(10)].map((facts) =>
          refoldMemory(plan, facts, world.now),
        );
        agree('a merge needs history', false, needsHistory(mergeMemory(plan, one!, other!, world.now)));
      },
    ),
    check(
      'a life with late arrivals remembers what the same life in order does',
      years({ rulesMax: 16 }),
      (world) => {
        const program = compile(world.definition);
        const late = storyOf(world);
        const inOrder = { ...storyOf({ ...world, lags: [] }), to: late.to };
        agree(
          'memory',
          liveAtAppointments(program, inOrder).person.memory,
          liveAtAppointments(program, late).person.memory,
        );
      },
    ),
  ],
};
