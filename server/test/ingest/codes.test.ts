// The closed list of refusals and the page that explains them say the same.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('every code of a refusal is explained in docs/events.md or docs/identity.md', () => {
  const read = (file: string): string => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
  const source = read('server/src/postgres/incoming.ts');
  const list = source.slice(
    source.indexOf('export type RefusalCode'),
    source.indexOf('/** One event that was not taken'),
  );
  const codes = [...list.matchAll(/\| '([a-z_]+)'/g)].map((match) => match[1]);
  expect(codes.length).toBeGreaterThan(20);
  const pages = read('docs/events.md') + read('docs/identity.md');
  expect(codes.filter((code) => !pages.includes(`| \`${code}\` |`))).toEqual([]);
});
