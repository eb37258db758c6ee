// Law 1: the same program, inputs and instants give the same bytes.
import { compile, encodePerson } from '../../src/index.ts';
import type { Definition } from '../../src/index.ts';
import type { Law } from '../law.ts';
import { agree, check } from '../law.ts';
import type { Story } from '../life.ts';
import { liveAtAppointments } from '../life.ts';
import * as inSeconds from '../seconds.ts';
import { storyOf, years } from '../years.ts';

export const determinism: Law = {
  name: 'determinism',
  checks: [
    check('a story of two hours told twice ends in the same bytes', inSeconds.seconds, (world) =>
      isRepeatable(world.definition, inSeconds.storyOf(world)),
    ),
    check('a story of years told twice ends in the same bytes', years({ rulesMax: 24 }), (world) =>
      isRepeatable(world.definition, storyOf(world)),
    ),
  ],
};

/** The second time everything is a copy, and the definition's keys stand in another order. */
function isRepeatable(definition: Definition, story: Story): void {
  const once = liveAtAppointments(compile(definition), story);
  const again = liveAtAppointments(
    compile(turned(structuredClone(definition)) as Definition),
    structuredClone(story),
  );
  agree('decisions', { decisions: once.decisions }, { decisions: again.decisions });
  agree('the stored state', encodePerson(once.person), encodePerson(again.person));
}

/** As a database would give it back that keeps no order of keys. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, turned(each)]),
  );
}
