// Thresholds per speed group, calibrated to a budget of false alarms on the history there is. What is compared is the chance that a
// silence of somebody still with us lasts so long: were the model all there is, one in three would end below 1/3 for everybody.
//
// The measure is taken among silences that ended by themselves: of these, at most one in so many is called unusual. "Of those
// alerted, who came back" is what people want to see and is shown beside it, but cannot calibrate: where most of the slow are
// lost or most come back late no threshold reaches it (CDNOW's slow third within 18 months), and it moves with how many are lost.
import type { LocalDay } from '../lib/instant.ts';
import type { Rates } from './counting.ts';
import { lnStillSilent } from './counting.ts';
import { gapAt } from './lapse.ts';
import type { RhythmParameters, SpeedGroup, Thresholds } from './parameters.ts';
import { SPEED_GROUPS } from './parameters.ts';
import type { Population } from './population.ts';
import { eachSilence, quantile, sortedNumbers } from './population.ts';
import { groupOf } from './lapse.ts';

/** With fewer silences that ended, a group takes the threshold of everyone. */
const SILENCES_MIN = 30;
/** Strictly below: a silence that ends at the threshold itself was not called unusual. */
const BELOW = 1e-9;

/** Thirds of those who came at least twice, by the gap that is expected of them. */
export function speedGroups(model: Rates, population: Population): RhythmParameters['groups'] {
  const gaps: number[] = [];
  for (let i = 0; i < population.count; i += 1) {
    const start = population.starts[i]!;
    const end = population.starts[i + 1]!;
    if (end - start < 2) continue;
    const tx = population.days[end - 1]! - population.days[start]!;
    gaps.push(gapAt(model, { x: end - start - 1, tx }));
  }
  const sorted = sortedNumbers(gaps);
  return [quantile(sorted, 1 / 3) ?? 0, quantile(sorted, 2 / 3) ?? 0];
}

/** How unlikely each silence had become when it ended by itself, sorted, by group and of everyone. */
export interface Endings {
  readonly groups: { readonly [group in SpeedGroup]: Float64Array };
  readonly everyone: Float64Array;
}

export function endingsOf(
  model: Rates,
  groups: RhythmParameters['groups'],
  population: Population,
  today: LocalDay,
): Endings {
  const found: { [group in SpeedGroup]: number[] } = { new: [], fast: [], middle: [], slow: [] };
  eachSilence(population, today, ({ x, tx, length, ended }) => {
    if (!ended) return;
    found[groupOf(model, groups, { x, tx })].push(Math.exp(lnStillSilent(model, x, tx, length)));
  });
  return {
    groups: {
      new: sortedNumbers(found.new),
      fast: sortedNumbers(found.fast),
      middle: sortedNumbers(found.middle),
      slow: sortedNumbers(found.slow),
    },
    everyone: sortedNumbers(SPEED_GROUPS.flatMap((group) => found[group])),
  };
}

/** `rate`: of the silences that end by themselves, the share that may be called unusual. */
export function thresholdsAt({ groups, everyone }: Endings, rate: number): Thresholds {
  const all = thresholdOf(everyone, rate);
  const of = (group: SpeedGroup): number =>
    groups[group].length < SILENCES_MIN ? all : thresholdOf(groups[group], rate);
  return { new: of('new'), fast: of('fast'), middle: of('middle'), slow: of('slow') };
}

export function thresholdOf(endings: Float64Array, rate: number): number {
  return Math.max(0, (quantile(endings, rate) ?? 0) - BELOW);
}
