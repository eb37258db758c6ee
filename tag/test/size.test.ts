import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { buildIfStale } from '../../scripts/build-browser.ts';

const read = (): Buffer => readFileSync(fileURLToPath(new URL('../dist/tag.js', import.meta.url)));

beforeAll(async () => {
  await buildIfStale();
});

test('the tag is at most 6,144 bytes, packed as it is served', () => {
  expect(gzipSync(read(), { level: 9 }).length).toBeLessThanOrEqual(6_144);
});

test('it is one file that a strict page runs: no eval, no import, no inline script, no address of its own', () => {
  expect(read().toString()).not.toMatch(
    /\beval\(|new Function|\bimport\b|innerHTML|createElement|https?:\/\//,
  );
});
