// Which model a workspace's rhythm is: MBG/NBD, BG/NBD, each as regular as raises the likelihood, or Pareto/NBD. All have been fitted to
// what was known some months ago; the one to which the days since were likeliest is then fitted to everything. Where there is too
// little to hold days out, the likelihood of everything decides: all have as many parameters.
import type { LocalDay } from '../lib/instant.ts';
import { roundStored } from '../lib/round.ts';
import { fitCounting, lnLikelihoodNbd } from './fit-counting.ts';
import { fitPareto } from './fit-pareto.ts';
import type { Histories } from './history.ts';
import type { Population } from './population.ts';
import { cameBy, everyNth, historiesOf, knownOn, repeatingOf, spanOf } from './population.ts';
import type { PurchaseModel } from './purchase-model.ts';
import { isPareto, lnLikelihoodOf } from './purchase-model.ts';
import type { Fit } from './rows.ts';

/** Fewer customers, or fewer who came twice, say nothing of anybody. */
export const CUSTOMERS_MIN = 100;
export const REPEATING_MIN = 50;

export const FAMILIES = ['mbg', 'bg', 'pareto'] as const;
export type Family = (typeof FAMILIES)[number];

export interface Tried {
  readonly model: Family;
  readonly k: number;
  /** Of everything that is known. */
  readonly lnLikelihood: number;
  /** Of the days held out, by parameters that had not seen them; null: too little to hold any out, or no fit. */
  readonly heldOut: number | null;
}

export interface Chosen {
  readonly fit: Fit<PurchaseModel>;
  /** On at most 10,000 customers; the first is the one chosen. */
  readonly tried: readonly Tried[];
  /** Over plain NBD, to which nobody is ever lost. */
  readonly gain: number;
}

/** Which model is chosen on so many; its parameters are then those of everyone. */
const CHOSEN_ON = 10_000;
/** In ln of the likelihood: less is chance. */
const AS_GOOD = 2;
/** A third of the time is held out, at least a month and at most half a year. */
const HELD_OUT = { share: 1 / 3, min: 30, max: 180 };

export function familyOf(model: PurchaseModel): Family {
  if (isPareto(model)) return 'pareto';
  return model.modified ? 'mbg' : 'bg';
}

/** The last day that is known to a fit which is judged by the days after it; null: too few were known by then. */
export function heldOutFrom(known: Population, today: LocalDay): LocalDay | null {
  const span = spanOf(known);
  if (span === null) return null;
  const third = (today - span.first) * HELD_OUT.share;
  const from = today - Math.round(Math.min(HELD_OUT.max, Math.max(HELD_OUT.min, third)));
  const before = knownOn(known, from);
  return before.count < CUSTOMERS_MIN || repeatingOf(before) < REPEATING_MIN ? null : from;
}

/** `near`: what was chosen on less. Each fit is begun from the one before it, so that regularity is not sought from one up again. */
export function chooseModel(known: Population, today: LocalDay, near?: PurchaseModel): Chosen | null {
  const step = Math.max(1, Math.ceil(known.count / CHOSEN_ON));
  const population = step === 1 ? known : everyNth(known, step, 0);
  const sample = historiesOf(population, today);
  const heldOut = heldOutFits(population, today, near);
  const found: Fit<PurchaseModel>[] = [];
  const candidates = FAMILIES.flatMap((family) => {
    const before = heldOut.get(family);
    const fit = fitFamily(sample, family, before?.model ?? near ?? found.at(-1)?.model);
    if (fit === null) return [];
    found.push(fit);
    return [{ family, fit, heldOut: before?.later ?? null }];
  });
  // The simplest of those that are as good as the likeliest: what moves by chance overturns nothing.
  const isHeldOut = candidates.some((each) => each.heldOut !== null);
  const score = ({ fit, heldOut: later }: (typeof candidates)[number]): number => {
    const likelihood = isHeldOut ? later : fit.lnLikelihood;
    return likelihood === null || !Number.isFinite(likelihood) ? -Number.MAX_VALUE : likelihood;
  };
  const usable = candidates.filter(({ fit }) => isUsable(fit));
  const likely = usable.length > 0 ? usable : candidates;
  const likeliest = Math.max(...likely.map(score));
  const best = likely.find((each) => score(each) >= likeliest - AS_GOOD);
  if (best === undefined) return null;
  const refined = step === 1 ? best.fit : fitNear(historiesOf(known, today), best.fit.model);
  return {
    fit: refined !== null && isUsable(refined) ? refined : best.fit,
    tried: [best, ...candidates.filter((each) => each !== best).sort((a, b) => score(b) - score(a))].map(
      ({ family, fit, heldOut }) => ({
        model: family,
        k: fit.model.k,
        lnLikelihood: roundStored(fit.lnLikelihood),
        heldOut: heldOut === null ? null : roundStored(heldOut),
      }),
    ),
    gain: roundStored(gainOf(sample, best.fit)),
  };
}

