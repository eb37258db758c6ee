// Rules from outside: every problem at once, each with its place, the value received and a way out.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Known } from '../../src/rules/parse.ts';
import { DEPTH_MAX, parseRule, parseSelector, RULES_MAX } from '../../src/rules/parse.ts';

const known: Known = {
  segments: new Set(['quiet', 'vip']),
  models: new Map([['default', new Set(['build_up', 'continuation'])]]),
  journeys: new Set(['welcome']),
  topics: new Set(['offers']),
};

function problems(json: unknown, path = ''): readonly string[] {
  const parsed = parseRule(json, known, path);
  if (parsed.ok) throw new Error('no problem was found');
  for (const problem of parsed.problems) {
    expect(problem.message.length, problem.code).toBeGreaterThan(5);
    expect(problem.hint.length, problem.code).toBeGreaterThan(5);
  }
  return parsed.problems.map(
    (problem) => `${problem.path} ${problem.code}: ${problem.message} ${problem.hint}`,
  );
}

test('all problems are told at once, each with its JSON pointer', () => {
  const found = problems(
    {
      kind: 'all',
      rules: [
        { kind: 'cuont', event: 'X' },
        { kind: 'count', event: '', op: 'at_leest', n: 2.5, window: { last: 'P1M' }, extra: 1 },
        { kind: 'segment', segment: 'vpi' },
        { kind: 'stage', model: 'default', stage: ['build_up', 'continuaton'] },
        null,
      ],
    },
    '/rule',
  );
  expect(found.map((each) => each.split(':')[0])).toEqual([
    '/rule/rules/0/kind not_one_of',
    '/rule/rules/1/extra unknown_key',
    '/rule/rules/1/event wrong_type',
    '/rule/rules/1/window/last bad_duration',
    '/rule/rules/1/op not_one_of',
    '/rule/rules/1/n out_of_range',
    '/rule/rules/2/segment not_found',
    '/rule/rules/3/stage not_found',
    '/rule/rules/4 wrong_type',
  ]);
  expect(found[0]).toContain('Did you mean "count"?');
  expect(found[7]).toContain('Did you mean "continuation"?');
});

test.each([
  ['a text', 'quiet'],
  ['nothing', undefined],
  ['a list', []],
  ['a number', 5],
])('%s is no rule', (_, json) => {
  expect(problems(json)).toHaveLength(1);
});

test('rules nested too deep are refused with words, however deep they are', () => {
  const nested = (depth: number): unknown =>
    depth === 0 ? { kind: 'segment', segment: 'vip' } : { kind: 'not', rule: nested(depth - 1) };
  expect(parseRule(nested(DEPTH_MAX - 1), known).ok).toBe(true);
  expect(problems(nested(100))).toEqual([
    expect.stringContaining(`too_deep: Rules are nested more than ${DEPTH_MAX} deep.`),
  ]);
  let endless: unknown = { kind: 'segment', segment: 'vip' };
  for (let i = 0; i < 100_000; i++) endless = { kind: 'not', rule: endless };
  expect(problems(endless)).toHaveLength(1);
});

test('too many rules are refused once', () => {
  const many = Array.from({ length: RULES_MAX + 50 }, () => ({ kind: 'segment', segment: 'vip' }));
  expect(problems({ kind: 'any', rules: many })).toEqual([expect.stringContaining('too_many')]);
});

test('keys that would reach into prototypes are refused', () => {
  const found = problems(
    JSON.parse('{"kind":"trait","path":"__proto__.admin","op":"known","__proto__":{"a":1},"constructor":1}'),
  );
  expect(found.map((each) => each.split(':')[0])).toEqual([
    '/__proto__ unknown_key',
    '/constructor unknown_key',
    '/path bad_path',
  ]);
  expect(Object.prototype).not.toHaveProperty('a');
});

