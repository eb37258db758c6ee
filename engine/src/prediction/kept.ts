// What of a new fit is used: one that did not come to rest says nothing, and what stood before stands on.
import type { Prediction } from './parameters.ts';

/** What could not be learnt this time takes nothing away, unless there is too little of it now, or nothing to be learnt. */
export function keptGood(before: Prediction | null, learnt: Prediction): Prediction {
  if (before === null) return learnt;
  const purchases =
    learnt.purchases.verdict === 'not_converged' && before.purchases.model !== null
      ? before.purchases
      : learnt.purchases;
  const visitsModel = before.visits?.model ?? null;
  const keepsVisits = learnt.visits?.verdict === 'not_converged' && visitsModel !== null;
  const spending = learnt.spending ?? (purchases.model === null ? null : before.spending);
  return { ...learnt, purchases, visits: keepsVisits ? before.visits : learnt.visits, spending };
}
