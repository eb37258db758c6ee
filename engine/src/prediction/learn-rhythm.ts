// Learns a rhythm from everyone's days: which model, how regular, whether it may be trusted, thresholds, and what to fall back
// on. Chosen by likelihood, judged on held-out time. What cannot be learnt says why; nothing is ever half learnt.
import type { LocalDay } from '../lib/instant.ts';
import { roundStored } from '../lib/round.ts';
import type { AlarmEvaluation } from './alarms.ts';
import { evaluateAlarms } from './alarms.ts';
import { endingsOf, speedGroups, thresholdsAt } from './calibrate.ts';
import type { CountingModel } from './counting.ts';
import { silenceBeyond } from './counting.ts';
import type { Fit } from './fit-counting.ts';
import { fitCounting, lnLikelihoodNbd } from './fit-counting.ts';
import type { Histories } from './history.ts';
import type { HeldOut } from './held-out.ts';
import { judgeHeldOut } from './held-out.ts';
import { groupOf } from './lapse.ts';
import type { RhythmParameters, Thresholds, Verdict } from './parameters.ts';
import type { Population } from './population.ts';
import {
  eachSilence,
  everyNth,
  historiesOf,
  knownOn,
  quantile,
  sortedNumbers,
  spanOf,
} from './population.ts';

/** Fewer customers, or fewer who came twice, say nothing of anybody. */
export const CUSTOMERS_MIN = 100;
export const REPEATING_MIN = 50;
export const DAYS_MIN = 60;
/** Loss so rare is no loss: P(alive) would never fall. */
const LOSS_MIN = 0.005;
/** Loss must be worth its two parameters. */
const GAIN_MIN = 2;
/** Which model, and how regular, is chosen on so many; its parameters are then those of everyone. */
const CHOSEN_ON = 10_000;
/** A third of the time is held out, at least a month and at most half a year. */
const HELD_OUT = { share: 1 / 3, min: 30, max: 180 };
const CAPS = [1 / 3, 1 / 5, 1 / 10];

export interface RhythmReport {
  readonly verdict: Verdict;
  readonly customers: number;
  readonly repeating: number;
  readonly firstDay: LocalDay | null;
  readonly lastDay: LocalDay | null;
  readonly usualGapDays: number | null;
  /** Likelihoods of what was tried, on at most 10,000 customers; the first is the one chosen. */
  readonly tried: readonly {
    readonly model: 'bg' | 'mbg';
    readonly k: number;
    readonly lnLikelihood: number;
  }[];
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
  const span = spanOf(known);
  const learnt = fitRhythm(known, today);
  const { parameters, report } = learnt;
  const { model, groups } = parameters;
  if (model === null || span === null) return learnt;
  const usualGapDays = report.usualGapDays ?? 60;
  const heldOut = holdOut(model, known, { first: span.first, today });
  const alarms = CAPS.map((cap) => evaluateAlarms(model, groups, known, { today, cap, usualGapDays }));
  return { parameters, report: { ...report, heldOut, alarms } };
}

/**
 * What is learnt of days up to `today`, without judging how right it is: what each month of a backtest asks for. `near`: a model
 * that was chosen on less, of which only the parameters are fitted again.
 */
