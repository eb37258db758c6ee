// Where a journey's nodes stand: nothing on top of each other, also in graphs that nobody would draw.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Graph, GraphNode } from '../api/journeys.ts';
import { edgesOf, layout } from './graph-layout.ts';

const graph: Graph = {
  entry: 't',
  nodes: {
    t: { kind: 'trigger', next: 'w' },
    w: { kind: 'wait_until', within: 'P60D', next: 'm', timeout: 'x' },
    m: { kind: 'email', next: 'x' },
    x: { kind: 'exit' },
  },
};

test('a node stands below everything that leads to it', () => {
  const row = new Map(layout(graph).map((one) => [one.id, one.row]));
  expect([row.get('t'), row.get('w'), row.get('m'), row.get('x')]).toEqual([0, 1, 2, 3]);
});

test('a way past a node goes round it, and says when it is taken', () => {
  const ways = edgesOf(graph, layout(graph)).filter((edge) => edge.from === 'w');
  expect(ways).toEqual([
    { id: 'w-0', from: 'w', to: 'm', label: 'it happens', leaves: 'bottom', arrives: 'top' },
    { id: 'w-1', from: 'w', to: 'x', label: 'after 60 days', leaves: 'right', arrives: 'right' },
  ]);
});

test('in any graph, with loops and loose ends, every node has a place of its own', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const node: fc.Arbitrary<GraphNode> = fc.oneof(
    fc.record({ kind: fc.constant('wait'), next: id }),
    fc.record({ kind: fc.constant('branch'), then: id, else: id }),
    fc.constant({ kind: 'exit' }),
  );
  fc.assert(
    fc.property(id, fc.dictionary(id, node, { minKeys: 1 }), (entry, nodes) => {
      const placed = layout({ entry, nodes });
      expect(placed.map((one) => one.id).toSorted()).toEqual(Object.keys(nodes).toSorted());
      expect(new Set(placed.map((one) => `${one.row}/${one.column}`)).size).toBe(placed.length);
      edgesOf({ entry, nodes }, placed);
    }),
  );
});
