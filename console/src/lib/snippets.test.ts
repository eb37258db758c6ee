import { describe, expect, test } from 'vitest';
import { places, reachProblem, snippetFor } from './snippets.ts';

const options = { origin: 'https://r.shop.example', writeKey: 'wk_abc', waits: false };

describe('what is pasted', () => {
  test.each(places)('%s names this Rapport', (place) => {
    expect(snippetFor(place, options)).toContain(options.origin);
    expect(snippetFor(place, options).includes('wk_abc')).toBe(place !== 'server');
  });

  test('waits for consent when it is to', () => {
    expect(snippetFor('site', { ...options, waits: true })).toContain('data-auto-page data-consent="wait"');
    expect(snippetFor('gtm', { ...options, waits: true })).toContain('&auto-page&consent=wait"');
    expect(snippetFor('site', options)).not.toContain('consent');
  });
});

describe('an address', () => {
  test.each([
    ['https://r.shop.example', null],
    ['http://localhost:4000', /this machine/],
    ['http://127.0.0.1:4000', /this machine/],
    ['http://r.shop.example', /https cannot/],
    ['http://192.168.1.4:4000', /https cannot/],
  ])('%s', (origin, title) => {
    const problem = reachProblem(origin);
    if (title === null) expect(problem).toBeNull();
    else expect(problem?.title).toMatch(title);
  });
});
