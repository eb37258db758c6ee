// The line of a JSON pointer in a text as somebody typed it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineOf } from './json-place.ts';

const text = `{
  "kind": "all",
  "rules": [
    { "kind": "orders", "op": "at_least",
      "n": "two" },
    { "kind": "count", "event": "a \\"quoted\\" }] name" }
  ]
}`;

test.each([
  ['', 1],
  ['/kind', 2],
  ['/rules', 3],
  ['/rules/0/n', 5],
  ['/rules/1/event', 6],
  ['/rules/0/missing', 4],
  ['/rules/7', 3],
])('%s stands in line %i', (pointer, line) => {
  expect(lineOf(text, pointer)).toBe(line);
});

test('keys with a slash or a tilde are found', () => {
  expect(lineOf('{\n"a/b": 1,\n"c~d": 2}', '/a~1b')).toBe(2);
  expect(lineOf('{\n"a/b": 1,\n"c~d": 2}', '/c~0d')).toBe(3);
});

test('whatever was typed, it ends with a line of the text', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), fc.string({ maxLength: 20 }), (typed, pointer) => {
      const line = lineOf(typed, pointer);
      expect(line).toBeGreaterThanOrEqual(1);
      expect(line).toBeLessThanOrEqual(typed.split('\n').length);
    }),
  );
});