/** A model that was chosen on less: its parameters alone are fitted again. */
export function refitModel(known: Population, today: LocalDay, near: PurchaseModel): Chosen | null {
  const histories = historiesOf(known, today);
  const fit = fitNear(histories, near);
  return fit === null ? null : { fit, tried: [], gain: roundStored(gainOf(histories, fit)) };
}

interface HeldOutFit {
  readonly model: PurchaseModel;
  /** Of the days after `from`, given those before: what was known then is fitted, and then asked how likely all of it is. */
  readonly later: number;
}

/** None where too little was known by then; of a family none that did not come to rest. */
function heldOutFits(
  population: Population,
  today: LocalDay,
  near: PurchaseModel | undefined,
): ReadonlyMap<Family, HeldOutFit> {
  const fits = new Map<Family, HeldOutFit>();
  const from = heldOutFrom(population, today);
  if (from === null) return fits;
  const before = historiesOf(knownOn(population, from), from);
  const after = historiesOf(cameBy(population, from), today);
  for (const family of FAMILIES) {
    const fit = fitFamily(before, family, near ?? fits.get('mbg')?.model);
    if (fit === null || !isUsable(fit)) continue;
    const later = sumOfLikelihoods(fit.model, after) - sumOfLikelihoods(fit.model, before);
    if (Number.isFinite(later)) fits.set(family, { model: fit.model, later });
  }
  return fits;
}

function sumOfLikelihoods(model: PurchaseModel, { count, x, tx, age, lnGaps }: Histories): number {
  let sum = 0;
  for (let i = 0; i < count; i += 1)
    sum += lnLikelihoodOf(model, { x: x[i]!, tx: tx[i]!, age: age[i]!, lnGaps: lnGaps[i]! });
  return sum;
}

/** `near` helps only where it says something of this family. */
function fitFamily(
  histories: Histories,
  family: Family,
  near: PurchaseModel | undefined,
): Fit<PurchaseModel> | null {
  if (family === 'pareto') return tame(fitPareto(histories, near && isPareto(near) ? near : undefined));
  const counting = near === undefined || isPareto(near) ? {} : { near };
  return tame(fitCounting(histories, { modified: family === 'mbg', k: null, ...counting }));
}

function tame(fit: Fit<PurchaseModel> | null): Fit<PurchaseModel> | null {
  return fit === null ? null : { ...fit, model: tamed(fit.model) };
}

/** Begun from parameters that are near, at their regularity. */
export function fitNear(histories: Histories, near: PurchaseModel): Fit<PurchaseModel> | null {
  return tame(
    isPareto(near)
      ? fitPareto(histories, near)
      : fitCounting(histories, { modified: near.modified, k: near.k, near }),
  );
}

/** Customers who are all alike drive two parameters up together without end; from here on that changes nothing. */
const ALIKE = 10_000;

function tamed(model: PurchaseModel): PurchaseModel {
  const rate = Math.min(1, ALIKE / model.r);
  const rates = { r: model.r * rate, alpha: model.alpha * rate };
  if (isPareto(model)) {
    const loss = Math.min(1, ALIKE / model.s);
    return { ...model, ...rates, s: model.s * loss, beta: model.beta * loss };
  }
  const loss = Math.min(1, ALIKE / (model.a + model.b));
  return { ...model, ...rates, a: model.a * loss, b: model.b * loss };
}

/** Against NBD of the same regularity: where k > 1 that is a count of steps, whose own likelihood needs all gaps. */
function gainOf(histories: Histories, { model, lnLikelihood }: Fit<PurchaseModel>): number {
  const steps = { r: model.r, alpha: model.alpha * model.k };
  if (isPareto(model) || model.k === 1) return lnLikelihood - lnLikelihoodNbd(histories, steps);
  const plain = fitCounting(histories, {
    modified: model.modified,
    k: 1,
    near: { ...model, ...steps, k: 1 },
  });
  const least = plain === null ? 0 : plain.lnLikelihood - lnLikelihoodNbd(histories, steps);
  return least + lnLikelihood - (plain?.lnLikelihood ?? lnLikelihood);
}

export function isUsable({ model, lnLikelihood, converged }: Fit<PurchaseModel>): boolean {
  const loss = isPareto(model) ? [model.s, model.beta] : [model.a, model.b];
  const parameters = [model.r, model.alpha, ...loss];
  const isFinite = [lnLikelihood, ...parameters].every(Number.isFinite);
  return converged && isFinite && parameters.every((each) => each > 1e-8 && each < 1e8);
}
