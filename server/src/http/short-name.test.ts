import { expect, test } from 'vitest';
import { firstWord } from './short-name.ts';

test('the first word of a long name is short as well', () => {
  expect(firstWord('Ana Beltrán')).toBe('Ana');
  expect(firstWord(`${'y'.repeat(500)} Moon`)).toBe(`${'y'.repeat(39)}…`);
});

test('whoever has no name has no first word', () => {
  expect(firstWord(null)).toBe(null);
  expect(firstWord('  ')).toBe(null);
});
