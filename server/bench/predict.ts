// Learning the rhythm of 100,000 customers, and predicting customers one after the other: the engine alone, in this process.
// Processor time, so that what else the machine does counts for nothing.
import { DAY_MS, learn, populationOf } from '@rapport/engine';
import { purchaseChance, seenAfter } from '../../engine/src/prediction/forecast.ts';
import { lapseOf } from '../../engine/src/prediction/lapse.ts';
import { aliveOf } from '../../engine/src/prediction/purchase-model.ts';
import type { Measure } from './support/figure.ts';
import { seededRandom } from './support/statistics.ts';

const today = 20_000;
const historyDays = 1_095;

export const predict: Measure = {
  title: 'Learning a rhythm and predicting by it',
  names: ['fit_seconds_100k_customers', 'fit_memory_mb', 'predict_customers_per_second'],
  run(bench) {
    const customers = madeUp(bench.quick ? 10_000 : 100_000);
    const random = seededRandom(3);
    const spent = customers.map((days) => ({ orders: days.length, mean: 1_000 + random.below(6_000) }));
    const known = { orders: populationOf(customers), visits: populationOf([]), spent };
    let memory = 0;
    const before = process.memoryUsage().heapUsed;
    const began = process.cpuUsage();
    const { prediction, report } = learn(known, { now: today * DAY_MS, today });
    const { user, system } = process.cpuUsage(began);
    memory = Math.max(0, process.memoryUsage().heapUsed - before);
    const { purchases } = prediction;
    const { model } = purchases;
    if (model === null) throw new Error(`nothing was learnt: ${report.orders.verdict}`);
    bench.note(
      `${known.orders.days.length} order days; ${report.orders.verdict}, ${report.orders.tried[0]?.model}, regularity ${model.k}`,
    );

    const people = customers.map((days) => ({
      x: days.length - 1,
      tx: days.at(-1)! - days[0]!,
      last: days.at(-1)!,
    }));
    let sum = 0;
    const start = process.cpuUsage();
    for (const { x, tx, last } of people) {
      const silence = today - last;
      sum += aliveOf(model, seenAfter({ x, tx }, silence));
      sum += purchaseChance(model, { x, tx }, silence, 90);
      sum += lapseOf(purchases, { x, tx }, 3, () => [])?.silenceMs ?? 0;
    }
    const spentTime = process.cpuUsage(start);
    if (!Number.isFinite(sum)) throw new Error('a prediction was no number');
    return Promise.resolve({
      fit_seconds_100k_customers: (user + system) / 1e6,
      fit_memory_mb: memory / 1e6,
      predict_customers_per_second: (people.length * 1e6) / (spentTime.user + spentTime.system),
    });
  },
};

/** Gaps of two months on average at a rate of each customer's own, one in six lost after each order. */
function madeUp(count: number): readonly (readonly number[])[] {
  const random = seededRandom(7);
  const share = (): number => (random.below(1_000_000) + 0.5) / 1_000_000;
  return Array.from({ length: count }, () => {
    const rate = -Math.log(share()) / 60;
    let day = today - historyDays + random.below(historyDays - 60);
    const days = [day];
    while (share() > 1 / 6 && days.length < 300) {
      day += Math.max(1, Math.round(-Math.log(share()) / rate));
      if (day > today) break;
      days.push(day);
    }
    return days;
  });
}
