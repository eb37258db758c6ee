// Law 7: stored memory is the fold of stored events, stored standing the fold of decisions.
import { compile, foldStanding, refold } from '../../src/index.ts';
import type { Definition } from '../../src/index.ts';
import type { Law } from '../law.ts';
import { agree, check } from '../law.ts';
import type { Story } from '../life.ts';
import { liveAtAppointments } from '../life.ts';
import * as inSeconds from '../seconds.ts';
import { storyOf, years } from '../years.ts';

export const rebuild: Law = {
  name: 'rebuild',
  checks: [
    check('after two hours what is stored can be made again', inSeconds.seconds, (world) =>
      canBeRebuilt(world.definition, inSeconds.storyOf(world)),
    ),
    check('after years what is stored can be made again', years({ rulesMax: 24 }), (world) =>
      canBeRebuilt(world.definition, storyOf(world)),
    ),
  ],
};

function canBeRebuilt(definition: Definition, story: Story): void {
  const program = compile(definition);
  const life = liveAtAppointments(program, story);
  const again = refold(program, life.person, life.stored, life.person.advanced_to);
  agree('memory', again.memory, life.person.memory);
  agree('standing', foldStanding(life.decisions), life.person.standing);
  agree(
    'the numbers of the decisions',
    life.decisions.map((_, i) => i),
    life.decisions.map((decision) => decision.seq),
  );
}
