// Learns a rhythm from everyone's days: which model, how regular, whether it may be trusted, thresholds, and what to fall back
// on. Chosen by likelihood, judged on held-out time. What cannot be learnt says why; nothing is ever half learnt.
import type { LocalDay } from '../lib/instant.ts';
import { roundStored } from '../lib/round.ts';
import type { AlarmEvaluation } from './alarms.ts';
import { evaluateAlarms } from './alarms.ts';
import { endingsOf, speedGroups, thresholdsAt } from './calibrate.ts';
import type { Tried } from './choose-model.ts';
import {
  chooseModel,
  CUSTOMERS_MIN,
  fitNear,
  heldOutFrom,
  isUsable,
  refitModel,
  REPEATING_MIN,
} from './choose-model.ts';
import { silenceBeyond } from './counting.ts';
import type { HeldOut } from './held-out.ts';
import { judgeHeldOut } from './held-out.ts';
import { groupOf } from './lapse.ts';
import type { RhythmParameters, Thresholds, Verdict } from './parameters.ts';
import type { Population } from './population.ts';
import {
  eachSilence,
  historiesOf,
  knownOn,
  quantile,
  repeatingOf,
  sortedNumbers,
  spanOf,
} from './population.ts';
import type { PurchaseModel } from './purchase-model.ts';
import { isPareto, lossAfterOrder } from './purchase-model.ts';

const DAYS_MIN = 60;
/** Loss so rare is no loss: P(alive) would never fall. */
const LOSS_MIN = 0.005;
/** Loss must be worth its two parameters. */
const GAIN_MIN = 2;
const CAPS = [1 / 3, 1 / 5, 1 / 10];

export interface RhythmReport {
  readonly verdict: Verdict;
  readonly customers: number;
  readonly repeating: number;
  readonly firstDay: LocalDay | null;
  readonly lastDay: LocalDay | null;
  readonly usualGapDays: number | null;
  /** What was tried, on at most 10,000 customers; the first is the one chosen. */
  readonly tried: readonly Tried[];
  /** Over plain NBD, to which nobody is ever lost. */
  readonly gain: number | null;
  /** The chance to be lost after an order, on average. */
  readonly loss: number | null;
  readonly evaluations: number;
  readonly heldOut: HeldOut | null;
  readonly alarms: readonly AlarmEvaluation[];
}

export interface LearntRhythm {
  readonly parameters: RhythmParameters;
  readonly report: RhythmReport;
}

export function learnRhythm(population: Population, today: LocalDay): LearntRhythm {
  const known = knownOn(population, today);
  const learnt = fitRhythm(known, today);
  const { parameters, report } = learnt;
  const { model, groups } = parameters;
  if (model === null) return learnt;
  const usualGapDays = report.usualGapDays ?? 60;
  const heldOut = holdOut(model, known, today);
  const alarms = CAPS.map((cap) => evaluateAlarms(model, groups, known, { today, cap, usualGapDays }));
  return { parameters, report: { ...report, heldOut, alarms } };
}

/**
 * What is learnt of days up to `today`, without judging how right it is: what each month of a backtest asks for. `before`: what was
 * chosen on less, from which fits begin; where it is kept only its parameters are fitted again.
 */
