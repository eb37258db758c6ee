// Changes to a journey's graph as new graphs: steps put on a way, taken out, moved up or down. Pure; every result leads everywhere it
// should, so that nothing hangs loose after a change.
import type { EventNames } from './purchase.ts';
import type { Graph, GraphNode } from '../api/journeys.ts';
import type { Json, RuleJson } from '../api/rules.ts';
import { isObject } from './rule-tree.ts';

export const stepKinds = ['email', 'wait', 'wait_time', 'wait_until', 'branch', 'webhook', 'exit'] as const;
export type StepKind = (typeof stepKinds)[number];

/** The field of a node that leads on. */
export type Edge = 'next' | 'then' | 'else' | 'timeout';

export function edgesOfNode(node: GraphNode): readonly Edge[] {
  switch (node.kind) {
    case 'branch':
      return ['then', 'else'];
    case 'wait_until':
      return ['next', 'timeout'];
    case 'exit':
      return [];
    default:
      return ['next'];
  }
}

export const targetOf = (node: GraphNode | undefined, edge: Edge): string | null => {
  const to = node?.[edge];
  return typeof to === 'string' ? to : null;
};

export interface Choices {
  readonly template: string;
  readonly topic: string;
  /** What counts as an order. */
  readonly purchase: EventNames;
}

/** A step with what it needs to be told, so that it is not wrong before somebody has read it. */
export function newStep(kind: StepKind, next: string, choices: Choices): GraphNode {
  switch (kind) {
    case 'email':
      return { kind, template: choices.template, topic: choices.topic, next };
    case 'wait':
      return { kind, for: 'P3D', next };
    case 'wait_time':
      return { kind, at: '09:00', next };
    case 'wait_until':
      return { kind, event: { event: choices.purchase }, within: 'P7D', next, timeout: next };
    case 'branch':
      return { kind, rule: { kind: 'orders', op: 'at_least', n: 2 }, then: next, else: next };
    case 'webhook':
      return { kind, url: 'https://', next };
    case 'exit':
      return { kind };
  }
}

export function freshKey(graph: Graph, kind: string): string {
  for (let n = 1; ; n += 1) {
    const key = n === 1 ? kind : `${kind}_${n}`;
    if (!(key in graph.nodes)) return key;
  }
}

/** Puts a step on a way; an end cuts off what came after it, unless something else leads there. */
export function insertOn(
  graph: Graph,
  way: { readonly from: string; readonly edge: Edge },
  kind: StepKind,
  choices: Choices,
): { readonly graph: Graph; readonly added: string } {
  const from = graph.nodes[way.from];
  const target = targetOf(from, way.edge);
  if (from === undefined || target === null) return { graph, added: way.from };
  const added = freshKey(graph, kind);
  const nodes = {
    ...graph.nodes,
    [way.from]: { ...from, [way.edge]: added },
    [added]: newStep(kind, target, choices),
  };
  return { graph: reachable({ ...graph, nodes }), added };
}

/** Takes a step out; whoever led to it leads to where it led, by its usual way. An end can only go where another way ends too. */
export function removeStep(graph: Graph, id: string): Graph {
  const node = graph.nodes[id];
  const [edge] = node === undefined ? [] : edgesOfNode(node);
  const next = edge === undefined ? null : targetOf(node, edge);
  if (node === undefined || node.kind === 'trigger' || next === null || next === id) return graph;
  const { [id]: _gone, ...rest } = graph.nodes;
  const nodes = Object.fromEntries(
    Object.entries(rest).map(([key, one]) => [key, redirected(one, id, next)]),
  );
  return reachable({ ...graph, nodes });
}

/** The one step before, where there is exactly one and it leads on by one way only: then the two can change places. */
export function stepBefore(graph: Graph, id: string): string | null {
  const before = Object.entries(graph.nodes).filter(([, node]) =>
    edgesOfNode(node).some((edge) => targetOf(node, edge) === id),
  );
  const [only] = before;
  if (before.length !== 1 || only === undefined) return null;
  const [key, node] = only;
  return node.kind === 'trigger' || edgesOfNode(node).length !== 1 ? null : key;
}

/** Changes places with the step before; null where that cannot be. */
export function movedUp(graph: Graph, id: string): Graph | null {
  const node = graph.nodes[id];
  const before = stepBefore(graph, id);
  if (node === undefined || before === null || edgesOfNode(node).length !== 1) return null;
  const other = graph.nodes[before];
  const after = targetOf(node, 'next');
  if (other === undefined || after === null) return null;
  const nodes = Object.fromEntries(
    Object.entries(graph.nodes).map(([key, one]) => {
      if (key === id) return [key, { ...one, next: before }];
      if (key === before) return [key, { ...one, next: after }];
      return [key, redirected(one, before, id)];
    }),
  );
  return { ...graph, nodes };
}

