// Pareto/NBD: purchases by chance at a rate of one's own, lost at any moment at a rate of one's own (Schmittlein, Morrison,
// Colombo 1987; likelihood after Fader and Hardie 2005). Slower than the counting models and seldom better: for comparison.
import type { History, Histories } from './history.ts';
import type { Fit } from './fit-counting.ts';
import { reportOf } from './fit-counting.ts';
import { minimiseFrom, smooth } from './minimise.ts';
import { lnGamma, lnHypergeometric, lnSum } from './special.ts';

export interface ParetoModel {
  /** Purchase rates ~ Gamma(r, α). */
  readonly r: number;
  readonly alpha: number;
  /** Loss rates ~ Gamma(s, β). */
  readonly s: number;
  readonly beta: number;
}

type Seen = Pick<History, 'x' | 'tx' | 'age'>;

export function paretoLnLikelihood(model: ParetoModel, { x, tx, age }: Seen): number {
  const { r, alpha, s, beta } = model;
  const lnStays = -(r + x) * Math.log(alpha + age) - s * Math.log(beta + age);
  const lnGone = Math.log(s / (r + s + x)) + lnLostBetween(model, x, tx, age);
  return lnGamma(r + x) - lnGamma(r) + r * Math.log(alpha) + s * Math.log(beta) + lnSum(lnStays, lnGone);
}

/** The probability that someone is still a customer. */
export function paretoAlive(model: ParetoModel, { x, tx, age }: Seen): number {
  const { r, alpha, s, beta } = model;
  const lnOdds =
    Math.log(s / (r + s + x)) +
    (r + x) * Math.log(alpha + age) +
    s * Math.log(beta + age) +
    lnLostBetween(model, x, tx, age);
  return 1 / (1 + Math.exp(lnOdds));
}

/** Expected purchases within `horizon` from now. */
export function paretoPurchases(model: ParetoModel, seen: Seen, horizon: number): number {
  const { r, alpha, s, beta } = model;
  const { x, age } = seen;
  const left = beta + age;
  const rate = (r + x) / (alpha + age);
  return paretoAlive(model, seen) * rate * left * lifetimeShare(s, horizon / left);
}

/** Expected repeat purchases within `t` of a first purchase. */
export function paretoRepeats({ r, alpha, s, beta }: ParetoModel, t: number): number {
  return (r / alpha) * beta * lifetimeShare(s, t / beta);
}

/** (1 − (1 + t)^(1−s)) / (s − 1), which is ln(1 + t) at s = 1. */
function lifetimeShare(s: number, t: number): number {
  const power = (1 - s) * Math.log1p(t);
  return Math.abs(s - 1) < 1e-9 ? Math.log1p(t) : Math.expm1(power) / (1 - s);
}

/** Null: nobody bought twice. */
export function fitPareto(histories: Histories): Fit<ParetoModel> | null {
  let repeats = 0;
  let time = 0;
  for (let i = 0; i < histories.count; i += 1) {
    repeats += histories.x[i]!;
    time += histories.age[i]!;
  }
  if (repeats === 0) return null;
  const n = histories.count;
  const value = smooth((at) => {
    const [r = 1, alpha = 1, s = 1, beta = 1] = Array.from(at, Math.exp);
    const model = { r, alpha, s, beta };
    let sum = 0;
    for (let i = 0; i < n; i += 1) {
      const seen = { x: histories.x[i]!, tx: histories.tx[i]!, age: histories.age[i]! };
      sum += paretoLnLikelihood(model, seen);
    }
    return -sum / n;
  });
  const rate = repeats / Math.max(time, 1e-9);
  const span = time / n;
  const starts = [
    [0.5, 0.5 / rate, 0.6, span / 2],
    [1.5, 1.5 / rate, 1.5, span],
  ].map((start) => start.map(Math.log));
  const found = minimiseFrom(value, starts, { level: 1e-7 });
  const [r = 1, alpha = 1, s = 1, beta = 1] = found.at.map(Math.exp);
  return { ...reportOf(found, n), model: { r, alpha, s, beta } };
}

/** ln of A₀ = A(t_x) − A(age): having been lost between the newest purchase and now. −Infinity at no silence. */
function lnLostBetween(model: ParetoModel, x: number, tx: number, age: number): number {
  const early = lnA(model, x, tx);
  const late = lnA(model, x, age);
  return early <= late ? -Infinity : early + Math.log(-Math.expm1(late - early));
}

function lnA({ r, alpha, s, beta }: ParetoModel, x: number, at: number): number {
  const power = r + s + x;
  return alpha >= beta
    ? lnHypergeometric(power, s + 1, power + 1, (alpha - beta) / (alpha + at)) - power * Math.log(alpha + at)
    : lnHypergeometric(power, r + x, power + 1, (beta - alpha) / (beta + at)) - power * Math.log(beta + at);
}