export function fitRhythm(
  known: Population,
  today: LocalDay,
  before?: { readonly model: PurchaseModel; readonly isKept: boolean },
): LearntRhythm {
  const span = spanOf(known);
  const gaps = gapsOf(known, today);
  const nothing: RhythmReport = {
    verdict: 'too_little',
    customers: known.count,
    repeating: repeatingOf(known),
    firstDay: span?.first ?? null,
    lastDay: span?.last ?? null,
    usualGapDays: usualGap(gaps),
    tried: [],
    gain: null,
    loss: null,
    evaluations: 0,
    heldOut: null,
    alarms: [],
  };
  const without = (verdict: Verdict, more: Partial<RhythmReport> = {}): LearntRhythm => ({
    parameters: fallback(verdict, gaps),
    report: { ...nothing, ...more, verdict },
  });
  const few = known.count < CUSTOMERS_MIN || nothing.repeating < REPEATING_MIN;
  if (span === null || few || today - span.first < DAYS_MIN) return without('too_little');

  const chosen =
    before?.isKept === true
      ? refitModel(known, today, before.model)
      : chooseModel(known, today, before?.model);
  if (chosen === null) return without('too_little');
  const { fit, tried, gain } = chosen;
  const loss = lossAfterOrder(fit.model);
  const told = { tried, gain, loss: roundStored(loss), evaluations: fit.evaluations };
  // Without loss its parameters have no end to run to: that is not a fit which failed, it is what was found.
  if (loss < LOSS_MIN || gain < GAIN_MIN) return without('degenerate', told);
  if (!isUsable(fit)) return without('not_converged', told);

  const model = roundedModel(fit.model);
  const groups = speedGroups(model, known);
  const endings = endingsOf(model, groups, known, today);
  const parameters: RhythmParameters = {
    verdict: 'fits',
    model,
    groups: [roundStored(groups[0]), roundStored(groups[1])],
    thresholds: {
      one_in_3: roundedThresholds(thresholdsAt(endings, 1 / 3)),
      one_in_10: roundedThresholds(thresholdsAt(endings, 1 / 10)),
    },
    pooled_gap_days: pooledGaps(gaps),
  };
  return { parameters, report: { ...nothing, ...told, verdict: 'fits' } };
}

/** What was known on an earlier day is fitted again, so that nothing judged was seen. */
function holdOut(model: PurchaseModel, known: Population, today: LocalDay): HeldOut | null {
  const from = heldOutFrom(known, today);
  if (from === null) return null;
  const before = knownOn(known, from);
  const fit = fitNear(historiesOf(before, from), model);
  if (fit === null || !isUsable(fit)) return null;
  const groups = speedGroups(fit.model, before);
  const thresholds = thresholdsAt(endingsOf(fit.model, groups, before, from), 1 / 3);
  return judgeHeldOut(
    fit.model,
    known,
    { from, until: today },
    (seen, silence) =>
      silence >= silenceBeyond(fit.model, seen, thresholds[groupOf(fit.model, groups, seen)]),
  );
}

function fallback(verdict: Verdict, gaps: Float64Array): RhythmParameters {
  const none: Thresholds = { new: 0, fast: 0, middle: 0, slow: 0 };
  return {
    verdict,
    model: null,
    groups: [0, 0],
    thresholds: { one_in_3: none, one_in_10: none },
    pooled_gap_days: pooledGaps(gaps),
  };
}

/** All but one in so many of everyone's gaps stay within these. */
function pooledGaps(gaps: Float64Array): RhythmParameters['pooled_gap_days'] {
  if (gaps.length < REPEATING_MIN) return { one_in_3: null, one_in_10: null };
  return { one_in_3: quantile(gaps, 2 / 3), one_in_10: quantile(gaps, 9 / 10) };
}

function gapsOf(known: Population, today: LocalDay): Float64Array {
  const gaps: number[] = [];
  eachSilence(known, today, ({ length, ended }) => {
    if (ended) gaps.push(length);
  });
  return sortedNumbers(gaps);
}

/** The geometric mean of all gaps. */
function usualGap(gaps: Float64Array): number | null {
  if (gaps.length === 0) return null;
  let sum = 0;
  for (const gap of gaps) sum += Math.log(gap);
  return roundStored(Math.exp(sum / gaps.length));
}

function roundedModel(model: PurchaseModel): PurchaseModel {
  const [r, alpha] = [roundStored(model.r), roundStored(model.alpha)];
  return isPareto(model)
    ? { k: 1, r, alpha, s: roundStored(model.s), beta: roundStored(model.beta) }
    : { k: model.k, modified: model.modified, r, alpha, a: roundStored(model.a), b: roundStored(model.b) };
}

function roundedThresholds(thresholds: Thresholds): Thresholds {
  const { new: once, fast, middle, slow } = thresholds;
  return {
    new: roundStored(once),
    fast: roundStored(fast),
    middle: roundStored(middle),
    slow: roundStored(slow),
  };
}
