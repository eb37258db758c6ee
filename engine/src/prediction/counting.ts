// The family of purchase models that count: gaps between purchases are Erlang-k with a rate of the customer's own, and after
// each purchase a customer is lost with a probability of their own. k = 1 is BG/NBD (Fader, Hardie, Lee 2005); with a first
// chance to be lost right after the first purchase MBG/NBD (Batislam, Denizel, Filiztekin 2007); k > 1 (M)BG/CNBD-k
// (Platzer, Reutterer 2016).
import { lnBeta, lnGamma, lnSum } from './special.ts';
import type { History } from './history.ts';

/** How often customers come: all that the silences of someone still with us depend on. */
export interface Rates {
  /** Regularity: 1 is chance, 2 and more ever more regular. */
  readonly k: number;
  /** Rates ~ Gamma(shape r, rate α, in units of time), of a k-th of a gap. */
  readonly r: number;
  readonly alpha: number;
}

export interface CountingModel extends Rates {
  /** The first purchase is a chance to be lost as well. */
  readonly modified: boolean;
  /** Loss after a purchase ~ Beta(a, b). */
  readonly a: number;
  readonly b: number;
}

type Seen = Pick<History, 'x' | 'tx' | 'age'>;

/** How often the customer could have been lost by now. */
export function chances(model: CountingModel, x: number): number {
  return model.modified ? x + 1 : x;
}

/** The probability that someone is still a customer. Falls with silence, never rises. */
export function pAlive(model: CountingModel, { x, tx, age }: Seen): number {
  const lost = chances(model, x);
  if (lost === 0) return 1;
  const lnOdds = Math.log(model.a / (model.b + lost - 1)) - lnStillSilent(model, x, tx, age - tx);
  return 1 / (1 + Math.exp(lnOdds));
}

/**
 * ln of the probability that a customer who is still with us stays silent this long after the purchase at `tx`. Grows
 * with (α + t_x), the trust in a rate that was seen.
 */
export function lnStillSilent(model: Rates, x: number, tx: number, silence: number): number {
  const shape = model.r + model.k * x;
  const known = model.alpha + tx;
  if (silence <= 0) return 0;
  const lnStay = -shape * Math.log1p(silence / known);
  if (model.k === 1) return lnStay;
  const passed = silence / (known + silence);
  let term = 1;
  let sum = 1;
  for (let j = 1; j < model.k; j += 1) {
    term *= ((shape + j - 1) * passed) / j;
    sum += term;
  }
  return lnStay + Math.log(sum);
}

/** The silence after the newest purchase at which P(alive) falls to `threshold` (0 to 1); Infinity when it never does. */
export function silenceUntil(
  model: CountingModel,
  { x, tx }: Pick<History, 'x' | 'tx'>,
  threshold: number,
): number {
  const lost = chances(model, x);
  if (lost === 0 || threshold <= 0) return Number.POSITIVE_INFINITY;
  // P(alive) = θ where ln P(silent) = ln(θ / (1 − θ)) + ln(a / (b + n − 1)).
  const lnTarget = Math.log(threshold / (1 - threshold)) + Math.log(model.a / (model.b + lost - 1));
  if (lnTarget >= 0) return 0;
  return silenceAt(model, { x, tx }, lnTarget);
}

/** The silence that this share of the silences outlasts which somebody like this keeps before coming again; `share` 0 to 1. */
export function silenceBeyond(model: Rates, seen: Pick<History, 'x' | 'tx'>, share: number): number {
  return share <= 0 ? Number.POSITIVE_INFINITY : silenceAt(model, seen, Math.min(0, Math.log(share)));
}

/** Where the chance of staying silent so long, of someone still with us, has fallen to e^lnTarget. */
function silenceAt(model: Rates, { x, tx }: Pick<History, 'x' | 'tx'>, lnTarget: number): number {
  const shape = model.r + model.k * x;
  const known = model.alpha + tx;
  const closed = known * Math.expm1(-lnTarget / shape);
  if (model.k === 1) return closed;
  return bisect((silence) => lnStillSilent(model, x, tx, silence) - lnTarget, closed);
}

/** A falling function's zero, found between doubled bounds. `from` is a first guess below it. */
function bisect(f: (at: number) => number, from: number): number {
  let low = from;
  let high = Math.max(from * 2, 1e-9);
  for (let doubling = 0; doubling < 200 && f(high) > 0; doubling += 1) {
    low = high;
    high *= 2;
  }
  for (let halving = 0; halving < 100; halving += 1) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (f(middle) > 0) low = middle;
    else high = middle;
  }
  return high;
}

