// Leaves about what is to be expected: the chance of an order, when the next one is due, what somebody is worth in all.
// Answered on a fixed grid of silences after the last order, so that each answer knows until when it stands.
import { minorDigits } from '../../lib/currency.ts';
import { decimalText, shifted } from '../../lib/decimal.ts';
import { DAY_MS, NEVER } from '../../lib/instant.ts';
import type { Instant } from '../../lib/instant.ts';
import type { Need, Scope } from '../../memory/plan.ts';
import type { Memory } from '../../person.ts';
import type { PurchaseModel } from '../../prediction/purchase-model.ts';
import { GRID_MS, gridPlace, nextOrder, purchaseChance, worthOf } from '../../prediction/forecast.ts';
import type { Statistics } from '../../prediction/statistics.ts';
import { spentOf, statisticsOf } from '../../prediction/statistics.ts';
import type { Leaf } from '../evaluate.ts';
import { lasting, NO } from '../evaluate.ts';
import type { AmountOp, Answer, Rule } from '../rule.ts';
import { durationOf } from '../window.ts';
import { dateWords, percentWords } from '../words.ts';
import { amountOf, compareAmount } from './tallies.ts';

const NO_MODEL = 'no model of the rhythm stands yet';
const NO_ORDER = 'no order yet';

/** Whether a model of everyone's orders stands: what the other rules about predictions rest on. */
export function compilePredicted(scope: Scope): Leaf {
  const stands = modelOf(scope) !== null;
  return {
    needs: [],
    reads: [],
    ask: () => lasting(stands),
    evidence: () => (stands ? 'a model of the rhythm stands' : NO_MODEL),
  };
}

export function compileOrderChance(rule: Extract<Rule, { kind: 'order_chance' }>, scope: Scope): Leaf {
  const days = durationOf(rule.within) / DAY_MS;
  return onGrid(scope, 0, (model) => ({
    compared: { op: rule.op, limit: rule.share },
    valueOf: (known) => (silence) => purchaseChance(model, known, silence, days),
    words: (chance) => `a chance of ${percentWords(chance)}, as of the length of their silence`,
  }));
}

export function compileLifetimeValue(rule: Extract<Rule, { kind: 'lifetime_value' }>, scope: Scope): Leaf {
  const { currency, prediction } = scope.definition;
  const spending = prediction?.spending ?? null;
  const digits = minorDigits(currency);
  const limit = Number(decimalText(shifted(amountOf(rule.value), digits)));
  return onGrid(scope, 1, (model) =>
    spending === null
      ? null
      : {
          compared: { op: rule.op, limit },
          valueOf: (known, memory) => {
            const spent = spentOf(memory, scope.zone);
            return (silence) => {
              const { soFar, expected } = worthOf({ model, spending }, known, spent, silence);
              return soFar + expected;
            };
          },
          words: (value) =>
            `about ${currency} ${Math.round(value / 10 ** digits)} so far and in the year to come`,
        },
  );
}

/** The expected day stands from one place of the grid to the next; as it nears, the answer turns. */
export function compileNextOrder(rule: Extract<Rule, { kind: 'next_order' }>, scope: Scope): Leaf {
  const withinMs = durationOf(rule.within);
  const model = modelOf(scope);
  if (model === null) return withoutModel(0);
  const expectedAt = (known: Statistics, place: number): Instant => {
    const silence = GRID_MS[place]!;
    return known.lastAt + silence + nextOrder(model, known, silence / DAY_MS).median;
  };
  return {
    needs: ordersNeeded(0),
    reads: [],
    ask: ({ memory, now }) => {
      const known = statisticsOf('orders', memory, scope.zone);
      if (known === null) return NO;
      const from = gridPlace(known.lastAt, now);
      const turnsAt = (place: number): Instant => expectedAt(known, place) - withinMs;
      const holds = now >= turnsAt(from);
      for (let place = from; place < GRID_MS.length; place += 1) {
        const begins = Math.max(now, known.lastAt + GRID_MS[place]!);
        const ends = place + 1 < GRID_MS.length ? known.lastAt + GRID_MS[place + 1]! : NEVER;
        const turns = turnsAt(place);
        // Within one place it only ever turns from no to yes; at the next the day may have moved away.
        if (begins >= turns !== holds) return { holds, until: begins };
        if (!holds && turns < ends) return { holds, until: turns };
      }
      return lasting(holds);
    },
    evidence: ({ memory, now }) => {
      const known = statisticsOf('orders', memory, scope.zone);
      if (known === null) return NO_ORDER;
      const at = expectedAt(known, gridPlace(known.lastAt, now));
      return `the next order, if there is one, about ${dateWords(scope.zone, at)}`;
    },
  };
}

interface GridQuestion {
  readonly compared: { readonly op: AmountOp; readonly limit: number };
  /** At a silence in days since the last order. */
  readonly valueOf: (known: Statistics, memory: Memory) => (silence: number) => number;
  readonly words: (value: number) => string;
}

/** False without a model, and of someone who never ordered. */
function onGrid(
  scope: Scope,
  spendDays: number,
  question: (model: PurchaseModel) => GridQuestion | null,
): Leaf {
  const model = modelOf(scope);
  const asked = model === null ? null : question(model);
  if (asked === null) return withoutModel(spendDays);
  const { op, limit } = asked.compared;
  const places = (memory: Memory, now: Instant) => {
    const known = statisticsOf('orders', memory, scope.zone);
    if (known === null) return null;
    const valueAt = asked.valueOf(known, memory);
    return {
      from: gridPlace(known.lastAt, now),
      at: (place: number) => known.lastAt + GRID_MS[place]!,
      value: (place: number) => valueAt(GRID_MS[place]! / DAY_MS),
    };
  };
  return {
    needs: ordersNeeded(spendDays),
    reads: [],
    ask: ({ memory, now }): Answer => {
      const grid = places(memory, now);
      if (grid === null) return NO;
      const holds = compareAmount(grid.value(grid.from), op, limit);
      for (let place = grid.from + 1; place < GRID_MS.length; place += 1) {
        if (compareAmount(grid.value(place), op, limit) !== holds) return { holds, until: grid.at(place) };
      }
      return lasting(holds);
    },
    evidence: ({ memory, now }) => {
      const grid = places(memory, now);
      return grid === null ? NO_ORDER : asked.words(grid.value(grid.from));
    },
  };
}

function withoutModel(spendDays: number): Leaf {
  return { needs: ordersNeeded(spendDays), reads: [], ask: () => NO, evidence: () => NO_MODEL };
}

function modelOf(scope: Scope): PurchaseModel | null {
  return scope.definition.prediction?.purchases.model ?? null;
}

function ordersNeeded(spendDays: number): readonly Need[] {
  return [{ kind: 'orders', spend_days: spendDays }];
}
