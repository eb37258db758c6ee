// A rule edited as a tree: each change says what it should and keeps everything else.
import { expect, test } from 'vitest';
import type { RuleJson } from '../api/rules.ts';
import {
  blockRule,
  identityOf,
  moved,
  movedTo,
  movesOf,
  pointerOf,
  replaced,
  segmentsIn,
  valueAt,
  viewOf,
  withJoint,
  withNegation,
  withNodeAfter,
  withNodeIn,
  withoutNode,
  withValue,
} from './rule-tree.ts';

const orders = (n: number): RuleJson => ({ kind: 'orders', op: 'at_least', n });
const all = (...rules: RuleJson[]): RuleJson => ({ kind: 'all', rules });
const any = (...rules: RuleJson[]): RuleJson => ({ kind: 'any', rules });
const not = (rule: RuleJson): RuleJson => ({ kind: 'not', rule });

test('a rule is seen as blocks and conditions, a not as part of what it denies', () => {
  expect(viewOf(all(orders(1)), [])).toMatchObject({ shape: 'block', joint: 'all', listPath: ['rules'] });
  expect(viewOf(not(any(orders(1))), [])).toMatchObject({
    joint: 'none',
    path: [],
    listPath: ['rule', 'rules'],
  });
  expect(viewOf(not(all(orders(1))), [])).toMatchObject({ joint: 'not_all' });
  expect(viewOf(not(orders(1)), [])).toMatchObject({ shape: 'condition', negated: true, leafPath: ['rule'] });
  expect(viewOf(not(not(orders(1))), [])).toMatchObject({
    negated: false,
    path: [],
    leafPath: ['rule', 'rule'],
  });
});

test('a value changes at its place, and undefined takes a key away', () => {
  const rule = all(orders(1), { kind: 'count', event: 'A', op: 'at_least', n: 1, window: { last: 'P1D' } });
  expect(withValue(rule, ['rules', 1, 'window', 'last'], 'P2D')).toEqual(
    all(orders(1), { kind: 'count', event: 'A', op: 'at_least', n: 1, window: { last: 'P2D' } }),
  );
  expect(withValue(rule, ['rules', 1, 'window'], undefined)).toEqual(
    all(orders(1), { kind: 'count', event: 'A', op: 'at_least', n: 1 }),
  );
});

test('a condition is the same one after its words changed, and a copy is another', () => {
  const first = orders(1);
  const rule = all(first, orders(2));
  const after = withValue(rule, ['rules', 0, 'n'], 5);
  const changed = valueAt(after, ['rules', 0]) as RuleJson;
  expect(identityOf(changed)).toBe(identityOf(first));
  expect(identityOf(valueAt(after, ['rules', 1]) as RuleJson)).not.toBe(identityOf(first));
});

test('denied and undenied again, a condition is what it was', () => {
  const rule = all(orders(1), orders(2));
  const view = viewOf(orders(1), ['rules', 0]);
  if (view.shape !== 'condition') throw new Error('not a condition');
  const denied = withNegation(rule, view, true);
  expect(denied).toEqual(all(not(orders(1)), orders(2)));
  const again = viewOf(not(orders(1)), ['rules', 0]);
  if (again.shape !== 'condition') throw new Error('not a condition');
  expect(withNegation(denied, again, false)).toEqual(rule);
});

test('a block says all, any, none or not all of the same conditions', () => {
  const rule = all(orders(1), any(orders(2), orders(3)));
  expect(withJoint(rule, ['rules', 1], 'none')).toEqual(all(orders(1), not(any(orders(2), orders(3)))));
  expect(withJoint(not(any(orders(1))), [], 'all')).toEqual(all(orders(1)));
});

test('what is added goes into its block, and a single condition becomes a block', () => {
  expect(withNodeIn(orders(1), [], orders(2))).toEqual(all(orders(1), orders(2)));
  expect(withNodeIn(not(any(orders(1))), [], orders(2))).toEqual(not(any(orders(1), orders(2))));
  expect(withNodeAfter(all(orders(1), orders(3)), ['rules', 0], orders(2))).toEqual(
    all(orders(1), orders(2), orders(3)),
  );
});

test('a block goes with its last condition, also inside a not', () => {
  expect(withoutNode(all(orders(1), any(orders(2))), ['rules', 1, 'rules', 0])).toEqual(all(orders(1)));
  expect(withoutNode(all(orders(1), not(any(orders(2)))), ['rules', 1, 'rule', 'rules', 0])).toEqual(
    all(orders(1)),
  );
  expect(withoutNode(all(orders(1)), ['rules', 0])).toEqual(all());
  expect(withoutNode(orders(1), [])).toEqual(all());
});

test('conditions move up, down, out, into the block above, and into one of their own', () => {
  const rule = all(orders(1), any(orders(2), orders(3)), orders(4));
  expect(moved(rule, ['rules', 0], 'down')).toEqual(all(any(orders(2), orders(3)), orders(1), orders(4)));
  expect(moved(rule, ['rules', 1, 'rules', 1], 'up')).toEqual(
    all(orders(1), any(orders(3), orders(2)), orders(4)),
  );
  expect(moved(rule, ['rules', 1, 'rules', 0], 'out')).toEqual(
    all(orders(1), any(orders(3)), orders(2), orders(4)),
  );
  expect(moved(rule, ['rules', 2], 'into')).toEqual(all(orders(1), any(orders(2), orders(3), orders(4))));
  expect(moved(rule, ['rules', 0], 'nest')).toEqual(
    all(any(orders(1)), any(orders(2), orders(3)), orders(4)),
  );
  expect(movedTo(rule, ['rules', 2], 0)).toEqual(all(orders(4), orders(1), any(orders(2), orders(3))));
  expect(movesOf(rule, ['rules', 0])).toEqual(['down', 'nest']);
  expect(moved(rule, ['rules', 0], 'up')).toBe(rule);
});

test('a node is replaced by another of its own', () => {
  expect(replaced(all(orders(1)), ['rules', 0], orders(9))).toEqual(all(orders(9)));
  expect(blockRule('not_all', [orders(1)])).toEqual(not(all(orders(1))));
});

test('segments that are asked for are found at any depth, each once', () => {
  const segment = { kind: 'segment', segment: 'vip' };
  expect(segmentsIn(all(segment, not(any(segment, { kind: 'segment', segment: 'gone' }))))).toEqual([
    'vip',
    'gone',
  ]);
});

test('a place is told as a JSON pointer', () => {
  expect(pointerOf(['rules', 0, 'a/b', '~'])).toBe('/rules/0/a~1b/~0');
});
