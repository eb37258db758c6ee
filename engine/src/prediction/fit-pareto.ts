// Fits Pareto/NBD by maximum likelihood, in logarithms of the parameters: value and all four slopes from one pass over the
// integral of each history, customers with the same history as one row.
import type { Histories } from './history.ts';
import { minimiseFrom } from './minimise.ts';
import { lossOf } from './pareto.ts';
import type { ParetoModel } from './pareto.ts';
import { integrate } from './quadrature.ts';
import type { Fit, Rows } from './rows.ts';
import { rateOf, ratesOf, reportOf, rowsOf } from './rows.ts';

/** Null: nobody bought twice. `near`: parameters that are near, such as those of a sample: begun from these alone. */
export function fitPareto(histories: Histories, near?: ParetoModel): Fit<ParetoModel> | null {
  const rows = rowsOf(histories);
  if (rows.repeats === 0) return null;
  const found = minimiseFrom(
    (at, gradient) => -meanLnLikelihood(rows, modelAt(at), gradient),
    near === undefined ? startsOf(rows) : [[near.r, near.alpha, near.s, near.beta].map(Math.log)],
    // Closer to level the value no longer changes in its last digit.
    { level: 1e-7 },
  );
  return { ...reportOf(found, rows.customers), model: modelAt(found.at) };
}

function modelAt(at: ArrayLike<number>): ParetoModel {
  return {
    k: 1,
    r: Math.exp(at[0]!),
    alpha: Math.exp(at[1]!),
    s: Math.exp(at[2]!),
    beta: Math.exp(at[3]!),
  };
}

/** In logarithms: who are alike in how long they stay, and who are not. */
function startsOf(rows: Rows): readonly (readonly number[])[] {
  const rate = rateOf(rows);
  const span = rows.repeats / rate / rows.customers;
  return [
    [0.5, 0.5 / rate, 0.6, span / 2],
    [1.5, 1.5 / rate, 1.5, span],
  ].map((start) => start.map(Math.log));
}

/** The mean over customers, of ln(r, α, s, β); `gradient` receives minus its slopes. */
function meanLnLikelihood(rows: Rows, model: ParetoModel, gradient: Float64Array): number {
  const { r, alpha, s, beta } = model;
  const [lnAlpha, lnBeta] = [Math.log(alpha), Math.log(beta)];
  const rates = ratesOf(rows, r, 1);
  const lost = { value: 0, lnA: 0, lnB: 0, overA: 0, overB: 0 };
  let value = 0;
  let [slopeR, slopeAlpha, slopeS, slopeBeta] = [0, 0, 0, 0];
  for (let i = 0; i < rows.count; i += 1) {
    const x = rows.x[i]!;
    const tx = rows.tx[i]!;
    const weight = rows.weight[i]!;
    const shape = r + x;
    const silence = rows.age[i]! - tx;
    const [rateKnown, lossKnown] = [alpha + tx, beta + tx];
    const lnRate = Math.log(rateKnown);
    const lnLoss = Math.log(lossKnown);
    // Silent as a customer to this day, or lost on one of the days before: each against the newest purchase.
    const stayedRate = Math.log1p(silence / rateKnown);
    const stayedLoss = Math.log1p(silence / lossKnown);
    const stays = Math.exp(-shape * stayedRate - s * stayedLoss);
    integrate(lossOf(model, x, tx), silence, lost);
    const gone = (s / lossKnown) * lost.value;
    const both = stays + gone;
    const share = gone / both;
    const stay = 1 - share;
    value +=
      weight * (rates.ln[x]! + r * lnAlpha + s * lnBeta - shape * lnRate - s * lnLoss + Math.log(both));
    slopeR += weight * (rates.slope[x]! + lnAlpha - lnRate - stay * stayedRate - share * lost.lnA);
    slopeAlpha += weight * (r / alpha - shape * (stay / (rateKnown + silence) + share * lost.overA));
    slopeS += weight * (lnBeta - lnLoss - stay * stayedLoss + share * (1 / s - lost.lnB));
    slopeBeta += weight * (s / beta - stay * (s / (lossKnown + silence)) - share * (s + 1) * lost.overB);
  }
  const n = rows.customers;
  gradient[0] = (-slopeR * r) / n;
  gradient[1] = (-slopeAlpha * alpha) / n;
  gradient[2] = (-slopeS * s) / n;
  gradient[3] = (-slopeBeta * beta) / n;
  return value / n;
}
