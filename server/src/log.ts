// The one logger. Lines carry ids, counts and reasons, never personal data: names, addresses, bodies and secrets are
// cut out by key wherever they appear, and errors are reduced to type, code, message and stack.
import { pino, type Logger } from 'pino';

export type Log = Logger;

/** Keys whose values never reach a log line, at the top, one level and two levels down. */
const privateKeys = [
  'email',
  'phone',
  'name',
  'first_name',
  'last_name',
  'address',
  'to',
  'traits',
  'properties',
  'context',
  'body',
  'html',
  'text',
  'subject',
  'password',
  'secret',
  'token',
  'key',
  'authorization',
  'cookie',
  'url',
] as const;

export function createLog(
  options: { readonly level?: string; readonly write?: (line: string) => void } = {},
): Log {
  const level = options.level ?? 'info';
  const redact = {
    paths: privateKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
    censor: '[private]',
  };
  const serializers = { err: describeError, error: describeError };
  const settings = { level, redact, serializers, base: null, timestamp: isoTime };
  const { write } = options;
  // stderr: stdout is for what a command answers. Written at once, so that the last lines before a crash are there.
  return pino(settings, write === undefined ? pino.destination({ fd: 2, sync: true }) : { write });
}

/** Postgres puts the offending values into `detail` and `where`; both stay out. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    type: error.name,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

function isoTime(): string {
  return `,"time":"${new Date().toISOString()}"`;
}
