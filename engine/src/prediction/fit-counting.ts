// Fits the counting models by maximum likelihood, in logarithms of the parameters, with exact slopes. Customers with the
// same history are one row with a weight; what depends on the number of purchases alone is worked out once per number.
import type { CountingModel } from './counting.ts';
import type { Histories } from './history.ts';
import type { Minimum } from './minimise.ts';
import { minimiseFrom } from './minimise.ts';
import type { Fit, Rows } from './rows.ts';
import { rateOf, ratesOf, reportOf, rowsOf } from './rows.ts';
import { digamma, lnBeta, lnGamma } from './special.ts';

/** Regularity is tried up to here; gains beyond are within the noise of any shop. */
export const REGULARITY_MAX = 8;

export interface FitCountingOptions {
  readonly modified: boolean;
  /** Fixed, or null: raised while the likelihood grows. */
  readonly k: number | null;
  /** Parameters that are near, such as those of a sample: begun from these alone, and where k is null from their k. */
  readonly near?: CountingModel;
}

/** Null: nobody bought twice, so nothing can be said of rates. */
export function fitCounting(histories: Histories, options: FitCountingOptions): Fit<CountingModel> | null {
  const rows = rowsOf(histories);
  if (rows.repeats === 0) return null;
  const { near, modified } = options;
  const k = near?.k ?? options.k ?? 1;
  const starts = near === undefined ? startsOf(rows) : [startNear(near, k)];
  const first = fitAt(rows, { modified, k }, starts);
  if (options.k !== null) return first;
  const more = climb(rows, first, 1);
  return more === first && k > 1 ? climb(rows, first, -1) : more;
}

/** One step of regularity after another while the likelihood grows. */
function climb(rows: Rows, from: Fit<CountingModel>, step: 1 | -1): Fit<CountingModel> {
  let best = from;
  for (let k = from.model.k + step; k >= 1 && k <= REGULARITY_MAX; k += step) {
    const { modified } = best.model;
    const next = fitAt(rows, { modified, k }, [startNear(best.model, k)]);
    if (!(next.lnLikelihood > best.lnLikelihood)) break;
    best = next;
  }
  return best;
}

/** A gap of k steps needs a rate k times as high: (r, α / k) is near. */
function startNear({ k: before, r, alpha, a, b }: CountingModel, k: number): readonly number[] {
  return [r, (alpha * before) / k, a, b].map(Math.log);
}

/**
 * ln likelihood of a plain NBD, to which nobody is ever lost: what the loss must be worth its parameters against. `near`: rates of
 * the model with loss, from which it is begun.
 */
export function lnLikelihoodNbd(
  histories: Histories,
  near?: { readonly r: number; readonly alpha: number },
): number {
  const rows = rowsOf(histories);
  const found = minimiseFrom(
    (at, gradient) => {
      const r = Math.exp(at[0]!);
      const alpha = Math.exp(at[1]!);
      const rates = ratesOf(rows, r, 1);
      let value = 0;
      let slopeR = 0;
      let slopeAlpha = 0;
      for (let i = 0; i < rows.count; i += 1) {
        const x = rows.x[i]!;
        const shape = r + x;
        const lnAge = Math.log(alpha + rows.age[i]!);
        const weight = rows.weight[i]!;
        value += weight * (rates.ln[x]! + r * Math.log(alpha) - shape * lnAge);
        slopeR += weight * (rates.slope[x]! + Math.log(alpha) - lnAge);
        slopeAlpha += weight * (r / alpha - shape / (alpha + rows.age[i]!));
      }
      gradient[0] = (-slopeR * r) / rows.customers;
      gradient[1] = (-slopeAlpha * alpha) / rows.customers;
      return -value / rows.customers;
    },
    near === undefined
      ? startsOf(rows).map((start) => start.slice(0, 2))
      : [[near.r, near.alpha].map(Math.log)],
  );
  return -found.value * rows.customers;
}

/** In logarithms. The mean rate is known; how unlike customers are and how often they are lost is tried from afar. */
function startsOf(rows: Rows): readonly (readonly number[])[] {
  const rate = rateOf(rows);
  const from = (r: number, a: number, b: number): readonly number[] =>
    [r, r / Math.max(rate, 1e-9), a, b].map(Math.log);
  return [from(0.5, 0.8, 2), from(1.5, 0.3, 4), from(0.2, 2, 6)];
}

function fitAt(
  rows: Rows,
  shape: { readonly k: number; readonly modified: boolean },
  starts: readonly (readonly number[])[],
): Fit<CountingModel> {
  const found = minimiseFrom((at, gradient) => -meanLnLikelihood(rows, shape, at, gradient), starts);
  return { ...reportOf(found, rows.customers), model: modelOf(found, shape) };
}

