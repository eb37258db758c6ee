// The table says of each id what a Map would, also beyond its expected size and for ids that differ in one byte.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { uuidv7 } from 'uuidv7';
import { IdTable } from './id-table.ts';

const bytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');

test('finds what was set, the newest value of each, and nothing else', () => {
  const table = new IdTable(10);
  const known = new Map<string, number>();
  for (let n = 0; n < 3_000; n += 1) known.set(n % 2 === 0 ? uuidv7() : randomUUID(), n);
  for (const [id, value] of known) table.set(id, value);
  const [first = ''] = known.keys();
  table.set(first, 7);
  known.set(first, 7);
  for (const [id, value] of known) expect(table.find(bytes(id), 0)).toBe(value);
  for (let n = 0; n < 100; n += 1) expect(table.find(bytes(randomUUID()), 0)).toBe(-1);
});

test('tells ids apart that differ in any one byte, anywhere in a buffer', () => {
  const id = randomUUID();
  const table = new IdTable(1);
  table.set(id, 0);
  const data = Buffer.concat([Buffer.from([1, 2, 3]), bytes(id)]);
  expect(table.find(data, 3)).toBe(0);
  for (let at = 3; at < 19; at += 1) {
    const other = Buffer.from(data);
    other[at] = (other[at] ?? 0) ^ 1;
    expect(table.find(other, 3)).toBe(-1);
  }
});

test('refuses what is no uuid', () => {
  expect(() => new IdTable(1).set('7', 0)).toThrow(/no uuid/);
});