test.each([
  ['over', '5', 'a text is never compared with a number'],
  ['over', null, 'Ask with "unknown"'],
  ['is', { a: 1 }, 'Give a text, a number, true or false.'],
  ['is', undefined, 'Give a text, a number, true or false.'],
  ['one_of', [], 'Give a list'],
  ['one_of', 'gold', 'Give a list'],
  ['before', '12.03.2026', 'Give a date'],
  ['before', '2026-02-30', 'Give a date'],
  ['known', true, 'Leave "value" out'],
  ['starts_with', '', 'Give a text'],
])('"%s" with %j is refused with the way out', (op, value, hint) => {
  expect(problems({ kind: 'trait', path: 'x', op, ...(value === undefined ? {} : { value }) })).toEqual([
    expect.stringContaining(hint),
  ]);
});

test.each([
  [
    'at least 3 and never',
    [
      { kind: 'count', event: 'X', op: 'at_least', n: 3 },
      { kind: 'count', event: 'X', op: 'at_most', n: 0 },
    ],
  ],
  [
    'two values of one trait',
    [
      { kind: 'trait', path: 'plan', op: 'is', value: 'gold' },
      { kind: 'trait', path: 'plan', op: 'is', value: 'basic' },
    ],
  ],
  [
    'this and not this',
    [
      { kind: 'segment', segment: 'vip' },
      { kind: 'not', rule: { kind: 'segment', segment: 'vip' } },
    ],
  ],
  [
    'an average over 5 and at most 5',
    [
      { kind: 'average', event: 'X', property: 'total', op: 'over', value: 5 },
      { kind: 'average', event: 'X', property: 'total', op: 'at_most', value: '5.00' },
    ],
  ],
  [
    'spend at least 100 and under 50 of one month',
    [
      { kind: 'spend', per: 'all', window: { this: 'month' }, op: 'at_least', value: 100 },
      { kind: 'spend', per: 'all', window: { this: 'month' }, op: 'under', value: 50 },
    ],
  ],
  [
    'at least 3 and at most 2 distinct values',
    [
      { kind: 'distinct', event: 'X', property: 'a', op: 'at_least', n: 3 },
      { kind: 'distinct', event: 'X', property: 'a', op: 'at_most', n: 2 },
    ],
  ],
  [
    'exactly one and exactly two orders',
    [
      { kind: 'orders', op: 'exactly', n: 1 },
      { kind: 'orders', op: 'exactly', n: 2 },
    ],
  ],
])('%s can never hold: it is refused', (_, rules) => {
  expect(problems({ kind: 'all', rules })).toEqual([
    expect.stringMatching(/^\/rules\/1 contradiction: Nobody both /),
  ]);
  expect(parseRule({ kind: 'any', rules }, known).ok).toBe(true);
});

test('a journey that was put away is told from one that never was', () => {
  const archive: Known = {
    ...known,
    archived_journeys: new Set(['old']),
    journeys: new Set(['old', 'welcome']),
  };
  const asked = (journey: string) => {
    const parsed = parseRule({ kind: 'in_journey', journey }, archive, '/rule');
    return parsed.ok ? [] : parsed.problems;
  };
  expect(asked('old')).toEqual([
    {
      code: 'archived',
      path: '/rule/journey',
      message: "Journey 'old' is archived: nobody is on it any more.",
      hint: 'Leave this condition out, or ask for one of: welcome.',
    },
  ]);
  expect(asked('older').map(({ code }) => code)).toEqual(['not_found']);
  expect(asked('welcome')).toEqual([]);
});

test('different windows or conditions do not contradict', () => {
  const twice = { kind: 'count', event: 'X', op: 'at_least', n: 2 };
  const never = { kind: 'count', event: 'X', op: 'at_most', n: 0, window: { last: 'P30D' } };
  expect(parseRule({ kind: 'all', rules: [twice, never] }, known).ok).toBe(true);

  const spent = (op: string, value: number, window?: unknown) => ({
    kind: 'spend',
    per: 'all',
    op,
    value,
    ...(window === undefined ? {} : { window }),
  });
  for (const rules of [
    [spent('at_least', 5), spent('at_most', 5)],
    [spent('over', 5), spent('over', 7)],
    [spent('over', 5), spent('under', 3, { this: 'month' })],
  ])
    expect(parseRule({ kind: 'all', rules }, known).ok).toBe(true);
});

