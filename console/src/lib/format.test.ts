// Numbers, dates and spans in words, in the workspace's zone.
import { expect, test } from 'vitest';
import { asSentence, durationWords, makeFormats, people } from './format.ts';

const formats = makeFormats('America/New_York', 'USD', 'en-GB');
const now = new Date('2026-05-03T12:00:00Z');

test('a date is the one of the workspace, not of the reader', () => {
  expect(formats.date('2026-05-03T02:00:00Z')).toContain('2 May 2026');
  expect(formats.isoDay('2026-05-03T02:00:00Z')).toBe('2026-05-02');
});

test('a zone that nobody knows becomes UTC instead of an error', () => {
  expect(makeFormats('Mars/Olympus', 'USD').zone).toBe('UTC');
});

test('what is no date is a dash', () => {
  expect(formats.dateTime('not a date')).toBe('–');
  expect(formats.ago('not a date', now)).toBe('–');
});

test.each([
  ['2026-05-03T11:59:30Z', 'just now'],
  ['2026-05-03T12:00:30Z', 'in less than a minute'],
  ['2026-05-02T12:00:00Z', 'yesterday'],
  ['2026-05-05T12:00:00Z', 'in 2 days'],
  ['2025-05-03T12:00:00Z', '12 months ago'],
])('%s is said as "%s"', (at, words) => {
  expect(formats.ago(at, now)).toBe(words);
});

test.each([
  ['P60D', '60 days'],
  ['P1D', '1 day'],
  ['PT36H', '36 hours'],
  ['P1DT12H', '1 day 12 hours'],
  ['whatever', 'whatever'],
])('the duration %s is said as "%s"', (duration, words) => {
  expect(durationWords(duration)).toBe(words);
});

test('minor units are divided as the currency asks', () => {
  expect(makeFormats('UTC', 'JPY').money(4990)).toContain('4,990');
  expect(formats.money(4990)).toContain('49.90');
  expect(formats.money(4990, 'no currency')).toBe('4990');
});

test('one person is no people', () => {
  expect(people(formats, 1)).toBe('1 person');
  expect(people(formats, 1204)).toBe('1,204 people');
});

test('a clause becomes a sentence once', () => {
  expect(asSentence('is in “Gone”')).toBe('Is in “Gone”.');
  expect(asSentence('Everyone.')).toBe('Everyone.');
  expect(asSentence('(has ordered or is new) and is quiet')).toBe('(Has ordered or is new) and is quiet.');
  expect(asSentence('')).toBe('');
});
