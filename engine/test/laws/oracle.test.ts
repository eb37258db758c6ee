import fc from 'fast-check';
import { expect, test } from 'vitest';
import { question, ready } from '../../sim/questions.ts';
import { explain } from '../../src/rules/explain.ts';
import { parseRule } from '../../src/rules/parse.ts';
import { leaf, SPAN_DAYS, START } from '../support/random.ts';
import { prove } from '../support/prove.ts';

const DAY = 86_400_000;

prove('oracle');

test('every random rule is one that the parser accepts unchanged, and that can be said and explained', () => {
  const names = {
    segments: new Set(['s1', 's2']),
    models: new Map([['m', new Set(['new', 'old'])]]),
    journeys: new Set(['j1', 'j2']),
    programmes: new Map([['club', new Set(['silver', 'gold'])]]),
  };
  fc.assert(
    fc.property(question, leaf, (world, asked) => {
      const parsed = parseRule(asked, names);
      // The random counts include "at least 0", which the parser refuses as always true.
      fc.pre(parsed.ok || !parsed.problems.every((problem) => problem.code === 'out_of_range'));
      expect(parsed).toEqual({ ok: true, value: asked });
      const { compiled, context } = ready(world, [asked], START + SPAN_DAYS * DAY, asked);
      const told = explain(compiled, context);
      expect(told.sentence.length).toBeGreaterThan(5);
      expect(told.evidence.length).toBeGreaterThan(0);
    }),
    { numRuns: 200, maxSkipsPerRun: 1_000 },
  );
});
