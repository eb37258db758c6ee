// The catalogue of errors: documented to the letter, and every thrown thing becomes words.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  describeProblems,
  errorCatalogue,
  ProblemError,
  toProblemDetails,
  toProblemError,
} from './errors.ts';

test('docs/errors.md lists every code with its status and title, and no other', () => {
  const page = readFileSync(fileURLToPath(new URL('../../docs/errors.md', import.meta.url)), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\d+) \| ([^|]+) \| [^|]+ \|$/gm)];
  const documented = rows.map(([, code, status, title]) => [code, { status: Number(status), title }]);
  expect(Object.fromEntries(documented)).toEqual(errorCatalogue);
  expect(rows).toHaveLength(Object.keys(errorCatalogue).length);
});

test('every title is a plain sentence without a full stop', () => {
  for (const { title } of Object.values(errorCatalogue)) expect(title).toMatch(/^[A-Z][^.]+$/);
});

test('a problem becomes RFC 9457 details, with everything that is wrong', () => {
  const wrong = [
    {
      code: 'unknown_template',
      path: '/nodes/m/template',
      message: 'There is no template x.',
      hint: 'Name another.',
    },
    { code: 'cycle', path: '/nodes', message: 'The nodes go in a circle.', hint: 'Remove an edge.' },
  ];
  const error = new ProblemError(
    { code: 'invalid_journey', message: 'The journey has 2 problems.', hint: 'See errors.' },
    { problems: wrong },
  );
  expect(toProblemDetails(error, { instance: 'req-1' })).toEqual({
    type: '/docs/errors#invalid_journey',
    title: 'The journey is not valid',
    status: 400,
    code: 'invalid_journey',
    detail: 'The journey has 2 problems.',
    hint: 'See errors.',
    instance: 'req-1',
    errors: wrong,
  });
});

test('the command line says where, what and what to do', () => {
  expect(
    describeProblems([
      { code: 'bad_setting', path: 'PORT', message: '“x” is not a port.', hint: 'Give a number.' },
    ]),
  ).toBe('PORT: “x” is not a port.\n  → Give a number.');
});

test.each([
  ['ENOSPC', 'disk_full'],
  ['53100', 'disk_full'],
  ['EROFS', 'data_folder_unusable'],
  ['EACCES', 'data_folder_unusable'],
  ['EADDRINUSE', 'address_taken'],
  ['ECONNREFUSED', 'database_unreachable'],
  ['28P01', 'database_refused'],
])('the system’s %s is told as %s, also from inside of another error', (code, expected) => {
  const cause = Object.assign(new Error('below'), { code });
  expect(toProblemError(cause).failure).toMatchObject({ code: expected, hint: expect.stringMatching(/\.$/) });
  expect(toProblemError(new Error('above', { cause })).failure.code).toBe(expected);
  expect(toProblemError(new AggregateError([cause])).failure.code).toBe(expected);
});

test('what nobody foresaw keeps its words and never becomes silence', () => {
  expect(toProblemError(new Error('the moon fell'))).toMatchObject({
    failure: { code: 'internal', message: 'the moon fell' },
  });
  expect(toProblemError(undefined).failure).toMatchObject({ code: 'internal', message: 'undefined' });
});
