// Points as whole numbers, never floats: what money earns, and how a part of a purchase is taken back.
import type { Decimal } from '../lib/decimal.ts';
import type { Rounding } from '../definition.ts';

/** One posting holds no more than this; what would earn more earns this. */
export const POINTS_MAX = 1_000_000_000;

/** `points × amount ÷ per`, rounded to whole points; nothing for what is not above 0. */
export function pointsFor(
  amount: Decimal,
  { points, per, rounding }: { readonly points: number; readonly per: Decimal; readonly rounding: Rounding },
): number {
  if (amount.units <= 0n) return 0;
  const over = amount.units * BigInt(points) * 10n ** BigInt(per.scale);
  const under = per.units * 10n ** BigInt(amount.scale);
  const rounded = divided(over, under, rounding);
  return rounded > BigInt(POINTS_MAX) ? POINTS_MAX : Number(rounded);
}

/** `points × part ÷ whole`, rounded half up; all of it once the part is the whole. */
export function pointsOfPart(points: number, part: Decimal, whole: Decimal): number {
  const scale = Math.max(part.scale, whole.scale);
  const [over, under] = [unitsAt(part, scale), unitsAt(whole, scale)];
  if (over <= 0n) return 0;
  if (over >= under) return points;
  return Number(divided(BigInt(points) * over, under, 'nearest'));
}

/** Splits a total in proportion to these sizes by the largest remainder, the earlier first where two are alike. None gets more than its size when the total is at most their sum. */
export function largestRemainder(total: number, sizes: readonly number[]): readonly number[] {
  const sum = sizes.reduce((a, b) => a + BigInt(b), 0n);
  if (sum === 0n) return sizes.map(() => 0);
  const quotas = sizes.map((size, i) => {
    const exact = BigInt(total) * BigInt(size);
    return { i, whole: exact / sum, rest: exact % sum };
  });
  let left = BigInt(total) - quotas.reduce((a, quota) => a + quota.whole, 0n);
  const shares = quotas.map(({ whole }) => whole);
  for (const { i } of quotas.toSorted((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest > b.rest ? -1 : 1))) {
    if (left === 0n) break;
    shares[i] = shares[i]! + 1n;
    left -= 1n;
  }
  return shares.map(Number);
}

function divided(over: bigint, under: bigint, rounding: Rounding): bigint {
  switch (rounding) {
    case 'down':
      return over / under;
    case 'nearest':
      return (2n * over + under) / (2n * under);
    case 'up':
      return (over + under - 1n) / under;
  }
}

function unitsAt({ units, scale }: Decimal, to: number): bigint {
  return units * 10n ** BigInt(to - scale);
}
