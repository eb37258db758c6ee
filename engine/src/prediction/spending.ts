// Gamma-gamma: what a customer spends on an order, where a few orders say little and many say much (Fader, Hardie 2005).
import type { Fit } from './rows.ts';
import { reportOf } from './rows.ts';
import { minimiseFrom } from './minimise.ts';
import { digamma, lnGamma } from './special.ts';

export interface SpendingModel {
  readonly p: number;
  readonly q: number;
  readonly v: number;
}

/** Orders with an amount above zero, and their mean. */
export interface Spending {
  readonly orders: number;
  readonly mean: number;
}

/** What an order of theirs is expected to bring: between their own mean and everyone's. */
export function expectedSpending({ p, q, v }: SpendingModel, { orders, mean }: Spending): number {
  return (p * (v + orders * mean)) / (p * orders + q - 1);
}

/** Null: fewer than two customers who ordered, or all alike. */
export function fitSpending(customers: readonly Spending[]): Fit<SpendingModel> | null {
  const spent = customers.filter(({ orders, mean }) => orders > 0 && mean > 0 && Number.isFinite(mean));
  const [first] = spent;
  if (first === undefined || spent.every(({ mean }) => mean === first.mean)) return null;
  const n = spent.length;
  const average = spent.reduce((sum, { mean }) => sum + mean, 0) / n;
  const orders = Float64Array.from(spent, (each) => each.orders);
  const lnOrders = orders.map(Math.log);
  // In units of everyone's mean: the same likelihood whatever the currency, and no parameter far from one.
  const means = Float64Array.from(spent, (each) => each.mean / average);
  const lnMeans = means.map(Math.log);

  const value = (at: Float64Array, gradient: Float64Array): number => {
    const p = Math.exp(at[0]!);
    const q = Math.exp(at[1]!);
    const v = Math.exp(at[2]!);
    const [lnGammaQ, digammaQ, lnV] = [lnGamma(q), digamma(q), at[2]!];
    let sum = 0;
    let slopeP = 0;
    let slopeQ = 0;
    let slopeV = 0;
    for (let i = 0; i < n; i += 1) {
      const x = orders[i]!;
      const m = means[i]!;
      const shape = p * x + q;
      const total = x * m + v;
      const lnTotal = Math.log(total);
      const joint = digamma(shape);
      sum +=
        lnGamma(shape) -
        lnGamma(p * x) -
        lnGammaQ +
        q * lnV +
        (p * x - 1) * lnMeans[i]! +
        p * x * lnOrders[i]! -
        shape * lnTotal;
      slopeP += x * (joint - digamma(p * x) + lnMeans[i]! + lnOrders[i]! - lnTotal);
      slopeQ += joint - digammaQ + lnV - lnTotal;
      slopeV += q / v - shape / total;
    }
    gradient[0] = (-slopeP * p) / n;
    gradient[1] = (-slopeQ * q) / n;
    gradient[2] = (-slopeV * v) / n;
    return -sum / n;
  };
  const starts = [
    [2, 3, 1],
    [6, 4, 0.5],
    [1, 1.5, 2],
  ].map((start) => start.map(Math.log));
  const found = minimiseFrom(value, starts);
  const [p = 1, q = 1, v = 1] = found.at.map(Math.exp);
  const report = reportOf(found, n);
  return {
    ...report,
    lnLikelihood: report.lnLikelihood - n * Math.log(average),
    model: { p, q, v: v * average },
  };
}