/** The probability of at least one purchase within `horizon` from now. Rises and falls with silence where k > 1. */
export function pPurchase(model: CountingModel, seen: Seen, horizon: number): number {
  const { x, tx, age } = seen;
  const silence = age - tx;
  const still = lnStillSilent(model, x, tx, silence);
  const later = lnStillSilent(model, x, tx, silence + horizon);
  // Rounding may make the later silence likelier by a hair.
  return pAlive(model, seen) * -Math.expm1(Math.min(0, later - still));
}

/** Purchases beyond this many add nothing that is printed. */
const PURCHASES_MAX = 5_000;
const ENOUGH = 1e-12;

/**
 * Expected purchases within `horizon` from now. Exact for every k: over the phases of the present gap and over the n-th
 * purchase to come, each with the probability of not being lost before it.
 */
export function expectedPurchases(model: CountingModel, seen: Seen, horizon: number): number {
  const { x, tx, age } = seen;
  if (horizon <= 0) return 0;
  const { k } = model;
  const known = model.alpha + age;
  const shape = model.r + k * x;
  const phases = phasesOf(model, shape, tx, age);
  let expected = 0;
  phases.forEach((weight, phase) => {
    if (weight < ENOUGH) return;
    const steps = stepsWithin(shape + phase, known, horizon);
    let survives = 1;
    for (let n = 1; n <= PURCHASES_MAX; n += 1) {
      const reached = steps(k - phase + (n - 1) * k);
      const added = weight * survives * reached;
      expected += added;
      if (added < ENOUGH * (expected + ENOUGH)) break;
      // After each purchase to come there is one more chance to be lost.
      survives *= (model.b + chances(model, x) + n - 1) / (model.a + model.b + chances(model, x) + n - 1);
    }
  });
  return pAlive(model, seen) * expected;
}

/** In which of the k steps of the present gap a customer who is still with us is. */
function phasesOf(model: CountingModel, shape: number, tx: number, age: number): readonly number[] {
  const passed = (age - tx) / (model.alpha + age);
  const terms = [1];
  for (let j = 1; j < model.k; j += 1) terms.push((terms[j - 1]! * (shape + j - 1) * passed) / j);
  const sum = terms.reduce((all, each) => all + each, 0);
  return terms.map((each) => each / sum);
}

/** The probability of at least `m` steps within `horizon`, for rates ~ Gamma(shape, known). Ask with growing m. */
function stepsWithin(shape: number, known: number, horizon: number): (m: number) => number {
  const p = horizon / (known + horizon);
  let lnTerm = -shape * Math.log1p(horizon / known);
  let below = 0;
  let n = 0;
  return (m) => {
    for (; n < m; n += 1) {
      below += Math.exp(lnTerm);
      lnTerm += Math.log(((shape + n) * p) / (n + 1));
    }
    return Math.max(0, 1 - below);
  };
}

/** Expected repeat purchases within `t` of a first purchase. */
export function expectedRepeats(model: CountingModel, t: number): number {
  return expectedPurchases(model, { x: 0, tx: 0, age: 0 }, t);
}

/** The probability of exactly `n` repeat purchases within `t` of a first purchase, k = 1. */
export function pRepeats(model: CountingModel, n: number, t: number): number {
  const { r, alpha, a, b, modified } = model;
  const p = t / (alpha + t);
  const lnStay = -r * Math.log1p(t / alpha);
  const lnPoint = (j: number): number =>
    lnGamma(r + j) - lnGamma(r) - lnGamma(j + 1) + lnStay + (j === 0 ? 0 : j * Math.log(p));
  const lost = modified ? n + 1 : n;
  const alive = Math.exp(lnBeta(a, b + lost) - lnBeta(a, b) + lnPoint(n));
  if (lost === 0) return alive;
  let below = 0;
  for (let j = 0; j < n; j += 1) below += Math.exp(lnPoint(j));
  return alive + Math.exp(lnBeta(a + 1, b + lost - 1) - lnBeta(a, b)) * Math.max(0, 1 - below);
}

/** ln of the likelihood of one history; without the constant of the gaps' density where k = 1. */
export function lnLikelihood(model: CountingModel, history: History): number {
  const { x, tx, age, lnGaps } = history;
  const { k, r, alpha, a, b } = model;
  const shape = r + k * x;
  const lost = chances(model, x);
  const lnRates = lnGamma(shape) - lnGamma(r) + r * Math.log(alpha) - shape * Math.log(alpha + tx);
  const lnGapDensity = (k - 1) * lnGaps - x * lnGamma(k);
  const lnKept = lost === 0 ? 0 : lnBeta(a, b + lost) - lnBeta(a, b);
  const lnSilent = lnStillSilent(model, x, tx, age - tx);
  const lnLost = lost === 0 ? -Infinity : Math.log(a / (b + lost - 1));
  return lnRates + lnGapDensity + lnKept + lnSum(lnSilent, lnLost);
}
