// What a fit learns of shops whose rhythm is known because it was made up, and what it says where nothing can be learnt.
import { describe, expect, test } from 'vitest';
import { parsePrediction } from '../../src/index.ts';
import { learn } from '../../src/prediction/learn.ts';
import { learnRhythm } from '../../src/prediction/learn-rhythm.ts';
import { populationOf } from '../../src/prediction/population.ts';
import { seasonOf } from '../../src/prediction/season.ts';

const TODAY = 20_000;

describe('a rhythm is learnt', () => {
  test('as it was made up: how often, how regular, how often somebody is lost', () => {
    const { parameters, report } = learnRhythm(shop({ customers: 3_000, regularity: 3, loss: 0.2 }), TODAY);
    expect(report.verdict).toBe('fits');
    expect(report.tried[0]).toMatchObject({ model: 'mbg', k: 3 });
    const { k, r, alpha } = parameters.model!;
    // A gap of 60 days on average: r/α per step, k steps a gap.
    expect((k * alpha) / r).toBeGreaterThan(54);
    expect((k * alpha) / r).toBeLessThan(66);
    expect(report.loss).toBeGreaterThan(0.17);
    expect(report.loss).toBeLessThan(0.23);
  });

  test('and keeps its promise in every group: of silences that ended by themselves, one in three was called unusual', () => {
    const { report } = learnRhythm(shop({ customers: 3_000, regularity: 1, loss: 0.2 }), TODAY);
    const [third] = report.alarms;
    const personal = third!.rules.find(({ kind }) => kind === 'personal')!;
    for (const row of personal.rows) {
      expect(row.endedAlarmed / row.ended, row.group).toBeGreaterThan(0.27);
      expect(row.endedAlarmed / row.ended, row.group).toBeLessThan(0.4);
    }
  });

  test('and says how right it was on time it had not seen, beside the naive rule', () => {
    const { report } = learnRhythm(shop({ customers: 3_000, regularity: 1, loss: 0.2 }), TODAY);
    const heldOut = report.heldOut!;
    expect(heldOut.until - heldOut.from).toBe(180);
    expect(Math.abs(heldOut.model.total!)).toBeLessThan(0.1);
    expect(heldOut.model.mae).toBeLessThan(heldOut.asBefore.mae);
    expect(heldOut.model.rmse).toBeLessThan(heldOut.nothing.rmse);
    expect(heldOut.tenths).toHaveLength(10);
    for (const { predicted, came } of heldOut.tenths) expect(Math.abs(predicted - came)).toBeLessThan(0.08);
    expect(heldOut.atRisk.stayedAway / heldOut.atRisk.customers).toBeGreaterThan(0.5);
  });
});

