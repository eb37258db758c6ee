// The one place that reads the environment. Reports everything that is wrong at once, each with a hint, and never
// repeats a secret in a message: of an address only what stands outside of user and password is shown.
import { createHmac, randomBytes } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { readOrMakeSecret } from './data-folder.ts';
import type { Problem } from './errors.ts';

export type Config = {
  /** 0: any free port. */
  readonly port: number;
  /** Where browsers find us, without a slash at the end; null: http://localhost and the port that was taken. */
  readonly publicUrl: string | null;
  /** null: the embedded Postgres under `dataDir`. */
  readonly databaseUrl: string | null;
  /** Absolute. */
  readonly dataDir: string;
  /** null: the file in the data folder, see `loadSecret`. */
  readonly secret: string | null;
  /** null: what would be sent goes to the built-in mailbox. */
  readonly smtpUrl: string | null;
  /** Webhooks and SMTP may reach loopback and private addresses. */
  readonly allowPrivate: boolean;
  /** null: each command's own. */
  readonly logLevel: LogLevel | null;
  /** Print stack traces. */
  readonly debug: boolean;
};

const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export type LoadedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly Problem[] };

type Environment = Readonly<Record<string, string | undefined>>;

const secretLengthMin = 32;

export function loadConfig(env: Environment): LoadedConfig {
  const known: Record<string, string> = {};
  for (const name of Object.keys(settings.shape)) {
    const value = env[name]?.trim();
    // Compose files and shells often leave a variable set but empty: that means unset.
    if (value !== undefined && value !== '') known[name] = value;
  }
  const parsed = settings.safeParse(known);
  const problems = [...(parsed.success ? [] : parsed.error.issues.map(toProblem)), ...findTypos(env)];
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  const { data } = parsed;
  const config: Config = {
    port: data.PORT,
    publicUrl: data.PUBLIC_URL ?? null,
    databaseUrl: data.DATABASE_URL ?? null,
    dataDir: path.resolve(data.RAPPORT_DATA),
    secret: data.RAPPORT_SECRET ?? null,
    smtpUrl: data.SMTP_URL ?? null,
    allowPrivate: data.RAPPORT_ALLOW_PRIVATE,
    logLevel: logLevels.find((level) => level === data.RAPPORT_LOG_LEVEL) ?? null,
    debug: data.RAPPORT_DEBUG,
  };
  return { ok: true, config };
}

/** RAPPORT_SECRET, else the file in the data folder, made at the first start with mode 0600. */
export async function loadSecret(config: Config): Promise<string> {
  if (config.secret !== null) return config.secret;
  const file = path.join(config.dataDir, 'secret');
  return readOrMakeSecret(file, () => randomBytes(32).toString('base64url'));
}

/** A key for one purpose, so that what leaks from one never opens another. */
export function derivedSecret(secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(`rapport ${purpose}`).digest('hex');
}

/** A check that fails with words and, after a line break, a hint. */
function check(accept: (value: string) => boolean, words: (value: string) => readonly [string, string]) {
  return z.string().superRefine((value, context) => {
    if (accept(value)) return;
    const [message, hint] = words(value);
    context.addIssue({ code: 'custom', message, params: { hint } });
  });
}

const flag = check(
  (value) => ['1', '0', 'true', 'false'].includes(value.toLowerCase()),
  (value) => [`“${value}” is neither on nor off.`, 'Set it to 1 or 0, or leave it out (off).'],
).transform((value) => value === '1' || value.toLowerCase() === 'true');

