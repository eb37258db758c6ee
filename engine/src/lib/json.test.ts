import { expect, test } from 'vitest';
import type { Json } from '../rules/rule.ts';
import { bloomAdd, bloomFrom, bloomMayHave, bloomText, emptyBloom } from './bloom.ts';
import { canonicalText, isSmall, pathReader } from './json.ts';

test('paths reach into objects and lists, whole names first, own properties only', () => {
  const value = JSON.parse('{"a":{"b":[{"c":5}]},"a.b":7,"__proto__":{"x":1}}') as Json;
  expect(pathReader('a.b')(value)).toBe(7);
  expect(pathReader('a.b.0.c')(value)).toBe(5);
  expect(pathReader('a.b.length')(value)).toBeUndefined();
  expect(pathReader('a.c')(value)).toBeUndefined();
  expect(pathReader('constructor.name')(value)).toBeUndefined();
  expect(pathReader('a.x')(null)).toBeUndefined();
});

test('canonical texts ignore the order of keys', () => {
  expect(canonicalText({ b: [1, { d: null, c: 'x' }], a: true })).toBe(
    '{"a":true,"b":[1,{"c":"x","d":null}]}',
  );
});

test('a value nested without end is not small, and asking does not overflow', () => {
  const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as Json;
  expect(isSmall(deep, 100_000)).toBe(false);
  expect(isSmall({ a: [1, 'x'] }, 20)).toBe(true);
  expect(isSmall('x'.repeat(18), 20)).toBe(true);
  expect(isSmall('x'.repeat(19), 20)).toBe(false);
  expect(
    isSmall(
      Array.from({ length: 50 }, () => 1),
      100,
    ),
  ).toBe(false);
});

test('a set that answers "perhaps" never forgets what was added', () => {
  const bits = emptyBloom();
  const ids = Array.from({ length: 300 }, (_, i) => `order ${i}`);
  for (const id of ids) bloomAdd(bits, id);
  const text = bloomText(bits);
  expect(ids.every((id) => bloomMayHave(text, id))).toBe(true);
  expect(bloomText(bloomFrom(text))).toBe(text);
  const wrong = Array.from({ length: 1_000 }, (_, i) => `other ${i}`).filter((id) => bloomMayHave(text, id));
  expect(wrong.length).toBeLessThan(20);
});
