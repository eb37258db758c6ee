import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BUCKETS, bucketOf, hashId, share } from './id.ts';
import { sha256Hex } from './sha256.ts';

test('SHA-256 is that of the platform, for any text', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 200 }), (points) => {
      const text = String.fromCodePoint(...points);
      expect(sha256Hex(text)).toBe(createHash('sha256').update(text).digest('hex'));
    }),
    { numRuns: 100 },
  );
});

test.each([0, 55, 56, 63, 64, 119, 120])('SHA-256 pads %i bytes right', (length) => {
  const text = 'a'.repeat(length);
  expect(sha256Hex(text)).toBe(createHash('sha256').update(text).digest('hex'));
});

test('a hashed id is a UUIDv8 that depends on where the parts are divided', () => {
  expect(hashId('run', 'node')).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(hashId('a', 'bc')).not.toBe(hashId('ab', 'c'));
  expect(hashId('a', '')).not.toBe(hashId('a'));
  expect(hashId('a","b')).not.toBe(hashId('a', 'b'));
});

// These values are in rows of running installations: when they change, messages are sent twice and people are not found.
test('ids, shares and buckets stay what they are', () => {
  expect(hashId('a', 'b')).toBe('0473ef2d-c0d3-84ab-a59d-3580c1134e9d');
  expect(share('a', 'b')).toBe(0.017394016905040832);
  expect(bucketOf('0192f0c0-0000-7000-8000-000000000000')).toBe(320);
});

test('shares spread evenly', () => {
  const shares = Array.from({ length: 10_000 }, (_, i) => share(`person ${i}`, 'salt'));
  expect(shares.filter((each) => each < 0.2).length / 10_000).toBeCloseTo(0.2, 1);
  expect(shares.every((each) => each >= 0 && each < 1)).toBe(true);
});

test('buckets spread evenly, also over ids made within one second', () => {
  const counts = new Map<number, number>();
  for (let i = 0; i < 102_400; i++) {
    const id = `0192f0c0-${(i >> 12).toString(16).padStart(4, '0')}-7${(i & 0xfff).toString(16).padStart(3, '0')}-8000-000000000000`;
    const bucket = bucketOf(id);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  expect(counts.size).toBe(BUCKETS);
  expect(Math.max(...counts.values())).toBeLessThan(200);
  expect(Math.min(...counts.values())).toBeGreaterThan(40);
});