const settings = z.object({
  PORT: check(
    (value) => /^\d{1,5}$/.test(value) && Number(value) <= 65_535,
    (value) => [
      `“${value}” is not a port.`,
      'Give a whole number from 1 to 65535, or leave it out for 4000.',
    ],
  )
    .transform(Number)
    .default(4000),
  PUBLIC_URL: check(
    (value) => hasProtocol(value, ['http:', 'https:']) && isOrigin(value),
    (value) => [
      `“${withoutPassword(value)}” is not the address of a site.`,
      'Give it with its protocol and without a path, e.g. https://rapport.example.com.',
    ],
  )
    .transform((value) => new URL(value).origin)
    .optional(),
  DATABASE_URL: check(
    (value) => hasProtocol(value, ['postgres:', 'postgresql:']) && new URL(value).pathname.length > 1,
    (value) => [
      `“${withoutPassword(value)}” does not name a Postgres database.`,
      'Give postgres://user:password@host:5432/database, or leave it out for the built-in Postgres.',
    ],
  ).optional(),
  RAPPORT_DATA: check(
    (value) => !value.includes('\0'),
    () => ['The folder name holds a NUL byte.', 'Give the path of a folder, or leave it out for ./data.'],
  ).default('./data'),
  RAPPORT_SECRET: check(
    (value) => value.length >= secretLengthMin && new Set(value).size >= 8,
    (value) => [
      value.length < secretLengthMin
        ? `It has ${value.length} characters; ${secretLengthMin} are needed.`
        : 'It repeats a few characters over and over.',
      'Make one with `openssl rand -base64 32`, or leave it out: one is made in the data folder.',
    ],
  ).optional(),
  SMTP_URL: check(
    (value) => hasProtocol(value, ['smtp:', 'smtps:']) && new URL(value).hostname !== '',
    (value) => [
      `“${withoutPassword(value)}” is not an SMTP address.`,
      'Give smtp://user:password@host:587 or smtps://user:password@host:465; a @ or : in a password is written %40 or %3A.',
    ],
  ).optional(),
  RAPPORT_ALLOW_PRIVATE: flag.default(false),
  RAPPORT_LOG_LEVEL: check(
    (value) => logLevels.some((level) => level === value),
    (value) => [`“${value}” is not a level.`, `Give one of ${logLevels.join(', ')}, or leave it out.`],
  ).optional(),
  RAPPORT_DEBUG: flag.default(false),
});

/** Read elsewhere, by tests of crashes only; named here so that it is no typo. */
const toolSettings: readonly string[] = ['RAPPORT_CRASH_AT'];

function toProblem(issue: z.core.$ZodIssue): Problem {
  const hint: unknown = issue.code === 'custom' ? issue.params?.['hint'] : undefined;
  return {
    code: 'bad_setting',
    path: issue.path.join('.'),
    message: issue.message,
    hint: typeof hint === 'string' ? hint : 'See the README for what it takes.',
  };
}

function findTypos(env: Environment): readonly Problem[] {
  const names = [...Object.keys(settings.shape), ...toolSettings];
  return Object.keys(env)
    .filter((name) => name.startsWith('RAPPORT_') && !names.includes(name))
    .sort()
    .map((name) => {
      const [nearest = 'RAPPORT_DATA'] = names
        .filter((candidate) => candidate.startsWith('RAPPORT_'))
        .sort((a, b) => editDistance(a, name) - editDistance(b, name));
      return {
        code: 'unknown_setting',
        path: name,
        message: 'There is no such setting.',
        hint:
          editDistance(nearest, name) <= 5
            ? `Did you mean ${nearest}? Rename it or remove it.`
            : 'Remove it; the README lists every setting.',
      };
    });
}

function hasProtocol(value: string, protocols: readonly string[]): boolean {
  return URL.canParse(value) && protocols.includes(new URL(value).protocol);
}

function isOrigin(value: string): boolean {
  const { pathname, search, hash, username } = new URL(value);
  return pathname === '/' && search === '' && hash === '' && username === '';
}

/** What stands between // and the last @ is user and password. */
function withoutPassword(value: string): string {
  return value.replace(/\/\/[^/]*@/, '//…@').replace(/^[^/]*@/, '…@');
}

/** Levenshtein distance; names are short. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
