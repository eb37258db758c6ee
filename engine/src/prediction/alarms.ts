// What alarms would have done on one's own history: personal lapse moments against the best fixed number of days, the rate of
// false alarms capped in every speed group. Thresholds are learnt from one half of the customers and judged on the other.
import type { LocalDay } from '../lib/instant.ts';
import { endingsOf, thresholdOf, thresholdsAt } from './calibrate.ts';
import type { Rates } from './counting.ts';
import { silenceBeyond } from './counting.ts';
import { gapAt, groupOf } from './lapse.ts';
import type { RhythmParameters, SpeedGroup } from './parameters.ts';
import { SPEED_GROUPS } from './parameters.ts';
import type { Population } from './population.ts';
import { eachSilence, everyNth, quantile, sortedNumbers } from './population.ts';

export interface AlarmRow {
  readonly group: SpeedGroup | 'everyone';
  /** Silences that ended by themselves, and those of them that had been called unusual: the rate that is capped. */
  readonly ended: number;
  readonly endedAlarmed: number;
  /** Alarms old enough to know, and those after which somebody came within two usual gaps (30 to 180 days). */
  readonly judged: number;
  readonly returned: number;
  /** Those who did not come back so far, silent for half a year or more, and those of them that were noticed. */
  readonly lost: number;
  readonly lostAlarmed: number;
  /** Days of silence until those were noticed: the median, and the mean weighted by how often each came. */
  readonly daysMedian: number | null;
  readonly daysWeighted: number | null;
}

export interface AlarmRule {
  readonly kind: 'personal' | 'fixed' | 'personal_pooled' | 'fixed_pooled';
  /** Of a fixed rule. */
  readonly days: number | null;
  readonly rows: readonly AlarmRow[];
}

export interface AlarmEvaluation {
  readonly cap: number;
  readonly rules: readonly AlarmRule[];
}

/** When a rule calls a silence unusual, in days. */
type AlarmAt = (seen: { readonly x: number; readonly tx: number }, group: SpeedGroup) => number;

const LOST_DAYS = 180;

/** `cap`: of the silences that end by themselves, the share that may be called unusual. */
export function evaluateAlarms(
  model: Rates,
  groups: RhythmParameters['groups'],
  population: Population,
  options: { readonly today: LocalDay; readonly cap: number; readonly usualGapDays: number },
): AlarmEvaluation {
  const { today, cap } = options;
  const learnt = everyNth(population, 2, 0);
  const judged = everyNth(population, 2, 1);
  const endings = endingsOf(model, groups, learnt, today);
  const thresholds = thresholdsAt(endings, cap);
  const pooled = thresholdOf(endings.everyone, cap);
  const fixed = fixedDays(model, groups, learnt, options);
  const rule = (kind: AlarmRule['kind'], days: number | null, at: AlarmAt): AlarmRule => ({
    kind,
    days,
    rows: judge(model, groups, judged, { ...options, at }),
  });
  return {
    cap,
    rules: [
      rule('personal', null, (seen, group) => silenceBeyond(model, seen, thresholds[group])),
      rule('fixed', fixed.everyGroup, () => fixed.everyGroup),
      rule('personal_pooled', null, (seen) => silenceBeyond(model, seen, pooled)),
      rule('fixed_pooled', fixed.pooled, () => fixed.pooled),
    ],
  };
}

/**
 * The smallest number of days that keeps the cap in every third, and the one that keeps it over everybody together. Who came
 * once only is left out of the first: for them both rules are a number of days.
 */
function fixedDays(
  model: Rates,
  groups: RhythmParameters['groups'],
  population: Population,
  { today, cap }: { readonly today: LocalDay; readonly cap: number },
): { readonly everyGroup: number; readonly pooled: number } {
  const lengths: { [group in SpeedGroup]: number[] } = { new: [], fast: [], middle: [], slow: [] };
  eachSilence(population, today, ({ x, tx, length, ended }) => {
    if (ended) lengths[groupOf(model, groups, { x, tx })].push(length);
  });
  const daysOf = (all: readonly number[]): number => (quantile(sortedNumbers(all), 1 - cap) ?? 0) + 1;
  return {
    everyGroup: Math.max(daysOf(lengths.fast), daysOf(lengths.middle), daysOf(lengths.slow)),
    pooled: daysOf(SPEED_GROUPS.flatMap((group) => lengths[group])),
  };
}

interface Counts {
  ended: number;
  endedAlarmed: number;
  judged: number;
  returned: number;
  lost: number;
  days: number[];
  weights: number[];
}

function judge(
  model: Rates,
  groups: RhythmParameters['groups'],
  population: Population,
  options: { readonly today: LocalDay; readonly usualGapDays: number; readonly at: AlarmAt },
): readonly AlarmRow[] {
  const empty = (): Counts => ({
    ended: 0,
    endedAlarmed: 0,
    judged: 0,
    returned: 0,
    lost: 0,
    days: [],
    weights: [],
  });
  const counts = { new: empty(), fast: empty(), middle: empty(), slow: empty(), everyone: empty() };
  eachSilence(population, options.today, ({ x, tx, began, length, ended }) => {
    const group = groupOf(model, groups, { x, tx });
    const at = Math.max(1, options.at({ x, tx }, group));
    const alarmed = length > at;
    const usual = x < 2 ? options.usualGapDays : tx / x;
    const follow = Math.min(Math.max(2 * usual, 30), 180);
    const isJudged = alarmed && began + at + follow <= options.today;
    const isReturn = ended && length <= at + follow;
    for (const each of [counts[group], counts.everyone]) {
      if (ended) each.ended += 1;
      if (ended && alarmed) each.endedAlarmed += 1;
      if (isJudged) each.judged += 1;
      if (isJudged && isReturn) each.returned += 1;
      if (ended || length < LOST_DAYS) continue;
      each.lost += 1;
      if (!alarmed) continue;
      each.days.push(at);
      each.weights.push(1 / gapAt(model, { x, tx }));
    }
  });
  return ([...SPEED_GROUPS, 'everyone'] as const).map((group) => rowOf(group, counts[group]));
}

function rowOf(group: AlarmRow['group'], counts: Counts): AlarmRow {
  const { days, weights } = counts;
  const weight = weights.reduce((sum, each) => sum + each, 0);
  const weighted = days.reduce((sum, each, i) => sum + each * weights[i]!, 0);
  return {
    group,
    ended: counts.ended,
    endedAlarmed: counts.endedAlarmed,
    judged: counts.judged,
    returned: counts.returned,
    lost: counts.lost,
    lostAlarmed: days.length,
    daysMedian: quantile(sortedNumbers(days), 0.5),
    daysWeighted: weight > 0 ? weighted / weight : null,
  };
}
