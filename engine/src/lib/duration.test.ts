import { expect, test } from 'vitest';
import { durationWords, parseDuration } from './duration.ts';

test.each([
  ['P2W', 14 * 86_400_000, '14 days'],
  ['P60D', 60 * 86_400_000, '60 days'],
  ['PT90M', 90 * 60_000, '1 hour 30 minutes'],
  ['P1DT12H', 36 * 3_600_000, '1 day 12 hours'],
  ['PT1S', 1_000, '1 second'],
  ['P0D', 0, '0 days'],
])('%s is %d ms: %s', (text, ms, words) => {
  expect(parseDuration(text)).toBe(ms);
  expect(parseDuration(text)).toBe(ms);
  expect(durationWords(ms)).toBe(words);
});

test.each([
  '',
  'P',
  'PT',
  'P1M',
  'P1Y',
  'P1DT',
  '-P1D',
  'P-1D',
  'P1.5D',
  '60D',
  'p60d',
  'P1D ',
  'P999999W',
  'P1D1W',
  '__proto__',
])('"%s" is no duration of elapsed time', (text) => {
  expect(parseDuration(text)).toBeNull();
});
