import { describe, expect, test } from 'vitest';
import type { SimpleBlock } from './letter.ts';
import { duplicated, gistOf, moved, newBlock, richOf } from './letter.ts';

const line = (id: string): SimpleBlock => ({ id, kind: 'divider' });
const three = [line('a'), line('b'), line('c')];
const order = (blocks: readonly { readonly id: string }[]) => blocks.map(({ id }) => id).join('');

describe('moving a block', () => {
  test.each([
    ['a', 0, 'abc'],
    ['a', 1, 'abc'],
    ['a', 2, 'bac'],
    ['a', 3, 'bca'],
    ['c', 0, 'cab'],
    ['b', -1, 'bac'],
    ['b', 9, 'acb'],
    ['x', 0, 'abc'],
  ])('%s before place %i gives %s', (id, before, expected) => {
    expect(order(moved(three, id, before))).toBe(expected);
  });
});

test('a copy has ids of its own, also inside its columns', () => {
  let n = 0;
  const copy = duplicated(newBlock('columns', 'a'), () => `n${++n}`);
  expect(JSON.stringify(copy)).not.toMatch(/"id":"a/);
});

test('a block is told by its words, fields left open', () => {
  const text = {
    ...richOf('Hello '),
    content: [{ type: 'paragraph', content: [{ type: 'text', text: 'Hello ' }, { type: 'field' }] }],
  };
  expect(gistOf({ id: 'a', kind: 'text', text })).toBe('Hello …');
});
