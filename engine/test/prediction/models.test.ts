// The purchase models against values small enough to stand here, and against what must hold of any of them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CountingModel } from '../../src/prediction/counting.ts';
import {
  expectedPurchases,
  expectedRepeats,
  lnLikelihood,
  pAlive,
  pPurchase,
  pRepeats,
  silenceUntil,
} from '../../src/prediction/counting.ts';
import { fitCounting } from '../../src/prediction/fit-counting.ts';
import { columnsOf, historyOf } from '../../src/prediction/history.ts';
import { paretoAlive, paretoPurchases, paretoRepeats } from '../../src/prediction/pareto.ts';
import { lnGamma, digamma } from '../../src/prediction/special.ts';
import { expectedSpending } from '../../src/prediction/spending.ts';
import { hypergeometric } from '../support/hypergeometric.ts';
import { fitSubscription, renewalRate, survival } from '../../src/prediction/subscription.ts';

/** Fader, Hardie and Lee 2005, rounded as printed. */
const BG: CountingModel = { k: 1, modified: false, r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
/** The fit of R's BTYD walkthrough to the same data. */
const BTYD: CountingModel = {
  k: 1,
  modified: false,
  r: 0.2425982,
  alpha: 4.4136842,
  a: 0.7929899,
  b: 2.4261667,
};
const PARETO = { k: 1 as const, r: 0.5534, alpha: 10.5802, s: 0.6061, beta: 11.6562 };
const BUSY = { x: 26, tx: 30.857143, age: 31 };

const close = (actual: number, expected: number, relative: number): void => {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(relative * Math.abs(expected));
};

describe('BG/NBD as published', () => {
  test('the probability of so many purchases: R BTYD', () => {
    close(pRepeats(BG, 10, 2), 1.07869e-7, 1e-4);
    close(pRepeats(BG, 0, 39), 0.5737864, 1e-5);
    const from11 = [0.0019995214, 0.0015170236, 0.001163315, 0.0009003148, 0.0007023638, 0.0005517902];
    from11.forEach((expected, i) => close(pRepeats(BG, 11 + i, 30), expected, 1e-4));
  });

  test('expectations of the BTYD walkthrough, to the printed digits', () => {
    close(expectedRepeats(BTYD, 52), 1.444004, 1e-5);
    close(pAlive(BTYD, BUSY), 0.9688523, 1e-5);
    close(expectedPurchases(BTYD, BUSY, 52), 25.75659, 1e-5);
    [
      [10, 0.3474606],
      [15, 0.04283391],
      [20, 0.004158973],
      [25, 0.0003583685],
    ].forEach(([x = 0, expected = 0]) =>
      close(expectedPurchases(BTYD, { x, tx: 20, age: 39 }, 52), expected, 1e-4),
    );
  });

  test('the closed form with ₂F₁ equals the sum over purchases to come', () => {
    const closed = (t: number): number => {
      const { r, alpha, a, b } = BTYD;
      const series = hypergeometric(r, b, a + b - 1, t / (alpha + t));
      return ((a + b - 1) / (a - 1)) * (1 - (alpha / (alpha + t)) ** r * series);
    };
    for (const t of [0.1429, 1, 3, 31.8571, 78, 500]) close(expectedRepeats(BTYD, t), closed(t), 1e-9);
  });

  test('a thousand purchases and a long silence do not overflow; one purchase alone is never lost', () => {
    expect(pAlive(BG, { x: 1_000, tx: 10, age: 100 })).toBe(0);
    expect(pAlive(BG, { x: 0, tx: 0, age: 1e6 })).toBe(1);
  });
});

describe('Pareto/NBD as published', () => {
  test('customer 1516 and a new one', () => {
    close(paretoPurchases(PARETO, BUSY, 52), 25.45647, 2e-4);
    close(paretoAlive(PARETO, BUSY), 0.997874, 1e-6);
    close(paretoRepeats(PARETO, 52), 1.473434, 5e-4);
  });

  test('busy customers do not overflow: R BTYD', () => {
    const model = { k: 1 as const, alpha: 10.58, beta: 11.67, r: 0.55, s: 0.61 };
    close(paretoPurchases(model, { x: 132, tx: 200, age: 200 }, 10), 6.206051788963242, 1e-9);
    close(paretoPurchases(model, { x: 133, tx: 200, age: 200 }, 10), 6.252872247574811, 1e-9);
    const steep = { k: 1 as const, r: 0.5143, alpha: 2.8845, s: 0.2856, beta: 14.1087 };
    for (const [x = 0, tx = 0, age = 0] of [
      [221, 103.42857, 103.57143],
      [254, 97.14286, 97.28571],
      [161, 94.71429, 98],
    ])
      expect(paretoAlive(steep, { x, tx, age })).toBeGreaterThan(0.5);
  });
});

test('gamma-gamma: the first ten customers of CDNOW, to the printed digits', () => {
  const model = { p: 6.25, q: 3.74, v: 15.44 };
  // Nobody’s own mean, one order of 22.35, one of 11.77 less: lifetimes’ own table.
  close(expectedSpending(model, { orders: 0, mean: 0 }), 35.17, 2e-3);
  close(expectedSpending(model, { orders: 2, mean: 22.35 }), 24.65, 2e-3);
});

test('subscriptions: the two cohorts of Fader and Hardie 2007', () => {
  const cohort = (alive: readonly number[]) => ({
    cancelled: alive.map((each, i) => Math.round(((alive[i - 1] ?? 100) - each) * 10)),
    staying: Math.round(alive.at(-1)! * 10),
  });
  const regular = fitSubscription(cohort([63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1]))!;
  close(regular.model.alpha, 0.70407729, 1e-5);
  close(regular.model.beta, 1.182043, 1e-5);
  close(regular.lnLikelihood, -1680.2651884632867, 1e-9);
  const highEnd = fitSubscription(cohort([86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1]))!;
  close(highEnd.model.alpha, 0.66808836, 1e-5);
  close(survival(regular.model, 1), renewalRate(regular.model, 1), 1e-12);
});

const models: fc.Arbitrary<CountingModel> = fc.record({
  k: fc.integer({ min: 1, max: 6 }),
  modified: fc.boolean(),
  r: fc.double({ min: 0.05, max: 20, noNaN: true }),
  alpha: fc.double({ min: 0.05, max: 200, noNaN: true }),
  a: fc.double({ min: 0.01, max: 20, noNaN: true }),
  b: fc.double({ min: 0.01, max: 50, noNaN: true }),
});
const histories = fc
  .record({
    x: fc.integer({ min: 1, max: 500 }),
    tx: fc.double({ min: 0.01, max: 500, noNaN: true }),
    silence: fc.double({ min: 0, max: 1_000, noNaN: true }),
  })
  .map(({ x, tx, silence }) => ({ x, tx, age: tx + silence }));

describe('what holds of every model', () => {
  test('P(alive) lies between 0 and 1 and falls with silence', () => {
    fc.assert(
      fc.property(models, histories, fc.double({ min: 0.01, max: 100, noNaN: true }), (model, seen, more) => {
        const now = pAlive(model, seen);
        const later = pAlive(model, { ...seen, age: seen.age + more });
        expect(now).toBeGreaterThanOrEqual(0);
        expect(now).toBeLessThanOrEqual(1);
        expect(later).toBeLessThanOrEqual(now + 1e-12);
      }),
      { numRuns: 2_000 },
    );
  });

  test('at the solved silence P(alive) is at the threshold, just before it above', () => {
    fc.assert(
      fc.property(
        models,
        histories,
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        (model, seen, threshold) => {
          const silence = silenceUntil(model, seen, threshold);
          const at = (s: number): number => pAlive(model, { ...seen, age: seen.tx + s });
          if (silence === 0) {
            expect(at(0)).toBeLessThanOrEqual(threshold + 1e-12);
            return;
          }
          fc.pre(silence < 1e12);
          expect(at(silence)).toBeCloseTo(threshold, 6);
          expect(at(silence * 0.99)).toBeGreaterThanOrEqual(threshold - 1e-9);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('a purchase within a longer time is never less likely, and no likelier than being a customer', () => {
    fc.assert(
      fc.property(
        models,
        histories,
        fc.double({ min: 0.1, max: 100, noNaN: true }),
        (model, seen, horizon) => {
          const soon = pPurchase(model, seen, horizon);
          const later = pPurchase(model, seen, 2 * horizon);
          expect(soon).toBeGreaterThanOrEqual(0);
          expect(later).toBeGreaterThanOrEqual(soon - 1e-12);
          expect(later).toBeLessThanOrEqual(pAlive(model, seen) + 1e-12);
          expect(expectedPurchases(model, seen, horizon)).toBeGreaterThanOrEqual(soon - 1e-9);
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('ln Γ and ψ agree with known values and with each other', () => {
  close(lnGamma(0.5), Math.log(Math.PI) / 2, 1e-14);
  close(lnGamma(101), 363.7393755555635, 1e-14);
  close(digamma(1), -0.5772156649015329, 1e-13);
  for (const x of [0.01, 0.3, 2.5, 40, 1e4]) {
    const h = 1e-5 * x;
    close((lnGamma(x + h) - lnGamma(x - h)) / (2 * h), digamma(x), 1e-6);
  }
});

describe('fitting', () => {
  test('finds the regularity and the parameters that a simulated shop was made with', () => {
    const made = { k: 3, modified: true, r: 0.85, alpha: 1.45, a: 0.79, b: 2.42 };
    const fit = fitCounting(columnsOf(simulate(made, 8_000)), { modified: true, k: null })!;
    expect(fit.converged).toBe(true);
    expect(fit.model.k).toBe(3);
    close(fit.model.r, made.r, 0.1);
    close(fit.model.alpha, made.alpha, 0.1);
    close(fit.model.a / (fit.model.a + fit.model.b), made.a / (made.a + made.b), 0.1);
  });

  test('the likelihood of a fit is that of its histories one by one, and no neighbour is likelier', () => {
    const seen = simulate({ k: 2, modified: true, r: 0.7, alpha: 2, a: 0.5, b: 2 }, 400);
    const fit = fitCounting(columnsOf(seen), { modified: true, k: 2 })!;
    const together = (model: CountingModel): number =>
      seen.reduce((sum, each) => sum + lnLikelihood(model, each), 0);
    close(fit.lnLikelihood, together(fit.model), 1e-9);
    for (const key of ['r', 'alpha', 'a', 'b'] as const)
      for (const factor of [0.98, 1.02])
        expect(together({ ...fit.model, [key]: fit.model[key] * factor })).toBeLessThan(fit.lnLikelihood);
  });

  test('customers who all bought once say nothing, and that is said', () => {
    const once = Array.from({ length: 50 }, () => historyOf([100], 400, 1)!);
    expect(fitCounting(columnsOf(once), { modified: true, k: null })).toBeNull();
  });

  test('everyone on one day, one customer with 10,000 orders: numbers, never NaN', () => {
    const busy = historyOf(
      Array.from({ length: 10_001 }, (_, i) => i),
      10_400,
      1,
    )!;
    const others = Array.from({ length: 40 }, (_, i) => historyOf([10_000 + i, 10_040 + i], 10_400, 1)!);
    for (const group of [[busy], [busy, ...others], others]) {
      const fit = fitCounting(columnsOf(group), { modified: true, k: null });
      for (const each of [fit!.lnLikelihood, fit!.model.r, fit!.model.alpha, fit!.model.a, fit!.model.b])
        expect(Number.isFinite(each)).toBe(true);
      expect(Number.isNaN(pAlive(fit!.model, busy))).toBe(false);
    }
  });
});

/** Customers of a model, watched for two years in weeks; by a small generator of its own, so that it is the same each time. */
function simulate(model: CountingModel, customers: number) {
  let seed = 20_261;
  const uniform = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return (seed + 0.5) / 4_294_967_296;
  };
  const exponential = (): number => -Math.log(uniform());
  const normal = (): number => Math.sqrt(2 * exponential()) * Math.cos(2 * Math.PI * uniform());
  // Marsaglia and Tsang 2000.
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * uniform() ** (1 / shape);
    const d = shape - 1 / 3;
    for (;;) {
      const x = normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  return Array.from({ length: customers }, () => {
    const rate = gamma(model.r) / model.alpha;
    const [u, v] = [gamma(model.a), gamma(model.b)];
    const loss = u / (u + v);
    const age = 52 + 52 * uniform();
    let [x, tx, lnGaps] = [0, 0, 0];
    while (uniform() >= loss) {
      let gap = 0;
      for (let step = 0; step < model.k; step += 1) gap += exponential() / rate;
      if (tx + gap > age) break;
      x += 1;
      tx += gap;
      lnGaps += Math.log(gap);
    }
    return { x, tx, age, lnGaps };
  });
}
