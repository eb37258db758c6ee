// The figures of Home against values worked out by hand, by the definitions of docs/figures.md.
import { describe, expect, test } from 'vitest';
import { compileFacts, compileZone, DAY_MS, Figures } from '../../src/index.ts';
import type { EventFact, FigureFacts, FigureResults } from '../../src/index.ts';
import { baseDefinition } from '../support/worlds.ts';

const TODAY = 20_000;

describe('retention', () => {
  test('counts who ordered in both halves, the last day of each half included', () => {
    const people = [
      ...times(20, [TODAY - 40, TODAY - 1]),
      ...times(10, [TODAY - 40]),
      // On the border: day −30 belongs to the earlier half, −29 to the later one.
      ...times(4, [TODAY - 30, TODAY - 29]),
      // Only before both halves, and only in the later one: not among those asked.
      ...times(7, [TODAY - 61]),
      ...times(9, [TODAY]),
    ];
    expect(figures(people).retention).toMatchObject({
      days: 30,
      now: { numerator: 24, denominator: 34, value: 24 / 34 },
      before: null,
      last_year: null,
    });
  });

  test('takes the longest period that fits twice, and compares where the history reaches', () => {
    const old = [TODAY - 1_094];
    const people = [
      old,
      ...times(30, [TODAY - 700, TODAY - 300]),
      ...times(30, [TODAY - 1_000, TODAY - 500]),
    ];
    expect(figures(people).retention).toMatchObject({
      days: 365,
      now: { numerator: 30, denominator: 60, value: 0.5 },
      before: { numerator: 30, denominator: 31 },
      last_year: { numerator: 30, denominator: 31 },
    });
  });

  test('says nothing over a history of 59 days, and no rate over fewer than thirty people', () => {
    expect(figures([[TODAY - 58]]).retention).toBeNull();
    expect(figures(times(29, [TODAY - 59, TODAY])).retention?.now).toEqual({
      value: null,
      numerator: 29,
      denominator: 29,
      why: 'few',
    });
  });
});

describe('repeat purchases', () => {
  test('two orders on one day are one occasion; a year is the last 365 days', () => {
    const people = [
      ...times(10, [TODAY - 364, TODAY]),
      ...times(20, [TODAY - 5, TODAY - 5]),
      ...times(5, [TODAY - 365, TODAY - 3]),
    ];
    expect(figures(people).repeat.now).toMatchObject({ numerator: 10, denominator: 35 });
    expect(figures(people).repeat.before).toMatchObject({ numerator: 0, denominator: 5, why: 'few' });
  });

  test('a second order within 90 days, of those whose first is 90 days old', () => {
    const people = [
      ...times(12, [TODAY - 200, TODAY - 110]),
      ...times(6, [TODAY - 200, TODAY - 109]),
      ...times(18, [TODAY - 90]),
      ...times(50, [TODAY - 89, TODAY - 80]),
    ];
    expect(figures(people).repeat.second_within_90).toMatchObject({
      numerator: 12,
      denominator: 36,
      value: 1 / 3,
    });
  });
});

describe('promoters', () => {
  const answered = (score: number, day: number, postPurchase = false): FigureFacts => ({
    orders: [],
    answers: [{ day, at: day * DAY_MS, score, postPurchase }],
  });

  test('20 promoters, 10 passives and 10 detractors score 25 with the interval of the formula', () => {
    const results = run([
      ...Array.from({ length: 20 }, () => answered(9, TODAY)),
      ...Array.from({ length: 10 }, () => answered(8, TODAY - 89)),
      ...Array.from({ length: 10 }, () => answered(6, TODAY)),
      answered(0, TODAY - 90),
      answered(0, TODAY, true),
    ]);
    const margin = 196 * Math.sqrt((0.5 + 0.25 - 0.0625) / 40);
    expect(results.promoters.relationship.now).toEqual({
      score: 25,
      low: 25 - margin,
      high: 25 + margin,
      answers: 40,
      promoters: 20,
      detractors: 10,
    });
    expect(results.promoters.relationship.before.answers).toBe(1);
    expect(results.promoters.post_purchase).toMatchObject({ answers: 1, detractors: 1, score: null });
  });

  test('only the newest answer of a person counts, and under thirty there is an interval but no headline', () => {
    const changed: FigureFacts = {
      orders: [],
      answers: [
        { day: TODAY - 3, at: 3, score: 2, postPurchase: false },
        { day: TODAY - 1, at: 5, score: 10, postPurchase: false },
      ],
    };
    const { now } = run([changed]).promoters.relationship;
    expect(now).toMatchObject({ score: null, answers: 1, promoters: 1, detractors: 0, low: 100, high: 100 });
  });
});

