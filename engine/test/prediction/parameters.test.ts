// Parameters from outside: what is stored is read back, and nothing that is not a number becomes part of a program.
import { describe, expect, test } from 'vitest';
import { parsePrediction } from '../../src/index.ts';
import { PREDICTION } from '../support/facts.ts';

describe('a prediction from outside', () => {
  test('that a fit made comes through its JSON unchanged', () => {
    const json: unknown = JSON.parse(JSON.stringify(PREDICTION));
    expect(parsePrediction(json)).toEqual({ ok: true, value: PREDICTION });
  });

  test.each([
    ['', null],
    ['/fitted_at', { ...PREDICTION, fitted_at: '2026' }],
    ['/purchases/model/r', withModel({ r: Number.NaN })],
    ['/purchases/model/alpha', withModel({ alpha: Number.POSITIVE_INFINITY })],
    ['/purchases/model/a', withModel({ a: 0 })],
    ['/purchases/model/k', withModel({ k: 1.5 })],
    ['/purchases/model/k', withModel({ k: 99 })],
    ['/purchases/model', { ...PREDICTION, purchases: { ...PREDICTION.purchases, verdict: 'degenerate' } }],
    ['/purchases/groups', { ...PREDICTION, purchases: { ...PREDICTION.purchases, groups: [90, 40] } }],
    [
      '/purchases/thresholds/one_in_10',
      withThresholds({ one_in_3: PREDICTION.purchases.thresholds.one_in_3 }),
    ],
    [
      '/purchases/thresholds/one_in_3/fast',
      withThresholds({ one_in_3: { new: 0.5, fast: 2, middle: 0.5, slow: 0.5 } }),
    ],
    ['/spending/q', { ...PREDICTION, spending: { p: 1, v: 2 } }],
    ['/more', { ...PREDICTION, more: 1 }],
  ])('is refused at %s', (path, json) => {
    const parsed = parsePrediction(json);
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.path)).toContain(path);
  });
});

function withModel(parts: object): unknown {
  return {
    ...PREDICTION,
    purchases: { ...PREDICTION.purchases, model: { ...PREDICTION.purchases.model, ...parts } },
  };
}

function withThresholds(thresholds: object): unknown {
  return { ...PREDICTION, purchases: { ...PREDICTION.purchases, thresholds } };
}
