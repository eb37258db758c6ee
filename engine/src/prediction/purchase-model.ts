// The models that a workspace's rhythm is learnt as, asked alike: those that count chances to be lost, order by order, and Pareto/NBD,
// to which somebody may be lost at any moment. Rates are the same in both, so silences of someone still with us are too.
import type { CountingModel } from './counting.ts';
import { expectedPurchases, lnLikelihood, lnStillSilent, pAlive, pPurchase } from './counting.ts';
import type { History } from './history.ts';
import type { ParetoModel } from './pareto.ts';
import { paretoAlive, paretoComes, paretoLnLikelihood, paretoPurchases } from './pareto.ts';

export type PurchaseModel = CountingModel | ParetoModel;

type Seen = Pick<History, 'x' | 'tx' | 'age'>;

export function isPareto(model: PurchaseModel): model is ParetoModel {
  return 's' in model;
}

/** The probability that someone is still a customer. Falls with silence, never rises. */
export function aliveOf(model: PurchaseModel, seen: Seen): number {
  return isPareto(model) ? paretoAlive(model, seen) : pAlive(model, seen);
}

/** The probability of at least one purchase within `horizon` from now. */
export function purchaseWithin(model: PurchaseModel, seen: Seen, horizon: number): number {
  return isPareto(model)
    ? paretoAlive(model, seen) * paretoComes(model, seen, horizon)
    : pPurchase(model, seen, horizon);
}

/** Expected purchases within `horizon` from now. */
export function purchasesWithin(model: PurchaseModel, seen: Seen, horizon: number): number {
  return isPareto(model) ? paretoPurchases(model, seen, horizon) : expectedPurchases(model, seen, horizon);
}

/** Of somebody who comes again: the chance to have come within `horizon` from now. */
export function comesWithin(model: PurchaseModel, seen: Seen): (horizon: number) => number {
  if (isPareto(model)) {
    const ever = paretoComes(model, seen, Number.POSITIVE_INFINITY);
    return (horizon) => (ever > 0 ? Math.min(1, paretoComes(model, seen, horizon) / ever) : 1);
  }
  const { x, tx, age } = seen;
  const still = lnStillSilent(model, x, tx, age - tx);
  return (horizon) => -Math.expm1(lnStillSilent(model, x, tx, age - tx + horizon) - still);
}

export function lnLikelihoodOf(model: PurchaseModel, history: History): number {
  return isPareto(model) ? paretoLnLikelihood(model, history) : lnLikelihood(model, history);
}

/** The chance to be lost between an order and the next, on average over everybody. */
export function lossAfterOrder(model: PurchaseModel): number {
  if (!isPareto(model)) return model.a / (model.a + model.b);
  return 1 - paretoComes(model, { x: 0, tx: 0, age: 0 }, Number.POSITIVE_INFINITY);
}
