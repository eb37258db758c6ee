// The tidy script is a test: every file of the repository keeps the habits of the house, and every page that must be
// there is there.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { complaintsAbout, listRepository } from '../scripts/tidy.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

test('every file keeps the habits of the house', () => {
  const files = listRepository(root);
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap(complaintsAbout)).toEqual([]);
});

test.each([
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'LICENSE',
  '.ci/run',
  'docs/errors.md',
])('%s is there', (file) => {
  expect(existsSync(path.join(root, file))).toBe(true);
});

test('no page links to a page that is not there', () => {
  const pages = listRepository(root).filter((file) => file.path.endsWith('.md'));
  const broken = pages.flatMap((page) =>
    [...page.text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .map((match) => path.join(path.dirname(page.path), match[1] ?? ''))
      .filter((target) => !existsSync(path.join(root, target)))
      .map((target) => `${page.path} → ${target}`),
  );
  expect(broken).toEqual([]);
});

test('dependencies are pinned exactly, in every workspace', () => {
  const loose = ['.', 'engine', 'server', 'console', 'tag'].flatMap((workspace) => {
    const file = path.join(root, workspace, 'package.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<
      string,
      Record<string, string> | undefined
    >;
    return Object.entries({ ...manifest['dependencies'], ...manifest['devDependencies'] })
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name, version]) => `${workspace}: ${name} ${version}`);
  });
  expect(loose).toEqual([]);
});
