// What would go if an import were taken back, in whole sentences, one and many.
import { expect, test } from 'vitest';
import { makeFormats } from './format.ts';
import { undoAheadWords } from './import-words.ts';

const formats = makeFormats('UTC', 'EUR', 'en-GB');
const words = (removed: number, kept: number, facts: number, people = removed + kept): string =>
  undoAheadWords(formats, { people, looked_at: removed + kept, removed, kept, facts });

test('who goes, who stays and how much goes is one sentence for each', () => {
  expect(words(11, 2, 40)).toBe(
    'Of 13 people whom this file touched, 11 are known by it alone and go; 2 stay. 40 facts go.',
  );
  expect(words(1, 1, 1)).toBe(
    'Of 2 people whom this file touched, 1 is known by it alone and goes; 1 stays. 1 fact goes.',
  );
  expect(words(13, 0, 40)).toBe(
    'All 13 people whom this file touched are known by it alone and go. 40 facts go with them.',
  );
  expect(words(1, 0, 1)).toBe(
    'The one person whom this file touched is known by it alone and goes. 1 fact goes with them.',
  );
  expect(words(0, 13, 40)).toBe(
    'All 13 people whom this file touched are known by something else too and stay. 40 facts go.',
  );
  expect(words(0, 0, 0)).toBe('Nobody is touched by this file any more: nothing would go.');
});

test('of a large file it says how many were looked at', () => {
  expect(words(1_900, 100, 4_000, 80_000)).toBe(
    'This file touched 80,000 people. Of 2,000 looked at, 1,900 are known by it alone and would go, and 100 would stay.',
  );
  expect(words(2_000, 0, 4_000, 80_000)).toBe(
    'This file touched 80,000 people. All 2,000 looked at are known by it alone and would go.',
  );
  expect(words(0, 2_000, 4_000, 80_000)).toBe(
    'This file touched 80,000 people. All 2,000 looked at are known by something else too and would stay.',
  );
});
