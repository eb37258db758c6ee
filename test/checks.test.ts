// `npm test` is everything: what `npm run check` finds fails a test of its own.
import { expect, test } from 'vitest';
import { checks, runCheck } from '../scripts/check.ts';

test.each(checks.map((check) => [check.name, check] as const))('%s', async (_, check) => {
  const { passed, output } = await runCheck(check);
  expect(passed, output).toBe(true);
});
