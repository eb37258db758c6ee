import { describe, expect, test } from 'vitest';
import { fallbackWords, fieldLabel, inScheme } from './letter-words.ts';

test('a field is named by its last word, as a marketer would', () => {
  expect(fieldLabel('person.first_name')).toBe('First name');
  expect(fieldLabel('person.favouriteTea')).toBe('Favourite tea');
});

test('only what is not known is spoken of, with what stands there instead', () => {
  expect(
    fallbackWords([
      { path: 'person.first_name', value: null, fallback: 'there' },
      { path: 'person.city', value: null, fallback: '' },
      { path: 'business.name', value: 'Blue Door Tea', fallback: '' },
    ]),
  ).toEqual([
    'First name is not known: “there” stands in its place.',
    'City is not known: nothing stands in its place.',
  ]);
});

describe('a letter in one look', () => {
  const html =
    '<meta name="color-scheme" content="light dark" /><style>@media screen and (prefers-color-scheme:dark) { a { color: red } }</style>';

  test('dark rules apply in the dark, whatever this machine prefers', () => {
    expect(inScheme(html, 'dark')).toContain('@media screen and (min-width: 0) {');
    expect(inScheme(html, 'dark')).toContain('content="dark"');
  });

  test('and never in the light', () => {
    expect(inScheme(html, 'light')).toContain('@media screen and (max-width: 0) {');
    expect(inScheme(html, 'light')).toContain('content="light"');
  });
});
