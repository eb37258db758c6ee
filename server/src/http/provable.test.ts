import { expect, test } from 'vitest';
import { provableWords } from './provable.ts';

const dayMs = 86_400_000;

test('under two thousand entrants a year it says that nothing can be proven here', () => {
  expect(provableWords({ times: 1_999, spanMs: 365 * dayMs }, 0.2)).toMatchObject({
    entrants_a_year: 1_999,
    note: expect.stringContaining('Not provable here: about 1,999 a year would enter'),
  });
  expect(provableWords({ times: 2_000, spanMs: 365 * dayMs }, 0.2).note).not.toContain('Not provable');
});

test('half a year that was looked back over counts twice', () => {
  expect(provableWords({ times: 500, spanMs: 182.5 * dayMs }, 0.2).entrants_a_year).toBe(1_000);
});

test('nothing is said of a year by less than thirty days, or where nobody looked back', () => {
  expect(provableWords(undefined, 0.2).entrants_a_year).toBeNull();
  expect(provableWords({ times: 9, spanMs: 29 * dayMs }, 0.2).entrants_a_year).toBeNull();
});

test('without a control group nothing is asked', () => {
  expect(provableWords({ times: 10, spanMs: 365 * dayMs }, 0).note).not.toContain('Leave');
});
