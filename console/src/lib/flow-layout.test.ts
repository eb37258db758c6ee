import { expect, test } from 'vitest';
import { layoutFlows, movesMax } from './flow-layout.ts';

const stage = (key: string, before: number, now: number) => ({
  key,
  name: key,
  look: 'growing' as const,
  before,
  now,
});

test('every side is filled by its ribbons, without overlap and without a gap', () => {
  const stages = [stage('a', 60, 40), stage('b', 40, 60)];
  const { before, now, ribbons } = layoutFlows(stages, [{ from: 'a', to: 'b', people: 20 }], 200);
  expect(before.map(({ height }) => height)).toEqual([120, 80]);
  expect(now.map(({ height }) => height)).toEqual([80, 120]);
  expect(ribbons).toEqual([
    { from: 0, to: 0, people: 40, stayed: true, left: 0, right: 0, height: 80 },
    { from: 0, to: 1, people: 20, stayed: false, left: 80, right: 92, height: 40 },
    { from: 1, to: 1, people: 40, stayed: true, left: 132, right: 132, height: 80 },
  ]);
});

test('at most twelve moves are drawn, the largest first', () => {
  const stages = Array.from({ length: 5 }, (_, i) => stage(`s${i}`, 100, 100));
  const flows = stages.flatMap((from, i) =>
    stages.flatMap((to, j) => (i === j ? [] : [{ from: from.key, to: to.key, people: 21 - i * 4 - j }])),
  );
  const moves = layoutFlows(stages, flows, 100).ribbons.filter(({ stayed }) => !stayed);
  expect(moves).toHaveLength(movesMax);
});

test('nobody at all is no division by zero', () => {
  const { height, ribbons } = layoutFlows([stage('a', 0, 0)], [], 100);
  expect(height).toBe(2);
  expect(ribbons).toEqual([]);
});
