import { expect, test } from 'vitest';
import type { FigureCard } from '../api/figures.ts';
import { besideWords, changeWords, figureText, overWords } from './figure-words.ts';
import { makeFormats } from './format.ts';

const formats = makeFormats('UTC', 'EUR', 'en-GB');
const card: FigureCard = {
  key: 'retention',
  name: 'Retention rate',
  definition: '',
  unit: 'share',
  value: 0.412,
  low: null,
  high: null,
  numerator: 812,
  denominator: 1_971,
  empty: null,
  before: { label: 'the 90 days before', value: 0.38 },
  last_year: 0.4,
  beside: [],
  trend: [],
};
const show = (value: number | null) => figureText(formats, 'share', value, 'EUR');

test('a figure says over whom, whether it rose, and what it was a year ago', () => {
  expect(show(card.value)).toBe('41.2%');
  expect(overWords(formats, card)).toBe('812 of 1,971 people');
  expect(changeWords(card, show)).toBe('Up from 38%, the 90 days before. 40% a year ago.');
  expect(changeWords({ ...card, last_year: 0.38 }, show)).toBe('Up from 38%, the 90 days before.');
  expect(changeWords({ ...card, before: { label: 'the year before', value: 0.4121 } }, show)).toBe(
    'The same as the year before. 40% a year ago.',
  );
  expect(changeWords({ ...card, value: null }, show)).toBeNull();
});

test('what has no value shows a dash and why', () => {
  expect(figureText(formats, 'minor_units', null, 'EUR')).toBe('–');
  expect(
    besideWords(formats, { name: 'expected', unit: 'minor_units', value: null, empty: 'not yet.' }, 'EUR'),
  ).toBe('– expected: not yet.');
  expect(besideWords(formats, { name: 'E-mail', unit: 'share', value: null, denominator: 92 }, 'EUR')).toBe(
    'E-mail: – of 92 people reached',
  );
  expect(
    besideWords(formats, { name: 'twice', unit: 'share', value: null, numerator: 3, denominator: 9 }, 'EUR'),
  ).toBe('3 of 9: twice');
});

test('an expected amount is rough and says between what it lies; one that is known is exact', () => {
  const sum = {
    name: 'expected',
    unit: 'minor_units',
    value: 49_643_876,
    low: 46_309_794,
    high: 52_977_957,
  } as const;
  expect(besideWords(formats, sum, 'EUR')).toBe('€496,000 (€463,000 to €530,000) expected');
  expect(besideWords(formats, { ...sum, low: null }, 'EUR')).toBe('€496,438.76 expected');
  expect(besideWords(formats, { ...sum, value: 1_234, low: 0, high: 2_999 }, 'EUR')).toBe(
    '€12 (€0 to €30) expected',
  );
});
