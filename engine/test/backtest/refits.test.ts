// A backtest goes by what was known at the time: parameters change at their instants, with the cause of a refit, and start nothing.
import { describe, expect, test } from 'vitest';
import {
  addOutcome,
  backtestPerson,
  backtestResult,
  compileZone,
  emptyTally,
  prepareBacktest,
  refitInstants,
  TESTED_KEY,
} from '../../src/index.ts';
import type { BacktestResult, EventFact, PersonHistory, Prediction, Refit, Tested } from '../../src/index.ts';
import { day, shopDefinition } from '../support/shop.ts';

const quiet: Tested = {
  kind: 'segment',
  key: TESTED_KEY,
  rule: { kind: 'quiet', of: 'orders', one_in: 3, gaps: 2, min: 'P14D', max: 'P365D' },
};
const journey: Tested = {
  kind: 'journey',
  key: TESTED_KEY,
  version: 1,
  graph: {
    entry: 't',
    nodes: {
      t: { kind: 'trigger', on: { kind: 'segment_joined', segment: 'quiet' }, next: 'x' },
      x: { kind: 'exit' },
    },
    reentry: 'after_exit',
  },
};
const sally = history('sally', [1]);

describe('what was learnt in the middle of a span', () => {
  test('decides from then on: the moment of silence is the one that was known when it came', () => {
    // Quiet after 40 days by what was known first, after 20 by what was known from day 30 on.
    const result = run(quiet, [
      { at: day(0), prediction: afterDays(40) },
      { at: day(10), prediction: afterDays(20) },
    ]);
    expect(result.reached).toMatchObject({ people: 1, times: 1, at_end: 1 });
    expect(reachedAt(result)).toEqual([day(21)]);
    expect(result.refits).toEqual({ times: 0, people: 0 });
  });

  test('moves whoever is past it by then at its own instant, which is not counted as reached', () => {
    const refits = [
      { at: day(0), prediction: afterDays(40) },
      { at: day(30), prediction: afterDays(20) },
    ];
    const result = run(quiet, refits);
    expect(result.reached).toEqual({ people: 0, times: 0, already: 0, at_end: 1 });
    expect(result.refits).toEqual({ times: 1, people: 1 });
    expect(result.ordered_anyway).toMatchObject({ of: 0, undecided: 0 });
  });

  test('starts no journey, and the next silence of the same person does', () => {
    const refits = [
      { at: day(0), prediction: afterDays(40) },
      { at: day(30), prediction: afterDays(20) },
    ];
    expect(run(journey, refits).journey).toMatchObject({ runs: 0 });
    const twice = history('omar', [1, 35]);
    expect(run(journey, refits, [twice]).journey).toMatchObject({ runs: 1 });
    expect(reachedAt(run(journey, refits, [twice]))).toEqual([day(55)]);
  });

  test('takes back whom it would not call quiet any more, and calls them later', () => {
    const refits = [
      { at: day(0), prediction: afterDays(20) },
      { at: day(30), prediction: afterDays(40) },
    ];
    const result = run(quiet, refits);
    expect(result.reached).toMatchObject({ people: 1, times: 2, at_end: 1 });
    expect(reachedAt(result)).toEqual([day(21), day(41)]);
    expect(result.refits).toEqual({ times: 1, people: 1 });
    expect(result.sample[0]?.items.filter((item) => item.kind === 'relearnt')).toEqual([
      { at: day(30), kind: 'relearnt', from: TESTED_KEY, to: null },
    ]);
  });

  test('an appointment just before it comes at its own instant, one of that very instant by what is known from then on', () => {
    const at = day(21);
    const before = run(quiet, [
      { at: day(0), prediction: afterDays(20) },
      { at: at + 1, prediction: afterDays(40) },
    ]);
    expect(reachedAt(before)).toEqual([day(21), day(41)]);
    const same = run(quiet, [
      { at: day(0), prediction: afterDays(20) },
      { at, prediction: afterDays(40) },
    ]);
    expect(reachedAt(same)).toEqual([day(41)]);
  });

  test('whoever comes later goes by what is known when they come', () => {
    const refits = [
      { at: day(0), prediction: afterDays(40) },
      { at: day(30), prediction: afterDays(20) },
    ];
    expect(reachedAt(run(quiet, refits, [history('late', [50])]))).toEqual([day(70)]);
  });

  test('what happened before the span is lived through by what was known at its beginning', () => {
    const refits = [{ at: day(30), prediction: afterDays(20) }];
    const result = run(quiet, refits, [sally], { from: day(30), to: day(365) });
    expect(result.reached).toEqual({ people: 0, times: 0, already: 1, at_end: 1 });
  });
});

describe('the instants', () => {
  const zone = compileZone('Europe/Lisbon')!;
  const instants = (from: string, to: string) =>
    refitInstants({ from: Date.parse(from), to: Date.parse(to) }, zone).map((at) =>
      new Date(at).toISOString(),
    );

  test('are the beginning of the span and each month of the workspace within it', () => {
    expect(instants('2026-02-10T12:00:00Z', '2026-05-01T00:00:00Z')).toEqual([
      '2026-02-10T12:00:00.000Z',
      '2026-03-01T00:00:00.000Z',
      '2026-03-31T23:00:00.000Z',
      '2026-04-30T23:00:00.000Z',
    ]);
    expect(instants('2026-03-01T00:00:00Z', '2026-03-20T00:00:00Z')).toEqual(['2026-03-01T00:00:00.000Z']);
  });

  test('of ten years are every fourth month', () => {
    expect(instants('2016-01-15T00:00:00Z', '2026-01-15T00:00:00Z')).toHaveLength(31);
  });
});

/** A model by which anyone is unusually quiet after so many days. */
function afterDays(days: number): Prediction {
  const gaps = { one_in_3: days, one_in_10: days };
  const none = { new: 0, fast: 0, middle: 0, slow: 0 };
  const thresholds = { one_in_3: none, one_in_10: none };
  const purchases = { verdict: 'too_little' as const, model: null, groups: [0, 0] as const, thresholds };
  return { fitted_at: 0, purchases: { ...purchases, pooled_gap_days: gaps }, visits: null, spending: null };
}

function run(
  tested: Tested,
  refits: readonly Refit[],
  histories: readonly PersonHistory[] = [sally],
  span = { from: day(0), to: day(365) },
): BacktestResult {
  const options = { span, others: false, holdOut: false, assumeConsent: false, refits };
  const backtest = prepareBacktest(shopDefinition(), tested, options);
  const tally = emptyTally();
  for (const one of histories) addOutcome(backtest, tally, backtestPerson(backtest, one), 10);
  return backtestResult(backtest, tally);
}

function reachedAt(result: BacktestResult): readonly number[] {
  return result.sample.flatMap(({ items }) =>
    items.flatMap((item) => (item.kind === 'reached' ? [item.at] : [])),
  );
}

function history(id: string, days: readonly number[]): PersonHistory {
  const events = days.map((n, i): EventFact => ({
    id: `${id}-${i}`,
    at: day(n),
    name: 'Order Completed',
    type: 'track',
    trust: 'server',
    properties: { order_id: `${id}-${i}`, total: 10, currency: 'EUR' },
    traits: {},
    identities: [],
  }));
  return { id, events, consents: [], contacts: [], knownUntil: day(1_000) };
}
