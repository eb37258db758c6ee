import { expect, test } from 'vitest';
import { bestOf } from './find.ts';

const of = (...names: string[]) => names.map((words) => ({ words }));
const found = (typed: string, names: readonly { words: string }[], most = 6) =>
  bestOf(typed, names, most).map(({ words }) => words);

test('a name that begins so stands before one with a word that does, and before one that only holds it', () => {
  expect(found('re', of('Shared', 'Was remade', 'Repeat buyers'))).toEqual([
    'Repeat buyers',
    'Was remade',
    'Shared',
  ]);
});

test('every word that was typed must fit, in any order, accents or not', () => {
  const all = of('Unusually quiet', 'Quiet visitor', 'Café guests');
  expect(found('quiet unus', all)).toEqual(['Unusually quiet']);
  expect(found('cafe', all)).toEqual(['Café guests']);
  expect(found('loud', all)).toEqual([]);
});

test('nothing typed gives the first ones in their own order, and signs of patterns are letters', () => {
  expect(found('  ', of('b', 'a', 'c'), 2)).toEqual(['b', 'a']);
  expect(found('(50-', of('Big (50-100)', '50'))).toEqual(['Big (50-100)']);
});
