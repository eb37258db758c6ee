// When silence stops being normal for one person, and what is to be expected of them: by the model, else by gaps.
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/index.ts';
import { lnStillSilent } from '../../src/prediction/counting.ts';
import type { CountingModel } from '../../src/prediction/counting.ts';
import {
  GRID_MS,
  gridPlace,
  nextOrder,
  purchaseChance,
  purchasesDiscounted,
  purchasesExpected,
  worthOf,
} from '../../src/prediction/forecast.ts';
import { gapQuantile, lapseOf } from '../../src/prediction/lapse.ts';
import type { RhythmParameters } from '../../src/prediction/parameters.ts';
import { MODEL, PREDICTION } from '../support/facts.ts';

const learnt = PREDICTION.purchases;
const model = MODEL;
const noGaps = (): readonly number[] => [];
const without: RhythmParameters = { ...learnt, verdict: 'degenerate', model: null };

describe('the lapse moment', () => {
  test('is the silence that only so many of the silences of such people outlast, to the hour', () => {
    const seen = { x: 2, tx: 20 };
    const lapse = lapseOf(learnt, seen, 10, noGaps)!;
    const days = lapse.silenceMs / DAY_MS;
    // The closed form: T* = (α + t_x)·(τ^(−1/(r + x)) − 1).
    const closed = (model.alpha + 20) * (0.09 ** (-1 / (model.r + 2)) - 1);
    expect(lapse.by).toBe('model');
    expect(days - closed).toBeGreaterThanOrEqual(0);
    expect(days - closed).toBeLessThan(1 / 24);
    expect(Math.exp(lnStillSilent(model, 2, 20, days))).toBeLessThanOrEqual(0.09);
    expect(Math.exp(lnStillSilent(model, 2, 20, days - 1 / 24))).toBeGreaterThan(0.09);
  });

  test('is as far off for who ordered seldom as for who ordered often, by the same measure: little known is no reason to hurry', () => {
    const few = lapseOf(learnt, { x: 1, tx: 16 }, 3, noGaps)!.silenceMs / DAY_MS;
    const many = lapseOf(learnt, { x: 20, tx: 320 }, 3, noGaps)!.silenceMs / DAY_MS;
    expect(many).toBeGreaterThan(16);
    expect(few).toBeGreaterThan(many);
  });

  test('with regularity it is found by halving, and lies earlier for those who come like a clock', () => {
    const regular: CountingModel = { ...model, k: 3, alpha: model.alpha / 3 };
    const seen = { x: 10, tx: 300 };
    const one = lapseOf(learnt, seen, 3, noGaps)!.silenceMs;
    const three = lapseOf({ ...learnt, model: regular }, seen, 3, noGaps)!.silenceMs;
    expect(three).toBeLessThan(one);
    expect(three % HOUR_MS).toBe(0);
  });

  test('is never within the first day, however fast somebody is', () => {
    expect(lapseOf(learnt, { x: 400, tx: 400 }, 3, noGaps)!.silenceMs).toBeGreaterThanOrEqual(DAY_MS);
  });

  test('without a model rests on the person’s own gaps, where there are enough, else on everyone’s', () => {
    const gaps = [10, 11, 9, 30, 10, 12, 8, 10, 9, 11];
    expect(lapseOf(without, { x: 10, tx: 120 }, 3, () => gaps)).toEqual({
      silenceMs: 11 * DAY_MS,
      by: 'own_gaps',
    });
    expect(lapseOf(without, { x: 10, tx: 120 }, 10, () => gaps)).toEqual({
      silenceMs: 30 * DAY_MS,
      by: 'own_gaps',
    });
    expect(lapseOf(without, { x: 4, tx: 40 }, 10, () => [10, 10, 10, 10])).toEqual({
      silenceMs: 150 * DAY_MS,
      by: 'pooled_gap',
    });
    const nothing = { ...without, pooled_gap_days: { one_in_3: null, one_in_10: null } };
    expect(lapseOf(nothing, { x: 0, tx: 0 }, 3, noGaps)).toBe(null);
  });

  test('a quantile of own gaps counts the silence to come among them', () => {
    expect(gapQuantile([1, 2, 3, 4, 5, 6, 7, 8, 9], 10)).toBe(9);
    expect(gapQuantile([1, 2, 3, 4, 5, 6, 7, 8], 10)).toBe(null);
    expect(gapQuantile([5, 1, 3, 2, 4], 3)).toBe(4);
    expect(gapQuantile([1, 2, 3], 3)).toBe(null);
  });
});

describe('what is to be expected', () => {
  test('the next order moves away with silence and never lies in the past', () => {
    const seen = { x: 4, tx: 60 };
    const now = nextOrder(model, seen, 0);
    const later = nextOrder(model, seen, 50);
    expect(now.low).toBeLessThan(now.median);
    expect(now.median).toBeLessThan(now.high);
    expect(later.median).toBeGreaterThan(now.median);
    expect(later.low).toBeGreaterThan(0);
  });

  test('someone regular is expected sooner the longer they have been silent, while they are still with us', () => {
    const regular: CountingModel = { ...model, k: 4, alpha: model.alpha / 4 };
    const seen = { x: 20, tx: 600 };
    expect(nextOrder(regular, seen, 25).median).toBeLessThan(nextOrder(regular, seen, 0).median);
  });

  test('purchases of a year are worth a little less than their number, the later the less', () => {
    const seen = { x: 4, tx: 60 };
    const counted = purchasesExpected(model, seen, 0, 365);
    const worth = purchasesDiscounted(model, seen, 0);
    expect(worth / counted).toBeGreaterThan(0.95);
    expect(worth / counted).toBeLessThan(0.98);
  });

  test('the grid of silences grows by 1.3 from a day to seven years, and an instant of it belongs to the later place', () => {
    expect(GRID_MS).toHaveLength(32);
    expect(GRID_MS.slice(0, 3)).toEqual([0, DAY_MS, 1.3 * DAY_MS]);
    expect(gridPlace(1_000, 1_000 + DAY_MS - 1)).toBe(0);
    expect(gridPlace(1_000, 1_000 + DAY_MS)).toBe(1);
    expect(gridPlace(1_000, 1_000 + 99_000 * DAY_MS)).toBe(31);
  });

  test.each([
    ['nobody ever bought again', { x: 0, tx: 0 }, 0],
    ['silent for a century', { x: 3, tx: 40 }, 36_500],
    ['ten thousand orders', { x: 10_000, tx: 10_000 }, 3],
    ['ten thousand orders in as many hours', { x: 10_000, tx: 1 }, 400],
  ])('no figure is ever NaN: %s', (_, seen, silence) => {
    for (const k of [1, 2, 8]) {
      const each: CountingModel = { ...model, k };
      const worth = worthOf(
        { model: each, spending: PREDICTION.spending! },
        seen,
        { orders: 1, mean: -5 },
        silence,
      );
      const figures = [
        purchaseChance(each, seen, silence, 365),
        purchasesExpected(each, seen, silence, 365),
        ...Object.values(nextOrder(each, seen, silence)),
        ...Object.values(worth),
        lapseOf({ ...learnt, model: each }, seen, 3, noGaps)!.silenceMs,
      ];
      expect(figures.filter((figure) => !Number.isFinite(figure) || figure < 0)).toEqual([]);
    }
  });
});
