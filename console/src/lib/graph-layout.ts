// Where the nodes of a journey stand in its picture: rows by the longest way from the start, columns by branch. Pure.
import type { Graph, GraphNode } from '../api/journeys.ts';
import { durationWords } from './format.ts';

export interface Placed {
  readonly id: string;
  readonly row: number;
  readonly column: number;
}

export interface Edge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** From which side of its node it leaves, and at which it arrives: past what stands between, else straight down. */
  readonly leaves: 'bottom' | 'left' | 'right';
  readonly arrives: 'top' | 'right';
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** The ways out of a node, the usual one first. */
export function waysOut(node: GraphNode): { readonly to: string; readonly label: string }[] {
  const within = durationWords(text(node['within']) ?? '');
  const out: { to: string | null; label: string }[] =
    node.kind === 'branch'
      ? [
          { to: text(node.then), label: 'yes' },
          { to: text(node.else), label: 'no' },
        ]
      : node.kind === 'wait_until'
        ? [
            { to: text(node.next), label: 'it happens' },
            { to: text(node.timeout), label: within ? `after ${within}` : 'in vain' },
          ]
        : [{ to: text(node.next), label: '' }];
  return out.flatMap((way) => (way.to === null ? [] : [{ to: way.to, label: way.label }]));
}

export function edgesOf(graph: Graph, placed: readonly Placed[]): Edge[] {
  const places = new Map(placed.map((one) => [one.id, one]));
  return Object.entries(graph.nodes).flatMap(([from, node]) =>
    waysOut(node)
      .filter((way) => graph.nodes[way.to])
      .map((way, i): Edge => {
        const route = routeOf(places.get(from), places.get(way.to), { placed, usual: i === 0 });
        return { id: `${from}-${i}`, from, to: way.to, label: way.label, ...route };
      }),
  );
}

function routeOf(
  from: Placed | undefined,
  to: Placed | undefined,
  { placed, usual }: { readonly placed: readonly Placed[]; readonly usual: boolean },
): Pick<Edge, 'leaves' | 'arrives'> {
  if (!from || !to) return { leaves: 'bottom', arrives: 'top' };
  const away = to.column - from.column;
  const between = placed.some((one) => one.column === to.column && one.row > from.row && one.row < to.row);
  if (away === 0 && (between || to.row <= from.row)) return { leaves: 'right', arrives: 'right' };
  if (usual || away === 0) return { leaves: 'bottom', arrives: 'top' };
  return { leaves: away < 0 ? 'left' : 'right', arrives: 'top' };
}

/** Nodes that cannot be reached come last, in rows of their own. */
export function layout(graph: Graph): Placed[] {
  const rows = new Map<string, number>();
  const onWay = new Set<string>();
  const visit = (id: string, row: number): void => {
    const node = graph.nodes[id];
    // A way back to where one came from is drawn, but makes no row.
    if (!node || onWay.has(id)) return;
    const known = rows.get(id);
    if (known !== undefined && known >= row) return;
    rows.set(id, row);
    onWay.add(id);
    for (const way of waysOut(node)) visit(way.to, row + 1);
    onWay.delete(id);
  };
  visit(graph.entry, 0);
  for (const id of Object.keys(graph.nodes)) if (!rows.has(id)) visit(id, Math.max(0, ...rows.values()) + 1);

  const columns = new Map<string, number>();
  const taken = new Set<string>();
  const place = (id: string, wanted: number): void => {
    if (columns.has(id) || !graph.nodes[id]) return;
    const row = rows.get(id) ?? 0;
    let column = wanted;
    while (taken.has(`${row}/${column}`)) column += 1;
    columns.set(id, column);
    taken.add(`${row}/${column}`);
    waysOut(graph.nodes[id]).forEach((way, i) => place(way.to, column + i));
  };
  place(graph.entry, 0);
  for (const id of Object.keys(graph.nodes)) place(id, 0);
  return Object.keys(graph.nodes).map((id) => ({ id, row: rows.get(id) ?? 0, column: columns.get(id) ?? 0 }));
}

/** All nodes in the order in which someone meets them: rows from the top, each from its usual way on. */
export function walkOrder(graph: Graph): string[] {
  return layout(graph)
    .sort((a, b) => a.row - b.row || a.column - b.column)
    .map((placed) => placed.id);
}
