// The people behind a figure are those that the figure counts, for any history; and one week worked out by hand.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS, Figures, placesOf } from '../../src/index.ts';
import type { FigureFacts } from '../../src/index.ts';

const TODAY = 20_000;

const person = fc.record({
  orders: fc
    .array(fc.record({ ago: fc.integer({ min: -3, max: 800 }), worth: fc.option(fc.nat(9_999)) }), {
      maxLength: 8,
    })
    .map((orders) =>
      orders
        .toSorted((a, b) => b.ago - a.ago)
        .map(({ ago, worth }) => ({ day: TODAY - ago, at: (TODAY - ago) * DAY_MS, worth })),
    ),
  answers: fc.array(
    fc
      .record({
        ago: fc.integer({ min: -2, max: 120 }),
        score: fc.integer({ min: 0, max: 10 }),
        postPurchase: fc.boolean(),
      })
      .map(({ ago, ...answer }) => ({ ...answer, day: TODAY - ago, at: (TODAY - ago) * DAY_MS })),
    { maxLength: 4 },
  ),
});

test('as many people stand behind each figure as it says', () => {
  fc.assert(
    fc.property(fc.array(person, { minLength: 1, maxLength: 60 }), (people) => {
      const figures = new Figures(TODAY);
      for (const each of people) figures.add(each);
      const { retention, repeat, promoters, worth, day } = figures.result();
      const shown = retention?.days;
      const places = people
        .flatMap((each) => placesOf(each, day))
        .filter(({ days }) => days === undefined || days === shown);
      const behind = (figure: string, part: string) =>
        places.filter((place) => place.figure === figure && place.part === part).length;
      const pair = (figure: string) => [behind(figure, 'yes'), behind(figure, 'of')];
      expect(pair('retention')).toEqual([retention?.now.numerator ?? 0, retention?.now.denominator ?? 0]);
      expect(pair('repeat')).toEqual([repeat.now.numerator, repeat.now.denominator]);
      expect(pair('second')).toEqual([
        repeat.second_within_90.numerator,
        repeat.second_within_90.denominator,
      ]);
      const { now } = promoters.relationship;
      expect([behind('nps', 'promoters'), behind('nps', 'detractors'), behind('nps', 'of')]).toEqual([
        now.promoters,
        now.detractors,
        now.answers,
      ]);
      expect(behind('customer_value', 'of')).toBe(worth.customers);
    }),
    { numRuns: 200 },
  );
});

test('a customer who came back stands among those who did, by the newest order; worth ranks by worth', () => {
  const facts: FigureFacts = {
    orders: [
      { day: TODAY - 50, at: 1, worth: 700 },
      { day: TODAY - 2, at: 5, worth: null },
    ],
    answers: [],
  };
  expect(placesOf(facts, TODAY)).toEqual([
    { figure: 'retention', part: 'of', rank: 5, days: 30 },
    { figure: 'retention', part: 'yes', rank: 5, days: 30 },
    { figure: 'repeat', part: 'of', rank: 5 },
    { figure: 'repeat', part: 'yes', rank: 5 },
    { figure: 'customer_value', part: 'of', rank: 700 },
  ]);
});

test('a week is today and the six days before: people, first orders, orders and their worth', () => {
  const figures = new Figures(TODAY);
  const ordered = (...days: readonly number[]): FigureFacts => ({
    orders: days.map((ago) => ({ day: TODAY - ago, at: (TODAY - ago) * DAY_MS, worth: 1_000 })),
    answers: [],
  });
  figures.add(ordered(6, 0));
  figures.add(ordered(100, 3));
  figures.add(ordered(7));
  figures.add(ordered(13, 1));
  figures.add(ordered(14));
  expect(figures.result().week).toEqual({
    now: { people: 3, first: 1, orders: 4, worth: 4_000 },
    before: { people: 2, first: 2, orders: 2, worth: 2_000 },
  });
});