export function fitRhythm(known: Population, today: LocalDay, near?: CountingModel): LearntRhythm {
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

  const chosen = near === undefined ? chooseModel(known, today) : refitModel(known, today, near);
  if (chosen === null) return without('too_little');
  const { fit, tried, gain } = chosen;
  const loss = fit.model.a / (fit.model.a + fit.model.b);
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

interface Chosen {
  readonly fit: Fit<CountingModel>;
  readonly tried: RhythmReport['tried'];
  readonly gain: number;
}

function chooseModel(known: Population, today: LocalDay): Chosen | null {
  const step = Math.max(1, Math.ceil(known.count / CHOSEN_ON));
  const sample = historiesOf(step === 1 ? known : everyNth(known, step, 0), today);
  const fits = [true, false]
    .flatMap((modified) => fitCounting(sample, { modified, k: null }) ?? [])
    .map((each) => ({ ...each, model: tamed(each.model) }));
  fits.sort((a, b) => order(b.lnLikelihood) - order(a.lnLikelihood));
  const [best] = fits;
  if (best === undefined) return null;
  const tried = fits.map(({ model, lnLikelihood }) => ({
    model: model.modified ? ('mbg' as const) : ('bg' as const),
    k: model.k,
    lnLikelihood: roundStored(lnLikelihood),
  }));
  const everyone: Histories = step === 1 ? sample : historiesOf(known, today);
  const refined =
    step === 1
      ? best
      : fitCounting(everyone, { modified: best.model.modified, k: best.model.k, near: best.model });
  const near = refined === null ? best : { ...refined, model: tamed(refined.model) };
  const fit = isUsable(near) ? near : best;
  return { fit, tried, gain: roundStored(gainOf(sample, best)) };
}

function refitModel(known: Population, today: LocalDay, near: CountingModel): Chosen | null {
  const histories = historiesOf(known, today);
  const found = fitCounting(histories, { modified: near.modified, k: near.k, near });
  if (found === null) return null;
  const fit = { ...found, model: tamed(found.model) };
  return { fit, tried: [], gain: roundStored(gainOf(histories, fit)) };
}

/** Customers who are all alike drive two parameters up together without end; from here on that changes nothing. */
const ALIKE = 10_000;

function tamed(model: CountingModel): CountingModel {
  const loss = Math.min(1, ALIKE / (model.a + model.b));
  const rate = Math.min(1, ALIKE / model.r);
  return { ...model, r: model.r * rate, alpha: model.alpha * rate, a: model.a * loss, b: model.b * loss };
}

/** Against NBD of the same regularity: where k > 1 that is a count of steps, whose own likelihood needs all gaps. */
function gainOf(histories: Histories, fit: Fit<CountingModel>): number {
  if (fit.model.k === 1) return fit.lnLikelihood - lnLikelihoodNbd(histories);
  const plain = fitCounting(histories, { modified: fit.model.modified, k: 1 });
  const least = plain === null ? 0 : plain.lnLikelihood - lnLikelihoodNbd(histories);
  return least + fit.lnLikelihood - (plain?.lnLikelihood ?? fit.lnLikelihood);
}

function isUsable({ model, lnLikelihood, converged }: Fit<CountingModel>): boolean {
  const figures = [lnLikelihood, model.r, model.alpha, model.a, model.b];
  const parameters = [model.r, model.alpha, model.a, model.b];
  return converged && figures.every(Number.isFinite) && parameters.every((each) => each > 1e-8 && each < 1e8);
}

/** What was known on an earlier day is fitted again, so that nothing judged was seen. */
function holdOut(
  model: CountingModel,
  known: Population,
  { first, today }: { readonly first: LocalDay; readonly today: LocalDay },
): HeldOut | null {
  const days = Math.round(Math.min(HELD_OUT.max, Math.max(HELD_OUT.min, (today - first) * HELD_OUT.share)));
  const from = today - days;
  const before = knownOn(known, from);
  if (before.count < CUSTOMERS_MIN || repeatingOf(before) < REPEATING_MIN) return null;
  const fit = fitCounting(historiesOf(before, from), { modified: model.modified, k: model.k, near: model });
  if (fit === null || !isUsable({ ...fit, model: tamed(fit.model) })) return null;
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

function repeatingOf({ count, starts }: Population): number {
  let repeating = 0;
  for (let i = 0; i < count; i += 1) if (starts[i + 1]! - starts[i]! > 1) repeating += 1;
  return repeating;
}

function order(lnLikelihood: number): number {
  return Number.isNaN(lnLikelihood) ? Number.NEGATIVE_INFINITY : lnLikelihood;
}

function roundedModel({ k, modified, r, alpha, a, b }: CountingModel): CountingModel {
  return {
    k,
    modified,
    r: roundStored(r),
    alpha: roundStored(alpha),
    a: roundStored(a),
    b: roundStored(b),
  };
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
