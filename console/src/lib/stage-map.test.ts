import { expect, test } from 'vitest';
import { layoutStages } from './stage-map.ts';

const flow = (from: string | null, to: string | null, people: number) => ({ from, to, people });

test('moves forward stand on one side, moves back on the other, further ones higher; who comes in or goes out is not drawn', () => {
  const map = layoutStages(
    ['a', 'b', 'c'],
    [flow('a', 'c', 90), flow('c', 'b', 10), flow(null, 'a', 500), flow('b', null, 3), flow('a', 'gone', 2)],
    { pitch: 100, step: 30 },
  );
  expect(map.arcs.map(({ from, to, forward, people }) => [from, to, forward, people])).toEqual([
    [0, 2, true, 90],
    [2, 1, false, 10],
  ]);
  const [far, near] = map.arcs;
  expect(far!.out).toBeGreaterThan(near!.out);
  expect(far!.width).toBeGreaterThan(near!.width);
  expect([map.ahead, map.behind]).toEqual([far!.out, near!.out]);
});

test('no more than twelve are drawn, the largest', () => {
  const keys = ['a', 'b', 'c', 'd', 'e'];
  const flows = keys.flatMap((from) =>
    keys.filter((to) => to !== from).map((to, i) => flow(from, to, 50 - i)),
  );
  expect(layoutStages(keys, flows, { pitch: 1, step: 1 }).arcs).toHaveLength(12);
});
