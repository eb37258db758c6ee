// docs/rules.md shows what the engine can do now.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PAGE, withTables } from './rules-table.ts';

test('the tables of docs/rules.md are those of the code; node scripts/rules-table.ts writes them', () => {
  const page = readFileSync(PAGE, 'utf8');
  expect(page).toBe(withTables(page));
});

test('a page that has lost the place of a table is told so', () => {
  expect(() => withTables('# Rules\n')).toThrow('docs/rules.md has no place for the table of kinds');
});
