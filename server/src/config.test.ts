// The environment: defaults, every problem at once, and no secret in any message.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig, loadSecret, type Config } from './config.ts';

test('an empty environment gives the defaults', () => {
  expect(loadConfig({})).toEqual({
    ok: true,
    config: {
      port: 4000,
      publicUrl: null,
      databaseUrl: null,
      dataDir: path.resolve('data'),
      secret: null,
      smtpUrl: null,
      allowPrivate: false,
      logLevel: null,
      debug: false,
    },
  });
});

test('a variable that is set but empty counts as left out', () => {
  expect(configOf({ PORT: '', DATABASE_URL: ' ', RAPPORT_SECRET: '' })).toMatchObject({
    port: 4000,
    secret: null,
  });
});

test('good settings are read, and a slash at the end of the address is dropped', () => {
  const config = configOf({
    PORT: '8080',
    PUBLIC_URL: 'https://rapport.example.com/',
    DATABASE_URL: 'postgres://u:p@db:5432/rapport',
    RAPPORT_SECRET: 'a long secret of more than 32 characters',
    SMTP_URL: 'smtps://u:p@mail.example.com:465',
    RAPPORT_ALLOW_PRIVATE: '1',
  });
  expect(config).toMatchObject({ port: 8080, publicUrl: 'https://rapport.example.com', allowPrivate: true });
});

test.each([
  ['PORT', '70000'],
  ['PORT', 'http'],
  ['PORT', '-1'],
  ['PUBLIC_URL', 'rapport.example.com'],
  ['PUBLIC_URL', 'https://example.com/rapport'],
  ['PUBLIC_URL', 'javascript:alert(1)'],
  ['DATABASE_URL', 'mysql://u:p@db/rapport'],
  ['DATABASE_URL', 'postgres://db'],
  ['RAPPORT_SECRET', 'short'],
  ['RAPPORT_SECRET', 'x'.repeat(40)],
  ['SMTP_URL', 'mail.example.com'],
  ['RAPPORT_ALLOW_PRIVATE', 'perhaps'],
  ['RAPPORT_LOG_LEVEL', 'loud'],
])('%s=%s is refused with its name, words and a hint', (name, value) => {
  const loaded = loadConfig({ [name]: value });
  expect(loaded).toEqual({
    ok: false,
    problems: [
      {
        code: 'bad_setting',
        path: name,
        message: expect.stringMatching(/\.$/),
        hint: expect.stringMatching(/\.$/),
      },
    ],
  });
});

test('all problems are reported at once', () => {
  const loaded = loadConfig({ PORT: 'x', SMTP_URL: 'x', RAPPORT_SECERT: 'x', RAPPORT_SECRET: 'x' });
  if (loaded.ok) throw new Error('should be refused');
  expect(loaded.problems.map((problem) => problem.path)).toEqual([
    'PORT',
    'RAPPORT_SECRET',
    'SMTP_URL',
    'RAPPORT_SECERT',
  ]);
});

test('an unknown RAPPORT_ variable is taken for a typo of the nearest one', () => {
  expect(loadConfig({ RAPPORT_SECERT: 'x' })).toMatchObject({
    problems: [{ code: 'unknown_setting', hint: 'Did you mean RAPPORT_SECRET? Rename it or remove it.' }],
  });
  expect(loadConfig({ RAPPORT_FAVOURITE_COLOUR: 'blue' })).toMatchObject({
    problems: [{ hint: 'Remove it; the README lists every setting.' }],
  });
});

test('no message repeats a password or a secret', () => {
  const secret = 'hunter2hunter2';
  const loaded = loadConfig({
    DATABASE_URL: `mysql://admin:${secret}@db/rapport`,
    SMTP_URL: `http://admin:${secret}@mail`,
    PUBLIC_URL: `https://admin:${secret}@example.com`,
    RAPPORT_SECRET: secret,
  });
  expect(loaded.ok).toBe(false);
  expect(JSON.stringify(loaded)).not.toContain(secret);
});

test('the secret is made once, readable by its owner alone, and RAPPORT_SECRET wins over it', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'rapport-config-'));
  try {
    const config = configOf({ RAPPORT_DATA: dataDir });
    const secret = await loadSecret(config);
    expect(secret.length).toBeGreaterThanOrEqual(32);
    expect(await loadSecret(config)).toBe(secret);
    expect((await stat(path.join(dataDir, 'secret'))).mode & 0o777).toBe(0o600);
    const own = 'a long secret of more than 32 characters';
    expect(await loadSecret(configOf({ RAPPORT_DATA: dataDir, RAPPORT_SECRET: own }))).toBe(own);
  } finally {
    await rm(dataDir, { recursive: true });
  }
});

function configOf(env: Record<string, string>): Config {
  const loaded = loadConfig(env);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}
