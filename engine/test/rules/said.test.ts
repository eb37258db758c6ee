// Who said a trait and how long ago, and texts that match a pattern: what holds, until when, what is refused.
import { expect, test } from 'vitest';
import { parseRule } from '../../src/rules/parse.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { sentence } from '../../src/rules/sentence.ts';
import { answer, fact } from '../support/facts.ts';

const red: Rule = { kind: 'trait', path: 'colour', op: 'is', value: 'red' };
const told = (colour: string | null, time: string) => fact('Preference Told', time, { traits: { colour } });
const noticed = (colour: string, time: string) => fact('Identified', time, { traits: { colour } });
const known = { segments: new Set<string>(), models: new Map() };
const now = '2026-04-01T00:00:00Z';

test('what was said so counts, not what it outranked', () => {
  const declared: Rule = { ...red, said_by: ['declared'] };
  const observed: Rule = { ...red, said_by: ['observed', 'imported'] };
  const history = [told('red', '2026-01-01T00:00:00Z'), noticed('red', '2026-02-01T00:00:00Z')];
  expect(answer(declared, history, now)).toBe('true for good');
  expect(answer(observed, history, now)).toBe('false for good');
  expect(answer(observed, history.slice(1), now)).toBe('true for good');
  expect(answer(declared, [], now)).toBe('false for good');
});

test('an answer counts while it is younger than asked, counted from when it was last given', () => {
  const fresh: Rule = { ...red, said_within: 'P90D' };
  const once = [told('red', '2026-01-01T10:00:00Z')];
  expect(answer(fresh, once, '2026-04-01T09:59:59.999Z')).toBe('true until 2026-04-01T10:00:00.000Z');
  expect(answer(fresh, once, '2026-04-01T10:00:00Z')).toBe('false for good');
  const again = [...once, told('red', '2026-03-01T10:00:00Z')];
  expect(answer(fresh, again, '2026-04-01T10:00:00Z')).toBe('true until 2026-05-30T10:00:00.000Z');
  // What only a program noticed later does not make the answer younger.
  expect(answer(fresh, [...once, noticed('red', '2026-03-01T10:00:00Z')], '2026-04-01T10:00:00Z')).toBe(
    'false for good',
  );
});

test('"unknown" with a way of saying holds of what was taken back, not of what was never said', () => {
  const cleared: Rule = { kind: 'trait', path: 'colour', op: 'unknown', said_by: ['declared'] };
  expect(answer(cleared, [told(null, '2026-01-01T00:00:00Z')], now)).toBe('true for good');
  expect(answer(cleared, [], now)).toBe('false for good');
});

test('a path inside a trait was said when the whole was', () => {
  const city: Rule = { kind: 'trait', path: 'address.city', op: 'is', value: 'Graz', said_within: 'P1D' };
  const said = fact('Identified', '2026-03-31T12:00:00Z', { traits: { address: { city: 'Graz' } } });
  expect(answer(city, [said], now)).toBe('true until 2026-04-01T12:00:00.000Z');
});

test('a text matches where the pattern is found in it; what is no text never does', () => {
  const sku: Rule = { kind: 'trait', path: 'sku', op: 'matches', value: '^SKU-\\d{2,4}$' };
  const has = (value: string | number | null) =>
    answer(sku, [fact('Identified', '2026-01-01T00:00:00Z', { traits: { sku: value } })], now);
  expect(has('SKU-123')).toBe('true for good');
  expect(has('SKU-1')).toBe('false for good');
  expect(has('my SKU-123')).toBe('false for good');
  expect(has(123)).toBe('false for good');
  expect(has(null)).toBe('false for good');
});

test('patterns narrow events too', () => {
  const rule: Rule = {
    kind: 'count',
    event: 'Page Viewed',
    where: [{ property: 'url', op: 'matches', value: '/products/(shoes|coats)/\\d+' }],
    op: 'at_least',
    n: 1,
  };
  const seen = (url: string) => [fact('Page Viewed', '2026-01-01T00:00:00Z', { properties: { url } })];
  expect(answer(rule, seen('https://shop.test/products/coats/12?x=1'), now)).toBe('true for good');
  expect(answer(rule, seen('https://shop.test/products/hats/12'), now)).toBe('false for good');
});

test.each([
  ['(a)\\1', 'Write out what may stand there.'],
  ['a(?=b)', 'Use two comparisons'],
  ['((a{50}){50}){50}', 'Repeat less'],
])('the pattern %s is refused with the way out', (value, hint) => {
  const parsed = parseRule({ kind: 'trait', path: 'x', op: 'matches', value }, known, '/rule');
  expect(parsed.ok ? [] : parsed.problems).toEqual([
    expect.objectContaining({
      code: 'bad_pattern',
      path: '/rule/value',
      hint: expect.stringContaining(hint),
    }),
  ]);
});

test('a wrong way of saying is told with those that are known', () => {
  const parsed = parseRule({ ...red, said_by: ['told'], said_within: '90 days' }, known);
  expect(parsed.ok ? [] : parsed.problems.map(({ path, hint }) => `${path} ${hint}`)).toEqual([
    '/said_by List one or several of: declared, observed, imported, predicted.',
    '/said_within Use ISO 8601 without months or years: P60D, PT90M, P2W.',
  ]);
});

test('the sentence says it', () => {
  expect(sentence({ ...red, said_by: ['declared', 'imported'], said_within: 'P90D' })).toBe(
    '“colour” is “red” (told us or imported, said in the last 90 days)',
  );
});