test.each([
  [{ kind: 'count', event: 'X', op: 'at_least', n: 401, window: { last: 'P30D' } }],
  [{ kind: 'sum', event: 'X', property: 'total', window: { last: 'PT73H' }, op: 'over', value: 1 }],
  [{ kind: 'sum', event: 'X', property: 'total', window: { last: 'PT90M' }, op: 'over', value: 1 }],
  [{ kind: 'sum', event: 'X', property: 'total', window: { last: 'P500D' }, op: 'over', value: 1 }],
  [{ kind: 'sum', event: 'X', property: 'total', window: { last: 'P401D' }, op: 'over', value: 1 }],
  [{ kind: 'count', event: 'X', window: { this: 'decade' }, op: 'at_least', n: 1 }],
  [{ kind: 'count', event: 'X', window: { this: 'month', last: 'P1D' }, op: 'at_least', n: 1 }],
  [{ kind: 'count', event: 'X', window: {}, op: 'at_least', n: 1 }],
  [{ kind: 'trend', event: 'X', days: 201, op: 'under', share: 0.5 }],
  [{ kind: 'quiet', of: 'orders', gaps: 2, min: 'P60D', max: 'P14D' }],
  [{ kind: 'quiet', of: 'orders', gaps: 0, min: 'P1D', max: 'P14D' }],
  [{ kind: 'share', of: 1.5, salt: 'x' }],
  [{ kind: 'consent', topic: 'nothing' }],
  [{ kind: 'in_journey', journey: 'nothing' }],
  [{ kind: 'identity', has: [] }],
  [{ kind: 'any', rules: [] }],
  [{ kind: 'count', event: 'X', op: 'at_least', n: 0 }],
  [{ kind: 'count', event: 'X', op: 'at_least', n: 1, window: { last: 'P0D' } }],
  [{ kind: 'count', event: 'X', op: 'at_least', n: 1, where: [{ property: 'a..b', op: 'known' }] }],
])('%j asks for what memory does not keep, or for nothing', (json) => {
  expect(problems(json).length).toBeGreaterThan(0);
});

test('what would remember without bound is refused with a way out', () => {
  expect(problems({ kind: 'distinct', event: 'X', property: 'a', op: 'at_least', n: 1_000_000 })).toEqual([
    '/n out_of_range: "n" is 1000000. Give a whole number from 1 to 100. Each value is remembered; to ask how often something was done at all, use "count".',
  ]);
  expect(problems({ kind: 'spend', per: 'order', window: { last: 'PT100H' }, op: 'over', value: 1 })).toEqual(
    [expect.stringContaining('1 to 72 whole hours (PT6H)')],
  );
  const often = { kind: 'count', event: 'X', op: 'at_least', n: 5_000 };
  expect(problems({ ...often, window: { last: 'P30D' } })).toEqual([
    expect.stringContaining('Give a whole number from 1 to 400. Rolling windows remember times one by one;'),
  ]);
  expect(parseRule({ ...often, window: { previous: 'month' } }, known).ok).toBe(true);
  expect(
    problems({
      kind: 'sum',
      event: 'X',
      property: 'total',
      window: { last: 'P500D' },
      op: 'over',
      value: 1,
    }),
  ).toEqual([
    '/window/last out_of_range: "last" is P500D; amounts are kept by the day for 400 days and by the hour for 72 hours. Give 1 to 400 whole days (P30D) or 1 to 72 whole hours (PT6H), {"previous": "year"} for a longer period, or no window for all time.',
  ]);
});

test('whatever JSON comes, the parser answers and stays within what it knows', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      const parsed = parseRule(json, known);
      expect(parsed.ok || parsed.problems.length > 0).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('which events: a name, several, conditions', () => {
  expect(parseSelector({ event: 'Order Completed', where: [] })).toEqual({
    ok: true,
    value: { event: 'Order Completed' },
  });
  expect(parseSelector({ event: ['A', 'A', 'B'] })).toEqual({ ok: true, value: { event: ['A', 'B'] } });
  const parsed = parseSelector({ event: 5, were: [] }, '/on');
  expect(parsed.ok ? [] : parsed.problems.map((problem) => `${problem.path} ${problem.hint}`)).toEqual([
    '/on/were Did you mean "where"?',
    '/on/event Give 1 to 50 event names.',
  ]);
});
