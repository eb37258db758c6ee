import { expect, test } from 'vitest';
import type { CountPortion } from '../api/lifecycle.ts';
import { movedIn, nothingCounted, scaled, standingIn, withPortion } from './model-count.ts';

const person = (id: string) => ({ id, name: null, email: null });
const portion = (people: number, ids: readonly string[], more: boolean): CountPortion => ({
  looked: 10,
  of: 100,
  from_events: false,
  next_cursor: more ? 'on' : null,
  models: [
    {
      key: 'm',
      moves: [
        { from: 'a', to: 'b', people, examples: ids.map(person) },
        { from: 'a', to: 'a', people: 10 - people, examples: [] },
      ],
    },
  ],
});

test('portions add up, and a few people stand for each way', () => {
  let count = withPortion(nothingCounted, portion(2, ['1', '2'], true));
  const moves = () => count.models.get('m') ?? [];
  expect([count.looked, count.of, count.whole]).toEqual([10, 100, false]);
  expect(scaled(count, 2)).toBe(20);
  count = withPortion(count, portion(9, ['3', '4'], false));
  expect([count.looked, count.of, count.whole]).toEqual([20, 20, true]);
  expect(movedIn(moves())).toEqual([
    { from: 'a', to: 'b', people: 11, examples: [person('1'), person('2'), person('3')] },
  ]);
  expect([standingIn(moves(), 'a'), standingIn(moves(), 'b'), scaled(count, 11)]).toEqual([9, 11, 11]);
});
