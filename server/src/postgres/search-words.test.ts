import { expect, test } from 'vitest';
import { searchQuery, searchText, wordsOf } from './search-words.ts';

const nobody = { name: null, email: null, userId: null, phone: null };

test('words are compared without accents, case, vowel signs and the digits of a script', () => {
  expect(wordsOf('Müller-Łoś')).toEqual(['muller', 'los']);
  expect(wordsOf('Straße ÅSA Æsop')).toEqual(['strasse', 'asa', 'aesop']);
  expect(wordsOf('مُحَمَّد أحمد')).toEqual(wordsOf('محمد احمد'));
  expect(wordsOf('٤٢')).toEqual(['42']);
  expect(wordsOf("'; drop table people; -- \\ : & | !")).toEqual(['drop', 'table', 'people']);
});

test('a person is stored by whole words, their address, their number from both ends, and names with a letter left out', () => {
  const lexemes = searchText({
    name: 'Sally Moon',
    email: 'Sally.M@Example.com',
    userId: 'cust_7',
    phone: '+44 7700 900123',
  }).split(' ');
  for (const expected of [
    'sally',
    'moon',
    'm',
    'cust',
    '7',
    'sally.m@example.com',
    '@example.com',
    '~ally',
    '~mon',
  ])
    expect(lexemes).toContain(`'${expected}'`);
  expect(lexemes).toContain(`'=447700900123'`);
  expect(lexemes).toContain(`'+321009007744'`);
  expect(searchText(nobody)).toBe('');
});

test('a name without an end costs a bounded row', () => {
  expect(searchText({ ...nobody, name: 'ب'.repeat(500) }).length).toBeLessThan(100);
  expect(searchText({ ...nobody, name: 'اسم '.repeat(300) }).length).toBeLessThan(300);
});

test('nothing to look for is no question', () => {
  expect(searchQuery(' %_ ')).toBeNull();
  expect(searchQuery('@')).toBeNull();
  expect(searchQuery('sally')?.direct).toBe(`'sally':*`);
});
