// The figures behind the rules about predictions, number for number, against those worked out term by term: a rule only shows
// whether a figure lies above or below a limit, so that one a thousandth off would seldom be noticed there.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/index.ts';
import type { CountingModel } from '../../src/prediction/counting.ts';
import { silenceBeyond } from '../../src/prediction/counting.ts';
import { nextOrder, purchaseChance, worthOf } from '../../src/prediction/forecast.ts';
import type { Comings } from '../support/oracle-predictions.ts';
import { chance, hoursUntilNext, stillSilent, worth } from '../support/oracle-predictions.ts';

const RIGHT_TO = 1e-6;
const spread = (min: number, max: number) =>
  fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp);

const model: fc.Arbitrary<CountingModel> = fc.record({
  k: fc.integer({ min: 1, max: 6 }),
  modified: fc.boolean(),
  r: spread(0.1, 20),
  alpha: spread(1, 400),
  a: spread(0.05, 5),
  b: spread(0.3, 20),
});
const seen = fc
  .record({
    x: fc.integer({ min: 0, max: 30 }),
    gap: spread(1, 120),
    silence: fc.integer({ min: 0, max: 900 }),
  })
  .map(({ x, gap, silence }) => ({ x, tx: Math.round(x * gap), silence }));

function comings(
  known: { readonly x: number; readonly tx: number },
  spends: readonly number[] = [],
): Comings {
  const days = Array.from({ length: known.x + 1 }, (_, i) =>
    i === known.x ? known.tx : Math.floor((i * known.tx) / Math.max(1, known.x)),
  );
  return { times: days.map((day) => day * DAY_MS), days, keptDays: days, spends };
}

test('the chance of an order is right to a millionth', () => {
  fc.assert(
    fc.property(model, seen, fc.integer({ min: 1, max: 365 }), (of, { silence, ...known }, days) => {
      expectClose(purchaseChance(of, known, silence, days), chance(of, comings(known), silence, days));
    }),
  );
});

test('the next order is due at the very hour by which it has come as likely as not', () => {
  fc.assert(
    fc.property(model, seen, (of, { silence, ...known }) => {
      const hours = hoursUntilNext(of, comings(known), silence);
      expect(Math.abs(nextOrder(of, known, silence).median / HOUR_MS - hours)).toBeLessThanOrEqual(1);
    }),
  );
});

test('a lapse moment is the silence that exactly this share outlasts', () => {
  fc.assert(
    fc.property(model, seen, fc.double({ min: 0.02, max: 0.98, noNaN: true }), (of, known, share) => {
      const days = silenceBeyond(of, known, share);
      fc.pre(days < 1e7);
      expectClose(stillSilent(of, comings(known), days), share);
    }),
  );
});

test('what somebody is worth is right to a millionth', () => {
  fc.assert(
    fc.property(
      model.filter(({ r, alpha }) => r / alpha < 0.5),
      seen,
      fc.record({ p: spread(0.5, 10), q: spread(1.5, 10), v: spread(100, 10_000) }),
      fc.integer({ min: 100, max: 20_000 }),
      (of, { silence, ...known }, spending, amount) => {
        const orders = known.x + 1;
        const spends = Array.from({ length: orders }, () => amount);
        const { soFar, expected } = worthOf(
          { model: of, spending },
          known,
          { orders, mean: amount },
          silence,
        );
        expectClose(soFar + expected, worth({ model: of, spending }, comings(known, spends), silence));
      },
    ),
    { numRuns: 40 },
  );
});

function expectClose(told: number, right: number): void {
  expect(Number.isFinite(told)).toBe(true);
  expect(Math.abs(told - right)).toBeLessThanOrEqual(RIGHT_TO * Math.max(1e-3, Math.abs(right)));
}
