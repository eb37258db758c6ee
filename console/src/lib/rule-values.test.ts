// Values between what is stored and what is typed: nothing is lost on the way, and a text is no number.
import { expect, test } from 'vitest';
import {
  carriedValue,
  meaningsOf,
  readAmount,
  readDuration,
  readNumber,
  writeDuration,
} from './rule-values.ts';

test.each([
  ['P60D', 60, 'days'],
  ['P2W', 2, 'weeks'],
  ['P14D', 14, 'days'],
  ['PT90M', 90, 'minutes'],
  ['PT1H', 1, 'hours'],
  ['P1DT12H', 36, 'hours'],
  ['PT45S', 45, 'seconds'],
  ['P0D', 0, 'days'],
] as const)('%s is %i %s', (text, n, unit) => {
  expect(readDuration(text)).toEqual({ n, unit });
});

test('what was written as a duration is read as the same', () => {
  for (const unit of ['seconds', 'minutes', 'hours', 'days', 'weeks'] as const)
    expect(readDuration(writeDuration(7, unit))).toEqual({ n: 7, unit });
  expect(readDuration('P1M')).toBeNull();
  expect(readDuration(30)).toBeNull();
});

test('a comma is taken for a point, and letters for no number', () => {
  expect(readNumber(' 12,5 ')).toBe(12.5);
  expect(readNumber('twelve')).toBeNull();
  expect(readNumber('')).toBeNull();
  expect(readAmount('12.50')).toBe('12.50');
  expect(readAmount('12')).toBe(12);
});

test('another comparison keeps the value where it can', () => {
  expect(carriedValue('one_of', 'Graz', '2026-01-01')).toEqual(['Graz']);
  expect(carriedValue('is', ['Graz', 'Wien'], '2026-01-01')).toBe('Graz');
  expect(carriedValue('over', '50', '2026-01-01')).toBe(50);
  expect(carriedValue('over', 'Graz', '2026-01-01')).toBeNull();
  expect(carriedValue('before', 'Graz', '2026-01-01')).toBe('2026-01-01');
  expect(carriedValue('known', 'Graz', '2026-01-01')).toBeUndefined();
});

test('typed letters mean what the values seen so far are, and the other is offered too', () => {
  expect(meaningsOf('50', ['number']).map(({ value }) => value)).toEqual([50, '50']);
  expect(meaningsOf('50', ['text']).map(({ value }) => value)).toEqual(['50', 50]);
  expect(meaningsOf('0815', []).map(({ value }) => value)).toEqual(['0815', 815]);
  expect(meaningsOf('yes', ['boolean']).map(({ value }) => value)).toEqual([true, 'yes']);
});
