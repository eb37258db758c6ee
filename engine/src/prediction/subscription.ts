// The shifted beta-geometric: how long subscriptions last when each customer has a chance of their own to cancel at every
// renewal (Fader, Hardie 2007). Retention rises with tenure because those likely to leave have left.
import type { Fit } from './rows.ts';
import { reportOf } from './rows.ts';
import { minimiseFrom } from './minimise.ts';
import { digamma, lnBeta } from './special.ts';

export interface SubscriptionModel {
  /** Cancelling at a renewal ~ Beta(α, β). */
  readonly alpha: number;
  readonly beta: number;
}

/** How many cancelled at the n-th renewal (from 1), and how many are still there after the last one looked at. */
export interface Cohort {
  readonly cancelled: readonly number[];
  readonly staying: number;
}

/** The share that is still there after `renewals`. */
export function survival({ alpha, beta }: SubscriptionModel, renewals: number): number {
  return Math.exp(lnBeta(alpha, beta + renewals) - lnBeta(alpha, beta));
}

/** Of those still there before the n-th renewal (from 1), the share that renews. */
export function renewalRate({ alpha, beta }: SubscriptionModel, n: number): number {
  return (beta + n - 1) / (alpha + beta + n - 1);
}

/** Null: nobody cancelled yet, or nobody is there to ask. */
export function fitSubscription({ cancelled, staying }: Cohort): Fit<SubscriptionModel> | null {
  const lost = cancelled.reduce((sum, each) => sum + each, 0);
  const n = lost + staying;
  if (lost === 0 || n === 0) return null;
  const renewals = cancelled.length;
  const value = (at: Float64Array, gradient: Float64Array): number => {
    const alpha = Math.exp(at[0]!);
    const beta = Math.exp(at[1]!);
    const base = lnBeta(alpha, beta);
    const [psiA, psiB, psiAB] = [digamma(alpha), digamma(beta), digamma(alpha + beta)];
    let sum = 0;
    let slopeA = 0;
    let slopeB = 0;
    const count = (weight: number, a: number, b: number): void => {
      const joint = digamma(a + b);
      sum += weight * (lnBeta(a, b) - base);
      slopeA += weight * (digamma(a) - joint - psiA + psiAB);
      slopeB += weight * (digamma(b) - joint - psiB + psiAB);
    };
    cancelled.forEach((weight, i) => {
      if (weight > 0) count(weight, alpha + 1, beta + i);
    });
    if (staying > 0) count(staying, alpha, beta + renewals);
    gradient[0] = (-slopeA * alpha) / n;
    gradient[1] = (-slopeB * beta) / n;
    return -sum / n;
  };
  const found = minimiseFrom(value, [
    [0, 0],
    [-0.5, 1],
    [1, 2],
  ]);
  const [alpha = 1, beta = 1] = found.at.map(Math.exp);
  return { ...reportOf(found, n), model: { alpha, beta } };
}
