// Each habit is seen to be noticed: a rule that never fires protects nothing.
import { expect, test } from 'vitest';
import { complaintsAbout } from './tidy.ts';

const header = '// What it is for.\n';
const word = (...parts: readonly string[]): string => parts.join('');

test.each([
  ['a tidy file', 'engine/src/step.ts', `${header}import type { A } from './a.ts';\nexport const a = 1;\n`],
  ['the one barrel', 'engine/src/index.ts', `${header}export { step } from './step.ts';\n`],
  ['the default export of a tool’s configuration', 'vitest.config.ts', `${header}export default {};\n`],
  [
    'postgres using the engine',
    'server/src/postgres/a.ts',
    `${header}import type { A } from '@rapport/engine';\n`,
  ],
  [
    'postgres knowing a word of imports',
    'server/src/postgres/a.ts',
    `${header}import type { A } from '../import/a.ts';\n`,
  ],
  ['http using content', 'server/src/http/a.ts', `${header}import { a } from '../content/a.ts';\n`],
  ['app.ts seeing everything', 'server/src/app.ts', `${header}import { a } from './workers/a.ts';\n`],
  ['a test reaching anywhere', 'engine/src/a.test.ts', `${header}import fc from 'fast-check';\n`],
  ['a migration with its reason', 'server/migrations/0001_a.sql', '-- Why.\nselect 1;\n'],
])('%s passes', (_, path, text) => {
  expect(complaintsAbout({ path, text })).toEqual([]);
});

test.each([
  [
    'a file without an opening comment',
    'engine/src/a.ts',
    'export const a = 1;\n',
    /opens without a comment/,
  ],
  [
    'a migration without its reason',
    'server/migrations/0001_a.sql',
    'select 1;\n',
    /opens without a comment/,
  ],
  ['an opening comment like a novel', 'engine/src/a.ts', header.repeat(7), /more than 6 lines/],
  ['a file of two topics', 'engine/src/a.ts', header + '\n'.repeat(500), /has 501 lines/],
  ['unfinished work', 'engine/src/a.ts', `${header}// ${word('TO', 'DO')}: later\n`, /unfinished work/],
  ['a default export', 'console/src/a.tsx', `${header}export default 1;\n`, /default export/],
  ['a second barrel', 'server/src/index.ts', `${header}export * from './app.ts';\n`, /is a barrel/],
  ['a folder with an index', 'console/src/ui/index.ts', `${header}export const a = 1;\n`, /is a barrel/],
  [
    'an import without its ending',
    'server/src/app.ts',
    `${header}import { a } from './a';\n`,
    /without its ending/,
  ],
  [
    'an engine that uses Node',
    'engine/src/a.ts',
    `${header}import fs from 'node:fs';\n`,
    /imports nothing but itself/,
  ],
  [
    'an engine that uses a package',
    'engine/src/a.ts',
    `${header}const a = await import('zod');\n`,
    /imports nothing/,
  ],
  [
    'an engine that reaches the server',
    'engine/src/a.ts',
    `${header}import '../../server/src/app.ts';\n`,
    /imports nothing/,
  ],
  [
    'postgres using http',
    'server/src/postgres/a.ts',
    `${header}import { a } from '../http/a.ts';\n`,
    /nothing above itself/,
  ],
  [
    'http using a worker',
    'server/src/http/a.ts',
    `${header}import { a } from '../workers/a.ts';\n`,
    /never workers/,
  ],
  [
    'http using a channel',
    'server/src/http/a.ts',
    `${header}import type { A } from '../channels/a.ts';\n`,
    /never workers/,
  ],
  [
    'a worker using http',
    'server/src/workers/a.ts',
    `${header}import { a } from '../http/a.ts';\n`,
    /never http/,
  ],
  [
    'a channel using postgres',
    'server/src/channels/a.ts',
    `${header}import { a } from '../postgres/a.ts';\n`,
    /neither the database/,
  ],
  [
    'content using postgres',
    'server/src/content/a.ts',
    `${header}import { a } from '../postgres/a.ts';\n`,
    /knows nothing else/,
  ],
  [
    'a command using http',
    'server/src/cli/a.ts',
    `${header}import { a } from '../http/a.ts';\n`,
    /thin call/,
  ],
  [
    'the console using the server',
    'console/src/a.ts',
    `${header}import { a } from '../../server/src/app.ts';\n`,
    /own API client/,
  ],
  ['the tag using a package', 'tag/src/a.ts', `${header}import { a } from 'zod';\n`, /no dependencies/],
  [
    'config using postgres',
    'server/src/config.ts',
    `${header}import { a } from './postgres/a.ts';\n`,
    /imports nobody/,
  ],
  [
    'a folder of one machine',
    'docs/a.md',
    `See ${word('/ho', 'me/sam/rapport')}.\n`,
    /only exists on one machine/,
  ],
  [
    'a private registry',
    'package-lock.json',
    `"${word('http://reg', 'istry.corp.example/a.tgz')}"\n`,
    /only exists on one machine/,
  ],
])('%s is noticed', (_, path, text, complaint) => {
  expect(complaintsAbout({ path, text })).toEqual([expect.stringMatching(complaint)]);
});
