// When silence stops being normal for one person: the silence that only so many of theirs outlast, by the fitted model and what is
// known of them; else by their own gaps, else by everyone's. Whole hours: no rhythm is known more finely, and every machine finds
// the same instant.
//
// Not where P(alive) falls to a threshold: at an equal rate that calls a fast customer of few orders quiet on the day after,
// because little is known of them, and one of many orders late. Seen from P(alive), each person has a threshold of their own here.
import { DAY_MS, HOUR_MS } from '../lib/instant.ts';
import type { DurationMs } from '../lib/instant.ts';
import { roundStored } from '../lib/round.ts';
import type { Rates } from './counting.ts';
import { silenceBeyond } from './counting.ts';
import type { Budget, RhythmParameters, SpeedGroup } from './parameters.ts';
import { budgetKey } from './parameters.ts';
import type { Statistics } from './statistics.ts';

/** What a lapse moment rests on. */
export type LapseBy = 'model' | 'own_gaps' | 'pooled_gap';

export interface Lapse {
  /** So long after the last time. */
  readonly silenceMs: DurationMs;
  readonly by: LapseBy;
}

type Seen = Pick<Statistics, 'x' | 'tx'>;

/** Purchases of one day are one occasion: nobody is unusually quiet on the day after. */
const SILENCE_MIN_MS = DAY_MS;
/** Nobody waits longer than ten years. */
const SILENCE_MAX_MS = 3_650 * DAY_MS;

/** The gap expected of someone who is still with us, in days. */
export function gapAt({ k, r, alpha }: Rates, { x, tx }: Seen): number {
  return (k * (alpha + tx)) / (r + k * x);
}

/** Who came once has no speed of their own yet. */
export function groupOf(model: Rates, [fast, middle]: RhythmParameters['groups'], seen: Seen): SpeedGroup {
  if (seen.x === 0) return 'new';
  const gapDays = gapAt(model, seen);
  if (gapDays <= fast) return 'fast';
  return gapDays <= middle ? 'middle' : 'slow';
}

/** Null: neither a model nor gaps say anything of this person. `ownGaps` is asked for only where no model stands. */
export function lapseOf(
  parameters: RhythmParameters,
  seen: Seen,
  budget: Budget,
  ownGaps: () => readonly number[],
): Lapse | null {
  const modelled = byModel(parameters, seen, budget);
  if (modelled !== null) return { silenceMs: wholeHours(modelled), by: 'model' };
  const own = gapQuantile(ownGaps(), budget);
  if (own !== null) return { silenceMs: wholeHours(own), by: 'own_gaps' };
  const pooled = parameters.pooled_gap_days[budgetKey(budget)];
  return pooled === null ? null : { silenceMs: wholeHours(pooled), by: 'pooled_gap' };
}

/** In days; null where no model stands. */
function byModel(parameters: RhythmParameters, seen: Seen, budget: Budget): number | null {
  const { model, thresholds } = parameters;
  if (model === null) return null;
  const group = groupOf(model, parameters.groups, seen);
  const days = silenceBeyond(model, seen, thresholds[budgetKey(budget)][group]);
  return Number.isFinite(days) ? days : null;
}

/**
 * The gap that all but one in `budget` stay within: the smallest that has enough gaps below it, where that lies inside
 * what was seen. (n + 1)·(1 − 1/budget) counts the silence to come among the n that ended.
 */
export function gapQuantile(gaps: readonly number[], budget: Budget): number | null {
  const rank = Math.ceil((gaps.length + 1) * (1 - 1 / budget) - 1e-9);
  if (gaps.length < OWN_GAPS_MIN || rank > gaps.length) return null;
  return gaps.toSorted((a, b) => a - b)[rank - 1] ?? null;
}

/** Fewer say nothing of a rhythm. */
const OWN_GAPS_MIN = 4;

function wholeHours(days: number): DurationMs {
  const hours = Math.ceil(roundStored(days * 24) - 1e-6);
  return Math.min(Math.max(hours * HOUR_MS, SILENCE_MIN_MS), SILENCE_MAX_MS);
}
