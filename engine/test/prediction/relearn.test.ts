// What would have been learnt on a day is what a fit on that day learns, whatever happened later.
import { expect, test } from 'vitest';
import { amountsOf, compileZone, DAY_MS, populationOf, relearn } from '../../src/index.ts';
import { fitRhythm } from '../../src/prediction/learn-rhythm.ts';
import { learnSpending } from '../../src/prediction/learn.ts';
import type { LocalDay } from '../../src/index.ts';

const HOW = { zone: compileZone('UTC')!, needs: { spending: true } };
const FIRST = 19_000;
const LAST = FIRST + 720;
const customers = shop(600);

test('each time it is what was learnt of the days until then, the day itself not among them', () => {
  const instants = [FIRST + 40, FIRST + 300, FIRST + 600];
  const told = [
    ...relearn(
      knownOf(customers),
      instants.map((day) => day * DAY_MS),
      HOW,
    ),
  ];
  expect(told.map(({ verdict }) => verdict)).toEqual(['too_little', 'fits', 'fits']);
  for (const [i, day] of [
    [1, FIRST + 300],
    [2, FIRST + 600],
  ] as const) {
    const until = customers.map((orders) => orders.filter((order) => order.day < day));
    const known = until.filter((orders) => orders.length > 0);
    expect(told[i]!.customers).toBe(known.length);
    const { parameters } = fitRhythm(populationOf(known.map(daysOf)), day - 1);
    // Begun from the parameters before, so equal as far as any fit comes to rest.
    const { model, thresholds } = told[i]!.prediction.purchases;
    const [begun, anew] = [Object.entries(model!), Object.entries(parameters.model!)];
    expect(begun.map(([key]) => key)).toEqual(anew.map(([key]) => key));
    begun.forEach(([key, value], at) => expect(Number(value) / Number(anew[at]![1]), key).toBeCloseTo(1, 3));
    expect(thresholds.one_in_3.fast).toBeCloseTo(parameters.thresholds.one_in_3.fast, 3);
    const spent = known.map((orders) => ({
      orders: orders.length,
      mean: orders.reduce((sum, { worth }) => sum + worth, 0) / orders.length,
    }));
    expect(told[i]!.prediction.spending).toEqual(learnSpending(spent).model);
  }
});

test('what came later changes nothing of it', () => {
  const at = (FIRST + 300) * DAY_MS;
  const busier = customers.map((orders, i) => [
    ...orders.filter(({ day }) => day < FIRST + 300),
    { day: FIRST + 300 + (i % 5), worth: 99_000 },
  ]);
  expect([...relearn(knownOf(busier), [at], HOW)]).toEqual([...relearn(knownOf(customers), [at], HOW)]);
});

test('where next to nothing moved, the parameters in use stay', () => {
  const instants = [FIRST + 600, FIRST + 601, FIRST + 602].map((day) => day * DAY_MS);
  const told = [...relearn(knownOf(customers), instants, HOW)];
  expect(told.map(({ moved }) => moved)).toEqual([true, false, false]);
  expect(told[2]!.prediction).toBe(told[0]!.prediction);
});

interface Order {
  readonly day: LocalDay;
  readonly worth: number;
}

function daysOf(orders: readonly Order[]): readonly LocalDay[] {
  return orders.map(({ day }) => day);
}

function knownOf(shop: readonly (readonly Order[])[]) {
  const orders = populationOf(shop.map(daysOf));
  return { orders, visits: populationOf([]), amounts: amountsOf(shop) };
}

/** Each at a pace and with an amount of their own, lost after one order in five. */
function shop(count: number): readonly (readonly Order[])[] {
  let state = 5;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  return Array.from({ length: count }, () => {
    const gap = 10 + 60 * random();
    const usual = 1_000 + 6_000 * random();
    const orders: Order[] = [];
    let day = FIRST + Math.floor(random() * 500);
    do {
      orders.push({ day, worth: Math.round(usual * (0.5 + random())) });
      day += 1 + Math.floor(-Math.log(1 - random()) * gap);
    } while (day < LAST && random() > 0.2);
    return orders;
  });
}

test('what an order is worth is learnt only where a rule asks for it', () => {
  const instants = [Date.UTC(2026, 0, 1)];
  const known = knownOf(customers);
  const spendingOf = (spending: boolean) =>
    [...relearn(known, instants, { ...HOW, needs: { spending } })].map(
      ({ prediction }) => prediction.spending,
    );
  expect(spendingOf(true)).not.toEqual([null]);
  expect(spendingOf(false)).toEqual([null]);
});
