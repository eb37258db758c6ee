import { expect, test } from 'vitest';
import { makeFormats } from './format.ts';
import { agoInSeconds, heardWords, siteOf } from './heard-words.ts';

test.each([
  ['https://shop.example', 'shop.example'],
  ['http://shop.localhost:8080', 'shop.localhost:8080'],
  ['null', 'a page without an address'],
  [null, 'a server'],
])('%s is %s', (origin, site) => {
  expect(siteOf(origin)).toBe(site);
});

test.each([
  [-3, 'just now'],
  [1, 'just now'],
  [3, '3 seconds ago'],
  [59, '59 seconds ago'],
  [120, '2 minutes ago'],
])('%i seconds are %s', (seconds, words) => {
  const now = new Date('2026-06-01T12:00:00.000Z');
  const at = new Date(now.getTime() - seconds * 1_000).toISOString();
  expect(agoInSeconds(at, now, makeFormats('UTC', 'EUR', 'en'))).toBe(words);
});

test('known events have words, others their name', () => {
  expect([heardWords('Page Viewed'), heardWords('Tea Brewed'), heardWords(null)]).toEqual([
    'a page view',
    '“Tea Brewed”',
    'an event',
  ]);
});
