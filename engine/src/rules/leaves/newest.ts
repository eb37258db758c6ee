// Questions that the newest n times answer: at least, at most, exactly n in a window that ends now.
import type { Instant } from '../../lib/instant.ts';
import { NEVER } from '../../lib/instant.ts';
import { NO, YES } from '../evaluate.ts';
import type { Answer, CountOp } from '../rule.ts';
import type { View } from '../window.ts';
import { isInside, leavesAt } from '../window.ts';

/** How many newest times answer the question: one more than n shows that there are too many. */
export function timesFor(op: CountOp, n: number): number {
  return op === 'at_least' ? n : n + 1;
}

/** From the n-th newest instant and the one before it. */
export function askNewest(
  view: View,
  op: CountOp,
  n: number,
  nth: Instant | undefined,
  further: Instant | undefined,
): Answer {
  const enough = n === 0 || (nth !== undefined && isInside(view, nth));
  if (op === 'at_least')
    return enough ? holdsUntil(n === 0 || nth === undefined ? NEVER : leavesAt(view, nth)) : NO;

  const tooMany = further !== undefined && isInside(view, further);
  if (op === 'at_most') return tooMany ? { holds: false, until: leavesAt(view, further) } : YES;
  if (!tooMany) return enough ? holdsUntil(n === 0 || nth === undefined ? NEVER : leavesAt(view, nth)) : NO;
  // Where the n-th leaves at the same instant, n is never met.
  return nth === further ? NO : { holds: false, until: leavesAt(view, further) };
}

export function holdsUntil(until: Instant): Answer {
  return until === NEVER ? YES : { holds: true, until };
}
