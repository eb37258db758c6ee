// The special functions of purchase models. Accurate to about 1e-13 relative where models use them; NaN never leaves a model.

/** Coefficients of Stirling's series, B(2n) / (2n (2n − 1)). Abramowitz and Stegun 6.1.41. */
const STIRLING = [
  1 / 12,
  -1 / 360,
  1 / 1_260,
  -1 / 1_680,
  1 / 1_188,
  -691 / 360_360,
  1 / 156,
  -3_617 / 122_400,
] as const;
const HALF_LN_2PI = 0.918_938_533_204_672_8;
/** From here on Stirling's series has full precision. */
const LARGE = 10;

/** ln Γ(x) for x > 0. */
export function lnGamma(x: number): number {
  let shift = 0;
  let z = x;
  if (z < LARGE) {
    let product = 1;
    while (z < LARGE) {
      product *= z;
      z += 1;
    }
    shift = Math.log(product);
  }
  const inverse = 1 / z;
  const square = inverse * inverse;
  let power = inverse;
  let sum = 0;
  for (const coefficient of STIRLING) {
    sum += coefficient * power;
    power *= square;
  }
  return (z - 0.5) * Math.log(z) - z + HALF_LN_2PI + sum - shift;
}

/** B(2n) / 2n: Abramowitz and Stegun 6.3.18. */
const DIGAMMA = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32_760, 1 / 12] as const;

/** ψ(x), the derivative of ln Γ, for x > 0. */
export function digamma(x: number): number {
  let shift = 0;
  let z = x;
  while (z < LARGE) {
    shift += 1 / z;
    z += 1;
  }
  const square = 1 / (z * z);
  let power = square;
  let sum = 0;
  for (const coefficient of DIGAMMA) {
    sum += coefficient * power;
    power *= square;
  }
  return Math.log(z) - 0.5 / z - sum - shift;
}

/** ln B(a, b) for a, b > 0. */
export function lnBeta(a: number, b: number): number {
  return lnGamma(a) + lnGamma(b) - lnGamma(a + b);
}

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

/** ln(eᵃ + eᵇ) without overflow. */
export function lnSum(a: number, b: number): number {
  const high = Math.max(a, b);
  return high === -Infinity ? -Infinity : high + Math.log1p(Math.exp(Math.min(a, b) - high));
}
