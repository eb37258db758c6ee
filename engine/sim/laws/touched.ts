// What makes law 2 cheap: an input asks only the rules that it touches, and decides what asking all of them would.
import { compile, encodePerson } from '../../src/index.ts';
import type { Definition } from '../../src/index.ts';
import type { Law } from '../law.ts';
import { agree, check } from '../law.ts';
import type { Story } from '../life.ts';
import { liveAtAppointments } from '../life.ts';
import * as inSeconds from '../seconds.ts';
import { storyOf, years } from '../years.ts';

export const touched: Law = {
  name: 'touched',
  checks: [
    check(
      'for two hours, asking only what an input touches decides what asking all does',
      inSeconds.seconds,
      (world) => isEnough(world.definition, inSeconds.storyOf(world)),
    ),
    check('so it does over years', years({ rulesMax: 40 }), (world) =>
      isEnough(world.definition, storyOf(world)),
    ),
  ],
};

/** The stored appointment may be earlier than the true one, and is all in which the two lives may differ. */
function isEnough(definition: Definition, story: Story): void {
  const program = compile(definition);
  const all = liveAtAppointments(program, story, { askAll: true });
  const few = liveAtAppointments(program, story);
  agree('decisions', { decisions: all.decisions }, { decisions: few.decisions });
  const asleep = (person: typeof all.person): string => encodePerson({ ...person, wake_at: null });
  agree('the stored state', asleep(all.person), asleep(few.person));
}
