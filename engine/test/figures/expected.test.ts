// What everyone together is expected to bring, against a value worked out by hand, and for histories that no shop should have.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS, ExpectedFigure } from '../../src/index.ts';
import type { CountingModel } from '../../src/prediction/counting.ts';

const TODAY = 20_000;
/** Nobody is ever lost to speak of: NBD, of which everything can be worked out by hand. */
const NEVER_LOST: CountingModel = { k: 1, modified: true, r: 2, alpha: 100, a: 1e-9, b: 1e3 };
const SPENDING = { p: 4, q: 3, v: 2_000 };

type Ordered = readonly [ago: number, worth: number | null];

const orders = (...each: readonly Ordered[]) => ({
  orders: each.map(([ago, worth]) => ({ day: TODAY - ago, at: (TODAY - ago) * DAY_MS, worth })),
  answers: [],
});
const figure = (heldOutError: number | null, model = NEVER_LOST) =>
  new ExpectedFigure({ model, spending: SPENDING, day: TODAY, heldOutError });

test('two customers, worked out by hand', () => {
  const of = figure(0.1);
  // Three order days in 100, then silent for 50: (2 + 2) / (100 + 150) = 0.016 orders a day. Per order
  // 4 · (2,000 + 3 · 3,000) / (4 · 3 + 3 − 1) = 44,000 / 14. In 90 days 1.44 orders, worth 1.1^(−45 / 365) of that today.
  const one = (1.44 * (44_000 / 14)) / 1.1 ** (45 / 365);
  // Came once, today, of an unknown amount: 2 / 100 a day, 1.8 orders; per order 4 · 2,000 / 2 = 4,000.
  const other = (1.8 * 4_000) / 1.1 ** (45 / 365);
  const year = [1, 3, 5, 7].reduce((sum, eighth) => sum + 1.1 ** (-eighth / 8) / 4, 0);
  const first = of.add(orders([150, 2_000], [100, 4_000], [50, 3_000]));
  expect(first).toBeCloseTo(0.016 * 365 * (44_000 / 14) * year, 3);
  of.add(orders([0, null]));
  expect(of.add(orders())).toBe(null);
  const { customers, day, within } = of.result();
  expect({ customers, day }).toEqual({ customers: 2, day: TODAY });
  expect(within.map(({ days }) => days)).toEqual([90, 365]);
  const [quarter] = within;
  expect(quarter!.total).toBeCloseTo(one + other, 3);

  // Counts: negative binomials of shape 4 and 2; what each order brings varies by 1 / 4; the mean order is known to 1 / (12 + 1) and 1 / 1.
  const relative = (mean: number, shape: number, ofMean: number): number => {
    const counts = mean + (mean * mean) / shape;
    return counts + mean / 4 + (counts + mean * mean) * ofMean;
  };
  const variance = (one / 1.44) ** 2 * relative(1.44, 4, 1 / 13) + (other / 1.8) ** 2 * relative(1.8, 2, 1);
  const spread = 1.2815516 * Math.sqrt(variance + (0.1 * (one + other)) ** 2);
  expect(quarter!.high).toBeCloseTo(one + other + spread, 2);
  expect(quarter!.low).toBe(Math.max(0, one + other - spread));
});

test('orders that brought nothing, less, or have not come yet say nothing of what the next one brings', () => {
  const yearOf = (...each: readonly Ordered[]): number | null => figure(0.1).add(orders(...each));
  const known = yearOf([90, 2_000], [30, null]);
  expect(yearOf([90, 2_000], [30, 0])).toBe(known);
  expect(yearOf([90, 2_000], [30, -700])).toBe(known);
  expect(yearOf([90, 2_000], [30, null], [-3, 90_000])).toBe(known);
  expect(yearOf([-3, 90_000])).toBe(null);
});

test('the more customers, the more of the interval is how far off the model was; 5 % at least, and none where that is not known', () => {
  const many = figure(-0.2);
  const lucky = figure(0);
  for (let i = 0; i < 20_000; i += 1)
    for (const of of [many, lucky]) of.add(orders([100 + (i % 300), 2_000], [i % 90, 2_500]));
  for (const [of, off] of [
    [many, 0.2],
    [lucky, 0.05],
  ] as const)
    for (const { total, low, high } of of.result().within) {
      expect(high! / total - 1).toBeCloseTo(1.28 * off, 2);
      expect(1 - low! / total).toBeCloseTo(1.28 * off, 2);
    }
  const unknown = figure(null);
  unknown.add(orders([10, 100]));
  expect(unknown.result().within[0]).toMatchObject({ low: null, high: null });
});

test('whatever somebody ordered, and whichever model: finite, never below zero, each one’s part of the sum', () => {
  const order = fc.tuple(
    fc.integer({ min: -400, max: 4_000 }),
    fc.option(fc.constantFrom(0, -500, 1, 2_500, 9e15)),
  );
  const people = fc.array(
    fc.array(order, { maxLength: 30 }).map((each) => orders(...each.toSorted(([a], [b]) => b - a))),
    { minLength: 1, maxLength: 8 },
  );
  const models = [
    NEVER_LOST,
    { k: 1, modified: false, r: 0.2, alpha: 30, a: 0.8, b: 2.4 },
    { k: 4, modified: true, r: 0.5, alpha: 8, a: 0.5, b: 1 },
    { k: 1, r: 0.5, alpha: 60, s: 0.4, beta: 40 },
  ] as const;
  fc.assert(
    fc.property(people, fc.constantFrom(...models), (everyone, model) => {
      const of = new ExpectedFigure({ model, spending: SPENDING, day: TODAY, heldOutError: 0.1 });
      const each = everyone.map((facts) => of.add(facts));
      const { customers, within } = of.result();
      const counted = each.filter((one) => one !== null);
      expect(customers).toBe(counted.length);
      const sum = counted.reduce((all, one) => all + one, 0);
      const [quarter, year] = within;
      expect(Math.abs(year!.total - sum)).toBeLessThanOrEqual(1e-6 * (1 + sum));
      expect(quarter!.total).toBeLessThanOrEqual(year!.total * (1 + 1e-6));
      for (const { total, low, high } of within) {
        expect([total, low, high].every(Number.isFinite)).toBe(true);
        expect(low! >= 0 && low! <= total && total <= high!).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});