export function movedDown(graph: Graph, id: string): Graph | null {
  const next = targetOf(graph.nodes[id], 'next');
  return next === null || stepBefore(graph, next) !== id ? null : movedUp(graph, next);
}

export const withNode = (graph: Graph, id: string, node: GraphNode): Graph => ({
  ...graph,
  nodes: { ...graph.nodes, [id]: node },
});

function redirected(node: GraphNode, from: string, to: string): GraphNode {
  const changed = edgesOfNode(node).filter((edge) => targetOf(node, edge) === from);
  return changed.length === 0 ? node : { ...node, ...Object.fromEntries(changed.map((edge) => [edge, to])) };
}

/** Without what nobody can reach. */
function reachable(graph: Graph): Graph {
  const seen = new Set<string>();
  const visit = (id: string | null): void => {
    const node = id === null ? undefined : graph.nodes[id];
    if (id === null || node === undefined || seen.has(id)) return;
    seen.add(id);
    for (const edge of edgesOfNode(node)) visit(targetOf(node, edge));
  };
  visit(graph.entry);
  return { ...graph, nodes: Object.fromEntries(Object.entries(graph.nodes).filter(([id]) => seen.has(id))) };
}

/** An order starts it, and it ends at once. */
export function blankGraph(purchase: EventNames): Graph {
  return {
    entry: 'start',
    nodes: {
      start: { kind: 'trigger', on: { kind: 'event', event: purchase }, next: 'end' },
      end: { kind: 'exit' },
    },
    hold_out: 0.2,
    reentry: 'once',
  };
}

export type TriggerJson = RuleJson;

/** One trigger, or any of several. */
export function triggersOf(on: Json | undefined): readonly TriggerJson[] {
  if (!isObject(on)) return [];
  const { of } = on;
  return on['kind'] === 'any' && Array.isArray(of) ? of.filter(isObject) : [on];
}

export function triggerOf(list: readonly TriggerJson[]): Json {
  const [only] = list;
  return list.length === 1 && only !== undefined ? only : { kind: 'any', of: [...list] };
}

/** What the outline shows, from top to bottom: a step, with the ways that part from it, or a word that a way goes on elsewhere. */
export type OutlineItem =
  | { readonly kind: 'step'; readonly id: string; readonly ways: readonly OutlineWay[] }
  | { readonly kind: 'goes_on'; readonly id: string };

export interface OutlineWay {
  readonly edge: Edge;
  readonly items: readonly OutlineItem[];
}

export function outlineOf(graph: Graph): readonly OutlineItem[] {
  const arrivals = new Map<string, number>();
  for (const node of Object.values(graph.nodes))
    for (const edge of edgesOfNode(node)) {
      const to = targetOf(node, edge);
      if (to !== null) arrivals.set(to, (arrivals.get(to) ?? 0) + 1);
    }
  const shown = new Set<string>();
  const meets = (id: string): boolean => (arrivals.get(id) ?? 0) > 1;
  /** A way that parted stops where it meets another: that stands below, once. */
  const chain = (from: string | null, parted: boolean): { items: OutlineItem[]; stop: string | null } => {
    const items: OutlineItem[] = [];
    let id = from;
    while (id !== null) {
      const node: GraphNode | undefined = graph.nodes[id];
      if (node === undefined) return { items, stop: null };
      if (shown.has(id)) return { items: [...items, { kind: 'goes_on', id }], stop: null };
      if (parted && meets(id)) return { items: [...items, { kind: 'goes_on', id }], stop: id };
      shown.add(id);
      const edges = edgesOfNode(node);
      if (edges.length < 2) {
        items.push({ kind: 'step', id, ways: [] });
        id = targetOf(node, 'next');
        continue;
      }
      const ways = edges.map((edge) => ({ edge, ...chain(targetOf(node, edge), true) }));
      items.push({ kind: 'step', id, ways: ways.map(({ edge, items: its }) => ({ edge, items: its })) });
      const stops = ways.flatMap(({ stop }) => (stop !== null && !shown.has(stop) ? [stop] : []));
      id = stops[0] ?? null;
      if (
        id !== null &&
        parted &&
        stops.every((stop) => stop === id) &&
        (arrivals.get(id) ?? 0) > stops.length
      )
        return { items, stop: id };
    }
    return { items, stop: null };
  };
  const all = chain(graph.entry, false).items;
  for (const id of Object.keys(graph.nodes)) if (!shown.has(id)) all.push(...chain(id, false).items);
  return all;
}
