// Gauss' ₂F₁, as the papers write the models: by its series, against which the integrals and sums of the engine are held.

const TERMS_MAX = 20_000;
const ENOUGH = 1e-15;

/**
 * Gauss' ₂F₁(a, b; c; z) for c > 0 and 0 ≤ z < 1, by its series; Euler's transformation where that converges faster.
 * Terms are scaled, so that large a and b do not overflow on the way.
 */
export function hypergeometric(a: number, b: number, c: number, z: number): number {
  return Math.exp(lnHypergeometric(a, b, c, z));
}

/** ln ₂F₁ where its value is positive: a, b > 0, or the transformed series. */
export function lnHypergeometric(a: number, b: number, c: number, z: number): number {
  if (z === 0) return 0;
  const transformed = c - a > 0 && c - b > 0 && (c - a) * (c - b) < a * b;
  if (!transformed) return lnSeries(a, b, c, z);
  return (c - a - b) * Math.log1p(-z) + lnSeries(c - a, c - b, c, z);
}

const RESCALE_ABOVE = 1e200;
const LN_RESCALE = Math.log(RESCALE_ABOVE);

function lnSeries(a: number, b: number, c: number, z: number): number {
  let term = 1;
  let sum = 1;
  let lnScale = 0;
  for (let n = 0; n < TERMS_MAX; n += 1) {
    term *= ((a + n) * (b + n) * z) / ((c + n) * (n + 1));
    sum += term;
    if (Math.abs(term) < ENOUGH * Math.abs(sum)) break;
    if (Math.abs(sum) > RESCALE_ABOVE) {
      sum /= RESCALE_ABOVE;
      term /= RESCALE_ABOVE;
      lnScale += LN_RESCALE;
    }
  }
  return Math.log(sum) + lnScale;
}
