// A rule as a tree of blocks and conditions to edit: what stands where, and every change as a new tree. Conditions keep their
// identity through changes, so that a control keeps its focus while its words move.
import type { Json, RuleJson } from '../api/rules.ts';

/** Keys from the root of the rule. */
export type Path = readonly (string | number)[];

export type Joint = 'all' | 'any' | 'none' | 'not_all';

export interface Block {
  readonly shape: 'block';
  readonly joint: Joint;
  readonly path: Path;
  /** Where its list stands. */
  readonly listPath: Path;
  readonly children: readonly RuleJson[];
}

export interface Condition {
  readonly shape: 'condition';
  readonly negated: boolean;
  readonly path: Path;
  /** Where the condition itself stands: inside its `not`, if it has one. */
  readonly leafPath: Path;
  readonly leaf: RuleJson;
}

export const isObject = (value: Json | undefined): value is RuleJson =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** No condition: it holds for everyone. */
export const isEveryone = (rule: RuleJson): boolean =>
  rule['kind'] === 'all' && Array.isArray(rule['rules']) && rule['rules'].length === 0;

export function viewOf(node: RuleJson, path: Path): Block | Condition {
  const block = blockOf(node, path, false);
  if (block !== null) return block;
  const inner = node['rule'];
  if (node['kind'] !== 'not' || !isObject(inner))
    return { shape: 'condition', negated: false, path, leafPath: path, leaf: node };
  const innerPath = [...path, 'rule'];
  const negated = blockOf(inner, innerPath, true);
  if (negated !== null) return { ...negated, path };
  // Not not: what stands inside, at its place.
  if (inner['kind'] === 'not' && isObject(inner['rule']))
    return { ...viewOf(inner['rule'], [...innerPath, 'rule']), path };
  return { shape: 'condition', negated: true, path, leafPath: innerPath, leaf: inner };
}

function blockOf(node: RuleJson, path: Path, negated: boolean): Block | null {
  const { kind, rules } = node;
  if ((kind !== 'all' && kind !== 'any') || !Array.isArray(rules)) return null;
  const joint = kind === 'all' ? (negated ? 'not_all' : 'all') : negated ? 'none' : 'any';
  return { shape: 'block', joint, path, listPath: [...path, 'rules'], children: rules.filter(isObject) };
}

export function blockRule(joint: Joint, rules: readonly RuleJson[]): RuleJson {
  switch (joint) {
    case 'all':
    case 'any':
      return { kind: joint, rules };
    case 'none':
      return { kind: 'not', rule: { kind: 'any', rules } };
    case 'not_all':
      return { kind: 'not', rule: { kind: 'all', rules } };
  }
}

export function valueAt(root: Json | undefined, path: Path): Json | undefined {
  let at: Json | undefined = root;
  for (const key of path) {
    if (Array.isArray(at)) at = typeof key === 'number' ? (at as readonly Json[])[key] : undefined;
    else at = isObject(at) ? at[key] : undefined;
  }
  return at;
}

/** The rule with another value at the path; undefined takes the key away. */
export function withValue(root: RuleJson, path: Path, value: Json | undefined): RuleJson {
  const changed = put(root, path, value);
  return isObject(changed) ? changed : root;
}

function put(at: Json | undefined, path: Path, value: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) {
    if (isObject(value) && isObject(at)) keepIdentity(at, value);
    return value ?? null;
  }
  if (Array.isArray(at)) return at.map((one: Json, i) => (i === key ? put(one, rest, value) : one));
  const before: RuleJson = isObject(at) ? at : {};
  const { [key]: old, ...others } = before;
  const after: RuleJson =
    rest.length === 0 && value === undefined ? others : { ...before, [key]: put(old, rest, value) };
  keepIdentity(before, after);
  return after;
}

/** Says what becomes of the node at the path: another one, or nothing. A block that loses its last condition goes with it. */
export function withoutNode(root: RuleJson, path: Path): RuleJson {
  const parent = parentOf(root, path);
  if (parent === null) return { kind: 'all', rules: [] };
  const left = parent.children.filter((_child, i) => i !== indexOf(parent, path));
  if (left.length === 0 && parent.path.length > 0) return withoutNode(root, parent.path);
  return withValue(root, parent.listPath, left);
}

/** Puts a node behind the one at `path`, or at the end of a block when the path is the block's. */
export function withNodeAfter(root: RuleJson, path: Path, node: RuleJson): RuleJson {
  const parent = parentOf(root, path);
  if (parent === null) return withNodeIn(root, [], node);
  const i = indexOf(parent, path) + 1;
  return withValue(root, parent.listPath, [
    ...parent.children.slice(0, i),
    node,
    ...parent.children.slice(i),
  ]);
}

/** Puts a node at the end of the block at `path`; whatever else stands there becomes one with it. */
export function withNodeIn(root: RuleJson, path: Path, node: RuleJson): RuleJson {
  const there = valueAt(root, path);
  if (!isObject(there)) return root;
  const view = viewOf(there, path);
  if (view.shape === 'block') return withValue(root, view.listPath, [...view.children, node]);
  const block = blockRule('all', [there, node]);
  return path.length === 0 ? block : replaced(root, path, block);
}

