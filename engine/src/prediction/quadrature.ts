// One integral that Pareto/NBD is made of, with its slopes: of two falling powers over a silence. Gauss and Legendre's points in
// the logarithm of time, where it is smooth however long the silence: 8 to 32 values instead of hundreds of terms of a series.

export interface Powers {
  readonly A: number;
  readonly p: number;
  readonly B: number;
  readonly q: number;
}

/** ∫ (1 + t/A)^−p (1 + t/B)^−q dt over a silence, and the means of what its slopes are made of under that weight. */
export interface PowerIntegral {
  value: number;
  /** Means of ln(1 + t/A), ln(1 + t/B), 1/(A + t) and 1/(B + t). */
  lnA: number;
  lnB: number;
  overA: number;
  overB: number;
}

/** The value alone. `length` may be Infinity where p + q > 1. */
export function integral(powers: Powers, length: number): number {
  if (length <= 0) return 0;
  const { c, other, fall, steep, width, panels, rule } = planOf(powers, length);
  const [points, weights] = rule;
  let value = 0;
  for (let panel = 0; panel < panels; panel += 1) {
    for (let i = 0; i < points.length; i += 1) {
      const d = width * (panel + points[i]!);
      value += weights[i]! * Math.exp(-fall * d - steep * Math.log1p((c * Math.expm1(d)) / other));
    }
  }
  return value * c * width;
}

/** With its slopes, into a result that is filled again and again: fits ask millions of times. */
export function integrate(powers: Powers, length: number, into: PowerIntegral): PowerIntegral {
  into.value = into.lnA = into.lnB = into.overA = into.overB = 0;
  if (length <= 0) return into;
  const { c, other, fall, steep, width, panels, rule } = planOf(powers, length);
  const [points, weights] = rule;
  let value = 0;
  let lnC = 0;
  let lnOther = 0;
  let overC = 0;
  let overOther = 0;
  for (let panel = 0; panel < panels; panel += 1) {
    for (let i = 0; i < points.length; i += 1) {
      const d = width * (panel + points[i]!);
      const t = c * Math.expm1(d);
      const ln = Math.log1p(t / other);
      const each = weights[i]! * Math.exp(-fall * d - steep * ln);
      value += each;
      lnC += each * d;
      lnOther += each * ln;
      overC += each / (c + t);
      overOther += each / (other + t);
    }
  }
  if (!(value > 0)) return into;
  const isShorterA = c === powers.A;
  into.value = value * c * width;
  into.lnA = (isShorterA ? lnC : lnOther) / value;
  into.lnB = (isShorterA ? lnOther : lnC) / value;
  into.overA = (isShorterA ? overC : overOther) / value;
  into.overB = (isShorterA ? overOther : overC) / value;
  return into;
}

/** What the integrand has fallen to e^−36 of is nothing to sixteen digits. */
const FALL_MAX = 36;

/** With t = c·(eᵈ − 1), c the shorter of A and B, the integrand is c·exp(−fall·d − steep·ln(1 + t/other)), from 0 to panels · width. */
function planOf({ A, p, B, q }: Powers, length: number) {
  const isShorterA = A <= B;
  const c = isShorterA ? A : B;
  const other = isShorterA ? B : A;
  const fall = (isShorterA ? p : q) - 1;
  const steep = isShorterA ? q : p;
  let end = Math.log1p(length / c);
  let drop = Math.max(0, fall) * end + steep * Math.log1p(length / other);
  if (drop > FALL_MAX || end > PANEL_MAX) {
    // No farther than where the integrand has fallen to nothing, by one of the two factors alone or by both.
    if (fall > 0) end = Math.min(end, FALL_MAX / fall);
    const far = (other / c) * Math.expm1(FALL_MAX / steep);
    if (fall >= 0 && far < Number.MAX_VALUE) end = Math.min(end, Math.log1p(far));
    if (fall + steep > 0) end = Math.min(end, (FALL_MAX + steep * Math.log(other / c)) / (fall + steep));
    drop = Math.max(0, fall) * end + steep * Math.log1p((c * Math.expm1(end)) / other);
  }
  const panels = Math.max(1, Math.ceil(end / PANEL_MAX), Math.ceil(drop / DROP_MAX));
  return { c, other, fall, steep, panels, width: end / panels, rule: ruleFor(end, drop) };
}

/** Longer spans of the logarithm, and greater falls, are taken in parts. */
const PANEL_MAX = 12;
const DROP_MAX = 48;

type Rule = readonly [points: Float64Array, weights: Float64Array];

/** So many points that about thirteen digits are right. */
function ruleFor(end: number, drop: number): Rule {
  if (drop <= 1 && end <= 0.5) return FEWEST;
  if (drop <= 4 && end <= 1.6) return FEW;
  return drop <= 16 && end <= 4 ? SOME : MANY;
}

/** Points and weights on 0 to 1: roots of Legendre's polynomial by Newton's method. Abramowitz and Stegun 25.4.29. */
function legendre(n: number): Rule {
  const points = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i += 1) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step += 1) {
      let [before, at] = [1, x];
      for (let k = 2; k <= n; k += 1) [before, at] = [at, ((2 * k - 1) * x * at - (k - 1) * before) / k];
      slope = (n * (x * at - before)) / (x * x - 1);
      const move = at / slope;
      x -= move;
      if (Math.abs(move) < 1e-15) break;
    }
    points[i] = (1 + x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  return [points, weights];
}

const FEWEST = legendre(5);
const FEW = legendre(8);
const SOME = legendre(16);
const MANY = legendre(32);
