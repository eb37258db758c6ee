import { expect, test } from 'vitest';
import { movedItem } from './moved-item.ts';

test('an item moves to its place, and one that cannot leaves the very same list', () => {
  const list = ['a', 'b', 'c'];
  expect(movedItem(list, 0, 2)).toEqual(['b', 'c', 'a']);
  expect(movedItem(list, 2, 0)).toEqual(['c', 'a', 'b']);
  expect(movedItem(list, 1, 2)).toEqual(['a', 'c', 'b']);
  for (const [from, to] of [
    [0, -1],
    [2, 3],
    [-1, 0],
    [1, 1],
  ] as const)
    expect(movedItem(list, from, to)).toBe(list);
});