function modelOf(found: Minimum, shape: { readonly k: number; readonly modified: boolean }): CountingModel {
  const [r = 1, alpha = 1, a = 1, b = 1] = found.at.map(Math.exp);
  return { ...shape, r, alpha, a, b };
}

/** ln of the chance to have been kept so often, ln of the odds to have been lost since, and their slopes in a and b. */
function lossesOf(rows: Pick<Rows, 'xMax' | 'counts'>, a: number, b: number, modified: boolean) {
  const n = rows.xMax + 1;
  const kept = new Float64Array(n);
  const keptA = new Float64Array(n);
  const keptB = new Float64Array(n);
  const lnLost = new Float64Array(n).fill(-Infinity);
  const lostA = 1 / a;
  const lostB = new Float64Array(n);
  const base = lnBeta(a, b);
  const both = digamma(a + b);
  const single = digamma(b);
  for (const x of rows.counts) {
    const lost = modified ? x + 1 : x;
    if (lost === 0) continue;
    kept[x] = lnBeta(a, b + lost) - base;
    const sum = digamma(a + b + lost);
    keptA[x] = both - sum;
    keptB[x] = digamma(b + lost) - sum - single + both;
    lnLost[x] = Math.log(a / (b + lost - 1));
    lostB[x] = -1 / (b + lost - 1);
  }
  return { kept, keptA, keptB, lnLost, lostA, lostB };
}

/** The mean over customers, of ln(r, α, a, b); `gradient` receives minus its slopes. */
function meanLnLikelihood(
  rows: Rows,
  { k, modified }: { readonly k: number; readonly modified: boolean },
  at: Float64Array,
  gradient: Float64Array,
): number {
  const r = Math.exp(at[0]!);
  const alpha = Math.exp(at[1]!);
  const a = Math.exp(at[2]!);
  const b = Math.exp(at[3]!);
  const lnAlpha = at[1]!;
  const rates = ratesOf(rows, r, k);
  const losses = lossesOf(rows, a, b, modified);
  let value = (k - 1) * rows.lnGaps - rows.repeats * lnGamma(k);
  let slopeR = 0;
  let slopeAlpha = 0;
  let slopeA = 0;
  let slopeB = 0;
  for (let i = 0; i < rows.count; i += 1) {
    const x = rows.x[i]!;
    const tx = rows.tx[i]!;
    const age = rows.age[i]!;
    const weight = rows.weight[i]!;
    const shape = r + k * x;
    const known = alpha + tx;
    const lnKnown = Math.log(known);
    const lnPassed = Math.log1p((age - tx) / known);
    let lnSilent = -shape * lnPassed;
    let silentR = -lnPassed;
    let silentAlpha = -shape * (1 / (alpha + age) - 1 / known);
    if (k > 1) {
      const passed = (age - tx) / (alpha + age);
      let term = 1;
      let sum = 1;
      let sumR = 0;
      let sumJ = 0;
      let harmonic = 0;
      for (let j = 1; j < k; j += 1) {
        term *= ((shape + j - 1) * passed) / j;
        harmonic += 1 / (shape + j - 1);
        sum += term;
        sumR += term * harmonic;
        sumJ += term * j;
      }
      lnSilent += Math.log(sum);
      silentR += sumR / sum;
      silentAlpha -= sumJ / sum / (alpha + age);
    }
    const lnLost = losses.lnLost[x]!;
    const lostOdds = Math.exp(lnLost - lnSilent);
    const stays = 1 / (1 + lostOdds);
    const gone = 1 - stays;
    const lnEnd = lostOdds < 1e15 ? lnSilent + Math.log1p(lostOdds) : lnLost;
    value += weight * (rates.ln[x]! + r * lnAlpha - shape * lnKnown + losses.kept[x]! + lnEnd);
    slopeR += weight * (rates.slope[x]! + lnAlpha - lnKnown + stays * silentR);
    slopeAlpha += weight * (r / alpha - shape / known + stays * silentAlpha);
    slopeA += weight * (losses.keptA[x]! + gone * losses.lostA);
    slopeB += weight * (losses.keptB[x]! + gone * losses.lostB[x]!);
  }
  const n = rows.customers;
  gradient[0] = (-slopeR * r) / n;
  gradient[1] = (-slopeAlpha * alpha) / n;
  gradient[2] = (-slopeA * a) / n;
  gradient[3] = (-slopeB * b) / n;
  return value / n;
}
