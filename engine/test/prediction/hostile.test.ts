// Histories that no shop should have: whatever is learnt of them has a verdict, passes the parser (every number finite and in
// bounds), and puts nothing into a state that is not a number. A fit that says nothing takes nothing away.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keptGood, learn, parsePrediction, populationOf } from '../../src/index.ts';
import type { Prediction } from '../../src/index.ts';
import { nextOrder, purchaseChance, worthOf } from '../../src/prediction/forecast.ts';
import { BUDGETS, VERDICTS } from '../../src/prediction/parameters.ts';
import { lapseOf } from '../../src/prediction/lapse.ts';

const TODAY = 20_000;

const days = fc.oneof(
  fc.constant([TODAY - 100]),
  fc.integer({ min: 1, max: 400 }).map((ago) => [TODAY - ago]),
  fc.constant([TODAY - 200, TODAY - 100, TODAY]),
  fc.uniqueArray(fc.integer({ min: TODAY - 900, max: TODAY + 400 }), { minLength: 1, maxLength: 12 }),
  fc.constant(Array.from({ length: 2_000 }, (_, i) => TODAY - 2_000 + i)),
);
const spending = fc.record({
  orders: fc.integer({ min: 0, max: 10_000 }),
  mean: fc.oneof(
    fc.double(),
    fc.constantFrom(0, -0, -5_000, 1, 1e15, 1e-9, Number.NaN, Number.POSITIVE_INFINITY),
    fc.double({ min: 1, max: 1e6, noNaN: true }),
  ),
});
/** A shop is many of a few kinds of customers. */
const shop = fc.record({
  kinds: fc.array(
    days.map((each) => each.toSorted((a, b) => a - b)),
    { minLength: 1, maxLength: 6 },
  ),
  customers: fc.integer({ min: 0, max: 260 }),
  spent: fc.array(spending, { maxLength: 120 }),
});

test('whatever is learnt has a verdict and only finite numbers, and so has what is said of anybody by it', () => {
  fc.assert(
    fc.property(shop, ({ kinds, customers, spent }) => {
      const everyone = Array.from({ length: customers }, (_, i) => kinds[i % kinds.length]!);
      const known = { orders: populationOf(everyone), visits: populationOf(everyone), spent };
      const { prediction } = learn(known, { now: 1, today: TODAY });
      expect(VERDICTS).toContain(prediction.purchases.verdict);
      expect(parsePrediction(JSON.parse(JSON.stringify(prediction)))).toMatchObject({ ok: true });
      for (const each of kinds) expectFinite(prediction, each);
    }),
    { numRuns: 25, interruptAfterTimeLimit: 20_000 },
  );
}, 60_000);

function expectFinite(prediction: Prediction, came: readonly number[]): void {
  const known = { x: came.length - 1, tx: came.at(-1)! - came[0]! };
  for (const budget of BUDGETS) {
    const lapse = lapseOf(prediction.purchases, known, budget, () => []);
    if (lapse !== null) expect(Number.isSafeInteger(lapse.silenceMs)).toBe(true);
  }
  const { model } = prediction.purchases;
  if (model === null) return;
  for (const silence of [0, 1, 400, 100_000]) {
    const chance = purchaseChance(model, known, silence, 365);
    expect(chance >= 0 && chance <= 1).toBe(true);
    for (const ms of Object.values(nextOrder(model, known, silence)))
      expect(Number.isSafeInteger(ms)).toBe(true);
    if (prediction.spending === null) continue;
    const worth = worthOf({ model, spending: prediction.spending }, known, { orders: 1, mean: 100 }, silence);
    for (const amount of Object.values(worth)) expect(Number.isFinite(amount)).toBe(true);
  }
}

describe('a fit that did not come to rest', () => {
  const fitted = rhythm('fits');
  const good: Prediction = {
    fitted_at: 1,
    purchases: fitted,
    visits: fitted,
    spending: { p: 2, q: 3, v: 4 },
  };
  const lost: Prediction = {
    fitted_at: 2,
    purchases: rhythm('not_converged'),
    visits: rhythm('not_converged'),
    spending: null,
  };

  test('leaves the last good parameters in use', () => {
    expect(keptGood(good, lost)).toEqual({ ...good, fitted_at: 2 });
  });

  test('is what there is where nothing was learnt before', () => {
    expect(keptGood(null, lost)).toBe(lost);
    expect(keptGood(lost, lost)).toEqual(lost);
  });

  test('is not one that found too little or nothing to be learnt: those end the parameters before', () => {
    for (const verdict of ['too_little', 'degenerate'] as const) {
      const kept = keptGood(good, { ...lost, purchases: rhythm(verdict) });
      expect(kept.purchases).toEqual(rhythm(verdict));
      expect(kept.spending).toBe(null);
      expect(kept.visits).toBe(good.visits);
    }
  });
});

function rhythm(verdict: Prediction['purchases']['verdict']): Prediction['purchases'] {
  const none = { new: 0.3, fast: 0.3, middle: 0.3, slow: 0.3 };
  return {
    verdict,
    model: verdict === 'fits' ? { k: 1, modified: true, r: 1, alpha: 20, a: 1, b: 3 } : null,
    groups: [10, 30],
    thresholds: { one_in_3: none, one_in_10: none },
    pooled_gap_days: { one_in_3: 40, one_in_10: 90 },
  };
}