describe('where nothing can be learnt', () => {
  test('a shop that loses nobody is called degenerate, and falls back on everyone’s gaps', () => {
    const { parameters, report } = learnRhythm(shop({ customers: 1_500, regularity: 1, loss: 0 }), TODAY);
    expect(report.verdict).toBe('degenerate');
    expect(parameters.model).toBe(null);
    expect(parameters.pooled_gap_days.one_in_3).toBeGreaterThan(40);
    expect(parameters.pooled_gap_days.one_in_10).toBeGreaterThan(parameters.pooled_gap_days.one_in_3!);
  });

  test.each([
    ['nobody', []],
    ['everybody bought once', many(500, (i) => [TODAY - (i % 400)])],
    ['everybody bought on one day', many(500, () => [TODAY - 30])],
    ['a month of history only', many(500, (i) => [TODAY - 30, TODAY - 29 + (i % 20)])],
    ['too few customers', many(60, (i) => [TODAY - 300, TODAY - 200 + i])],
    ['everything lies in the future', many(500, (i) => [TODAY + 1 + i, TODAY + 40 + i])],
  ])('%s: too little, said so, and nothing that is not a number', (_, customers) => {
    const known = { orders: populationOf(customers), visits: populationOf([]), spent: [] };
    const { prediction, report } = learn(known, { now: 1, today: TODAY });
    expect(report.orders.verdict).toBe('too_little');
    expect(prediction.purchases.model).toBe(null);
    expect(prediction.spending).toBe(null);
    expect(parsePrediction(JSON.parse(JSON.stringify(prediction)))).toMatchObject({ ok: true });
  });

  test('everybody comes on the very same days: whatever is said of them is finite', () => {
    const customers = many(500, () => [0, 30, 60, 90, 120].map((day) => TODAY - 200 + day));
    const { prediction } = learn(
      { orders: populationOf(customers), visits: populationOf([]), spent: [] },
      { now: 1, today: TODAY },
    );
    expect(parsePrediction(JSON.parse(JSON.stringify(prediction)))).toMatchObject({ ok: true });
  });

  test('one customer with ten thousand orders upsets nobody else’s rhythm', () => {
    const others = customersOf({ customers: 1_500, regularity: 1, loss: 0.2 });
    const greedy = many(1, () => Array.from({ length: 10_000 }, (_, i) => TODAY - 10_000 + i));
    const { parameters, report } = learnRhythm(populationOf([...others, ...greedy]), TODAY);
    expect(['fits', 'degenerate']).toContain(report.verdict);
    expect(parsePrediction(JSON.parse(JSON.stringify(predictionWith(parameters))))).toMatchObject({
      ok: true,
    });
  });

  test('amounts of nothing and less are left out of what an order is worth', () => {
    const customers = customersOf({ customers: 1_500, regularity: 1, loss: 0.2 });
    const random = randomOf(7);
    const spent = customers.map((days, i) => ({
      orders: days.length,
      mean: i % 10 === 0 ? -50 * i : i % 11 === 0 ? 0 : 3_000 * (0.4 + random()),
    }));
    const known = { orders: populationOf(customers), visits: populationOf([]), spent };
    const { prediction, report } = learn(known, { now: 1, today: TODAY });
    expect(report.spending.customers).toBe(spent.filter(({ mean }) => mean > 0).length);
    const { p, q, v } = prediction.spending!;
    expect((p * v) / (q - 1)).toBeGreaterThan(2_000);
    expect((p * v) / (q - 1)).toBeLessThan(3_500);
  });
});

describe('season and trend', () => {
  const years = (orders: (month: number) => number): ReturnType<typeof seasonOf> => {
    // From the first of January 2020: three years and a day.
    const from = 18_262;
    const customers: number[][] = [];
    for (let month = 0; month < 36; month += 1)
      for (let i = 0; i < orders(month); i += 1)
        customers.push([from, Math.floor(from + month * 30.44) + 3 + (i % 20)]);
    return seasonOf(populationOf(customers), from + 1_096);
  };

  test('a December of three times as many orders is a season', () => {
    const { season, trend } = years((month) => (month % 12 === 11 ? 300 : 100));
    expect(season).toMatchObject({ high: 11, shows: true });
    expect(trend?.shows).toBe(false);
  });

  test('a third more each year is a trend, and no season', () => {
    const { season, trend } = years((month) => Math.round(100 * 1.33 ** (month / 12)));
    expect(trend?.shows).toBe(true);
    expect(trend?.perYear).toBeGreaterThan(0.25);
    expect(season?.shows).toBe(false);
  });

  test('a year of history is too short to tell a season', () => {
    expect(seasonOf(populationOf([[19_640, 19_900]]), TODAY)).toMatchObject({ season: null });
  });
});

interface Shop {
  readonly customers: number;
  readonly regularity: number;
  /** The chance to be lost after an order. */
  readonly loss: number;
}

function shop(made: Shop): ReturnType<typeof populationOf> {
  return populationOf(customersOf(made));
}

/** Gaps of 60 days on average, at a rate of each customer's own; everybody began in the last three years. */
function customersOf({ customers, regularity, loss }: Shop): readonly (readonly number[])[] {
  const random = randomOf(42);
  const step = (): number => -Math.log(1 - random());
  return many(customers, () => {
    const rate = ((step() + step()) / 2 / 60) * regularity;
    let day = TODAY - 1_095 + Math.floor(random() * 1_000);
    const days = [day];
    while (random() >= loss && days.length < 400) {
      let gap = 0;
      for (let i = 0; i < regularity; i += 1) gap += step() / rate;
      day += Math.max(1, Math.round(gap));
      if (day > TODAY) break;
      days.push(day);
    }
    return days;
  });
}

function many(n: number, days: (i: number) => readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: n }, (_, i) => days(i));
}

/** A linear congruence: the same shop each time. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

function predictionWith(purchases: ReturnType<typeof learnRhythm>['parameters']): unknown {
  return { fitted_at: 1, purchases, visits: null, spending: null };
}
