// What a sentence calls somebody stays short, whatever their name is.
import { expect, test } from 'vitest';
import { shorten } from './short-name.ts';

test('a name of usual length is left as it is', () => {
  expect(shorten(' Ana Beltrán ')).toBe('Ana Beltrán');
  expect(shorten('a'.repeat(40))).toBe('a'.repeat(40));
});

test('a long name is cut between its words where it has some, and within one where it has none', () => {
  const words = `Maximiliana Theodora ${'Wolfeschlegelsteinhausen '.repeat(20)}`;
  expect(shorten(words)).toBe('Maximiliana Theodora…');
  expect(shorten('x'.repeat(500))).toBe(`${'x'.repeat(39)}…`);
});

test('a letter of several characters is never cut in half', () => {
  const family = '👩‍👩‍👧‍👦';
  expect(shorten(family.repeat(30))).toBe(family.repeat(30));
  expect(shorten(family.repeat(60))).toBe(`${family.repeat(39)}…`);
});
