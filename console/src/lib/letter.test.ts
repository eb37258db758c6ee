import { describe, expect, test } from 'vitest';
import type { SimpleBlock } from './letter.ts';
import {
  changedTo,
  duplicated,
  gistOf,
  historyOf,
  moved,
  newBlock,
  redone,
  richOf,
  undone,
} from './letter.ts';

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

describe('the way back', () => {
  test('typing on at one place is one step, another place another', () => {
    let history = historyOf('');
    history = changedTo(history, 'a', { about: 'x', at: 1_000 });
    history = changedTo(history, 'ab', { about: 'x', at: 1_200 });
    history = changedTo(history, 'abc', { about: 'y', at: 1_300 });
    expect(undone(history).now).toBe('ab');
    expect(undone(undone(history)).now).toBe('');
    expect(redone(redone(undone(undone(history)))).now).toBe('abc');
  });

  test('after a pause it is another step', () => {
    let history = changedTo(historyOf(''), 'a', { about: 'x', at: 1_000 });
    history = changedTo(history, 'ab', { about: 'x', at: 9_000 });
    expect(undone(history).now).toBe('a');
  });

  test('nothing to take back changes nothing, and a new change ends the way forward', () => {
    const history = historyOf('a');
    expect(undone(history)).toBe(history);
    const forked = changedTo(undone(changedTo(history, 'b', { about: null, at: 1 })), 'c', {
      about: null,
      at: 2,
    });
    expect(redone(forked)).toBe(forked);
  });
});
