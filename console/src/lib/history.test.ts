import { expect, test } from 'vitest';
import { changedTo, historyOf, redone, replaced, undone } from './history.ts';

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

test('another whole in its place is one step, and fields begin anew at each jump', () => {
  const history = replaced(changedTo(historyOf('a'), 'b', { about: null, at: 1 }), 'a');
  expect([history.now, history.jumps]).toEqual(['a', 1]);
  expect([undone(history).now, undone(history).jumps]).toEqual(['b', 2]);
});
