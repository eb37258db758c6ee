// What makes law 2 cheap: an input asks only the rules that it touches, and decides what asking all of them would.
import { askedShapeOf, changedSince, compile, encodePerson } from '../../src/index.ts';
import type { Definition, Rule, StepOptions } from '../../src/index.ts';
import { refoldMemory } from '../../src/memory/remember.ts';
import { take } from '../../test/support/live.ts';
import type { Law } from '../law.ts';
import { agree, check, leaveOut } from '../law.ts';
import type { Life, Story } from '../life.ts';
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
    check(
      'a changed program asks only the rules that changed, and decides what asking all does',
      years({ rulesMax: 40 }),
      (world) => changesEnough(world.definition, storyOf(world)),
      0.5,
    ),
  ],
};

/**
 * Every second rule is a newer one; the change comes in the middle of the story and is lived on with to its end. Nobody
 * looked for a while before it, so that appointments may be due.
 */
function changesEnough(definition: Definition, story: Story): void {
  const older = compile({
    ...definition,
    segments: definition.segments.map((each, i) => (i % 2 === 0 ? each : { ...each, rule: EVERYONE })),
    models: definition.models.map((each, i) =>
      i % 2 === 0 ? each : { ...each, stages: each.stages.slice(1) },
    ),
  });
  const middle = Math.floor((story.from + story.to) / 2);
  const newer = compile({ ...definition, version: definition.version + 1, changed_at: middle });
  const lookedAt = middle - Math.floor((middle - story.from) / 4);
  const before = story.inputs.filter(({ now }) => now <= lookedAt);
  const after = story.inputs.filter(({ now }) => now > middle);
  const live = (options: StepOptions): Life => {
    const life = liveAtAppointments(older, { ...story, to: lookedAt, inputs: before });
    const { person } = life;
    life.person = {
      ...person,
      plan: newer.plan.signature,
      memory: refoldMemory(newer.plan, life.stored, person.advanced_to),
    };
    if (!take(newer, life, { kind: 'definition' }, middle, { ...options, silent: true })) leaveOut();
    for (const { now, input } of after) if (!take(newer, life, input, now)) leaveOut();
    return life;
  };
  const changed = changedSince(newer, definition.version, askedShapeOf(older));
  if (changed === null) throw new Error('zone, currency and purchases are the same');
  const all = live({});
  const few = live({ changed });
  agree('decisions', { decisions: all.decisions }, { decisions: few.decisions });
  const asleep = (person: typeof all.person): string => encodePerson({ ...person, wake_at: null });
  agree('the stored state', asleep(all.person), asleep(few.person));
}

const EVERYONE: Rule = { kind: 'all', rules: [] };

/** The stored appointment may be earlier than the true one, and is all in which the two lives may differ. */
function isEnough(definition: Definition, story: Story): void {
  const program = compile(definition);
  const all = liveAtAppointments(program, story, { askAll: true });
  const few = liveAtAppointments(program, story);
  agree('decisions', { decisions: all.decisions }, { decisions: few.decisions });
  const asleep = (person: typeof all.person): string => encodePerson({ ...person, wake_at: null });
  agree('the stored state', asleep(all.person), asleep(few.person));
}