describe('worth so far', () => {
  test('mean and median over customers, orders without known money apart', () => {
    const bought = (...worths: (number | null)[]): FigureFacts => ({
      orders: worths.map((worth, i) => ({ day: TODAY - 400 + i, at: i, worth })),
      answers: [],
    });
    const { worth } = run([bought(1_000, 500), bought(200), bought(null), bought()]);
    expect(worth).toEqual({
      customers: 3,
      mean: 1_700 / 3,
      median: 200,
      total: 1_700,
      mean_last_year: 1_700 / 3,
      orders_without_money: 1,
    });
  });
});

describe('facts', () => {
  const zone = compileZone('Europe/Vienna')!;
  const read = compileFacts(baseDefinition({ time_zone: 'Europe/Vienna', currency: 'EUR' }), zone);
  const at = Date.parse('2026-03-10T23:30:00Z');
  let ids = 0;
  const event = (name: string, properties: EventFact['properties'], when = at): EventFact => ({
    id: `m${(ids += 1)}`,
    at: when,
    type: 'track',
    name,
    trust: 'server',
    properties,
    traits: {},
    identities: [],
  });

  test('an order is worth its total less tax, shipping and refunds, on the day of the workspace', () => {
    const { orders } = read([
      event('Order Completed', { order_id: 'a', total: 120, tax: 20, shipping: 4.5 }),
      event('Order Refunded', { order_id: 'a', amount: 30 }, at + 1),
    ]);
    expect(orders).toEqual([{ day: Date.UTC(2026, 2, 11) / DAY_MS, at, worth: 6_550 }]);
  });

  test('`revenue` has no tax or shipping in it already', () => {
    const { orders } = read([event('Order Completed', { order_id: 'b', total: 120, revenue: 90, tax: 20 })]);
    expect(orders[0]?.worth).toBe(9_000);
  });

  test('refunded in full, free of charge or told twice is not one more order; another currency has no worth', () => {
    const { orders } = read([
      event('Order Completed', { order_id: 'c', total: 10 }),
      event('Order Refunded', { order_id: 'c' }, at + 1),
      event('Order Completed', { order_id: 'd', total: 0 }),
      event('Order Completed', { order_id: 'e', total: 10, currency: 'USD' }),
      event('Order Completed', { order_id: 'e', total: 10, currency: 'USD' }, at + 5),
    ]);
    expect(orders.map(({ worth }) => worth)).toEqual([null]);
  });

  test('an answer about an order is not one about the relationship; nonsense is no answer', () => {
    const answered = (properties: EventFact['properties']): EventFact => event('Survey Answered', properties);
    const { answers } = read([
      answered({ metric: 'nps', score: 9 }),
      answered({ metric: 'nps', score: 3, order_id: 'a' }),
      answered({ metric: 'nps', score: 11 }),
      answered({ metric: 'nps', score: '9' }),
      answered({ metric: 'csat', score: 5 }),
    ]);
    expect(answers.map(({ score, postPurchase }) => [score, postPurchase])).toEqual([
      [9, false],
      [3, true],
    ]);
  });
});

/** People who ordered on these days, for 10.00 each. */
function figures(people: readonly (readonly number[])[]): FigureResults {
  return run(
    people.map((days) => ({
      orders: days.map((day) => ({ day, at: day * DAY_MS, worth: 1_000 })),
      answers: [],
    })),
  );
}

function run(people: readonly FigureFacts[]): FigureResults {
  const all = new Figures(TODAY);
  for (const each of people) all.add(each);
  return all.result();
}

function times(n: number, days: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: n }, () => days);
}
