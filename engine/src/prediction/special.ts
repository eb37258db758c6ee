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

/** ln(eᵃ + eᵇ) without overflow. */
export function lnSum(a: number, b: number): number {
  const high = Math.max(a, b);
  return high === -Infinity ? -Infinity : high + Math.log1p(Math.exp(Math.min(a, b) - high));
}
