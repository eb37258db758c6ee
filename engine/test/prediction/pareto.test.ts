// Pareto/NBD: its integrals against the hypergeometric functions of the papers, its fit, and when it is chosen.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, parsePrediction } from '../../src/index.ts';
import { nextOrder, purchaseChance, purchasesExpected } from '../../src/prediction/forecast.ts';
import { fitPareto } from '../../src/prediction/fit-pareto.ts';
import { columnsOf } from '../../src/prediction/history.ts';
import { lapseOf } from '../../src/prediction/lapse.ts';
import { learnRhythm } from '../../src/prediction/learn-rhythm.ts';
import type { ParetoModel } from '../../src/prediction/pareto.ts';
import { paretoAlive, paretoComes, paretoLnLikelihood } from '../../src/prediction/pareto.ts';
import { populationOf } from '../../src/prediction/population.ts';
import { lnHypergeometric } from '../support/hypergeometric.ts';

const TODAY = 20_000;
const spread = (min: number, max: number) =>
  fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp);
const models: fc.Arbitrary<ParetoModel> = fc.record({
  k: fc.constant(1 as const),
  r: spread(0.1, 20),
  alpha: spread(1, 400),
  s: spread(0.1, 20),
  beta: spread(1, 400),
});
const seen = fc
  .record({ x: fc.integer({ min: 0, max: 200 }), tx: spread(1, 900), silence: spread(1, 900) })
  .map(({ x, tx, silence }) => ({ x, tx: x === 0 ? 0 : tx, age: (x === 0 ? 0 : tx) + silence }));

/** Fader and Hardie 2005: A₀ as the difference of two hypergeometric functions; P(alive) by it. */
function aliveAsPublished({ r, alpha, s, beta }: ParetoModel, x: number, tx: number, age: number): number {
  const power = r + s + x;
  const [high, far] = alpha >= beta ? [alpha, s + 1] : [beta, r + x];
  const lnA = (at: number): number =>
    lnHypergeometric(power, far, power + 1, Math.abs(alpha - beta) / (high + at)) -
    power * Math.log(high + at);
  const lost = Math.exp(lnA(tx)) - Math.exp(lnA(age));
  const kept = (r + x) * Math.log(alpha + age) + s * Math.log(beta + age);
  return 1 / (1 + (s / power) * Math.exp(kept) * lost);
}

