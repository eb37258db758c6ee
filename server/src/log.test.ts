// Lines of the log carry ids and reasons, and none of the canaries.
import { expect, test } from 'vitest';
import { createLog } from './log.ts';

test('personal data and secrets never reach a line, whatever carries them', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', write: (line) => lines.push(line) });
  const canary = 'canary@example.com';
  log.info({ email: canary, personId: 'per_1' }, 'top');
  log.info({ person: { email: canary, traits: { city: canary } } }, 'one down');
  log.info({ job: { message: { to: canary, subject: canary, body: canary } } }, 'two down');
  log.info({ headers: { authorization: canary, cookie: canary } }, 'headers');
  log.info({ url: `postgres://rapport:${canary}@127.0.0.1/rapport` }, 'a connection string');
  const fromPostgres = Object.assign(new Error('duplicate key value violates unique constraint'), {
    code: '23505',
    detail: `Key (email)=(${canary}) already exists.`,
    where: canary,
  });
  log.error({ err: fromPostgres }, 'an error of Postgres');
  log.error({ err: new Error('above', { cause: fromPostgres }) }, 'an error with its cause');
  expect(lines).toHaveLength(7);
  expect(lines.join('')).not.toContain('canary');
  expect(lines.join('')).toContain('per_1');
  expect(lines.join('')).toContain('23505');
});
