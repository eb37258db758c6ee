import { expect, test } from 'vitest';
import { suggestJourneys } from './suggestion.ts';

const all = new Set(['welcome', 'broken_rhythm', 'replenishment', 'win_back']);
const first = (facts: Parameters<typeof suggestJourneys>[0]) => suggestJourneys(facts)[0];

test('a broken rhythm is proposed unless most customers bought once only', () => {
  expect(first({ customers: 1000, once: 500, quiet: 212, off: all })).toMatchObject({
    journey: 'broken_rhythm',
  });
  expect(first({ customers: 1000, once: 501, quiet: 212, off: all })).toMatchObject({
    journey: 'welcome',
    why: expect.stringContaining('501 of 1,000 customers bought once only'),
  });
});

test('of a handful of customers nothing is said about most of them', () => {
  expect(first({ customers: 19, once: 19, quiet: 0, off: all })?.journey).toBe('broken_rhythm');
});

test('what is on already is not proposed, and nothing is when everything is on', () => {
  const off = new Set(['welcome', 'win_back']);
  expect(suggestJourneys({ customers: 100, once: 10, quiet: 1, off }).map(({ journey }) => journey)).toEqual([
    'welcome',
    'win_back',
  ]);
  expect(suggestJourneys({ customers: 100, once: 10, quiet: 1, off: new Set() })).toEqual([]);
});

test('the reason counts one customer as one', () => {
  expect(first({ customers: 30, once: 1, quiet: 1, off: all })?.why).toContain('1 customer is silent');
});
