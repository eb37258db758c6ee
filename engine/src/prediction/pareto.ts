// Pareto/NBD: purchases by chance at a rate of one's own, lost at any moment at a rate of one's own (Schmittlein, Morrison,
// Colombo 1987; likelihood after Fader and Hardie 2005). What the papers write with two hypergeometric functions is one integral here:
// over the moment of loss, or over that of the next purchase.
import type { History } from './history.ts';
import type { Powers } from './quadrature.ts';
import { integral } from './quadrature.ts';
import { lnGamma, lnSum } from './special.ts';

export interface ParetoModel {
  /** Purchases come by chance: as in the models that count with a regularity of 1. */
  readonly k: 1;
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
  const lnGone = lnLost(model, x, tx, age);
  return lnGamma(r + x) - lnGamma(r) + r * Math.log(alpha) + s * Math.log(beta) + lnSum(lnStays, lnGone);
}

/** The probability that someone is still a customer. */
export function paretoAlive(model: ParetoModel, { x, tx, age }: Seen): number {
  const { r, alpha, s, beta } = model;
  const silence = age - tx;
  if (silence <= 0) return 1;
  const value = integral(lossOf(model, x, tx), silence);
  const stayed = (r + x) * Math.log1p(silence / (alpha + tx)) + s * Math.log1p(silence / (beta + tx));
  return 1 / (1 + Math.exp(Math.log((s / (beta + tx)) * value) + stayed));
}

/** Of someone who is still a customer: the chance to come again within `horizon` (may be Infinity), before being lost. */
export function paretoComes({ r, alpha, s, beta }: ParetoModel, { x, age }: Seen, horizon: number): number {
  if (horizon <= 0) return 0;
  const known = alpha + age;
  const value = integral({ A: known, p: r + x + 1, B: beta + age, q: s }, horizon);
  return Math.min(1, ((r + x) / known) * value);
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

/** Over the moment of loss since the purchase at `tx`: staying silent until then, and being lost just then. */
export function lossOf({ r, alpha, s, beta }: ParetoModel, x: number, tx: number): Powers {
  return { A: alpha + tx, p: r + x, B: beta + tx, q: s + 1 };
}

/** ln of having bought so often and been lost between the newest purchase and now. −Infinity at no silence. */
function lnLost(model: ParetoModel, x: number, tx: number, age: number): number {
  if (age <= tx) return -Infinity;
  const { r, alpha, s, beta } = model;
  const value = integral(lossOf(model, x, tx), age - tx);
  return Math.log(s * value) - (r + x) * Math.log(alpha + tx) - (s + 1) * Math.log(beta + tx);
}
