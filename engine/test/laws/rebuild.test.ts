// Laws 6 and 7: two histories merged end as one would have, and what is stored equals the folds of events and decisions.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile, foldStanding, mergePeople, refold } from '../../src/index.ts';
import type { EventFact } from '../../src/index.ts';
import { begin, take } from '../support/live.ts';
import { definitions, factOf, inputsOf, START, stories } from '../support/worlds.ts';

const RUNS = 200;
const LATER = START + 7_200_000;

describe('law 6: merge', () => {
  test('two people merged remember what one person with both histories would', () => {
    fc.assert(
      fc.property(definitions, stories, stories, (definition, left, right) => {
        const program = compile(definition);
        const [a, b, both] = [
          begin(program, 'p1', START),
          begin(program, 'p2', START),
          begin(program, 'p1', START),
        ];
        const facts: EventFact[] = [];
        left.forEach((h, i) => facts.push(factOf(h, START + i * 7_000, i)));
        right.forEach((h, i) => facts.push(factOf(h, START + i * 5_000 + 1, 100 + i)));
        facts.forEach((event, i) => {
          take(program, i < left.length ? a : b, { kind: 'event', event }, LATER);
          take(program, both, { kind: 'event', event }, LATER);
        });
        const merged = mergePeople(program, a.person, b.person, {
          now: LATER,
          cause: { kind: 'merge', id: 'm' },
          loserBucket: 0,
          history: facts,
        });
        if (merged.kind !== 'stepped') throw new Error(merged.kind);
        expect(JSON.stringify(merged.person.memory)).toBe(JSON.stringify(both.person.memory));
        expect(merged.person.standing).toEqual(foldStanding([...a.decisions, ...merged.decisions]));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('law 7: rebuild', () => {
  test('stored memory is the fold of stored events, stored standing the fold of decisions', () => {
    fc.assert(
      fc.property(definitions, stories, (definition, story) => {
        const program = compile(definition);
        const life = begin(program, 'p1', START);
        for (const { now, input } of [...inputsOf(story), { now: LATER, input: { kind: 'time' } as const }]) {
          if (!take(program, life, input, now)) return;
        }
        const again = refold(program, life.person, life.stored, life.person.advanced_to);
        expect(JSON.stringify(again.memory)).toBe(JSON.stringify(life.person.memory));
        expect(JSON.stringify(foldStanding(life.decisions))).toBe(JSON.stringify(life.person.standing));
        expect(life.decisions.map((d) => d.seq)).toEqual(life.decisions.map((_, i) => i));
      }),
      { numRuns: RUNS },
    );
  });
});
