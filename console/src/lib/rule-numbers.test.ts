// The numbers of a rule as fields, and the rule with one of them changed.
import { expect, test } from 'vitest';
import type { RuleJson } from '../api/rules.ts';
import { ruleNumbers, segmentsIn, withNumber } from './rule-numbers.ts';

const rule: RuleJson = {
  kind: 'all',
  rules: [
    { kind: 'orders', op: 'at_least', n: 2 },
    {
      kind: 'not',
      rule: { kind: 'count', event: 'Order Completed', window: { last: 'P60D' }, op: 'at_least', n: 1 },
    },
    { kind: 'quiet', of: 'orders', gaps: 2, min: 'P14D', max: 'P365D' },
    { kind: 'spend_trend', days: 90, op: 'under', share: 0.5, orders_at_least: 3 },
  ],
};

test('every number that a marketer may turn has a field', () => {
  expect(ruleNumbers(rule).map(({ value, unit }) => `${value} ${unit}`)).toEqual([
    '2 times',
    '1 times',
    '60 days',
    '2 number',
    '14 days',
    '365 days',
    '90 days',
    '0.5 share',
    '3 number',
  ]);
});

test('changing 60 days to 45 changes nothing else', () => {
  const sixty = ruleNumbers(rule).find((one) => one.value === 60);
  expect(sixty).toBeDefined();
  if (!sixty) return;
  const text = JSON.stringify(withNumber(rule, sixty, 45));
  expect(text).toBe(JSON.stringify(rule).replace('P60D', 'P45D'));
});

test('days that are a number stay a number', () => {
  const ninety = ruleNumbers(rule).find((one) => one.value === 90);
  if (!ninety) throw new Error('There is no field for the 90 days.');
  expect(JSON.stringify(withNumber(rule, ninety, 30))).toContain('"days":30');
});

test('a rule of a kind that nobody knows has no fields and does no harm', () => {
  expect(ruleNumbers({ kind: 'new one', deep: { n: 'x' } })).toEqual([]);
  expect(ruleNumbers({})).toEqual([]);
});

test('the segments that a rule asks for are found at any depth, each once', () => {
  const deep: RuleJson = {
    kind: 'all',
    rules: [
      { kind: 'segment', segment: 'warning' },
      { kind: 'not', rule: { kind: 'segment', segment: 'gone' } },
      {
        kind: 'any',
        rules: [
          { kind: 'segment', segment: 'warning' },
          { kind: 'orders', op: 'at_least', n: 1 },
        ],
      },
    ],
  };
  expect(segmentsIn(deep)).toEqual(['warning', 'gone']);
});
