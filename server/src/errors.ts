// Every failure that a person may read: the closed catalogue of codes (docs/errors.md is tested against it), the
// shape of a problem, and the words for failures that come from below (system, Postgres).
// A message says what happened with the value received, the hint says what to do; neither ever holds personal data.

/** One thing that is wrong with what was given to us. The engine's problems have this shape too. */
export type Problem = {
  /** A code of the catalogue, or, inside a definition, the engine's own (`unknown_field`, `cycle`, …). */
  readonly code: string;
  /** Where in the input, e.g. `/nodes/m/template` or `PORT`. */
  readonly path?: string;
  readonly message: string;
  readonly hint: string;
};

/** A problem that stands for a whole failure: its code has a status. */
export type Failure = Problem & { readonly code: ErrorCode };

type CatalogueEntry = { readonly status: number; readonly title: string };

/** code -> HTTP status and the title of the RFC 9457 problem. Codes are stable: add, never rename. */
export const errorCatalogue = {
  // what was sent to us
  malformed_json: { status: 400, title: 'The body is not valid JSON' },
  invalid_body: { status: 400, title: 'The body does not have the expected shape' },
  invalid_query: { status: 400, title: 'The query parameters are not valid' },
  invalid_path: { status: 400, title: 'The address holds a part that is not valid' },
  invalid_rule: { status: 400, title: 'The rule is not valid' },
  invalid_journey: { status: 400, title: 'The journey is not valid' },
  invalid_model: { status: 400, title: 'The lifecycle model is not valid' },
  invalid_programme: { status: 400, title: 'The loyalty programme is not valid' },
  invalid_template: { status: 400, title: 'The template is not valid' },
  invalid_file: { status: 422, title: 'The file cannot be read as orders' },
  invalid_cursor: { status: 400, title: 'The cursor is not one of ours' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The content type is not supported' },
  // who asks
  missing_key: { status: 401, title: 'A key is missing' },
  unknown_key: { status: 401, title: 'The key is not known or was revoked' },
  wrong_key_kind: { status: 403, title: 'This kind of key may not do this' },
  not_signed_in: { status: 401, title: 'Sign in first' },
  not_allowed: { status: 403, title: 'Your role may not do this' },
  setup_link_used: { status: 403, title: 'The set-up link was used or is not valid' },
  invitation_used: { status: 403, title: 'The invitation was used or is not valid' },
  wrong_credentials: { status: 401, title: 'The address or the password is not right' },
  bad_origin: { status: 403, title: 'The request comes from another site' },
  // what it is about
  not_found: { status: 404, title: 'There is no such thing' },
  method_not_allowed: { status: 405, title: 'The address does not take this method' },
  conflict: { status: 409, title: 'It was changed or made by someone else meanwhile' },
  in_use: { status: 409, title: 'Something else refers to it' },
  not_enough_points: { status: 409, title: 'There are not so many points' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key was used for another request' },
  link_expired: { status: 410, title: 'The link is no longer valid' },
  // how much
  too_many_requests: { status: 429, title: 'Too many requests' },
  queue_full: { status: 429, title: 'Too many wait already' },
  overloaded: { status: 503, title: 'Rapport is busy; try again' },
  // what we run on
  bad_setting: { status: 500, title: 'A setting is not valid' },
  unknown_setting: { status: 500, title: 'A setting is not known' },
  address_taken: { status: 500, title: 'The address is in use' },
  data_folder_locked: { status: 500, title: 'Another Rapport uses the data folder' },
  data_folder_unusable: { status: 500, title: 'The data folder cannot be used' },
  disk_full: { status: 503, title: 'The disk is full' },
  database_unreachable: { status: 503, title: 'The database does not answer' },
  database_refused: { status: 500, title: 'The database cannot be used' },
  database_newer: { status: 500, title: 'The database belongs to a newer Rapport' },
  migration_edited: { status: 500, title: 'A migration was changed after it ran' },
  migration_failed: { status: 500, title: 'A migration failed' },
  fit_unusable: { status: 500, title: 'What was learnt cannot be used' },
  command_failed: { status: 500, title: 'The command failed' },
  internal: { status: 500, title: 'Rapport made a mistake' },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

/** Carries a failure up to the border (HTTP answer, CLI words). `cause` is for logs only. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly failure: Failure;
  /** Everything that is wrong, all at once; just the failure itself when there is no more to say. */
  readonly problems: readonly Problem[];

  constructor(
    failure: Failure,
    options: { readonly problems?: readonly Problem[] | undefined; readonly cause?: unknown } = {},
  ) {
    super(failure.message, options.cause === undefined ? {} : { cause: options.cause });
    this.failure = failure;
    this.problems = options.problems ?? [failure];
  }
}

/** RFC 9457 problem details. `type` points into docs/errors.md as it is served. */
export type ProblemDetails = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly hint: string;
  readonly instance?: string;
  /** Everything that is wrong, when it is more than the detail says. */
  readonly errors?: readonly Problem[];
};

export function toProblemDetails(
  error: ProblemError,
  options: { readonly instance?: string } = {},
): ProblemDetails {
  const { failure, problems } = error;
  const { status, title } = errorCatalogue[failure.code];
  return {
    type: `/docs/errors#${failure.code}`,
    title,
    status,
    code: failure.code,
    detail: failure.message,
    hint: failure.hint,
    ...(options.instance === undefined ? {} : { instance: options.instance }),
    ...(problems.length === 1 && problems[0] === failure && failure.path === undefined
      ? {}
      : { errors: problems }),
  };
}

/** What the command line prints: one line of words and one of advice for each problem. */
export function describeProblems(problems: readonly Problem[]): string {
  return problems
    .map((problem) => {
      const where = problem.path === undefined ? '' : `${problem.path}: `;
      return `${where}${problem.message}\n  → ${problem.hint}`;
    })
    .join('\n');
}

/** Any thrown thing as a ProblemError; what is not known to us becomes the fallback, never silence. */
export function toProblemError(error: unknown, fallback: ErrorCode = 'internal'): ProblemError {
  if (error instanceof ProblemError) return error;
  const failure = systemFailure(error) ?? {
    code: fallback,
    message: error instanceof Error && error.message !== '' ? error.message : String(error),
    hint: 'Run it again with RAPPORT_DEBUG=1 to see where it happened, and report it if it happens again.',
  };
  return new ProblemError(failure, { cause: error });
}

/** Words for the failures of the machine and of Postgres that we expect to meet. */
function systemFailure(error: unknown): Failure | undefined {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case '53100':
      return {
        code: 'disk_full',
        message: `The disk is full: ${message}.`,
        hint: 'Free some space and start again. Nothing that was acknowledged is lost.',
      };
    case 'EROFS':
      return {
        code: 'data_folder_unusable',
        message: `The file system is read-only: ${message}.`,
        hint: 'Mount it writable, or point RAPPORT_DATA at a folder that can be written.',
      };
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'data_folder_unusable',
        message: `Not allowed: ${message}.`,
        hint: 'Give this user the right to read and write the folder, or point RAPPORT_DATA at another one.',
      };
    case 'EADDRINUSE':
      return {
        code: 'address_taken',
        message: `The port is in use: ${message}.`,
        hint: 'Stop the other program, or choose another PORT.',
      };
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'ENOTFOUND':
    case 'ETIMEDOUT':
    case '57P01':
    case '57P03':
    case '08006':
    case '08001':
      return {
        code: 'database_unreachable',
        message: `The database does not answer: ${message || code}.`,
        hint: 'Check that Postgres runs and that DATABASE_URL names the right host and port.',
      };
    case '28P01':
    case '28000':
    case '3D000':
      return {
        code: 'database_refused',
        message: `The database refused the connection: ${message}.`,
        hint: 'Check user, password and database name in DATABASE_URL.',
      };
    default:
      return undefined;
  }
}

/** The `code` of a system or Postgres error, looked for in its causes and in an AggregateError too. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && error.cause !== undefined ? codeOf(error.cause) : undefined;
}
