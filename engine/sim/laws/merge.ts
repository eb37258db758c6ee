// Law 6: two people merged remember what one person with both histories would, and their standing folds from the log.
import fc from 'fast-check';
import { compile, foldStanding, mergePeople } from '../../src/index.ts';
import type { Definition, EventFact } from '../../src/index.ts';
import { mergeMemory, needsHistory, refoldMemory } from '../../src/memory/remember.ts';
import { begin, take } from '../../test/support/live.ts';
import { rememberAll } from '../../test/support/remember-all.ts';
import type { Arrival } from '../../test/support/shuffle.ts';
import { arrange, generator } from '../../test/support/shuffle.ts';
import { factOf, START, stories } from '../../test/support/worlds.ts';
import type { Law } from '../law.ts';
import { agree, check, leaveOut } from '../law.ts';
import { memories, planOf } from '../memories.ts';
import * as inSeconds from '../seconds.ts';
import { years } from '../years.ts';

const DAY = 86_400_000;

export const merge: Law = {
  name: 'merge',
  checks: [
    check(
      'two people with two hours each become one',
      fc.record({ world: inSeconds.seconds, other: stories }),
      ({ world, other }) => {
        const facts = [
          ...world.story.map((h, i) => factOf(h, START + i * 7_000, i)),
          ...other.map((h, i) => factOf(h, START + i * 5_000 + 1, 100 + i)),
        ];
        becomeOne(world.definition, facts, (_, i) => i < world.story.length, START + inSeconds.HORIZON_MS);
      },
    ),
    check(
      'two people with years each become one',
      fc.record({ world: years({ rulesMax: 12 }), seed: fc.nat({ max: 1_000_000 }) }),
      ({ world, seed }) => {
        const toss = generator(seed);
        const isFirst = world.history.map(() => toss() < 0.5);
        const last = Math.max(START, ...world.history.map((event) => event.at));
        becomeOne(world.definition, world.history, (_, i) => isFirst[i]!, last + world.silence * DAY);
      },
    ),
    check('two memories merged are that of both histories, or ask for history', memories, (world) => {
      const plan = planOf(world);
      const toss = generator(world.seed + 1);
      const left = arrange(
        world.history.filter(() => toss() < 0.5),
        world.arrival as Arrival,
        world.seed,
      );
      const right = world.history.filter((event) => !left.includes(event));
      const [one, other] = [rememberAll(plan, left, world.now), rememberAll(plan, right, world.now)];
      const merged = mergeMemory(plan, one, other, world.now);
      if (needsHistory(merged)) return;
      agree('memory', refoldMemory(plan, world.history, world.now), merged);
    }),
  ],
};

function becomeOne(
  definition: Definition,
  facts: readonly EventFact[],
  isFirst: (event: EventFact, i: number) => boolean,
  now: number,
): void {
  const program = compile(definition);
  const from = Math.min(START, ...facts.map((event) => event.at));
  const [a, b, both] = [begin(program, 'p1', from), begin(program, 'p2', from), begin(program, 'p1', from)];
  facts.forEach((event, i) => {
    const fine = take(program, isFirst(event, i) ? a : b, { kind: 'event', event }, now);
    if (!fine || !take(program, both, { kind: 'event', event }, now)) leaveOut();
  });
  const merged = mergePeople(program, a.person, b.person, {
    now,
    cause: { kind: 'merge', id: 'm' },
    loserBucket: 0,
    history: facts,
  });
  if (merged.kind !== 'stepped') throw new Error(merged.kind);
  agree('memory', both.person.memory, merged.person.memory);
  agree('standing', foldStanding([...a.decisions, ...merged.decisions]), merged.person.standing);
}
