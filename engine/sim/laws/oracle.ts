// Law 3: what the engine answers is what a naive evaluator over the whole history answers, that shares no code with it; and
// `until` is honest: nothing changes by itself before it.
import fc from 'fast-check';
import { compile } from '../../src/index.ts';
import { NEVER } from '../../src/lib/instant.ts';

import { evaluate } from '../../src/rules/evaluate.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { holds } from '../../test/support/oracle.ts';
import { leaf, rule, timelyRule } from '../../test/support/random.ts';
import { rememberAll } from '../../test/support/remember-all.ts';
import type { Moment, Question } from '../questions.ts';
import { instantsBefore, moment, question, ready, upTo } from '../questions.ts';
import type { Law } from '../law.ts';
import { agree, check } from '../law.ts';
import type { Life } from '../life.ts';
import { liveAtAppointments } from '../life.ts';
import type { Years } from '../years.ts';
import { storyOf, years } from '../years.ts';

const anyRule = fc.oneof(rule, timelyRule);
const leaves = fc.array(leaf, { minLength: 10, maxLength: 20 });
const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), {
  minLength: 5,
  maxLength: 15,
});

export const oracle: Law = {
  name: 'oracle',
  checks: [
    check(
      'a rule answers what reading every event again answers',
      asking(anyRule),
      ({ world, asked, when }) => {
        const { known, now } = upTo(world, [asked], when);
        const { compiled, context } = ready(known, [asked], now, asked);
        agree('the answer', holds(known, asked, now), evaluate(compiled, context).holds);
      },
    ),
    check(
      'so does every kind of leaf, all sharing one memory that was remembered fact by fact',
      asking(leaves),
      ({ world, asked, when }) => {
        const { known, now } = upTo(world, asked, when);
        const { compiled, context } = ready(known, asked, now, { kind: 'all', rules: asked }, rememberAll);
        for (const [i, each] of asked.entries())
          agree(nameOf(each), holds(known, each, now), evaluate(compiled.children[i]!, context).holds);
      },
    ),
    check(
      'nothing changes by itself before `until`',
      fc.record({ world: question, asked: fc.oneof(timelyRule, rule), when: moment, drawn: shares }),
      ({ world, asked, when, drawn }) => {
        const { known, now } = upTo(world, [asked], when);
        const { compiled, context } = ready(known, [asked], now, asked);
        const answer = evaluate(compiled, context);
        if (answer.until !== NEVER) {
          const again = evaluate(compiled, { ...context, now: answer.until });
          agree('the answer at its `until`', holds(known, asked, answer.until), again.holds);
          agree('`until` lies after the instant of the question', true, again.until > answer.until);
        }
        for (const at of instantsBefore(answer.until, now, known, asked, drawn))
          agree(`the answer at ${new Date(at).toISOString()}`, holds(known, asked, at), answer.holds);
      },
    ),
    check(
      'the `until` of a leaf is exact: asked again there, it has turned',
      asking(leaves),
      ({ world, asked, when }) => {
        const { known, now } = upTo(world, asked, when);
        const { compiled, context } = ready(known, asked, now, { kind: 'all', rules: asked });
        for (const [i, each] of asked.entries()) {
          const { holds: held, until } = evaluate(compiled.children[i]!, context);
          if (until === NEVER) continue;
          const at = new Date(until).toISOString();
          agree(`${nameOf(each)} a millisecond before ${at}`, holds(known, each, until - 1), held);
          agree(`${nameOf(each)} at ${at}`, holds(known, each, until), !held);
          const there = evaluate(compiled.children[i]!, { ...context, now: until });
          agree(`${nameOf(each)} asked at ${at}`, there.holds, !held);
        }
      },
    ),
    check(
      'the `until` of rules joined is as late as logic allows',
      asking(timelyRule),
      ({ world, asked, when }) => {
        const { known, now } = upTo(world, [asked], when);
        const { compiled, context } = ready(known, [asked], now, asked);
        const isAll = asked.kind === 'all';
        const answers = compiled.children.map((child) => evaluate(child, context));
        // Those that decide: the false ones of a false `all`, the true ones of a true `any`.
        const deciding = answers.filter((answer) => answer.holds !== isAll).map((answer) => answer.until);
        const until =
          deciding.length > 0 ? Math.max(...deciding) : Math.min(...answers.map((answer) => answer.until));
        agree('the answer', { holds: deciding.length > 0 !== isAll, until }, evaluate(compiled, context));
      },
    ),
    check(
      'through a life of years, members and stages are those that the whole history makes them',
      years({ rulesMax: 24 }),
      (world) => {
        const program = compile(world.definition);
        const story = storyOf(world);
        let inputs = 0;
        liveAtAppointments(program, story, {}, (life, now) => {
          inputs += 1;
          // Who has not been heard of yet is in no stage, not even in that of everyone.
          const isLooked =
            story.inputs.length > 0 &&
            (inputs % Math.ceil(story.inputs.length / LOOKS) === 0 || now === story.to);
          if (isLooked) standsRight(world, life, now);
        });
      },
      3,
    ),
  ],
};

/** A life is compared this often. */
const LOOKS = 12;

/** Every membership and stage at this instant, decided one after the other, is what the naive evaluator says of them all. */
function standsRight(world: Years, life: Life, now: number): void {
  const { standing } = life.person;
  const known = {
    definition: world.definition,
    history: life.stored,
    standing,
    personId: life.person.id,
    runStartedAt: null,
  };
  const at = new Date(now).toISOString();
  for (const segment of world.definition.segments)
    agree(
      `a member of ${segment.key} at ${at}`,
      holds(known, segment.rule, now),
      segment.key in standing.segments,
    );
  for (const model of world.definition.models) {
    const stage = model.stages.findLast((each) => holds(known, each.rule, now));
    agree(`the stage at ${at}`, stage?.key ?? null, standing.stages[model.key]?.stage ?? null);
  }
}

function asking<Asked>(
  asked: fc.Arbitrary<Asked>,
): fc.Arbitrary<{ readonly world: Question; readonly asked: Asked; readonly when: Moment }> {
  return fc.record({ world: question, asked, when: moment });
}

function nameOf(rule: Rule): string {
  return JSON.stringify(rule);
}
