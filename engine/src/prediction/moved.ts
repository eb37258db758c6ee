// Whether a new fit says anything else than the one in use: only then is everyone asked again.
import { lapseOf } from './lapse.ts';
import type { Prediction, RhythmParameters } from './parameters.ts';
import { BUDGETS } from './parameters.ts';
import { aliveOf } from './purchase-model.ts';

/** Lapse moments, chances and values that moved less than this stay as they are. */
const MOVED_MIN = 0.05;

/** Customers of many kinds: days after the first, from the first to the last. */
const KINDS = [
  { x: 0, tx: 0 },
  { x: 1, tx: 10 },
  { x: 1, tx: 120 },
  { x: 3, tx: 30 },
  { x: 3, tx: 300 },
  { x: 10, tx: 100 },
  { x: 10, tx: 700 },
  { x: 30, tx: 400 },
];

export function movedMaterially(before: Prediction | null, after: Prediction): boolean {
  if (before === null) return saysAnything(after);
  if (rhythmMoved(before.purchases, after.purchases)) return true;
  if ((before.visits === null) !== (after.visits === null)) return true;
  if (before.visits !== null && after.visits !== null && rhythmMoved(before.visits, after.visits))
    return true;
  return far(orderWorth(before), orderWorth(after));
}

/** Where nothing could be learnt, all stays as it was without. */
function saysAnything({ purchases, visits }: Prediction): boolean {
  return [purchases, visits].some(
    (each) => each !== null && (each.model !== null || each.pooled_gap_days.one_in_3 !== null),
  );
}

function rhythmMoved(before: RhythmParameters, after: RhythmParameters): boolean {
  if ((before.model === null) !== (after.model === null)) return true;
  for (const seen of KINDS) {
    for (const budget of BUDGETS) {
      const silenceMs = (of: RhythmParameters): number | null =>
        lapseOf(of, seen, budget, () => [])?.silenceMs ?? null;
      if (far(silenceMs(before), silenceMs(after))) return true;
    }
    const alive = (of: RhythmParameters): number | null =>
      of.model === null ? null : aliveOf(of.model, { ...seen, age: seen.tx + 90 });
    if (Math.abs((alive(before) ?? 0) - (alive(after) ?? 0)) > MOVED_MIN) return true;
  }
  return false;
}

/** What is expected of an order of somebody of whom nothing is known. */
function orderWorth({ spending }: Prediction): number | null {
  return spending === null ? null : (spending.p * spending.v) / (spending.q - 1);
}

function far(before: number | null, after: number | null): boolean {
  if (before === null || after === null) return before !== after;
  return Math.abs(after - before) > MOVED_MIN * Math.max(Math.abs(before), 1e-9);
}