describe('what holds of Pareto/NBD', () => {
  test('P(alive) is that of the hypergeometric functions', () => {
    fc.assert(
      fc.property(models, seen, (model, { x, tx, age }) => {
        const published = aliveAsPublished(model, x, tx, age);
        // Where the two functions are nearly equal, or too small to be numbers, nothing is left of their difference.
        fc.pre(published > 1e-4 && published < 1 - 1e-4 && x < 40);
        expect(paretoAlive(model, { x, tx, age })).toBeCloseTo(published, 6);
      }),
      { numRuns: 1_000 },
    );
  });

  test('it falls with silence; a purchase is likelier the longer one waits, and never likelier than being a customer', () => {
    fc.assert(
      fc.property(models, seen, spread(0.1, 400), (model, now, horizon) => {
        const alive = paretoAlive(model, now);
        expect(alive).toBeGreaterThanOrEqual(0);
        expect(alive).toBeLessThanOrEqual(1);
        expect(paretoAlive(model, { ...now, age: now.age + horizon })).toBeLessThanOrEqual(alive + 1e-9);
        const [soon, later, ever] = [horizon, 2 * horizon, Infinity].map((within) =>
          paretoComes(model, now, within),
        );
        expect(soon!).toBeGreaterThan(0);
        expect(later!).toBeGreaterThanOrEqual(soon! - 1e-9);
        expect(ever!).toBeGreaterThanOrEqual(later! - 1e-9);
        expect(ever!).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1_000 },
    );
  });

  test('whoever nobody ever loses comes as by plain NBD', () => {
    const model: ParetoModel = { k: 1, r: 2, alpha: 60, s: 1e-9, beta: 1e6 };
    expect(paretoAlive(model, { x: 3, tx: 90, age: 200 })).toBeCloseTo(1, 6);
    expect(paretoComes(model, { x: 3, tx: 90, age: 200 }, 30)).toBeCloseTo(1 - (260 / 290) ** 5, 9);
  });
});

describe('its fit', () => {
  const people = simulate({ k: 1, r: 0.9, alpha: 30, s: 0.8, beta: 200 }, 6_000);
  const histories = people.map(({ days, age }) => ({
    x: days.length - 1,
    tx: days.at(-1)!,
    age,
    lnGaps: 0,
  }));

  test('has the likelihood of its histories one by one, and no neighbour is likelier', () => {
    const few = histories.slice(0, 800);
    const fit = fitPareto(columnsOf(few))!;
    const together = (model: ParetoModel): number =>
      few.reduce((sum, each) => sum + paretoLnLikelihood(model, each), 0);
    expect(fit.converged).toBe(true);
    expect(fit.lnLikelihood / together(fit.model)).toBeCloseTo(1, 9);
    for (const key of ['r', 'alpha', 's', 'beta'] as const)
      for (const factor of [0.98, 1.02])
        expect(together({ ...fit.model, [key]: fit.model[key] * factor })).toBeLessThan(fit.lnLikelihood);
  });

  test('begun from parameters that are near it ends at the same ones, sooner', () => {
    const fit = fitPareto(columnsOf(histories))!;
    const again = fitPareto(columnsOf(histories), {
      ...fit.model,
      r: fit.model.r * 1.1,
      beta: fit.model.beta * 0.9,
    })!;
    expect(again.lnLikelihood).toBeCloseTo(fit.lnLikelihood, 4);
    expect(again.model.s / fit.model.s).toBeCloseTo(1, 2);
    expect(again.evaluations).toBeLessThan(fit.evaluations);
  });

  test('it is chosen where people are lost at any moment: the days held out are likelier to it', () => {
    const population = populationOf(people.map(({ days, age }) => days.map((day) => TODAY - age + day)));
    const { parameters, report } = learnRhythm(population, TODAY);
    expect(report.verdict).toBe('fits');
    expect(report.tried.map(({ model }) => model)).toContain('mbg');
    const [chosen, ...others] = report.tried;
    expect(chosen!.model).toBe('pareto');
    for (const each of others) expect(each.heldOut!).toBeLessThan(chosen!.heldOut! - 2);
    expect(report.heldOut!.model.mae).toBeLessThan(report.heldOut!.asBefore.mae);

    const { model } = parameters;
    const json: unknown = { fitted_at: 1, purchases: parameters, visits: null, spending: null };
    expect(parsePrediction(JSON.parse(JSON.stringify(json)))).toMatchObject({ ok: true, value: json });
    for (const known of [
      { x: 0, tx: 0 },
      { x: 9, tx: 200 },
      { x: 10_000, tx: 10_000 },
    ])
      for (const silence of [0, 30, 400, 100_000]) {
        const chance = purchaseChance(model!, known, silence, 90);
        expect(chance >= 0 && chance <= 1).toBe(true);
        expect(Number.isFinite(purchasesExpected(model!, known, silence, 365))).toBe(true);
        for (const ms of Object.values(nextOrder(model!, known, silence)))
          expect(Number.isSafeInteger(ms)).toBe(true);
        expect(lapseOf(parameters, known, 3, () => [])!.silenceMs).toBeGreaterThanOrEqual(DAY_MS);
      }
  });
});

/** Customers of a model, watched for 100 to 1,000 days; the same each time. */
function simulate(model: ParetoModel, customers: number) {
  let seed = 20_263;
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
    const until = exponential() / (gamma(model.s) / model.beta);
    const age = 100 + Math.floor(900 * uniform());
    const days = [0];
    for (let at = exponential() / rate; at < Math.min(until, age); at += exponential() / rate) {
      const day = Math.ceil(at);
      if (day > days.at(-1)! && day <= age) days.push(day);
    }
    return { days, age };
  });
}
