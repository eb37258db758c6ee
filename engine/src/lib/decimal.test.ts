import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Decimal } from './decimal.ts';
import {
  add,
  compareDecimals,
  decimalText,
  multiply,
  parseDecimal,
  readDecimal,
  shifted,
  subtract,
} from './decimal.ts';

function of(value: unknown): Decimal {
  const parsed = parseDecimal(value);
  if (parsed === null) throw new Error(String(value));
  return parsed;
}

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: 0, max: 9 }))
  .map(([units, scale]) => of(decimalText({ units, scale })));

test('a tenth and two tenths are three tenths', () => {
  expect(decimalText(add(of(0.1), of(0.2)))).toBe('0.3');
});

test.each([
  [12.5, '12.5'],
  ['12.50', '12.5'],
  ['-0', '0'],
  ['-0.00', '0'],
  ['007.10', '7.1'],
  [1e21, '1000000000000000000000'],
  [1e-7, '0.0000001'],
  ['1.5E2', '150'],
  [Number.MAX_SAFE_INTEGER, '9007199254740991'],
])('%s is the amount %s', (value, text) => {
  expect(decimalText(of(value))).toBe(text);
});

test.each([
  '',
  'abc',
  '1,5',
  ' 1',
  '1.',
  '.5',
  '+1',
  '0x10',
  'NaN',
  '1e999',
  '1'.repeat(31),
  `0.${'0'.repeat(20)}1`,
  NaN,
  Infinity,
  1e300,
  true,
  null,
  undefined,
  [],
  {},
])('%s is no amount', (value) => {
  expect(parseDecimal(value)).toBeNull();
});

test('texts are canonical: equal amounts have equal texts, and are read back', () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      expect(compareDecimals(a, b) === 0).toBe(decimalText(a) === decimalText(b));
      expect(readDecimal(decimalText(a))).toEqual(a);
    }),
  );
});

test('sums do not depend on their order, and what was added can be taken away', () => {
  fc.assert(
    fc.property(decimal, decimal, decimal, (a, b, c) => {
      expect(decimalText(add(add(a, b), c))).toBe(decimalText(add(a, add(c, b))));
      expect(decimalText(subtract(add(a, b), b))).toBe(decimalText(a));
    }),
  );
});

test('products and shifts are exact', () => {
  expect(decimalText(multiply(of('0.1'), of('0.1')))).toBe('0.01');
  expect(decimalText(shifted(of('12.345'), 2))).toBe('1234.5');
  expect(decimalText(shifted(of('12'), 3))).toBe('12000');
  expect(decimalText(shifted(of('1200'), -2))).toBe('12');
});

test('a stored sum may have more digits than an amount', () => {
  const large = '9'.repeat(40);
  expect(decimalText(add(readDecimal(large), of(1)))).toBe(`1${'0'.repeat(40)}`);
});
