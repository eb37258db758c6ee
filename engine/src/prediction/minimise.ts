// Finds the lowest point of a smooth function: BFGS with a backtracking line search, from several starts. Says whether it
// came to rest, so that nobody takes the end of patience for an answer.

/** A function's value and, into `gradient`, its slopes. */
export type Smooth = (at: Float64Array, gradient: Float64Array) => number;

export interface Minimum {
  readonly at: readonly number[];
  readonly value: number;
  /** The steepest slope that is left. */
  readonly slope: number;
  readonly evaluations: number;
  /** Came to rest: no step leads lower, or the slope is as good as level. */
  readonly converged: boolean;
}

const STEPS_MAX = 200;
const HALVINGS_MAX = 40;
/** Armijo's condition: Nocedal and Wright, Numerical Optimization, 3.1. */
const DESCENT_MIN = 1e-4;
/** A single step in logarithms is never longer: a far leap leaves the region where the function says anything. */
const STRIDE_MAX = 2;

export interface MinimiseOptions {
  /** At rest when the steepest slope is below this, relative to 1 + |value|. */
  readonly level?: number;
}

export function minimise(f: Smooth, start: readonly number[], options: MinimiseOptions = {}): Minimum {
  const level = options.level ?? 1e-9;
  const n = start.length;
  let x = Float64Array.from(start);
  let gradient = new Float64Array(n);
  let value = f(x, gradient);
  let evaluations = 1;
  let inverse = identity(n);

  for (let step = 0; step < STEPS_MAX; step += 1) {
    const slope = steepest(gradient);
    if (slope <= level * (1 + Math.abs(value)))
      return { at: [...x], value, slope, evaluations, converged: true };

    let direction = times(inverse, gradient);
    let descent = dot(direction, gradient);
    if (!(descent < 0)) {
      inverse = identity(n);
      direction = gradient.map((each) => -each);
      descent = dot(direction, gradient);
    }
    const stride = Math.min(1, STRIDE_MAX / steepest(direction));
    const next = new Float64Array(n);
    const nextGradient = new Float64Array(n);
    let length = stride;
    let nextValue = Number.POSITIVE_INFINITY;
    for (let halving = 0; halving < HALVINGS_MAX; halving += 1) {
      for (let i = 0; i < n; i += 1) next[i] = x[i]! + length * direction[i]!;
      nextValue = f(next, nextGradient);
      evaluations += 1;
      if (nextValue <= value + DESCENT_MIN * length * descent) break;
      length /= 2;
    }
    if (!(nextValue < value)) {
      // Nothing lower along the way: at rest as far as the arithmetic can tell, once the steepest way was tried.
      const wasSteepest = direction.every((each, i) => each === -gradient[i]!);
      const still = slope <= 1e-4 * (1 + Math.abs(value));
      if (wasSteepest || still) return { at: [...x], value, slope, evaluations, converged: still };
      inverse = identity(n);
      continue;
    }
    inverse = updated(inverse, { x, next, gradient, nextGradient });
    x = next;
    gradient = nextGradient;
    value = nextValue;
  }
  // A long valley in which nothing is gained any more (all customers alike drive two parameters up together) is rest too.
  const slope = steepest(gradient);
  return { at: [...x], value, slope, evaluations, converged: slope <= 1e-5 * (1 + Math.abs(value)) };
}

/** The lowest of several starts; those that came to rest are preferred only when they are as low. */
export function minimiseFrom(
  f: Smooth,
  starts: readonly (readonly number[])[],
  options: MinimiseOptions = {},
): Minimum {
  let best: Minimum | null = null;
  for (const start of starts) {
    const found = minimise(f, start, options);
    if (Number.isNaN(found.value)) continue;
    if (best === null || found.value < best.value) best = found;
  }
  return (
    best ?? { at: starts[0] ?? [], value: Number.NaN, slope: Number.NaN, evaluations: 0, converged: false }
  );
}

type Matrix = readonly Float64Array[];

function identity(n: number): Matrix {
  return Array.from({ length: n }, (_, i) => {
    const row = new Float64Array(n);
    row[i] = 1;
    return row;
  });
}

/** −M·v. */
function times(m: Matrix, v: Float64Array): Float64Array<ArrayBuffer> {
  return Float64Array.from(m, (row) => -dot(row, v));
}

/** The BFGS formula for the inverse. Nocedal and Wright 6.17. */
function updated(
  inverse: Matrix,
  move: {
    readonly x: Float64Array;
    readonly next: Float64Array;
    readonly gradient: Float64Array;
    readonly nextGradient: Float64Array;
  },
): Matrix {
  const s = move.next.map((each, i) => each - move.x[i]!);
  const y = move.nextGradient.map((each, i) => each - move.gradient[i]!);
  const curvature = dot(s, y);
  if (!(curvature > 1e-12)) return inverse;
  const hy = Float64Array.from(inverse, (row) => dot(row, y));
  const factor = (1 + dot(y, hy) / curvature) / curvature;
  return inverse.map((row, i) =>
    row.map((each, j) => each + factor * s[i]! * s[j]! - (hy[i]! * s[j]! + s[i]! * hy[j]!) / curvature),
  );
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!;
  return sum;
}

function steepest(v: Float64Array): number {
  let high = 0;
  for (const each of v) high = Math.max(high, Math.abs(each));
  return high;
}