/** Like `withValue`, for a node that is not the old one in new words. */
export function replaced(root: RuleJson, path: Path, node: RuleJson): RuleJson {
  if (path.length === 0) return node;
  const parent = parentOf(root, path);
  if (parent === null) return withValue(root, path, node);
  const i = indexOf(parent, path);
  return withValue(
    root,
    parent.listPath,
    parent.children.map((child, at) => (at === i ? node : child)),
  );
}

export function withJoint(root: RuleJson, path: Path, joint: Joint): RuleJson {
  const there = valueAt(root, path);
  if (!isObject(there)) return root;
  const view = viewOf(there, path);
  if (view.shape !== 'block') return root;
  const after = blockRule(joint, view.children);
  keepIdentity(there, after);
  return path.length === 0 ? after : replaced(root, path, after);
}

export function withNegation(root: RuleJson, condition: Condition, negated: boolean): RuleJson {
  if (condition.negated === negated) return root;
  const there = valueAt(root, condition.path);
  const after: RuleJson = negated ? { kind: 'not', rule: condition.leaf } : condition.leaf;
  if (isObject(there)) keepIdentity(there, after);
  return condition.path.length === 0 ? after : replaced(root, condition.path, after);
}

export type Move = 'up' | 'down' | 'out' | 'nest' | 'into';

/** The moves that would change something. `into` goes into the block just before. */
export function movesOf(root: RuleJson, path: Path): readonly Move[] {
  const parent = parentOf(root, path);
  if (parent === null) return ['nest'];
  const i = indexOf(parent, path);
  const before = parent.children[i - 1];
  return [
    ...(i > 0 ? (['up'] as const) : []),
    ...(i < parent.children.length - 1 ? (['down'] as const) : []),
    ...(before !== undefined && viewOf(before, []).shape === 'block' ? (['into'] as const) : []),
    ...(parent.path.length > 0 ? (['out'] as const) : []),
    'nest',
  ];
}

export function moved(root: RuleJson, path: Path, move: Move): RuleJson {
  const node = valueAt(root, path);
  const parent = parentOf(root, path);
  if (!isObject(node) || !movesOf(root, path).includes(move)) return root;
  if (parent === null) return blockRule('any', [node]);
  const i = indexOf(parent, path);
  switch (move) {
    case 'up':
      return movedTo(root, path, i - 1);
    case 'down':
      return movedTo(root, path, i + 1);
    case 'nest':
      return replaced(root, path, blockRule(parent.joint === 'all' ? 'any' : 'all', [node]));
    case 'out': {
      // Behind the block first: taking it out of the block then changes nothing before it.
      const behind = withNodeAfter(root, parent.path, node);
      return withoutNode(behind, path);
    }
    case 'into': {
      const inside = withNodeIn(root, [...parent.listPath, i - 1], node);
      return withoutNode(inside, path);
    }
  }
}

/** To another place in its own block. */
export function movedTo(root: RuleJson, path: Path, to: number): RuleJson {
  const parent = parentOf(root, path);
  const node = valueAt(root, path);
  if (parent === null || !isObject(node)) return root;
  const rest = parent.children.filter((_child, i) => i !== indexOf(parent, path));
  return withValue(root, parent.listPath, [...rest.slice(0, to), node, ...rest.slice(to)]);
}

/** A copy with an identity of its own. */
export const copyOf = (node: RuleJson): RuleJson => structuredClone(node) as RuleJson;

/** The block whose list holds the node. */
function parentOf(root: RuleJson, path: Path): Block | null {
  const index = path.at(-1);
  if (typeof index !== 'number') return null;
  for (let length = path.length - 2; length >= 0; length -= 1) {
    const at = path.slice(0, length);
    const node = valueAt(root, at);
    if (!isObject(node)) continue;
    const view = viewOf(node, at);
    if (view.shape === 'block' && view.listPath.length === path.length - 1) return outermost(root, view);
  }
  return null;
}

/** A block inside a `not` stands where the `not` stands. */
function outermost(root: RuleJson, block: Block): Block {
  const around = block.path.slice(0, block.path.findLastIndex((key) => key !== 'rule') + 1);
  const node = valueAt(root, around);
  const view = isObject(node) ? viewOf(node, around) : block;
  return view.shape === 'block' ? view : block;
}

function indexOf(parent: Block, path: Path): number {
  const index = path[parent.listPath.length];
  return typeof index === 'number' ? index : -1;
}

/** Keys of the segments that a rule asks for: they have rules of their own. */
export function segmentsIn(rule: RuleJson): readonly string[] {
  const children = Array.isArray(rule['rules']) ? rule['rules'] : [rule['rule']];
  const own = rule['kind'] === 'segment' && typeof rule['segment'] === 'string' ? [rule['segment']] : [];
  const below = children.flatMap((child: Json | undefined) => (isObject(child) ? segmentsIn(child) : []));
  return [...new Set([...own, ...below])];
}

/** JSON pointer, as problems carry it. */
export function pointerOf(path: Path): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

const identities = new WeakMap<RuleJson, number>();
let nextIdentity = 1;

/** The same for a node through all its changes; two nodes never share one. */
export function identityOf(node: RuleJson): number {
  const known = identities.get(node);
  if (known !== undefined) return known;
  const made = nextIdentity;
  nextIdentity += 1;
  identities.set(node, made);
  return made;
}

function keepIdentity(before: RuleJson, after: RuleJson): void {
  if (before !== after) identities.set(after, identityOf(before));
}
