import { expect, test } from 'vitest';
import type { Why } from '../api/rules.ts';
import { headingOf, untilWords } from './why-words.ts';

const why = (over: Partial<Why>): Why => ({
  kind: 'orders',
  sentence: 'has ordered',
  holds: true,
  until: null,
  facts: null,
  children: [],
  ...over,
});
const date = (at: string) => at.slice(0, 10);

test('what time alone will change says when, what it will not says by what', () => {
  expect(untilWords(why({ until: '2027-03-12T10:00:00Z' }), date)).toBe(
    'until 2027-03-12, if nothing happens before',
  );
  expect(untilWords(why({ holds: false, until: '2027-03-12T10:00:00Z' }), date)).toBe(
    'may turn true on 2027-03-12 by itself',
  );
  expect(untilWords(why({}), date)).toBe('turns false only by a new order');
  expect(untilWords(why({ kind: 'count', holds: false }), date)).toBe(
    'turns true only by something new that they do',
  );
  expect(untilWords(why({ kind: 'share' }), date)).toBe('never changes');
});

test('a block names its conditions once, not all of them again', () => {
  const child = why({});
  expect(headingOf(why({ kind: 'all', children: [child] }))).toBe('all of these');
  expect(headingOf(why({ kind: 'all', children: [] }))).toBe('everyone, for there is no condition');
  expect(headingOf(why({ kind: 'any', holds: false, children: [child] }))).toBe('at least one of these');
  expect(headingOf(why({ kind: 'not', holds: false, children: [child] }))).toBe('that this does not hold');
  expect(headingOf(child)).toBe('has ordered');
});
